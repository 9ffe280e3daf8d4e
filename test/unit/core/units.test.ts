import { describe, expect, test } from "bun:test";
import { parseDuration, parseSize } from "../../../src/core/units.ts";

const seen = (parsed: ReturnType<typeof parseDuration> | ReturnType<typeof parseSize>): number | string =>
  parsed.kind === "ok" ? parsed.value : parsed.why;

describe("a duration", () => {
  const cases: readonly (readonly [string | number, number | string])[] = [
    ["30s", 30],
    ["30m", 1800],
    ["30 min", 1800],
    ["1h", 3600],
    ["2d", 172_800],
    ["1h30m", 5400],
    ["1d 2h 3m 4s", 93_784],
    ["1.5h", 5400],
    ["02:00:00", 7200],
    ["100:00:01", 360_001],
    ["1-12:00:00", 129_600],
    ["0s", 0],
    [90, 90],
    [0.5, 0.5],
    ["", "empty"],
    ["  ", "empty"],
    ["30", "no-unit"],
    ["1.5", "no-unit"],
    ["1h30", "no-unit"],
    ["30x", "unknown-unit"],
    ["30M", "unknown-unit"],
    ["30m1h", "order"],
    ["1h1h", "order"],
    ["-5m", "negative"],
    [-1, "negative"],
    [Number.NaN, "too-large"],
    [Number.POSITIVE_INFINITY, "too-large"],
    ["99999999999999999d", "too-large"],
    ["10:00", "malformed"],
    ["1:60:00", "malformed"],
    ["1:00:60", "malformed"],
    ["h", "malformed"],
    ["5m!", "malformed"],
    ["1e3s", "unknown-unit"],
  ];
  for (const [given, expected] of cases) {
    test(`${JSON.stringify(given)} is ${expected}`, () => expect(seen(parseDuration(given))).toBe(expected));
  }
});

describe("a size", () => {
  const cases: readonly (readonly [string | number, number | string])[] = [
    ["4G", 4 * 2 ** 30],
    ["4g", 4 * 2 ** 30],
    ["4GB", 4 * 2 ** 30],
    ["4GiB", 4 * 2 ** 30],
    ["4 GiB", 4 * 2 ** 30],
    ["512M", 2 ** 29],
    ["1.5K", 1536],
    ["100B", 100],
    ["1T", 2 ** 40],
    [1000, 1000],
    ["4", "no-unit"],
    ["4X", "unknown-unit"],
    ["4iB", "unknown-unit"],
    ["4GG", "unknown-unit"],
    ["", "empty"],
    ["-4G", "negative"],
    [-4, "negative"],
    [0.5, "malformed"],
    ["G", "malformed"],
    ["4G 2M", "malformed"],
    ["9999P", "too-large"],
  ];
  for (const [given, expected] of cases) {
    test(`${JSON.stringify(given)} is ${expected}`, () => expect(seen(parseSize(given))).toBe(expected));
  }
});
