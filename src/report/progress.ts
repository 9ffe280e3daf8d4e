// What a run's events add up to, kept in constant time per event. Live view, plain lines and `pipe status` read this
// one account; if each counted for itself, they would disagree about the same run.

import type { RunEvent, RunSummary, TaskFailure } from "../core/events.ts";
import { blame } from "../core/failure.ts";
import type { Moment, SampleId, WorkerId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { SampleEnding } from "../core/sample.ts";
import { createGroups, type Group } from "./groups.ts";
import { failureLine } from "./say-failure.ts";
import { type BlockProgress, createTally, type RunningTask, type TaskCounts } from "./tally.ts";

export type { BlockProgress, RunningTask, TaskCounts } from "./tally.ts";

/** A run as far as it has come. Changes in place with every event; read it, do not keep parts of it. */
export interface Progress {
  /** Null until `run-started`. */
  readonly run: { readonly name: string; readonly dataset: string; readonly executor: string } | null;
  readonly blocks: readonly Readonly<BlockProgress>[];
  readonly tasks: Readonly<TaskCounts>;
  readonly samples: { readonly total: number } & Readonly<Record<SampleEnding, number>>;
  /** In the order in which they started. */
  running(): readonly RunningTask[];
  readonly workers: ReadonlyMap<WorkerId, { readonly host: string }>;
  /** Of one kind together, the most frequent first. */
  failures(): readonly Group<TaskFailure>[];
  /** One by one, the first thousand. */
  readonly failedTasks: readonly TaskFailure[];
  issues(): readonly Group<null>[];
  /** The latest few. */
  readonly warnings: readonly Warning[];
  readonly startedAt: Moment | null;
  readonly lastEventAt: Moment | null;
  readonly interrupted: "finish-running" | "end-now" | null;
  readonly ended: Ended | null;
  /** Why the launcher left, where it said so; the run goes on without. Null again when one has come back. */
  readonly left: "prepared" | "detached" | null;
  /** Seconds of work until `now`, of all tasks together, those still running included. */
  work(now: Moment): number;
  apply(event: RunEvent): void;
}

export interface Warning {
  readonly at: Moment;
  readonly message: string;
  readonly hint: string | null;
}

export interface Ended {
  readonly at: Moment;
  readonly why: "complete" | "interrupted" | "executor-failed";
  readonly summary: RunSummary;
}

/** The failed task of a `task-ended` that was its last attempt, or null where it is none or nobody is to blame. */
export function finalFailure(event: RunEvent): TaskFailure | null {
  if (event.kind !== "task-ended" || event.next !== "done" || event.outcome.kind !== "failed") return null;
  const { block, sample, attempt, log, tail } = event;
  const { failure } = event.outcome;
  return blame(failure) === "nobody" ? null : { block, sample, failure, log, attempt, tail };
}

const keptWarnings = 20;
const keptFailures = 1000;

export function createProgress(): Progress {
  const samples = { total: 0, valid: 0, issue: 0, failed: 0, unfinished: 0 };
  const endings = new Map<SampleId, SampleEnding>();
  const workers = new Map<WorkerId, { readonly host: string }>();
  const failures = createGroups<TaskFailure>();
  const failedTasks: TaskFailure[] = [];
  const issues = createGroups<null>();
  const warnings: Warning[] = [];
  let tally = createTally([], 0);
  let run: Progress["run"] = null;
  let startedAt: Moment | null = null;
  let lastEventAt: Moment | null = null;
  let interrupted: Progress["interrupted"] = null;
  let ended: Progress["ended"] = null;
  let left: Progress["left"] = null;

  function apply(event: RunEvent): void {
    lastEventAt = event.at;
    left = event.kind === "launcher-left" ? event.why : null;
    switch (event.kind) {
      case "run-started":
        // A launcher that takes over a run goes on with the same account.
        if (run !== null) return;
        run = { name: event.run, dataset: event.dataset, executor: event.executor };
        startedAt = event.at;
        samples.total = event.samples;
        tally = createTally(event.blocks, event.samples);
        return;
      case "worker-joined":
        workers.set(event.worker, { host: event.host });
        return;
      case "worker-gone":
        workers.delete(event.worker);
        return;
      case "task-started": {
        const { block, sample, attempt, worker, lane, at } = event;
        tally.started({ block, sample, attempt, worker, lane, since: at });
        return;
      }
      case "task-ended":
        taskEnded(event);
        return;
      case "task-cached":
        if (tally.remembered(event.block, event.sample, event.outcome)) noteIssue(event);
        return;
      case "samples-cached":
        tally.rememberedWhole(event.count);
        samples.valid += event.count;
        return;
      case "sample-ended": {
        const before = endings.get(event.sample);
        if (before !== undefined) samples[before]--;
        endings.set(event.sample, event.ending);
        samples[event.ending]++;
        tally.sampleEnded(event.sample);
        return;
      }
      case "warning":
        warnings.push({ at: event.at, message: event.message, hint: event.hint });
        if (warnings.length > keptWarnings) warnings.shift();
        return;
      case "interrupted":
        interrupted = event.how;
        return;
      case "launcher-left":
        return;
      case "run-ended":
        tally.runEnded();
        ended = { at: event.at, why: event.why, summary: event.summary };
        return;
      default:
        never(event);
    }
  }

  function taskEnded(event: Extract<RunEvent, { kind: "task-ended" }>): void {
    if (event.next === "retry") {
      tally.attemptFailed(event.block, event.sample, event.usage);
      return;
    }
    if (!tally.ran(event.block, event.sample, event)) return;
    noteIssue(event);
    const example = finalFailure(event);
    if (example === null) return;
    const { block, sample, failure } = example;
    if (failedTasks.length < keptFailures) failedTasks.push(example);
    failures.add({ block, kind: failure.kind, message: failureLine(failure), sample, example });
  }

  function noteIssue(event: Extract<RunEvent, { kind: "task-ended" | "task-cached" }>): void {
    if (event.outcome.kind !== "issue") return;
    const { block, sample, outcome } = event;
    issues.add({ block, kind: "issue", message: outcome.message, sample, example: null });
  }

  return {
    apply,
    samples,
    workers,
    warnings,
    failedTasks,
    running: () => tally.running(),
    failures: () => failures.all(),
    issues: () => issues.all(),
    work: (now) => tally.work(now),
    get blocks() {
      return tally.blocks;
    },
    get tasks() {
      return tally.tasks;
    },
    get run() {
      return run;
    },
    get startedAt() {
      return startedAt;
    },
    get lastEventAt() {
      return lastEventAt;
    },
    get interrupted() {
      return interrupted;
    },
    get ended() {
      return ended;
    },
    get left() {
      return left;
    },
  };
}
