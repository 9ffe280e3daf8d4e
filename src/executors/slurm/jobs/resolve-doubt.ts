// After a submission whose answer was lost: is there a job, or is there none?
import { seconds } from "../../../core/ids.ts";
import { monotonic, wallClock } from "../../../system/clock.ts";
import { askAgain, findByKey } from "../client/find-by-key.ts";
import type { JobId } from "../client/job-id.ts";
import type { SubmissionKey } from "../client/submission-key.ts";
import { keepsAccounts, type SlurmRun } from "./slurm-run.ts";

export type Resolved =
  | { readonly kind: "submitted"; readonly job: JobId }
  /** Nowhere to be found: its slot is given up, another one may be tried. */
  | { readonly kind: "vanished"; readonly message: string };

/**
 * Whether there is a job with this key. A request may still lie in the controller's queue, so one that is absent is asked for
 * again before that is believed. Where nobody wants to know any more it is left open.
 */
export async function resolveDoubt(
  run: SlurmRun,
  { slot, key }: { readonly slot: string; readonly key: SubmissionKey },
  { message, isWanted }: { readonly message: string; readonly isWanted: () => boolean },
): Promise<Resolved> {
  const since = run.now();
  for (let absent = 0; absent < 2; ) {
    const found = await findByKey(run.commands, {
      ...{ key, user: run.user, now: wallClock(), accounting: await keepsAccounts(run) },
      since: seconds(run.now() - since + 60),
    });
    if (found.kind === "found") {
      const [first] = found.jobs;
      if (first !== undefined) {
        await run.journal.submitted(slot, { job: first.submitted, cluster: null });
        return { kind: "submitted", job: first.submitted };
      }
    }
    if (found.kind === "absent") absent += 1;
    if (absent < 2) await pauseWhile(isWanted, askAgain * run.patience);
    if (!isWanted()) return { kind: "vanished", message };
  }
  await run.journal.abandoned(slot, message);
  return { kind: "vanished", message };
}

/** So many seconds, fewer where nobody wants the job any more. */
export async function pauseWhile(isWanted: () => boolean, seconds: number): Promise<void> {
  const until = monotonic() + seconds;
  for (let left = seconds; left > 0 && isWanted(); left = until - monotonic()) {
    await Bun.sleep(Math.min(left, 0.1) * 1000);
  }
}
