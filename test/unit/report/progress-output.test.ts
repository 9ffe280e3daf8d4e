// What a command's standard error holds after a run, told by made-up events and a made-up clock.
import { expect, test } from "bun:test";
import type { RunEvent } from "../../../src/core/events.ts";
import { moment, workerId } from "../../../src/core/ids.ts";
import {
  createProgressOutput,
  type ProgressMode,
  type ProgressOutput,
} from "../../../src/report/progress-output.ts";
import {
  at,
  boom,
  cached,
  ended,
  fails,
  issue,
  other,
  runEnded,
  runStarted,
  sampleEnded,
  start,
  started,
} from "./events.ts";

class Clock {
  now = start;
  #ticks: { every: number; next: number; tick: () => void }[] = [];

  every(milliseconds: number, tick: () => void): () => void {
    const entry = { every: milliseconds, next: this.now + milliseconds, tick };
    this.#ticks.push(entry);
    return () => {
      this.#ticks = this.#ticks.filter((other) => other !== entry);
    };
  }

  get running(): number {
    return this.#ticks.length;
  }

  advance(to: number): void {
    for (;;) {
      const due = this.#ticks.filter((entry) => entry.next <= to).sort((a, b) => a.next - b.next)[0];
      if (due === undefined) break;
      this.now = due.next;
      due.next += due.every;
      due.tick();
    }
    this.now = to;
  }
}

function world(mode: ProgressMode, more: { atEnd?: "keep" } = {}) {
  const clock = new Clock();
  let text = "";
  const output = createProgressOutput({
    mode,
    stream: { write: (part: string) => (text += part), columns: 80, rows: 24 },
    colours: false,
    execFlags: ["--data_path", "organs"],
    workingFolder: "/data",
    host: "here",
    now: () => moment(clock.now),
    every: (milliseconds, tick) => clock.every(milliseconds, tick),
    ...more,
  });
  return { clock, output, text: () => text };
}

function tell(clock: Clock, output: ProgressOutput, events: readonly RunEvent[]): void {
  for (const event of events) {
    clock.advance(event.at);
    output.listener(event);
  }
}

const local = workerId("local");

/** Four samples in half a minute: one remembered, one issue, one failure after a retry, one well. */
const story: readonly RunEvent[] = [
  runStarted(0, ["Scene_0", "Simulate_0"], 4, { datasetBlocks: ["Sheet_0"] }),
  other(0, {
    kind: "worker-joined",
    worker: local,
    host: "n3",
    capacity: { cpus: 2, memory: null, gpus: 0 },
  }),
  cached(0, { block: "Scene_0", sample: 0 }),
  started(0, { block: "Simulate_0", sample: 0 }),
  started(0, { block: "Scene_0", sample: 1 }),
  ended(1, { block: "Scene_0", sample: 1 }, { outcome: issue("too\x1b[2J thin") }),
  sampleEnded(1, 1, "issue", 1),
  other(2, { kind: "warning", message: "the disk is nearly full", hint: "make room" }),
  ended(12, { block: "Simulate_0", sample: 0 }, { took: 12 }),
  sampleEnded(12, 0, "valid"),
  started(12, { block: "Scene_0", sample: 2 }),
  ended(13, { block: "Scene_0", sample: 2 }),
  started(13, { block: "Simulate_0", sample: 2 }),
  ended(
    14,
    { block: "Simulate_0", sample: 2 },
    { outcome: fails({ kind: "killed", signal: "SIGKILL" }), next: "retry" },
  ),
  started(14, { block: "Simulate_0", sample: 2, attempt: 2 }),
  ended(
    15,
    { block: "Simulate_0", sample: 2, attempt: 2 },
    { outcome: fails(boom("no volume")), log: "task_logs/Simulate_0/000002.2.log", tail: ["meshing"] },
  ),
  sampleEnded(15, 2, "failed"),
  started(15, { block: "Scene_0", sample: 3 }),
  ended(16, { block: "Scene_0", sample: 3 }),
  started(16, { block: "Simulate_0", sample: 3 }),
  ended(28, { block: "Simulate_0", sample: 3 }, { took: 12 }),
  sampleEnded(28, 3, "valid"),
  started(28, { block: "Sheet_0", sample: null }),
  ended(29, { block: "Sheet_0", sample: null }),
];

function told(mode: ProgressMode): string {
  const { clock, output, text } = world(mode);
  tell(clock, output, story);
  tell(clock, output, [runEnded(30, output.progress)]);
  output.close();
  return text();
}

const failure = `
error: Simulate_0 failed on sample 000002 on node n3 (attempt 2 of 2): Error: no volume
  last lines of its output:
    meshing
  log: organs/runinfo/003/task_logs/Simulate_0/000002.2.log
  repeat it here: pipe exec Simulate_0 2 --data_path organs
`.trim();

test("plain: a line now and then, failures and warnings at once", () => {
  expect(told("plain")).toBe(
    `
run 003 on local: 4 samples, 2 blocks each, 1 block over the dataset, 9 tasks; dataset /data/organs
 33 %  3 of 9 tasks, 1 of 4 samples, 1 running, 1 cached, 1 issue, 1 skipped; 1 s
warning: the disk is nearly full
  hint: make room
 44 %  4 of 9 tasks, 2 of 4 samples, 1 cached, 1 issue, 1 skipped; 12 s, 15 tasks/min
warning: Simulate_0 on sample 000002: attempt 1 failed on node n3 and is repeated: killed by signal SIGKILL
${failure}
 66 %  6 of 9 tasks, 3 of 4 samples, 1 cached, 1 issue, 1 failed, 1 skipped; 15 s, 20 tasks/min
 77 %  7 of 9 tasks, 3 of 4 samples, 1 running, 1 cached, 1 issue, 1 failed, 1 skipped; 17 s, 21 tasks/min, at least 5 s left
 88 %  8 of 9 tasks, 4 of 4 samples, 1 cached, 1 issue, 1 failed, 1 skipped; 28 s, 15 tasks/min, at least 5 s left
100 %  9 of 9 tasks, 4 of 4 samples, 1 cached, 1 issue, 1 failed, 1 skipped; 30 s, 16 tasks/min
`.trimStart(),
  );
});

