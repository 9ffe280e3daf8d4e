// Where a task works: the folder of its sample, or that of the dataset, with what in it is pipe's own and not the task's.
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { SampleId } from "../core/ids.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { datasetLogPath, sampleLogPath } from "../rundir/layout.ts";
import { concernsIn, taskFolder } from "../rundir/task-folder.ts";
import { onFile } from "../system/file-error.ts";
import type { Concerns } from "../system/observe-folder.ts";

export interface Place {
  readonly folder: string;
  /** What in the folder may be the work of a task. */
  readonly concerns: Concerns;
  /** Where `log` of the sample or dataset appends. */
  readonly logFile: string;
  readonly sample: SampleId | null;
}

/**
 * The place of an assignment; its folder exists from then on.
 * @throws FileError where it cannot be made.
 */
export function placeOf(
  assignment: Assignment,
  where: { readonly dataPath: string; readonly runFolder: string },
): Place {
  const { dataPath } = where;
  if (assignment.target.kind === "sample") {
    const { id } = assignment.target.sample;
    const place = { dataPath, sample: id };
    const folder = taskFolder(place);
    // Asking costs a third of making what is there already.
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
      onFile("make-folder", folder, () => mkdirSync(folder, { recursive: true }));
    }
    return { folder, concerns: concernsIn(place), logFile: sampleLogPath(dataPath, id), sample: id };
  }
  const logFile = datasetLogPath(where.runFolder, assignment.block);
  const logs = dirname(logFile);
  onFile("make-folder", logs, () => mkdirSync(logs, { recursive: true }));
  return {
    folder: dataPath,
    concerns: concernsIn({ dataPath, sample: null }),
    logFile,
    sample: null,
  };
}
