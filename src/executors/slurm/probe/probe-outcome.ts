// How a probe can end, as facts. What each means for a user is said in probe-findings.ts.
import type { Seconds } from "../../../core/ids.ts";
import type { Submission } from "../client/classify-submission.ts";
import type { JobMeaning } from "../client/states.ts";
import type { ProbeAnswer } from "./probe-protocol.ts";

export type ProbeOutcome =
  | { readonly kind: "refused"; readonly submission: Extract<Submission, { kind: "never" }> }
  /** Slurm could not take it now, or nobody knows whether it did. */
  | { readonly kind: "not-submitted"; readonly message: string }
  /** It waits for something that does not come by itself. */
  | { readonly kind: "never-starts"; readonly job: string; readonly reason: string; readonly words: string }
  | {
      readonly kind: "waits-too-long";
      readonly job: string;
      readonly seconds: Seconds;
      readonly reason: string;
      readonly words: string;
    }
  /** There is no such folder as the dataset on the node; or there is one, and it is another. */
  | { readonly kind: "no-dataset" | "other-dataset"; readonly job: string; readonly node: string }
  | {
      readonly kind: "init-failed";
      readonly job: string;
      readonly node: string;
      /** 0: the executable could not be started. */
      readonly line: number;
      readonly status: number;
      readonly output: readonly string[];
    }
  /** The job is over and has not answered. */
  | {
      readonly kind: "ended";
      readonly job: string;
      readonly node: string;
      readonly how: string;
      readonly output: readonly string[];
    }
  /** It has a node and has not answered. */
  | {
      readonly kind: "silent";
      readonly job: string;
      readonly node: string;
      readonly seconds: Seconds;
      /** What it was doing when it was last heard of. */
      readonly doing: "nothing-seen" | "worker-init" | "executable";
      readonly output: readonly string[];
    }
  /** Slurm does not answer, or does not know the job any more. */
  | { readonly kind: "unknown"; readonly job: string; readonly message: string }
  | { readonly kind: "interrupted" }
  | {
      readonly kind: "answered";
      readonly job: string;
      readonly answer: ProbeAnswer;
      /** Of a file from here to there and one back; fewer than asked for where an answer did not come. */
      readonly trips: readonly RoundTrip[];
      /** What worker_init and the executable printed. */
      readonly output: readonly string[];
    };

export interface RoundTrip {
  readonly seconds: Seconds;
  /** How much the node's clock is ahead of ours; negative: behind. */
  readonly clockAhead: Seconds;
  /** How far off that may be. */
  readonly clockDoubt: Seconds;
}

export type ProbeProgress =
  | { readonly kind: "submitting"; readonly message: string | null }
  | { readonly kind: "seen"; readonly job: string; readonly meaning: JobMeaning; readonly nodes: string }
  | { readonly kind: "answered"; readonly job: string; readonly node: string };
