// Where tasks run. An executor is told what to run and says what became of it; it decides nothing about tasks.
//
// What it promises:
// - after `start` it emits `joined` for every place that can take work, at once or later, and `gone` when a place is lost;
// - every assignment is answered by exactly one `ended` of the same task and attempt, or by the `gone` of its worker;
// - `started` comes at most once per attempt, before its `ended`, and may be missing for tasks that are over in a moment;
// - a task that was not begun may be given back: `ended` with the failure `cancelled`; a `narrowed` that says why comes first;
// - nothing is emitted from inside a call (events come from the event loop), so that whoever decides is never re-entered;
// - after `stop` has resolved, no process, job or file handle of it is left, and nothing more is emitted.

import type { Demand } from "../core/demand.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Attempt, Seconds, TaskId, WorkerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";

export type ExecutorEvent =
  | {
      readonly kind: "joined";
      readonly worker: WorkerId;
      readonly host: string;
      readonly capacity: Capacity;
      /** It takes only tasks of blocks that need this kind of place; see `kinds` of the scheduler. Default 0. */
      readonly kindOfPlace?: number;
      /** As in `narrowed`. Default null. */
      readonly longest?: Seconds | null;
    }
  /**
   * The worker's own time comes to an end, or was prolonged: from now on it takes only tasks whose time limit is not
   * above `longest`. null: any; 0: none. Tasks without a limit fit as long as it is not 0.
   */
  | { readonly kind: "narrowed"; readonly worker: WorkerId; readonly longest: Seconds | null }
  | {
      readonly kind: "started";
      readonly worker: WorkerId;
      readonly task: TaskId;
      readonly attempt: Attempt;
      readonly lane: number;
    }
  | { readonly kind: "ended"; readonly worker: WorkerId; readonly lane: number; readonly result: TaskResult }
  | { readonly kind: "gone"; readonly worker: WorkerId; readonly why: string }
  /** A person should know: something was retried, is slow, looks wrong. */
  | { readonly kind: "warning"; readonly message: string; readonly hint: string | null }
  /** No place will ever come: exit status 3. */
  | { readonly kind: "unable"; readonly diagnostic: Diagnostic };

export type ExecutorListener = (event: ExecutorEvent) => void;

/** What becomes of running tasks: they may end by themselves, or get TERM now and KILL after `grace` seconds. */
export type StopHow = { readonly kind: "finish" } | { readonly kind: "end-now"; readonly grace: number };

export interface Executor {
  readonly kind: string;
  start(listener: ExecutorListener): Promise<void>;
  assign(worker: WorkerId, assignments: readonly Assignment[]): void;
  /** For executors that ask for their places: how much work there is, whenever that has changed; one for each need. */
  demand?(demand: readonly Demand[]): void;
  /** For executors that outlive launchers: whether an attempt at the same, with the same key, is under way or over. */
  holds?(assignment: Assignment): boolean;
  stop(how: StopHow): Promise<void>;
}
