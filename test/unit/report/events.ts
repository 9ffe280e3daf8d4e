// Made-up runs for the tests of report/: single events with little to write, and whole random histories from a seed.

import type { RunEvent, RunEventBody, RunSummary } from "../../../src/core/events.ts";
import type { Failure } from "../../../src/core/failure.ts";
import {
  attempt,
  type BlockName,
  blockName,
  moment,
  sampleId,
  seconds,
  taskId,
  workerId,
} from "../../../src/core/ids.ts";
import type { Outcome } from "../../../src/core/outcome.ts";
import { createProgress, type Progress } from "../../../src/report/progress.ts";

export const start = 1_700_000_000_000;
/** `s` seconds after the start. */
export const at = (s: number) => moment(start + Math.round(s * 1000));

export const ok: Outcome = { kind: "succeeded" };
export const issue = (message: string) => ({ kind: "issue", message }) as const;
export const boom = (message: string): Failure => ({ kind: "exception", name: "Error", message, stack: [] });
export const fails = (failure: Failure): Outcome => ({ kind: "failed", failure });

const worker = workerId("local");

export function runStarted(
  s: number,
  blocks: readonly string[],
  samples: number,
  more: { dataset?: string; datasetBlocks?: readonly string[]; executor?: string } = {},
): RunEvent {
  const datasetBlocks = more.datasetBlocks ?? [];
  return {
    at: at(s),
    kind: "run-started",
    run: "003",
    dataset: more.dataset ?? "/data/organs",
    executor: more.executor ?? "local",
    blocks: [
      ...blocks.map((name) => ({ name: blockName(name), scope: "sample" as const })),
      ...datasetBlocks.map((name) => ({ name: blockName(name), scope: "dataset" as const })),
    ],
    samples,
    tasks: samples * blocks.length + datasetBlocks.length,
  };
}

export interface TaskSpec {
  readonly block: string;
  readonly sample: number | null;
  readonly attempt?: number;
}

const named = (task: TaskSpec) => ({
  task: taskId(0),
  block: blockName(task.block),
  sample: task.sample === null ? null : sampleId(task.sample),
});

export function started(s: number, task: TaskSpec): RunEvent {
  return {
    at: at(s),
    kind: "task-started",
    ...named(task),
    attempt: attempt(task.attempt ?? 1),
    worker,
    lane: 0,
  };
}

export function ended(
  s: number,
  task: TaskSpec,
  how: {
    outcome?: Outcome;
    took?: number;
    next?: "done" | "retry";
    log?: string | null;
    tail?: readonly string[];
    peak?: number | null;
  } = {},
): RunEvent {
  return {
    at: at(s),
    kind: "task-ended",
    ...named(task),
    attempt: attempt(task.attempt ?? 1),
    worker,
    lane: 0,
    outcome: how.outcome ?? ok,
    usage: { seconds: seconds(how.took ?? 1), cpuSeconds: null, peakMemory: null },
    log: how.log ?? null,
    tail: how.tail ?? [],
    next: how.next ?? "done",
  };
}

export function cached(s: number, task: TaskSpec, outcome: ReturnType<typeof issue> | null = null): RunEvent {
  return { at: at(s), kind: "task-cached", ...named(task), outcome: outcome ?? { kind: "succeeded" } };
}

export function sampleEnded(
  s: number,
  sample: number,
  ending: "valid" | "issue" | "failed" | "unfinished",
  skipped = 0,
): RunEvent {
  return { at: at(s), kind: "sample-ended", sample: sampleId(sample), ending, skipped };
}

export const other = (s: number, body: RunEventBody): RunEvent => ({ at: at(s), ...body });

export function summaryOf(progress: Progress, took: number): RunSummary {
  const { total, ran, cached, issues, failed, skipped } = progress.tasks;
  const { valid, issue, failed: failedSamples } = progress.samples;
  return {
    run: "003",
    dataset: progress.run?.dataset ?? "/data/organs",
    seconds: seconds(took),
    samples: { total: progress.samples.total, valid, issues: issue, failed: failedSamples },
    tasks: { total, ran, cached, issues, failed, skipped },
    failures: progress.failures().flatMap((group) => group.examples),
  };
}

/** The end of a run as a driver would tell it: what has not run is skipped. */
export function runEnded(
  s: number,
  progress: Progress,
  why: "complete" | "interrupted" | "executor-failed" = "complete",
): RunEvent {
  const summary = summaryOf(progress, s);
  const { total, ran, cached: remembered } = summary.tasks;
  const tasks = { ...summary.tasks, skipped: total - ran - remembered };
  return { at: at(s), kind: "run-ended", why, summary: { ...summary, tasks } };
}

export function progressOf(events: readonly RunEvent[]): Progress {
  const progress = createProgress();
  for (const event of events) progress.apply(event);
  return progress;
}

/** Numbers from a seed (mulberry32), so that a failing history can be had again. */
export function seeded(seed: number): { below(n: number): number; chance(p: number): boolean } {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (n) => Math.floor(next() * n), chance: (p) => next() < p };
}

