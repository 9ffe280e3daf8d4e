// Worker processes on this machine, for whoever has assignments: the local executor now, a pilot's node later. Whatever
// happens to the processes, every assignment is answered exactly once.
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Attempt, TaskId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { CrewOptions } from "./crew.ts";

export interface PoolOptions extends CrewOptions {
  /** Started as the guard, see guard.ts; null: none. */
  readonly guardCommand: readonly string[] | null;
  readonly capacity: Capacity;
  /** The names of the GPUs that are counted in it, as CUDA_VISIBLE_DEVICES has them; none where nobody knows them. */
  readonly gpus?: readonly string[];
  readonly emit: (event: PoolEvent) => void;
  readonly timing?: Partial<PoolTiming>;
}

export type PoolEvent =
  | { readonly kind: "started"; readonly task: TaskId; readonly attempt: Attempt; readonly lane: number }
  | { readonly kind: "ended"; readonly lane: number; readonly result: TaskResult }
  | { readonly kind: "warning"; readonly message: string; readonly hint: string | null }
  /** No process can be brought to work. All assignments are answered with `cannot-load`, later ones too. */
  | { readonly kind: "unable"; readonly diagnostic: Diagnostic };

export interface PoolTiming {
  /** Seconds between TERM and KILL for what a dead worker left behind. */
  readonly grace: number;
  /** Seconds that a worker gets to end a task itself after its time is over, or after it was told to. */
  readonly slack: number;
  /** Seconds between two looks at memory and time. */
  readonly interval: number;
  /** Seconds that a worker with nothing left to do may take to leave: it ends its persistent commands. */
  readonly patience: number;
  /** How many processes in a row may die before they have said hello. */
  readonly failedStarts: number;
}

export type PoolStop = { readonly kind: "finish" } | { readonly kind: "end-now"; readonly grace: number };

export interface Pool {
  assign(assignments: readonly Assignment[]): void;
  /** Starts processes before there is anything for them: what a task would wait for can be over when it comes. */
  warm(count: number): void;
  /** TERM to the task, KILL after `grace` seconds; it is answered as cancelled, unless it ends before. */
  cancel(task: TaskId, grace: number): void;
  /** What was not begun is answered as cancelled. Once it has resolved nothing is left and nothing is emitted. */
  stop(how: PoolStop): Promise<void>;
}

export const usualTiming: PoolTiming = { grace: 5, slack: 1, interval: 0.1, patience: 20, failedStarts: 3 };
