// `pipe status` of a run that goes on without a launcher: what has been done since is taken in where nobody else is at work on the
// dataset, and only counted otherwise.
import { Refusal } from "../../core/diagnostic.ts";
import { readLockOwner } from "../../rundir/lock-owner.ts";
import type { RunFolder } from "../../rundir/runs.ts";
import { isFileError } from "../../system/file-error.ts";
import { lockDataset } from "../lock-dataset.ts";
import { countNews, harvest, isGoingOnAlone } from "./harvest-results.ts";

export interface AloneRun {
  /** Tasks that have ended and could not be taken in. */
  readonly waiting: number;
  readonly jobs: readonly string[];
}

export async function lookAlone(
  dataPath: string,
  run: RunFolder,
  commandLine: readonly string[],
): Promise<AloneRun> {
  const { sayJobs } = await import("../../executors/slurm/jobs/say-jobs.ts");
  if (countNews(run) > 0 && readLockOwner(dataPath).kind === "none") {
    try {
      await harvest(dataPath, { run, lock: lockDataset(dataPath, commandLine) });
    } catch (error) {
      // Whoever may only read, or was a moment too late, still sees how it stands.
      if (!(error instanceof Refusal || isFileError(error))) throw error;
    }
  }
  const over = !isGoingOnAlone(run);
  return { waiting: countNews(run), jobs: over ? [] : await sayJobs(run.path) };
}
