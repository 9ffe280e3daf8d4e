// One array from its script to its job's number, or to the certainty that there is none. Written down before it is done, as with
// pilots; but an array that does not fit the limits of today is not waited for here: it may be cut into smaller ones.
import type { JsonObject } from "../../../core/json.ts";
import type { LaterReason } from "../client/refusals.ts";
import { type SubmissionKey, submissionKey } from "../client/submission-key.ts";
import { type Submission, submit } from "../client/submit.ts";
import { resolveDoubt } from "../jobs/resolve-doubt.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";

export type ArraySubmission =
  | { readonly kind: "submitted"; readonly job: string; readonly key: SubmissionKey }
  /** Nowhere to be found, or not taken now: its slot is given up, the same may work under another one. */
  | { readonly kind: "later"; readonly reason: LaterReason | "vanished"; readonly message: string }
  | Extract<Submission, { kind: "never" }>;

/** @throws FileError where it cannot be written down: nothing was submitted then. */
export async function submitArray(
  run: SlurmRun,
  of: {
    readonly slot: string;
    readonly script: string;
    readonly options: readonly string[];
    readonly facts: JsonObject;
  },
): Promise<ArraySubmission> {
  const { slot, script, options, facts } = of;
  const key = submissionKey(run.runKey, slot);
  await run.journal.intend(slot, { key, facts });
  // A job that Slurm starts again is welcome: its elements look first what there is, and each leaves a file of its own.
  const answer = await submit(run.commands, { script, options, key, requeue: "by-slurm" });
  switch (answer.kind) {
    case "submitted":
      await run.journal.submitted(slot, { job: answer.job, cluster: answer.cluster });
      return { kind: "submitted", job: answer.job, key };
    case "never":
      await run.journal.abandoned(slot, answer.message);
      return answer;
    case "later":
      await run.journal.abandoned(slot, answer.message);
      return { kind: "later", reason: answer.reason, message: answer.message };
    case "doubtful": {
      run.warn(`Slurm's answer to the submission of ${slot} was lost (${answer.message})`, null);
      const found = await resolveDoubt(run, { slot, key }, { message: answer.message, isWanted: () => true });
      return found.kind === "submitted"
        ? { kind: "submitted", job: found.job, key }
        : { kind: "later", reason: "vanished", message: found.message };
    }
  }
}
