// What a launcher that was killed had half written, swept by the next one: files of ours that had not got their names yet. Left
// where they are, a dataset would differ from one that nobody disturbed, and whoever lists a sample's folder would meet them.
//
// Only after a kill, and only where that launcher wrote, and no pilot that it left behind still does; what a start that is about to find the dataset locked has in runinfo/
// is not touched.
import { join } from "node:path";
import type { Memory } from "../cache/memory.ts";
import type { SampleId } from "../core/ids.ts";
import { binFolder, runinfoFolder, sampleFolder } from "../rundir/layout.ts";
import { isTemporaryName } from "../system/durable-file.ts";
import { listFolder, removeQuietly } from "../system/durable-folder.ts";
import { filesBelow } from "../system/entries.ts";
import { isFileError } from "../system/file-error.ts";
import { unnamedIn } from "./clean-leftovers.ts";
import { samplesOf } from "./dataset-samples.ts";

/** Only for who holds the dataset's lock, having taken it over. `run`: that of the dead launcher, `003`; null before it had one. */
export function sweepLeftovers(
  dataPath: string,
  of: {
    readonly memory: Memory;
    readonly run: string | null;
    /** Samples that pilots may be at. */
    readonly inHand: ReadonlySet<SampleId | null>;
    /** Whether pilots may write into the run's folder. */
    readonly pilots: "none" | "may-live";
  },
): void {
  const runinfo = runinfoFolder(dataPath);
  sweep(() => temporaryIn(dataPath));
  sweep(() => temporaryIn(runinfo).filter((path) => !isOfStart(path.slice(runinfo.length + 1))));
  // Somebody who stages the executable there this very moment, without the lock, has to begin again.
  sweep(() => temporaryIn(binFolder(dataPath)));
  const { run } = of;
  if (run !== null && of.pilots === "none") sweep(() => [...filesBelow(join(runinfo, run), isTemporaryName)]);
  for (const sample of samplesOf(dataPath)) {
    if (of.inHand.has(sample)) continue;
    sweep(() => unnamedIn(sampleFolder(dataPath, sample), { memory: of.memory, sample }));
  }
}

/** A folder that cannot be looked into, or a file that cannot go, is no reason not to start. */
function sweep(find: () => readonly string[]): void {
  try {
    for (const path of find()) removeQuietly(path);
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

function temporaryIn(folder: string): readonly string[] {
  const names = listFolder(folder);
  return names === "missing" ? [] : names.filter(isTemporaryName).map((name) => join(folder, name));
}

/** Written before there is a lock. */
const isOfStart = (name: string): boolean => name.startsWith(".lock.") || name.startsWith(".probe.");
