// One job as a query saw it. squeue and sacct write the same facts in different ways; from here on nobody asks which it was.

import { type Seconds, seconds } from "../../../core/ids.ts";
import { complaintOf, type SlurmCommands } from "./command.ts";
import type { Elements, JobId } from "./job-id.ts";
import type { JobMeaning } from "./states.ts";
import type { SubmissionKey } from "./submission-key.ts";

export interface SeenJob {
  /** The waiting rest of an array has none of its own: it is the whole array's. */
  readonly id: JobId;
  /** The number that the submission was answered with; of an element, its array's. */
  readonly submitted: JobId;
  readonly elements: Elements;
  readonly name: string;
  /** Null where the comment is not ours, or is not kept by this cluster's accounting. */
  readonly key: SubmissionKey | null;
  /** Slurm's own word. */
  readonly state: string;
  readonly meaning: JobMeaning;
  /** `n[1-3]`; empty while it waits. */
  readonly nodes: string;
  /** Until its time limit ends it, by the cluster's account; null where it is not known or there is none. */
  readonly left: Seconds | null;
}

export type QueryAnswer =
  /** A job that is not listed has not completed: it may be forgotten, or not yet known. */
  | { readonly kind: "answer"; readonly jobs: readonly SeenJob[] }
  | { readonly kind: "unknown"; readonly message: string };

/** `2-03:04:05`, `03:04:05`, `04:05`; null for `UNLIMITED`, `INVALID`, `NOT_SET`, `N/A`. */
export function parseSpan(text: string): Seconds | null {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(text.trim());
  if (match === null) return null;
  const [, days = "0", hours = "0", minutes = "0", rest = "0"] = match;
  return seconds(((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest));
}

/** What a query's command has printed; one that failed says nothing about any job. */
export function answerIn(
  result: Awaited<ReturnType<SlurmCommands["run"]>>,
  parse: (text: string) => readonly SeenJob[],
): QueryAnswer {
  return result.kind === "ended" && result.status === 0
    ? { kind: "answer", jobs: parse(result.stdout) }
    : { kind: "unknown", message: complaintOf(result) };
}
