// `pipe status` from run folders that were written as a launcher writes them.

import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import type { RunEvent } from "../../../src/core/events.ts";
import { moment, workerId } from "../../../src/core/ids.ts";
import { statusJson } from "../../../src/report/json.ts";
import { launcherState, readLock } from "../../../src/report/launcher-state.ts";
import { openRun } from "../../../src/report/read-run.ts";
import { type StatusFacts, sayStatus } from "../../../src/report/say-status.ts";
import { watchRun } from "../../../src/report/watch-run.ts";
import { thisProcess } from "../../../src/system/host.ts";
import {
  boom,
  ended,
  fails,
  issue,
  other,
  progressOf,
  runEnded,
  runStarted,
  sampleEnded,
  start,
  started,
} from "./events.ts";
import { RunFolderOnDisk } from "./run-folder.ts";

const here = thisProcess();

function look(folder: RunFolderOnDisk, now: number): StatusFacts {
  const reader = openRun(folder.run);
  const lock = readLock(folder.dataPath);
  reader.poll();
  const { progress, record, damaged } = reader;
  return {
    run: folder.run.name,
    dataset: folder.dataPath,
    progress,
    record,
    launcher: launcherState({ run: folder.run.name, newest: true, progress }, lock, here),
    damaged,
    without: null,
    now: moment(start + now * 1000),
  };
}

const text = (folder: RunFolderOnDisk, now: number) =>
  sayStatus(look(folder, now), { colours: false, workingFolder: folder.dataPath, execFlags: [] })
    .replaceAll(folder.dataPath, "DATA")
    .replaceAll(String(here.pid), "PID");

const halfway = (dataset: string): readonly RunEvent[] => [
  runStarted(0, ["Scene_0", "Simulate_0"], 4, { dataset }),
  other(0, {
    kind: "worker-joined",
    worker: workerId("local"),
    host: "laptop",
    capacity: { cpus: 2, memory: null, gpus: 0 },
  }),
  ended(1, { block: "Scene_0", sample: 0 }),
  started(1, { block: "Simulate_0", sample: 0, attempt: 2 }),
  ended(2, { block: "Scene_0", sample: 1 }, { outcome: issue("too thin") }),
  sampleEnded(2, 1, "issue", 1),
  other(2, { kind: "warning", message: "the disk is nearly full", hint: "make room" }),
  ended(3, { block: "Scene_0", sample: 2 }),
  ended(
    4,
    { block: "Simulate_0", sample: 2 },
    { outcome: fails(boom("no volume")), log: "task_logs/Simulate_0/000002.1.log" },
  ),
  sampleEnded(4, 2, "failed"),
];

test("a run whose launcher works on this machine", async () => {
  using folder = new RunFolderOnDisk();
  folder.record().lock(here);
  await folder.events(halfway(folder.dataPath));
  expect(text(folder, 65)).toBe(
    `
run 003 of DATA is running
  pipe run --run_local --comment 'first try'
  started 2023-11-14 22:13:20 UTC by anna on laptop, 1 min 05 s ago
  comment: first try
  launcher: pid PID, alive; last event 1 min 01 s ago

2 of 4 samples ended: 0 valid, 1 with an issue, 1 failed; 5 of 8 tasks

  block       tasks  ran  running  issues  failed  skipped  mean  longest
  Scene_0         4    3        0       1       0        0   1 s      1 s
  Simulate_0      4    1        1       0       1        1   1 s      1 s

running:
  Simulate_0 on sample 000000: 1 min 04 s on laptop, attempt 2

issues:
  Scene_0: too thin (1 sample: 000001)

failures:
  Simulate_0: Error: no volume (1 task: 000002)
    log: runinfo/003/task_logs/Simulate_0/000002.1.log

warning: the disk is nearly full
  hint: make room
`.trim(),
  );
});

test("a run whose launcher was killed is told as unfinished, and what it ran as past", async () => {
  using folder = new RunFolderOnDisk();
  folder.record().lock({ ...here, started: "long ago" });
  await folder.events(halfway(folder.dataPath));
  const lines = text(folder, 65).split("\n");
  expect(lines[0]).toBe("run 003 of DATA is unfinished, and its launcher is gone");
  expect(lines[4]).toBe(
    "  launcher: it ended without a word, after last event 1 min 01 s ago; start `pipe run` again to go on",
  );
  expect(lines).toContain("was running:");
  folder.unlock();
  expect(look(folder, 65).launcher).toEqual({ kind: "gone", owner: null });
});

test("a launcher on another machine is not judged from here", async () => {
  using folder = new RunFolderOnDisk();
  folder.record().lock({ ...here, host: "login1", machine: "m", boot: "b", pid: 77 });
  await folder.events(halfway(folder.dataPath));
  expect(text(folder, 9).split("\n")[4]).toBe(
    "  launcher: pid 77 on login1, which cannot be asked from here; last event 5 s ago",
  );
});

test("a run that has ended, whoever holds the lock now", async () => {
  using folder = new RunFolderOnDisk();
  folder.record().lock(here, "004");
  const events = halfway(folder.dataPath);
  await folder.events([...events, runEnded(72, progressOf(events), "interrupted")]);
  expect(text(folder, 1000).split("\n").slice(0, 4).join("\n")).toBe(
    `
run 003 of DATA was interrupted
  pipe run --run_local --comment 'first try'
  started 2023-11-14 22:13:20 UTC by anna on laptop, took 1 min 12 s
  comment: first try
`.trim(),
  );
});

