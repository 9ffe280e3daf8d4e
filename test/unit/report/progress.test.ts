import { expect, test } from "bun:test";
import { createProgress } from "../../../src/report/progress.ts";
import {
  at,
  boom,
  cached,
  ended,
  fails,
  issue,
  other,
  progressOf,
  randomHistory,
  runEnded,
  runStarted,
  sampleEnded,
  started,
} from "./events.ts";

test("a run from its start to its end adds up block by block", () => {
  const progress = progressOf([
    runStarted(0, ["Mesh_0", "Simulate_0"], 3, { datasetBlocks: ["Sheet_0"] }),
    cached(1, { block: "Mesh_0", sample: 0 }),
    started(1, { block: "Simulate_0", sample: 0 }),
    started(1, { block: "Mesh_0", sample: 1 }),
    ended(3, { block: "Mesh_0", sample: 1 }, { outcome: issue("too thin"), took: 2 }),
    sampleEnded(3, 1, "issue", 1),
  ]);
  expect(progress.tasks).toEqual({
    total: 7,
    ran: 1,
    cached: 1,
    skipped: 1,
    running: 1,
    issues: 1,
    failed: 0,
    unfinished: 0,
    retries: 0,
  });
  expect(
    progress.blocks.map(({ name, ran, cached, skipped, running }) => [name, ran, cached, skipped, running]),
  ).toEqual([
    ["Mesh_0", 1, 1, 0, 0],
    ["Simulate_0", 0, 0, 1, 1],
    ["Sheet_0", 0, 0, 0, 0],
  ] as never);
  expect(progress.running().map((task) => [task.block, task.sample, task.since])).toEqual([
    ["Simulate_0", 0, at(1)],
  ] as never);
  expect(progress.samples).toEqual({ total: 3, valid: 0, issue: 1, failed: 0, unfinished: 0 });
});

test("two thousand random histories add up after every event, and at the end to what was done", () => {
  for (let seed = 0; seed < 2000; seed++) {
    const { events, expected, total } = randomHistory(seed);
    const progress = createProgress();
    for (const event of events) {
      progress.apply(event);
      const { tasks, blocks } = progress;
      expect(tasks.ran + tasks.cached + tasks.skipped + tasks.running).toBeLessThanOrEqual(tasks.total);
      for (const key of [
        "total",
        "ran",
        "cached",
        "skipped",
        "running",
        "issues",
        "failed",
        "retries",
      ] as const) {
        expect(blocks.reduce((sum, block) => sum + block[key], 0)).toBe(tasks[key]);
      }
      expect(progress.running()).toHaveLength(tasks.running);
    }
    expect({ seed, ...progress.tasks }).toEqual({ seed, total, running: 0, ...expected });
    const { samples } = progress;
    expect(progress.tasks.ran + progress.tasks.cached + progress.tasks.skipped).toBe(total);
    expect(samples.valid + samples.issue + samples.failed + samples.unfinished).toBeLessThanOrEqual(
      samples.total,
    );
  }
});

test("what is told twice or too late counts once", () => {
  const task = { block: "Mesh_0", sample: 5 };
  const progress = progressOf([
    runStarted(0, ["Mesh_0"], 1),
    started(0, task),
    ended(1, task, { outcome: fails(boom("x")) }),
    ended(2, task, { outcome: fails(boom("x")) }),
    started(3, task),
    cached(4, task),
    sampleEnded(5, 5, "failed"),
    sampleEnded(5, 5, "failed"),
  ]);
  const { ran, cached: remembered, failed, running } = progress.tasks;
  expect([ran, remembered, failed, running]).toEqual([1, 0, 1, 0]);
  expect(progress.samples.failed).toBe(1);
  expect(progress.failures().map((group) => group.count)).toEqual([1]);
});

test("a sibling that still runs when its sample has ended is no skipped task", () => {
  const progress = progressOf([
    runStarted(0, ["A_0", "B_0", "C_0"], 1),
    ended(1, { block: "A_0", sample: 0 }, { outcome: issue("bad") }),
    sampleEnded(1, 0, "issue", 2),
    started(1, { block: "B_0", sample: 0 }),
    ended(2, { block: "B_0", sample: 0 }),
  ]);
  expect([progress.tasks.ran, progress.tasks.skipped]).toEqual([2, 1]);
});

test("a task that was ended with the run has neither failed nor succeeded", () => {
  const task = { block: "A_0", sample: 0 };
  const progress = progressOf([
    runStarted(0, ["A_0"], 1),
    started(0, task),
    other(1, { kind: "interrupted", how: "end-now" }),
    ended(1, task, { outcome: fails({ kind: "cancelled" }) }),
  ]);
  expect([progress.tasks.ran, progress.tasks.failed, progress.tasks.unfinished]).toEqual([1, 0, 1]);
  expect(progress.failures()).toEqual([]);
});

test("messages that differ in figures only are one group with their first samples", () => {
  const progress = createProgress();
  progress.apply(runStarted(0, ["A_0"], 100_000));
  for (let sample = 0; sample < 20_000; sample++) {
    const message = sample % 2 === 0 ? `residual ${sample / 7} too large` : `no volume in ${sample}.obj`;
    progress.apply(ended(1, { block: "A_0", sample }, { outcome: issue(message) }));
  }
  expect(progress.issues().map(({ message, count, samples }) => ({ message, count, samples }))).toEqual([
    { message: "residual 0 too large", count: 10_000, samples: [0, 2, 4, 6, 8, 10, 12, 14] },
    { message: "no volume in 1.obj", count: 10_000, samples: [1, 3, 5, 7, 9, 11, 13, 15] },
  ] as never);
});

test("however many different messages there are, only so many are kept apart", () => {
  const progress = createProgress();
  progress.apply(runStarted(0, ["A_0"], 5000));
  const letters = (n: number) =>
    [...String(n)].map((digit) => String.fromCharCode(97 + Number(digit))).join("");
  for (let sample = 0; sample < 5000; sample++) {
    progress.apply(ended(1, { block: "A_0", sample }, { outcome: issue(letters(sample)) }));
  }
  const groups = progress.issues();
  expect(groups).toHaveLength(201);
  expect(groups[0]).toMatchObject({ message: null, count: 4800 });
});

test("six hundred thousand events of three hundred thousand tasks take well under two seconds of processor time", () => {
  const progress = createProgress();
  const begin = process.cpuUsage();
  progress.apply(runStarted(0, ["A_0", "B_0", "C_0"], 100_000));
  for (let sample = 0; sample < 100_000; sample++) {
    for (const block of ["A_0", "B_0", "C_0"]) {
      progress.apply(started(sample, { block, sample }));
      progress.apply(ended(sample, { block, sample }));
    }
    progress.apply(sampleEnded(sample, sample, "valid"));
  }
  progress.apply(runEnded(100_000, progress));
  const { total, ran, skipped } = progress.tasks;
  expect([total, ran, skipped]).toEqual([300_000, 300_000, 0]);
  expect(process.cpuUsage(begin).user).toBeLessThan(2_000_000);
});

test("events of tasks that nobody planned, and before the start, change nothing", () => {
  const before = progressOf([started(0, { block: "A_0", sample: 0 }), sampleEnded(1, 0, "valid")]);
  expect(before.tasks).toMatchObject({ total: 0, running: 0 });
  const progress = progressOf([runStarted(0, ["A_0"], 1), started(0, { block: "Z_0", sample: 0 })]);
  expect(progress.tasks).toMatchObject({ total: 1, running: 0 });
});
