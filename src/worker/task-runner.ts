// One task after another: what the worker's loop and the sequential executor need to know of running one.
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";

export interface TaskRunner {
  /**
   * Runs one attempt to its end, whatever that is; never throws. One at a time.
   * `signal` ends it early: TERM to what it started, then KILL after the grace in the signal's reason (see `EndNow`).
   * `onTimeOver` is told when its time is over and it is about to be ended.
   */
  run(assignment: Assignment, signal: AbortSignal, onTimeOver?: () => void): Promise<TaskResult>;
  /**
   * `spoiled` after code was given up that could not be stopped: it may still be running in this process, which should
   * end rather than take another task.
   */
  readonly condition: "good" | "spoiled";
  /** Ends persistent commands. */
  close(): Promise<void>;
}

/** Why a task is ended from outside, as the reason of its abort signal. */
export class EndNow {
  /** Seconds between TERM and KILL. */
  readonly grace: number;
  constructor(grace: number) {
    this.grace = grace;
  }
}
