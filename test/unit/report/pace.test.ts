import { expect, test } from "bun:test";
import type { RunEvent } from "../../../src/core/events.ts";
import { createPace, type Pace } from "../../../src/report/pace.ts";
import { createProgress, type Progress } from "../../../src/report/progress.ts";
import { at, cached, ended, other, runStarted, sampleEnded, seeded, started } from "./events.ts";

function world(): { progress: Progress; pace: Pace; tell(event: RunEvent): void } {
  const progress = createProgress();
  const pace = createPace();
  return {
    progress,
    pace,
    tell(event) {
      progress.apply(event);
      pace.note(progress, event.at);
    },
  };
}

test("no estimate before every block to come has been measured three times", () => {
  const { progress, pace, tell } = world();
  tell(runStarted(0, ["A_0", "B_0"], 10));
  for (let sample = 0; sample < 3; sample++) {
    for (const block of ["A_0", "B_0"]) {
      expect(pace.left(progress, at(sample * 4 + 1))).toBeNull();
      tell(started(sample * 4, { block, sample }));
      tell(ended(sample * 4 + 2, { block, sample }, { took: 2 }));
    }
    tell(sampleEnded(sample * 4 + 4, sample, "valid"));
  }
  expect(pace.left(progress, at(12))).not.toBeNull();
});

test("on equal tasks the estimate is right within a tenth from a third of the way on", () => {
  const { progress, pace, tell } = world();
  const samples = 90;
  tell(runStarted(0, ["A_0"], samples));
  // Three at a time, two seconds each: 60 seconds in all.
  for (let round = 0; round < samples / 3; round++) {
    const now = round * 2;
    for (let i = 0; i < 3; i++) tell(started(now, { block: "A_0", sample: round * 3 + i }));
    if (round >= 10) {
      const left = pace.left(progress, at(now))?.seconds ?? Number.NaN;
      expect(Math.abs(left - (60 - now))).toBeLessThan(6);
    }
    for (let i = 0; i < 3; i++) tell(ended(now + 2, { block: "A_0", sample: round * 3 + i }, { took: 2 }));
  }
});

test("it follows when more places join, and counts what runs already", () => {
  const { progress, pace, tell } = world();
  tell(runStarted(0, ["A_0"], 1000));
  let now = 0;
  let sample = 0;
  const round = (places: number) => {
    for (let i = 0; i < places; i++) tell(started(now, { block: "A_0", sample: sample + i }));
    now += 1;
    for (let i = 0; i < places; i++) tell(ended(now, { block: "A_0", sample: sample + i }, { took: 1 }));
    sample += places;
  };
  for (let i = 0; i < 100; i++) round(1);
  expect(pace.left(progress, at(now))?.seconds).toBeCloseTo(900, -1);
  for (let i = 0; i < 70; i++) round(10);
  expect(pace.left(progress, at(now))?.seconds).toBeCloseTo(20, 0);
  expect(pace.tasksPerSecond(progress, at(now))).toBeCloseTo(10, 0);
});

test("remembered results cost nothing, and where they come in a stretch only a least time is promised", () => {
  const { progress, pace, tell } = world();
  tell(runStarted(0, ["A_0"], 2000));
  for (let sample = 0; sample < 5; sample++) {
    tell(started(sample, { block: "A_0", sample }));
    tell(ended(sample + 1, { block: "A_0", sample }, { took: 1 }));
  }
  for (let sample = 5; sample < 1000; sample++) tell(cached(5, { block: "A_0", sample }));
  const left = pace.left(progress, at(5));
  expect(left?.atLeast).toBe(true);
  expect(left?.seconds).toBeLessThan(10);
  for (let sample = 1000; sample < 1200; sample++) {
    tell(started(sample - 995, { block: "A_0", sample }));
    tell(ended(sample - 994, { block: "A_0", sample }, { took: 1 }));
  }
  const later = pace.left(progress, at(205));
  expect(later?.atLeast).toBe(false);
  expect(later?.seconds).toBeCloseTo(800, -2);
});

test("a block over the dataset, never measured before, makes it a least time", () => {
  const { progress, pace, tell } = world();
  tell(runStarted(0, ["A_0"], 10, { datasetBlocks: ["Sheet_0"] }));
  for (let sample = 0; sample < 5; sample++) {
    tell(started(sample, { block: "A_0", sample }));
    tell(ended(sample + 1, { block: "A_0", sample }, { took: 1 }));
  }
  expect(pace.left(progress, at(5))).toEqual({ seconds: 5, atLeast: true });
});

test("there is none after an interrupt", () => {
  const { progress, pace, tell } = world();
  tell(runStarted(0, ["A_0"], 10));
  for (let sample = 0; sample < 5; sample++) tell(ended(sample + 1, { block: "A_0", sample }));
  tell(other(6, { kind: "interrupted", how: "finish-running" }));
  expect(pace.left(progress, at(6))).toBeNull();
});

test("whatever the durations, an estimate is a finite time and never negative", () => {
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const { progress, pace, tell } = world();
    tell(runStarted(0, ["A_0", "B_0"], 30));
    let now = 0;
    for (let sample = 0; sample < 30; sample++) {
      for (const block of ["A_0", "B_0"]) {
        tell(started(now, { block, sample }));
        now += random.below(20);
        tell(ended(now, { block, sample }, { took: random.below(20) }));
        const left = pace.left(progress, at(now));
        if (left !== null) expect(left.seconds >= 0 && Number.isFinite(left.seconds)).toBe(true);
      }
      tell(sampleEnded(now, sample, "valid"));
    }
  }
});
