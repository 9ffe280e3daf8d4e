// What a worker does besides where other machines work on the same dataset: what a task has left is on the disk before anybody
// hears of it, what a failed one has made goes at once, and lines for a sample's log go with the answer.
import { rmdirSync } from "node:fs";
import { join } from "node:path";
import type { PipelinePart } from "../api/parts.ts";
import type { Failure } from "../core/failure.ts";
import type { Manifest } from "../core/manifest.ts";
import { loggedPath } from "../rundir/layout.ts";
import { takeLogged } from "../rundir/logged.ts";
import { removeQuietly } from "../system/durable-folder.ts";
import { isFileError } from "../system/file-error.ts";
import { difference, type Listing, observeFolder } from "../system/observe-folder.ts";
import { syncLeft } from "../system/sync-left.ts";
import type { Place } from "./place.ts";
import { failureOfThrown } from "./what-was-thrown.ts";

export interface SharedDisk {
  /** Where lines for logs are kept until the answer: a file that nobody else appends to. */
  readonly logFile: string;
  takeLogged(): { readonly logged?: string };
  /** Null where all is on the disk. */
  bringToDisk(place: Place, left: Manifest): Promise<Failure | null>;
  /**
   * Removes what a failed task has made, as far as it can only be its own, and tells what is left of it. The launcher would do the
   * same, but it sees the files late; and on a full disk it would never hear of the failure.
   */
  withoutMade(place: Place, before: Listing, after: Listing): Manifest;
}

export function sharedDisk(of: {
  readonly pipeline: { parts(): readonly PipelinePart[] };
  readonly workerFolder: string;
}): SharedDisk {
  // Of blocks that run side by side each sees the other's files appear.
  const isAlone = of.pipeline.parts().every((part) => part.spec.after === null);
  return {
    logFile: loggedPath(of.workerFolder),
    takeLogged: () => takeLogged(of.workerFolder),
    bringToDisk: async (place, left) => {
      try {
        await syncLeft(place.folder, left);
        return null;
      } catch (error) {
        if (!isFileError(error)) throw error;
        return failureOfThrown(error);
      }
    },
    withoutMade: (place, before, after) => {
      if (!isAlone) return difference(before, after);
      for (const path of after.keys()) if (!before.has(path)) removeQuietly(join(place.folder, path));
      const folders = [...after.folders].filter((path) => !before.folders.has(path));
      // The deepest first, so that a folder of folders is empty when its turn comes.
      for (const path of folders.toSorted((a, b) => b.length - a.length))
        removeEmpty(join(place.folder, path));
      return difference(before, observeFolder(place.folder, place.concerns));
    },
  };
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it that was not made by this task, or may not be removed: it is told as left.
  }
}
