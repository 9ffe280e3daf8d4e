// What a submission is known by. A job's number can be lost on its way to us, and after a lost state Slurm hands the same
// number out again to somebody else; so every submission carries a key that nobody can guess, and jobs are found by it.
import type { Branded } from "../../../core/ids.ts";
import { nonce } from "../../../system/nonce.ts";

/** `RUN.SLOT.NONCE`, letters, digits, `-` and dots only: it stands in job names, file names and queries. */
export type SubmissionKey = Branded<string, "SubmissionKey">;

/**
 * @param run names the run among all runs of this user, not only of this dataset: eight letters or digits.
 * @param slot what the job is for, unique in the run: a slot is never submitted twice.
 */
export function submissionKey(run: string, slot: string): SubmissionKey {
  const key = `${run}.${slot}.${nonce()}`;
  if (!keyPattern.test(key)) throw new RangeError(`cannot be a part of a job's name: ${run}.${slot}`);
  return key as SubmissionKey;
}

/** `pipe.RUN.SLOT`: what `squeue` shows people. */
export function jobNameOf(key: SubmissionKey): string {
  const { run, slot } = partsOf(key);
  return `${jobNamePrefix(run)}${slot}`;
}

/** All jobs of a run have names that begin so. */
export const jobNamePrefix = (run: string): string => `pipe.${run}.`;

export const commentOf = (key: SubmissionKey): string => `${commentStart}${key}`;

/** The key in a job's comment. Others may have written there before or after it; null where it is not one of ours. */
export function keyInComment(comment: string): SubmissionKey | null {
  const found = /(?:^|[\s;,])pipe:([A-Za-z0-9]+\.[A-Za-z0-9-]+\.[0-9a-f]{16})(?=$|[\s;,])/.exec(comment);
  return found?.[1] === undefined ? null : (found[1] as SubmissionKey);
}

/** A key that was written down earlier. */
export function parseSubmissionKey(text: string): SubmissionKey | null {
  return keyPattern.test(text) ? (text as SubmissionKey) : null;
}

export function partsOf(key: SubmissionKey): { readonly run: string; readonly slot: string } {
  const [run = "", slot = ""] = key.split(".");
  return { run, slot };
}

const commentStart = "pipe:";
const keyPattern = /^[A-Za-z0-9]+\.[A-Za-z0-9-]+\.[0-9a-f]{16}$/;
