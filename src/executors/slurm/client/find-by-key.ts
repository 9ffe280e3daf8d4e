// Is there a job with this key? Asked after every submission whose answer was lost, by us or on the way. A request may
// still lie in the controller's queue, so whoever hears "absent" asks once more after `askAgain` before believing it.
import type { Moment, Seconds } from "../../../core/ids.ts";
import { seconds } from "../../../core/ids.ts";
import type { SlurmCommands } from "./command.ts";
import { queryAccounting } from "./sacct.ts";
import type { SeenJob } from "./seen-job.ts";
import { queryJobs } from "./squeue.ts";
import { jobNameOf, type SubmissionKey } from "./submission-key.ts";

export const askAgain: Seconds = seconds(30);

export type Found =
  /** More than one where a lost answer was followed by a second submission, and one per state of an array's elements. */
  | { readonly kind: "found"; readonly jobs: readonly SeenJob[] }
  | { readonly kind: "absent" }
  /** Nobody could be asked. */
  | { readonly kind: "unknown"; readonly message: string };

export interface KeyQuestion {
  readonly key: SubmissionKey;
  readonly user: number;
  /** How long ago it was submitted, or was going to be. */
  readonly since: Seconds;
  readonly now: Moment;
  /** Whether the cluster keeps accounts; without, what has ended and was forgotten cannot be found. */
  readonly accounting: boolean;
}

export async function findByKey(commands: SlurmCommands, question: KeyQuestion): Promise<Found> {
  const { key, user } = question;
  const belongs = (job: Pick<SeenJob, "name" | "key">): boolean => isOf(job, key);
  const queue = await queryJobs(commands, { user, belongs });
  if (queue.kind === "unknown") return queue;
  if (queue.jobs.length > 0) return { kind: "found", jobs: queue.jobs };
  if (!question.accounting) return { kind: "absent" };
  const { since, now } = question;
  const accounts = await queryAccounting(commands, { user, belongs, since, now });
  // Accounts that do not answer say nothing about a job that the controller would know.
  if (accounts.kind === "unknown" || accounts.jobs.length === 0) return { kind: "absent" };
  return { kind: "found", jobs: accounts.jobs };
}

/** By its comment; where that is not kept, by its name, which holds the run and the slot. */
export function isOf(job: Pick<SeenJob, "name" | "key">, key: SubmissionKey): boolean {
  return job.key === null ? job.name === jobNameOf(key) : job.key === key;
}
