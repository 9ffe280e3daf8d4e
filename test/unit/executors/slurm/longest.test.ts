// How long a task may be that a pilot is still given.
import { expect, test } from "bun:test";
import { type Seconds, seconds } from "../../../../src/core/ids.ts";
import { longestFor } from "../../../../src/executors/slurm/pilots/longest.ts";
import { seeded } from "../../../support/seeded.ts";

const limits = [0, 60, 600].map(seconds);
const hour = { walltime: seconds(3600), patience: 1, refused: null };

test("all, the shorter ones, those without a limit, none", () => {
  expect(longestFor(limits, 3600, hour)).toBeNull();
  expect(longestFor(limits, 645, hour)).toBe(seconds(60));
  expect(longestFor(limits, 646, hour)).toBeNull();
  expect(longestFor(limits, 100, hour)).toBe(seconds(0.001));
  expect(longestFor(limits, 45, hour)).toBe(seconds(0));
  expect(longestFor(limits, null, hour)).toBeNull();
  expect(longestFor([], 10, hour)).toBeNull();
});

test("what it has refused once it is not given again, whatever we believe of its time", () => {
  expect(longestFor(limits, 3600, { ...hour, refused: seconds(600) })).toBe(seconds(60));
  expect(longestFor(limits, null, { ...hour, refused: seconds(60) })).toBe(seconds(0.001));
  expect(longestFor(limits, 3600, { ...hour, refused: seconds(0) })).toBe(seconds(0));
});

test("less time never makes longer tasks fit, and only what fits is let through", () => {
  const random = seeded(3);
  for (let i = 0; i < 2000; i++) {
    const some = [...new Set([0, random.below(100), random.below(1000)])].sort((a, b) => a - b).map(seconds);
    const of = {
      ...{ walltime: seconds(100 + random.below(5000)), patience: random.pick([0.1, 1]) },
      refused: random.chance(0.3) ? random.pick(some) : null,
    };
    let before = Number.POSITIVE_INFINITY;
    for (let left = 6000; left > 0; left -= 37) {
      const longest: Seconds | null = longestFor(some, left, of);
      const now = longest ?? Number.POSITIVE_INFINITY;
      expect(now).toBeLessThanOrEqual(before);
      before = now;
      const margin = Math.min(45 * of.patience, of.walltime / 10);
      for (const limit of some) {
        const isLetThrough = now > 0 && limit <= now;
        expect(isLetThrough).toBe(limit < left - margin && (of.refused === null || limit < of.refused));
      }
    }
  }
});
