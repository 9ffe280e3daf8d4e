// The end of a run from outside: its launcher, where it lives, and every job that was submitted for it. Only those: jobs are known
// by the keys that were written down before they were submitted.

import { slurmCommands } from "../executors/slurm/client/command.ts";
import { cancelJobs } from "../executors/slurm/jobs/cancel.ts";
import { isJobsWritten, JobsJournal, openSlots, readJobs } from "../executors/slurm/jobs/jobs-journal.ts";
import { version } from "../generated/version.ts";
import { cancelRequestPath, runRecordPath } from "../rundir/layout.ts";
import { readLockOwner } from "../rundir/lock-owner.ts";
import { readRunRecord } from "../rundir/run-record.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { isoTime, monotonic, wallClock } from "../system/clock.ts";
import { publish } from "../system/durable-file.ts";
import { vitality } from "../system/host.ts";
import { harvest, isGoingOnAlone } from "./array/harvest-results.ts";
import { closeLeftRun } from "./left-runs.ts";
import { lockDataset } from "./lock-dataset.ts";

export interface Cancelled {
  readonly launcher: "none" | "ended" | "asked";
  readonly jobs: readonly string[];
  /** Why it is not known that all has ended; null where it is. */
  readonly problem: string | null;
}

/** @throws Refusal where another run of the dataset is in the way. */
export async function cancelRun(
  dataPath: string,
  run: RunFolder,
  commandLine: readonly string[],
): Promise<Cancelled> {
  const asked = { format: "pipe-cancel", version: 1, at: isoTime(wallClock()) };
  publish(cancelRequestPath(run.path), `${JSON.stringify(asked)}\n`, { durability: "synced" });
  const launcher = await endLauncher(dataPath, run);
  if (!isJobsWritten(run.path)) {
    if (launcher === "none") await writeDown(dataPath, run, commandLine);
    return { launcher, jobs: [], problem: null };
  }
  const slots = [...readJobs(run.path).values()];
  const keys = new Set(slots.map(({ key }) => key));
  const answer = await cancelJobs(slurmCommands(process.env), {
    user: process.getuid?.() ?? 0,
    belongs: ({ key }) => key !== null && keys.has(key),
  });
  if (answer.kind === "unknown") return { launcher, jobs: [], problem: answer.message };
  if (launcher === "none") await writeDown(dataPath, run, commandLine);
  return { launcher, jobs: answer.jobs, problem: null };
}

async function endLauncher(dataPath: string, run: RunFolder): Promise<Cancelled["launcher"]> {
  const holder = () => {
    const lock = readLockOwner(dataPath);
    return lock.kind === "owner" && lock.owner.run === run.name ? lock.owner.process : null;
  };
  const owner = holder();
  const life = owner === null ? "dead" : vitality(owner);
  if (owner === null || life === "dead") return "none";
  if (life !== "alive") return "asked";
  if (!isToldToEnd(owner.pid)) return "asked";
  const until = monotonic() + patience;
  while (monotonic() < until) {
    if (holder() === null || vitality(owner) === "dead") return "ended";
    await Bun.sleep(100);
  }
  return "asked";
}

/** False where it is another user's: the file that asks it is all that can be done. */
function isToldToEnd(pid: number): boolean {
  try {
    process.kill(pid, "SIGTERM");
    return true;
  } catch (error) {
    // Gone in this very moment: then the lock says so.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** Nobody is there who would: that its jobs are over, and the run with them. */
async function writeDown(dataPath: string, run: RunFolder, commandLine: readonly string[]): Promise<void> {
  // What its tasks have done by themselves is not lost with it.
  if (isGoingOnAlone(run)) await harvest(dataPath, { run, lock: lockDataset(dataPath, commandLine) });
  const open = () => openSlots(readJobs(run.path));
  const unfinished = () => {
    const record = readRunRecord(runRecordPath(run.path));
    return record.kind === "parsed" && record.value.finished === null ? record.value : null;
  };
  // Of a run that has ended nothing is to be written, and another one may have the dataset now.
  if (open().length === 0 && unfinished() === null) return;
  const lock = lockDataset(dataPath, commandLine);
  try {
    const left = open();
    if (left.length > 0) {
      const journal = await JobsJournal.begin(run.path, version);
      for (const { slot } of left) await journal.ended(slot, "cancelled");
      await journal.close();
    }
    const record = unfinished();
    if (record !== null) closeLeftRun({ run, record });
  } finally {
    lock.release();
  }
}

/** Seconds that a launcher may take to end its tasks. */
const patience = 60;