test("between the lock and the first event a run is being prepared", () => {
  using folder = new RunFolderOnDisk();
  folder.lock(here, null);
  expect(text(folder, 1)).toBe("run 003 of DATA is being prepared\n  launcher: pid PID, alive; no event yet");
  expect(statusJson(look(folder, 1))).toMatchObject({
    state: "preparing",
    seconds: null,
    command_line: null,
  });
});

test("the JSON object names states by one word and has every figure", async () => {
  using folder = new RunFolderOnDisk();
  folder.record().lock(here);
  await folder.events(halfway(folder.dataPath));
  const value = JSON.parse(JSON.stringify(statusJson(look(folder, 65))));
  const { blocks, failures, ...rest } = value;
  expect(rest).toEqual({
    run: "003",
    dataset: folder.dataPath,
    state: "running",
    ended: null,
    command_line: ["run", "--run_local", "--comment", "first try"],
    comment: "first try",
    user: "anna",
    host: "laptop",
    started: "2023-11-14T22:13:20.000Z",
    seconds: 65,
    launcher: { state: "alive", host: here.host, pid: here.pid },
    last_event: "2023-11-14T22:13:24.000Z",
    samples: { total: 4, valid: 0, issues: 1, failed: 1, unfinished: 0 },
    tasks: { total: 8, ran: 4, cached: 0, issues: 1, failed: 1, skipped: 1, running: 1 },
    running: [{ block: "Simulate_0", sample: 0, attempt: 2, worker: "local", host: "laptop", seconds: 64 }],
    issues: [{ block: "Scene_0", message: "too thin", count: 1, samples: [1] }],
    warnings: [{ at: "2023-11-14T22:13:22.000Z", message: "the disk is nearly full", hint: "make room" }],
    damaged: 0,
    waiting: 0,
    jobs: [],
  });
  expect(blocks).toHaveLength(2);
  expect(failures).toMatchObject([
    { block: "Simulate_0", sample: 2, kind: "exception", message: "Error: no volume" },
  ]);
});

test("events that are damaged are counted and told, the others still add up", async () => {
  using folder = new RunFolderOnDisk();
  folder.record();
  const events = halfway(folder.dataPath);
  await folder.events([
    ...events,
    { ...other(5, { kind: "interrupted", how: "end-now" }), kind: "unheard-of" } as never,
  ]);
  const facts = look(folder, 6);
  expect(facts.damaged).toBe(1);
  expect(facts.progress.tasks.ran).toBe(4);
  expect(text(folder, 6)).toContain("warning: 1 event of this run cannot be read; the figures lack them");
});

test("events of a newer version are refused, not misread", async () => {
  using folder = new RunFolderOnDisk();
  folder.record();
  await folder.events([]);
  const { JournalWriter } = await import("../../../src/journal/writer.ts");
  const writer = await JournalWriter.create(`${folder.run.path}/events.0002.jsonl`, {
    ...{ format: "pipe-events", version: 2, tool: "9.9.9", facts: {} },
  });
  await writer.close();
  expect(() => look(folder, 1)).toThrow("run 003 was written by a newer pipe (9.9.9)");
});

test("a run.json of a newer version is refused, not left out in silence", async () => {
  using folder = new RunFolderOnDisk();
  folder.record();
  await folder.events([]);
  const path = `${folder.run.path}/run.json`;
  writeFileSync(path, readFileSync(path, "utf8").replace('"version": 1', '"version": 7'));
  expect(() => look(folder, 1)).toThrow("run 003 was written by a newer pipe");
});

test("a run of 30,000 tasks is read in a few tenths of a second of processor time", async () => {
  using folder = new RunFolderOnDisk();
  folder.record();
  const samples = Array.from({ length: 10_000 }, (_, sample) => sample);
  await folder.events([runStarted(0, ["A_0", "B_0", "C_0"], samples.length)]);
  await folder.events(
    samples.flatMap((sample) => [
      ...["A_0", "B_0", "C_0"].flatMap((block) => [
        started(sample, { block, sample }),
        ended(sample, { block, sample }),
      ]),
      sampleEnded(sample, sample, "valid"),
    ]),
  );
  const before = process.cpuUsage();
  const facts = look(folder, 100_000);
  const { user, system } = process.cpuUsage(before);
  expect(facts.progress.tasks).toMatchObject({ total: 30_000, ran: 30_000 });
  // 0.1 s where it was measured: ten times as many tasks are read in about a second.
  expect(user + system).toBeLessThan(500_000);
});

test("watching shows the bars as they grow and ends with the run", async () => {
  using folder = new RunFolderOnDisk();
  folder.record().lock(here);
  const events = halfway(folder.dataPath);
  await folder.events(events);
  const reader = openRun(folder.run);
  let written = "";
  let looks = 0;
  const facts = await watchRun({
    reader,
    colours: false,
    pollEvery: 1,
    stream: { isTTY: true, columns: 80, rows: 24, write: (part: string) => (written += part) },
    look: () => {
      looks++;
      reader.poll();
      const { progress, record } = reader;
      const launcher = launcherState({ run: "003", newest: true, progress }, readLock(folder.dataPath), here);
      const now = moment(start + looks * 1000);
      if (looks === 2) void folder.events([runEnded(10, progressOf(events))]);
      return {
        run: "003",
        dataset: folder.dataPath,
        progress,
        record,
        launcher,
        damaged: 0,
        now,
        without: null,
      };
    },
  });
  expect(facts.launcher.kind).toBe("ended");
  expect(written).toContain("run 003 on local");
  expect(written.endsWith("\x1b[J")).toBe(true);
});
