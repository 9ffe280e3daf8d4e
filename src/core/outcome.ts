// How an attempt of a task ended, and what it cost.
import type { Failure } from "./failure.ts";
import type { Bytes, Seconds } from "./ids.ts";

export type Outcome =
  | { readonly kind: "succeeded" }
  /** The block's own verdict that this sample cannot go on. */
  | { readonly kind: "issue"; readonly message: string }
  | { readonly kind: "failed"; readonly failure: Failure };

/** What an attempt took, from the operating system; null where it cannot be known honestly. */
export interface Usage {
  readonly seconds: Seconds;
  readonly cpuSeconds: Seconds | null;
  readonly peakMemory: Bytes | null;
}

export const succeeded: Outcome = { kind: "succeeded" };
export const failed = (failure: Failure): Outcome => ({ kind: "failed", failure });
