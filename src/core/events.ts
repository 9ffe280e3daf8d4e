// What happened in a run, as one union: the language of events.jsonl, of the live view, of `pipe status` and
// the report. Whoever shows something reads this and nothing else.

import type { BlockScope } from "./block.ts";
import type { Failure } from "./failure.ts";
import type { Attempt, BlockName, Moment, SampleId, Seconds, TaskId, WorkerId } from "./ids.ts";
import type { Outcome, Usage } from "./outcome.ts";
import type { Capacity } from "./resources.ts";
import type { SampleEnding } from "./sample.ts";

export type RunEvent = { readonly at: Moment } & RunEventBody;

export type RunEventBody =
  | {
      readonly kind: "run-started";
      readonly run: string;
      readonly dataset: string;
      readonly executor: string;
      readonly blocks: readonly { readonly name: BlockName; readonly scope: BlockScope }[];
      readonly samples: number;
      readonly tasks: number;
    }
  | {
      readonly kind: "worker-joined";
      readonly worker: WorkerId;
      readonly host: string;
      readonly capacity: Capacity;
    }
  | { readonly kind: "worker-gone"; readonly worker: WorkerId; readonly why: string }
  | {
      readonly kind: "task-started";
      readonly task: TaskId;
      readonly block: BlockName;
      readonly sample: SampleId | null;
      readonly attempt: Attempt;
      readonly worker: WorkerId;
      /** Which process of the worker, for a timeline; 0 where there is one. */
      readonly lane: number;
    }
  | {
      readonly kind: "task-ended";
      readonly task: TaskId;
      readonly block: BlockName;
      readonly sample: SampleId | null;
      readonly attempt: Attempt;
      readonly worker: WorkerId;
      readonly lane: number;
      readonly outcome: Outcome;
      readonly usage: Usage;
      /** Path of the task's log relative to the run folder; null where it printed nothing. */
      readonly log: string | null;
      /** The last lines it printed, for failures; empty otherwise. */
      readonly tail: readonly string[];
      /** What becomes of it. */
      readonly next: "done" | "retry";
    }
  /** A remembered result stands; the task was not run. */
  | {
      readonly kind: "task-cached";
      readonly task: TaskId;
      readonly block: BlockName;
      readonly sample: SampleId | null;
      readonly outcome: { readonly kind: "succeeded" } | { readonly kind: "issue"; readonly message: string };
    }
  /** Samples of which every task had ended well in an earlier run, and stands: all at once, before the others begin. */
  | { readonly kind: "samples-cached"; readonly count: number }
  | {
      readonly kind: "sample-ended";
      readonly sample: SampleId;
      readonly ending: SampleEnding;
      /** How many of its tasks will not run any more because of that. */
      readonly skipped: number;
    }
  /** Something a person should know that is no failure of a task. */
  | { readonly kind: "warning"; readonly message: string; readonly hint: string | null }
  /** No new tasks from here on; `how` says what becomes of the running ones. */
  | { readonly kind: "interrupted"; readonly how: "finish-running" | "end-now" }
  /** The launcher leaves while the run is not over: its tasks are run by jobs that need none. */
  | { readonly kind: "launcher-left"; readonly why: "prepared" | "detached" }
  | {
      readonly kind: "run-ended";
      readonly why: "complete" | "interrupted" | "executor-failed";
      readonly summary: RunSummary;
    };

export interface TaskFailure {
  readonly block: BlockName;
  readonly sample: SampleId | null;
  readonly failure: Failure;
  readonly log: string | null;
  readonly attempt: Attempt;
  readonly tail: readonly string[];
}

/** The figures that `pipe run --json` prints. `ran + cached + skipped = total` in `tasks`. */
export interface RunSummary {
  readonly run: string;
  readonly dataset: string;
  readonly seconds: Seconds;
  readonly samples: {
    readonly total: number;
    readonly valid: number;
    readonly issues: number;
    readonly failed: number;
  };
  readonly tasks: {
    readonly total: number;
    /** Executed in this run, however they ended; a task counts once whatever its attempts. */
    readonly ran: number;
    readonly cached: number;
    /** Outcomes, remembered ones included. */
    readonly issues: number;
    readonly failed: number;
    /** Could not be reached. */
    readonly skipped: number;
  };
  readonly failures: readonly TaskFailure[];
}
