// Where tasks run. An executor is told what to run and says what became of it; it decides nothing about tasks.
//
// What it promises:
// - after `start` it emits `joined` for every place that can take work, at once or later, and `gone` when a place is lost;
// - every assignment is answered by exactly one `ended` of the same task and attempt, or by the `gone` of its worker;
// - `started` comes at most once per attempt, before its `ended`, and may be missing for tasks that are over in a moment;
// - nothing is emitted from inside a call (events come from the event loop), so that whoever decides is never re-entered;
// - after `stop` has resolved, no process, job or file handle of it is left, and nothing more is emitted.

import type { Diagnostic } from "../core/diagnostic.ts";
import type { Attempt, TaskId, WorkerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";

export type ExecutorEvent =
  | { readonly kind: "joined"; readonly worker: WorkerId; readonly host: string; readonly capacity: Capacity }
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
  stop(how: StopHow): Promise<void>;
}
