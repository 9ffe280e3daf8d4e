// Launcher → worker: one attempt of one task, with all that the worker needs to run it.
import type { Attempt, BlockName, SampleId, TaskId } from "../core/ids.ts";
import type { Resources } from "../core/resources.ts";
import type { SampleState } from "../core/sample.ts";
import type { Sight } from "../core/sight.ts";

/** What the result is remembered under: two tasks of one block and sample with the same key would do the same. */
export interface TaskKey {
  readonly version: number;
  readonly options: string;
  readonly code: string;
  /** The sample as the block sees it. */
  readonly before: string;
}

export interface Assignment {
  readonly task: TaskId;
  readonly attempt: Attempt;
  readonly block: BlockName;
  readonly target:
    | { readonly kind: "sample"; readonly sample: SampleState }
    /** A dataset block: the samples that are valid, in order; the worker reads what it needs from their folders. */
    | { readonly kind: "dataset"; readonly valid: readonly SampleId[] };
  readonly needs: Resources;
  /** Environment variables for its command besides the block's own: what the configuration of this run sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Null where nothing will be remembered. */
  readonly key: TaskKey | null;
  /** What others have left of late, and must be seen before it begins. Absent where there is nothing of that kind. */
  readonly sees?: Sight;
}

export type ToWorker =
  | { readonly kind: "run"; readonly assignments: readonly Assignment[] }
  /** End the given task now (TERM, then KILL after `grace` seconds); it is answered as cancelled. */
  | { readonly kind: "cancel"; readonly task: TaskId; readonly grace: number }
  /** Nothing more will come: finish what you have, answer it, and leave. */
  | { readonly kind: "finish" };
