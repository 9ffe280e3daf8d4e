// Runs on a cluster whose launcher is gone without having said so: what their jobs have done, and still do, is not lost.
import type { SampleId } from "../core/ids.ts";
import type { TaskName } from "../core/task.ts";
import { isJobsWritten, openSlots, readJobs } from "../executors/slurm/jobs/jobs-journal.ts";
import { jobFactsIn } from "../executors/slurm/pilots/job-facts.ts";
import { readMailbox } from "../executors/slurm/pilots/read-mailbox.ts";
import { workersOf } from "../executors/slurm/pilots/submissions.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { runRecordPath, workerFolder } from "../rundir/layout.ts";
import { writeRunRecord } from "../rundir/run-record.ts";
import { wallClock } from "../system/clock.ts";
import { type UnfinishedRun, unfinishedRuns } from "./unfinished-runs.ts";

export type LeftRun = UnfinishedRun;

/** The newest first. For who holds the dataset's lock: then no launcher of them lives. */
export function leftRuns(dataPath: string): readonly LeftRun[] {
  return unfinishedRuns(dataPath).filter(
    // It may have died before it had any job.
    ({ run, record }) => isJobsWritten(run.path) || record.configuration.executor_kind === "slurm",
  );
}

/** Whether jobs of pilots may still be queued, or run. */
export function mayHavePilots({ run }: LeftRun): boolean {
  return openSlots(readJobs(run.path)).some(({ facts }) => facts.mode === "pilot");
}

/** What pilots of these runs have in hand, as far as their mailboxes tell. */
export function tasksInHand(left: readonly LeftRun[]): readonly TaskName[] {
  return left.flatMap(({ run }) =>
    openSlots(readJobs(run.path)).flatMap((slot) => {
      const facts = jobFactsIn(slot.facts, run.path);
      if (facts === null) return [];
      return workersOf(slot.slot, facts.nodes).flatMap((worker) => {
        const box = readMailbox(workerFolder(facts.home, worker));
        return box.left ? [] : box.open.map(({ assignment }) => taskNameOf(assignment));
      });
    }),
  );
}

/** The samples in which tasks may run without a launcher; `all` where nobody can say which. */
export function samplesInHand(
  left: readonly LeftRun[],
  inHand: readonly TaskName[] = tasksInHand(left),
): ReadonlySet<SampleId | null> | "all" {
  const arrays = left.some(({ run }) =>
    openSlots(readJobs(run.path)).some(({ facts }) => facts.mode !== "pilot"),
  );
  return arrays ? "all" : new Set(inHand.map(({ sample }) => sample));
}

const taskNameOf = ({ block, target }: Assignment): TaskName => ({
  block,
  sample: target.kind === "sample" ? target.sample.id : null,
});

/** Another run has taken all that it left. */
export function closeLeftRun({ run, record }: LeftRun): void {
  writeRunRecord(runRecordPath(run.path), {
    ...record,
    finished: { at: wallClock(), ending: "interrupted" },
  });
}
