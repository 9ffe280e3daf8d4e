// Runs that have not said that they ended. For who holds the dataset's lock: then no launcher of them lives.
import { runRecordPath } from "../rundir/layout.ts";
import { type RunRecord, readRunRecord } from "../rundir/run-record.ts";
import { listRuns, type RunFolder } from "../rundir/runs.ts";

export interface UnfinishedRun {
  readonly run: RunFolder;
  readonly record: RunRecord;
}

/** So many runs back; older ones have long been looked at. */
const mostLookedAt = 20;

/** The newest first. */
export function unfinishedRuns(dataPath: string): readonly UnfinishedRun[] {
  return [...listRuns(dataPath)]
    .sort((a, b) => b.number - a.number)
    .slice(0, mostLookedAt)
    .flatMap((run) => {
      const read = readRunRecord(runRecordPath(run.path));
      return read.kind === "parsed" && read.value.finished === null ? [{ run, record: read.value }] : [];
    });
}
