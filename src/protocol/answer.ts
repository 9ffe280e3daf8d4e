// Worker → launcher: what became of what it was told.
import type { Attempt, Moment, TaskId } from "../core/ids.ts";
import type { Manifest } from "../core/manifest.ts";
import type { Outcome, Usage } from "../core/outcome.ts";
import type { SampleChanges } from "../core/sample.ts";

/** An attempt has ended. */
export interface TaskResult {
  readonly task: TaskId;
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly changes: SampleChanges;
  readonly manifest: Manifest;
  readonly usage: Usage;
  /** When it began and ended, by the worker's clock: for the timeline only. */
  readonly started: Moment;
  readonly ended: Moment;
  /** Path of its log relative to the run folder; null where it printed nothing. */
  readonly log: string | null;
  /** The last lines it printed; empty after a success. */
  readonly tail: readonly string[];
  /**
   * Whole lines for the log of its sample (or of its dataset block), where the launcher is to append them: two machines that append
   * to one file destroy each other's lines. Absent where there are none, or they are there already.
   */
  readonly logged?: string;
}

export type FromWorker =
  | {
      readonly kind: "hello";
      readonly protocol: number;
      readonly version: string;
      readonly pid: number;
      readonly host: string;
    }
  | { readonly kind: "started"; readonly task: TaskId; readonly attempt: Attempt; readonly at: Moment }
  /** Its time is over, and the worker is about to end it: TERM first, so it takes the grace until the result comes. */
  | { readonly kind: "ending"; readonly task: TaskId }
  | { readonly kind: "results"; readonly results: readonly TaskResult[] }
  /**
   * It takes no further task: code that had to be given up may still be running in it. What it has been given and has
   * not answered with the results that follow was never begun.
   */
  | { readonly kind: "leaving" }
  /** It cannot work at all: the pipeline does not load, the run folder is not there. */
  | { readonly kind: "unfit"; readonly message: string };
