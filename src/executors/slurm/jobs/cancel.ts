// Ending jobs, and only ours: after a lost state Slurm gives the same numbers to other people's jobs, and to other jobs of
// this user. So what is cancelled was seen a moment before under the name or key that it must have.
import { complaintOf, queryLimit, type SlurmCommands } from "../client/command.ts";
import type { JobId } from "../client/job-id.ts";
import type { SeenJob } from "../client/seen-job.ts";
import { queryJobs } from "../client/squeue.ts";
import { partsOf } from "../client/submission-key.ts";
import type { SlurmRun } from "./slurm-run.ts";

export type Cancellation =
  /** Told to end: they get SIGTERM now and SIGKILL after the cluster's KillWait. Empty where none was alive. */
  | { readonly kind: "told"; readonly jobs: readonly JobId[] }
  | { readonly kind: "unknown"; readonly message: string };

/** Idempotent: jobs that have ended are left alone. Never throws. */
export async function cancelJobs(
  commands: SlurmCommands,
  what: {
    readonly user: number;
    readonly belongs: (job: Pick<SeenJob, "name" | "key">) => boolean;
    /** Only those that have not begun, of an array only such elements. */
    readonly onlyWaiting?: boolean;
  },
): Promise<Cancellation> {
  const seen = await queryJobs(commands, what);
  if (seen.kind === "unknown") return seen;
  // By the number of the submission: all elements of an array have the same key, and `scancel` takes no `9_[2-3%1]`.
  const { onlyWaiting = false } = what;
  const canBeEnded = ({ meaning }: SeenJob): boolean =>
    onlyWaiting ? meaning.kind === "waiting" : meaning.kind !== "ended";
  const ids = [...new Set(seen.jobs.filter(canBeEnded).map(({ submitted }) => submitted))];
  const state = onlyWaiting ? ["--state=PENDING"] : [];
  for (let from = 0; from < ids.length; from += mostAtOnce) {
    const part = ids.slice(from, from + mostAtOnce);
    // `--quiet`: a job that has just ended is no failure. The user stands there too, should a number change hands now.
    const argv = ["--quiet", `--user=${what.user}`, ...state, ...part];
    const result = await commands.run("scancel", argv, queryLimit);
    if (result.kind !== "ended" || result.status !== 0) {
      return { kind: "unknown", message: complaintOf(result) };
    }
  }
  return { kind: "told", jobs: ids };
}

/** Those of a run, by their slots. Returns why it is not known that they end; null where it is. */
export async function cancelSlots(
  { commands, user }: Pick<SlurmRun, "commands" | "user">,
  runKeys: ReadonlySet<string>,
  slots: readonly string[],
): Promise<string | null> {
  if (slots.length === 0) return null;
  const wanted = new Set(slots);
  const answer = await cancelJobs(commands, {
    user,
    belongs: ({ key }) => key !== null && runKeys.has(partsOf(key).run) && wanted.has(partsOf(key).slot),
  });
  return answer.kind === "told" ? null : answer.message;
}

const mostAtOnce = 500;
