import { expect, test } from "bun:test";
import type { RunEvent } from "../../../src/core/events.ts";
import { runJson } from "../../../src/report/json.ts";
import type { Ended, Progress } from "../../../src/report/progress.ts";
import { summaryLine, summaryText } from "../../../src/report/summary.ts";
import {
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

const options = { colours: false, workingFolder: "/data", execFlags: ["--data_path", "organs"] };

function over(
  events: readonly RunEvent[],
  why: Ended["why"] = "complete",
): { progress: Progress; ended: Ended } {
  const progress = progressOf(events);
  if (progress.ended === null) progress.apply(runEnded(72.4, progress, why));
  if (progress.ended === null) throw new Error("not ended");
  return { progress, ended: progress.ended };
}

const mixed: readonly RunEvent[] = [
  runStarted(0, ["Scene_0", "Simulate_0"], 6, { datasetBlocks: ["Sheet_0"] }),
  cached(0, { block: "Scene_0", sample: 0 }),
  ended(3, { block: "Simulate_0", sample: 0 }, { took: 3 }),
  sampleEnded(3, 0, "valid"),
  ...[1, 2].flatMap((sample) => [
    ended(4, { block: "Scene_0", sample }, { took: 0.2, outcome: issue(`only ${sample} elements`) }),
    sampleEnded(4, sample, "issue" as const, 1),
  ]),
  ...[3, 4].flatMap((sample) => [
    ended(5, { block: "Scene_0", sample }, { took: 0.2 }),
    ended(6, { block: "Simulate_0", sample }, { outcome: fails(boom("x")), next: "retry" as const }),
    ended(
      7,
      { block: "Simulate_0", sample, attempt: 2 },
      {
        outcome: fails(boom(`no volume in ${sample}.obj`)),
        log: `task_logs/Simulate_0/00000${sample}.2.log`,
        tail: ["a"],
      },
    ),
    sampleEnded(7, sample, "failed" as const),
  ]),
  ended(8, { block: "Scene_0", sample: 5 }, { took: 0.2 }),
  ended(70, { block: "Simulate_0", sample: 5 }, { took: 62 }),
  sampleEnded(70, 5, "valid"),
  ended(72, { block: "Sheet_0", sample: null }, { took: 2 }),
];

test("the text at the end: counts, issues and failures grouped, where things are, what to type next", () => {
  const { progress, ended } = over(mixed);
  expect(summaryText(ended, progress, options)).toBe(
    `
run 003 ended after 1 min 12 s: 6 samples, 2 valid, 2 with an issue, 2 failed

  block       tasks  ran  cached  issues  failed  skipped  repeated   mean     longest
  Scene_0         6    5       1       2       0        0         0  0.2 s       0.2 s
  Simulate_0      6    4       0       0       2        2         2   12 s  1 min 02 s
  Sheet_0         1    1       0       0       0        0         0    2 s         2 s

issues:
  Scene_0: only 1 elements (2 samples: 000001, 000002)

failures:
  Simulate_0: Error: no volume in 3.obj (2 tasks: 000003, 000004)
    log: organs/runinfo/003/task_logs/Simulate_0/000003.2.log

dataset: organs
tables:  organs/statistics.csv, organs/configs.csv
logs:    organs/runinfo/003

what it printed: pipe logs Simulate_0 3 --data_path organs
repeat it here:  pipe exec Simulate_0 3 --data_path organs
`.trim(),
  );
  expect(summaryLine(ended)).toBe(
    "run 003 ended after 1 min 12 s: 6 samples, 2 valid, 2 with an issue, 2 failed; 13 tasks: 10 ran, 1 cached, 2 skipped",
  );
});

test("a run in which all is well is told in few words", () => {
  const { progress, ended: end } = over([
    runStarted(0, ["A_0"], 1),
    ended(1, { block: "A_0", sample: 0 }),
    sampleEnded(1, 0, "valid"),
  ]);
  expect(summaryText(end, progress, options)).toBe(
    `
run 003 ended after 1 min 12 s: 1 sample, 1 valid

  block  tasks  ran  mean  longest
  A_0        1    1   1 s      1 s

dataset: organs
tables:  organs/statistics.csv, organs/configs.csv
logs:    organs/runinfo/003
`.trim(),
  );
});

test("an interrupted run says so, and what was not finished", () => {
  const { progress, ended } = over(
    [
      runStarted(0, ["A_0"], 3),
      started(0, { block: "A_0", sample: 0 }),
      other(1, { kind: "interrupted", how: "end-now" }),
      sampleEnded(2, 1, "unfinished", 1),
    ],
    "interrupted",
  );
  expect(summaryText(ended, progress, options).split("\n").slice(0, 4).join("\n")).toBe(
    `
run 003 was interrupted after 1 min 12 s: 3 samples, 0 valid, 3 unfinished

  block  tasks  ran  unfinished  skipped  mean  longest
  A_0        3    1           1        2     -        -

`.trim(),
  );
});

test("the JSON object has what is promised, and facts beside the words", () => {
  const { progress, ended } = over(mixed);
  const value = JSON.parse(JSON.stringify(runJson(ended, progress)));
  const { blocks, failures, ...rest } = value;
  expect(rest).toEqual({
    run: "003",
    dataset: "/data/organs",
    ended: "complete",
    seconds: 72.4,
    samples: { total: 6, valid: 2, issues: 2, failed: 2 },
    tasks: { total: 13, ran: 10, cached: 1, issues: 2, failed: 2, skipped: 2 },
    issues: [{ block: "Scene_0", message: "only 1 elements", count: 2, samples: [1, 2] }],
  });
  expect(failures[0]).toEqual({
    block: "Simulate_0",
    sample: 3,
    kind: "exception",
    message: "Error: no volume in 3.obj",
    log: "/data/organs/runinfo/003/task_logs/Simulate_0/000003.2.log",
    attempt: 2,
    tail: ["a"],
    facts: { name: "Error", message: "no volume in 3.obj", stack: [] },
  });
  expect(blocks[0]).toEqual({
    name: "Scene_0",
    scope: "sample",
    total: 6,
    ran: 5,
    cached: 1,
    issues: 2,
    failed: 0,
    skipped: 0,
    running: 0,
    retries: 0,
    seconds: 1,
  });
});

test("whatever happened, the figures of the JSON object add up, and so do its blocks", () => {
  for (let seed = 0; seed < 500; seed++) {
    const { events } = randomHistory(seed);
    const { progress, ended } = over(events);
    const { tasks, blocks } = JSON.parse(JSON.stringify(runJson(ended, progress)));
    expect(tasks.ran + tasks.cached + tasks.skipped).toBe(tasks.total);
    for (const key of ["total", "ran", "cached", "skipped", "issues", "failed"]) {
      expect(blocks.reduce((sum: number, block: Record<string, number>) => sum + (block[key] ?? 0), 0)).toBe(
        tasks[key],
      );
    }
    expect(summaryText(ended, progress, options).split("\n")[0]).toMatch(/^run 003 /);
  }
});