test("quiet: failures only", () => {
  expect(told("quiet")).toBe(`${failure}\n`);
});

test("verbose: every task's start and end besides", () => {
  const lines = told("verbose").split("\n");
  expect(lines.slice(0, 9).join("\n")).toBe(
    `
run 003 on local: 4 samples, 2 blocks each, 1 block over the dataset, 9 tasks; dataset /data/organs
worker   local on n3 is there
cached   Scene_0 on sample 000000
start    Simulate_0 on sample 000000
start    Scene_0 on sample 000001
issue    Scene_0 on sample 000001 (1 s): too\\x1b[2J thin
 33 %  3 of 9 tasks, 1 of 4 samples, 1 running, 1 cached, 1 issue, 1 skipped; 1 s
warning: the disk is nearly full
  hint: make room
`.trim(),
  );
  expect(lines.filter((line) => line.startsWith("start "))).toHaveLength(8);
  expect(lines).toContain("start    Simulate_0 on sample 000002 (attempt 2)");
  expect(lines).toContain("done     Sheet_0 on the dataset (1 s)");
});

test("live: messages scroll, bars are cleared at the end, and no clock goes on", () => {
  const { clock, output, text } = world("live");
  tell(clock, output, story);
  output.message("a message of the program");
  tell(clock, output, [runEnded(30, output.progress)]);
  expect(clock.running).toBe(1);
  output.close();
  output.close();
  expect(clock.running).toBe(0);
  expect(text()).toContain(`${failure}\n`);
  expect(text()).toContain("\x1b[Ja message of the program\n");
  expect(text().endsWith("A\x1b[J")).toBe(true);
  const before = text();
  output.message("after the end");
  expect(text()).toBe(`${before}after the end\n`);
});

test("live: an event storm costs ten pictures a second", () => {
  const { clock, output, text } = world("live", { atEnd: "keep" });
  output.listener(runStarted(0, ["A_0"], 50_000));
  for (let sample = 0; sample < 50_000; sample++) {
    clock.advance(start + sample / 50);
    output.listener(started(sample / 50_000, { block: "A_0", sample }));
    output.listener(ended(sample / 50_000, { block: "A_0", sample }, { took: 0.001 }));
    output.listener(sampleEnded(sample / 50_000, sample, "valid"));
  }
  output.close();
  expect(text().match(/run 003 on/g)?.length).toBeLessThanOrEqual(11);
  expect(text()).toContain("50,000 of 50,000 samples ended: 50,000 valid");
});

test("plain: a line a minute at most, and every ten minutes when there is nothing new", () => {
  const { clock, output, text } = world("plain");
  output.listener(runStarted(0, ["A_0"], 10_000));
  output.listener(started(0, { block: "A_0", sample: 0 }));
  clock.advance(at(3600));
  // The start, the first look, and then what has not changed for ten minutes.
  expect(text().trimEnd().split("\n")).toHaveLength(7);
  for (let sample = 0; sample < 2_000; sample++) {
    clock.advance(at(3600 + sample));
    output.listener(ended(3600 + sample, { block: "A_0", sample }));
    output.listener(sampleEnded(3600 + sample, sample, "valid"));
  }
  const lines = text().trimEnd().split("\n").length - 7;
  expect(lines).toBeGreaterThanOrEqual(2000 / 60 - 1);
  expect(lines).toBeLessThanOrEqual(2000 / 60 + 1);
});

test("an interrupt is told in every mode", () => {
  for (const mode of ["plain", "quiet", "verbose", "live"] as const) {
    const { output, text } = world(mode);
    output.listener(runStarted(0, ["A_0"], 2));
    output.listener(started(0, { block: "A_0", sample: 0 }));
    output.listener(other(0, { kind: "interrupted", how: "finish-running" }));
    expect(text()).toContain(
      "interrupted: no new tasks are started; 1 running task may finish, Ctrl-C again ends them",
    );
  }
});

test("ten thousand repetitions and failures are a few lines", () => {
  const { clock, output, text } = world("plain");
  output.listener(runStarted(0, ["A_0"], 10_000));
  for (let sample = 0; sample < 10_000; sample++) {
    clock.advance(start + sample / 1000);
    const failed = { outcome: fails(boom(`no volume in ${sample}.obj`)) };
    output.listener(ended(sample / 1000, { block: "A_0", sample }, { ...failed, next: "retry" }));
    output.listener(ended(sample / 1000, { block: "A_0", sample, attempt: 2 }, failed));
    output.listener(sampleEnded(sample / 1000, sample, "failed"));
  }
  output.close();
  const lines = text().split("\n");
  expect(lines.length).toBeLessThan(40);
  expect(lines).toContain(
    "warning: 1,000 attempts of A_0 have failed like this and are repeated, the latest on sample 000999: Error: no volume in 999.obj",
  );
  expect(lines).toContain(
    "error: 10,000 tasks of A_0 have failed like this, the latest on sample 009999: Error: no volume in 9999.obj",
  );
});
