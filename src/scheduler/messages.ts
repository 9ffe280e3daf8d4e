// All that the scheduler hears and all that it says. Whoever drives it carries out the commands and reports what
// happened; nothing else passes between them, so that a recorded history can be played again.

import type { Failure } from "../core/failure.ts";
import type { Attempt, Seconds, TaskId, WorkerId } from "../core/ids.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Capacity } from "../core/resources.ts";
import type { SampleEnding } from "../core/sample.ts";

/**
 * Does a remembered result stand? `stale`: run it. `current`: it succeeded before. `current-issue`: its issue stands.
 * `not-retried`: it would have to run and must not, so its sample stops there, unfinished.
 */
export type Verdict = "stale" | "current" | "current-issue" | "not-retried";

export type SchedulerEvent =
  | { readonly kind: "start" }
  /** A place that takes tasks. One that is known and not gone is not counted again. */
  | {
      readonly kind: "worker-joined";
      readonly worker: WorkerId;
      readonly capacity: Capacity;
      /** It is only given tasks of blocks that need this kind (`SchedulerOptions.kinds`). Default 0. */
      readonly kindOfPlace?: number;
      /** As in `worker-narrowed`. Default null. */
      readonly longest?: Seconds | null;
    }
  /**
   * From now on it is only given tasks whose time limit is not above `longest`: its own time comes to an end.
   * null: any task; 0: none. A task without a limit counts as one of no time. What it has, it keeps, unless it
   * gives it back (`task-ended`, cancelled); then this has to be said first, or it may be given the same again.
   */
  | { readonly kind: "worker-narrowed"; readonly worker: WorkerId; readonly longest: Seconds | null }
  /** It will answer nothing more. What it had is given to others. */
  | { readonly kind: "worker-gone"; readonly worker: WorkerId; readonly why: string }
  /** May be missing for tasks that are over in a moment. */
  | {
      readonly kind: "task-started";
      readonly worker: WorkerId;
      readonly task: TaskId;
      readonly attempt: Attempt;
    }
  | {
      readonly kind: "task-ended";
      readonly worker: WorkerId;
      readonly task: TaskId;
      readonly attempt: Attempt;
      readonly outcome: Outcome;
      /**
       * How long it ran, where its worker measured it: by the clock here it takes as long as its word needs to come,
       * and tasks of a millisecond seem to take as long as a file system takes to show them.
       */
      readonly took?: Seconds;
    }
  /** The answer to `judge`. */
  | { readonly kind: "judged"; readonly task: TaskId; readonly verdict: Verdict }
  /** Nothing new is begun; what workers have been given may end. */
  | { readonly kind: "drain" }
  /** What workers have been given is to end now. */
  | { readonly kind: "cancel" };

export type SchedulerCommand =
  /** Find out whether the task is remembered and answer with `judged`. Asked once per task. */
  | { readonly kind: "judge"; readonly task: TaskId }
  | {
      readonly kind: "assign";
      readonly worker: WorkerId;
      readonly task: TaskId;
      readonly attempt: Attempt;
    }
  /** The attempt before came to nothing; `attempt` is the next one, whose `assign` follows sooner or later. */
  | { readonly kind: "task-retried"; readonly task: TaskId; readonly attempt: Attempt }
  /** There will be no further attempt. */
  | { readonly kind: "task-failed"; readonly task: TaskId; readonly failure: Failure }
  /**
   * No task of the sample is left. Said once for every sample that was looked at at all (in an interrupted run
   * nothing is said of those never reached). `skipped`: how many of its tasks did not run because of its ending.
   */
  | {
      readonly kind: "sample-ended";
      readonly sampleIndex: number;
      readonly ending: SampleEnding;
      readonly skipped: number;
    }
  /** End it, or drop it where it has not started; it is still to be answered with `task-ended`. */
  | { readonly kind: "cancel"; readonly worker: WorkerId; readonly task: TaskId }
  /** The last command there is. `complete`: every task has had its say; `interrupted`: drained or cancelled. */
  | { readonly kind: "finished"; readonly why: "complete" | "interrupted" };