/** What a random history did, counted as it was made. */
export interface Expected {
  ran: number;
  cached: number;
  issues: number;
  failed: number;
  unfinished: number;
  retries: number;
  skipped: number;
}

/**
 * A run of chains of blocks, several samples at once, with issues, failures, retries, remembered results, duplicate and
 * missing `task-started`, now and then an interrupt in the middle.
 */
export function randomHistory(seed: number): { events: RunEvent[]; expected: Expected; total: number } {
  const random = seeded(seed);
  const blocks = Array.from({ length: 1 + random.below(4) }, (_, i) => `Block${i}_0`);
  const samples = random.below(9);
  const datasetBlocks = random.chance(0.5) ? ["Sheet_0"] : [];
  const total = samples * blocks.length + datasetBlocks.length;
  const events: RunEvent[] = [runStarted(0, blocks, samples, { datasetBlocks })];
  const expected: Expected = {
    ran: 0,
    cached: 0,
    issues: 0,
    failed: 0,
    unfinished: 0,
    retries: 0,
    skipped: 0,
  };
  const stopAt = random.chance(0.3) ? random.below(total * 3 + 1) : Number.POSITIVE_INFINITY;
  let clock = 0;
  let step = 0;
  const open = Array.from({ length: samples }, (_, i) => ({
    id: 100 + i,
    next: 0,
    attempt: 1,
    running: false,
  }));
  const stopped = () => step >= stopAt;

  while (open.length > 0 && !stopped()) {
    step++;
    clock += random.below(3);
    const index = random.below(Math.min(open.length, 3));
    const one = open[index];
    const block = one === undefined ? undefined : blocks[one.next];
    if (one === undefined || block === undefined) throw new Error("a sample that should have ended");
    const task = { block, sample: one.id, attempt: one.attempt };
    if (!one.running && one.attempt === 1 && random.chance(0.2)) {
      const found = random.chance(0.2) ? issue("known to be bad") : null;
      events.push(cached(clock, task, found));
      expected.cached++;
      if (found !== null) expected.issues++;
      endTask(one, index, found === null ? "well" : "issue");
    } else if (!one.running && random.chance(0.8)) {
      events.push(started(clock, task));
      if (random.chance(0.1)) events.push(started(clock, task));
      one.running = true;
    } else if (random.chance(0.15) && one.attempt < 3) {
      events.push(ended(clock, task, { outcome: fails(boom("again")), next: "retry" }));
      expected.retries++;
      one.attempt++;
      one.running = false;
    } else {
      const outcome = random.chance(0.1)
        ? issue(`bad ${one.id}`)
        : random.chance(0.1)
          ? fails(boom("no"))
          : ok;
      const event = ended(clock, task, { outcome });
      events.push(event);
      if (random.chance(0.05)) events.push(event);
      expected.ran++;
      if (outcome.kind === "issue") expected.issues++;
      if (outcome.kind === "failed") expected.failed++;
      endTask(one, index, outcome.kind === "succeeded" ? "well" : outcome.kind);
    }
  }

  function endTask(one: (typeof open)[number], index: number, how: "well" | "issue" | "failed"): void {
    one.next++;
    one.attempt = 1;
    one.running = false;
    if (how === "well" && one.next < blocks.length) return;
    const skipped = blocks.length - one.next;
    expected.skipped += skipped;
    events.push(sampleEnded(clock, one.id, how === "well" ? "valid" : how, skipped));
    open.splice(index, 1);
  }

  if (open.length > 0) events.push(other(clock, { kind: "interrupted", how: "end-now" }));
  for (const one of open) {
    const block = blocks[one.next] ?? "";
    const begun = one.running || one.attempt > 1;
    if (one.running && random.chance(0.5)) {
      events.push(
        ended(
          clock,
          { block, sample: one.id, attempt: one.attempt },
          { outcome: fails({ kind: "cancelled" }) },
        ),
      );
    }
    const skipped = blocks.length - one.next - (begun ? 1 : 0);
    expected.skipped += skipped;
    if (begun) {
      expected.ran++;
      expected.unfinished++;
    }
    if (random.chance(0.5)) events.push(sampleEnded(clock, one.id, "unfinished", skipped));
  }
  if (open.length === 0 && datasetBlocks.length > 0) {
    events.push(
      started(clock, { block: "Sheet_0", sample: null }),
      ended(clock, { block: "Sheet_0", sample: null }),
    );
    expected.ran++;
  } else expected.skipped += datasetBlocks.length;
  const end = runEnded(clock, progressOf(events), open.length > 0 ? "interrupted" : "complete");
  if (end.kind !== "run-ended") throw new Error("not an end");
  const { ran, cached: remembered, issues, failed, skipped } = expected;
  const tasks = { total, ran, cached: remembered, issues, failed, skipped };
  events.push({ ...end, summary: { ...end.summary, tasks } });
  return { events, expected, total };
}

export const names = (blocks: readonly string[]): BlockName[] => blocks.map(blockName);
