// One question to Slurm about all jobs that belong to us. Its controller forgets what ended minutes ago: of what it does not list,
// the accounts are asked, where they are kept.
import type { Seconds } from "../../../core/ids.ts";
import { wallClock } from "../../../system/clock.ts";
import { queryAccounting } from "../client/sacct.ts";
import type { SeenJob } from "../client/seen-job.ts";
import { queryJobs } from "../client/squeue.ts";
import { keepsAccounts, type SlurmRun } from "./slurm-run.ts";

/** What was seen, by what the asker knows its jobs by; null where the controller does not answer. */
export async function askSlurm<Key, Seen>(
  run: SlurmRun,
  of: {
    readonly belongs: (job: Pick<SeenJob, "name" | "key">) => boolean;
    /** Puts lines together: of one job there may be several. */
    readonly by: (jobs: readonly SeenJob[]) => Map<Key, Seen>;
    /** Those of which Slurm should know something. */
    readonly wanted: Iterable<Key>;
    /** How long ago the first of them was submitted. */
    readonly since: Seconds;
  },
): Promise<ReadonlyMap<Key, Seen> | null> {
  const { belongs, by, wanted, since } = of;
  const { commands, user } = run;
  const queue = await queryJobs(commands, { user, belongs });
  if (queue.kind === "unknown") return null;
  const seen = by(queue.jobs);
  const missing = new Set([...wanted].filter((key) => !seen.has(key)));
  if (missing.size === 0 || !(await keepsAccounts(run))) return seen;
  const accounts = await queryAccounting(commands, { user, belongs, since, now: wallClock() });
  if (accounts.kind !== "answer") return seen;
  for (const [key, job] of by(accounts.jobs)) if (missing.has(key)) seen.set(key, job);
  return seen;
}
