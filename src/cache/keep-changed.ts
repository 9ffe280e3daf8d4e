// Outputs that somebody has changed by hand, when their task runs again: out of its sight, and there for whoever wants them. Left
// where they lie, a program that appends would work on them, and what it makes of them would be taken for its result; written over,
// somebody's work would be lost.
//
//   000042/notes.csv  ──▶  runinfo/kept/003/000042/notes.csv        003: the run before which it was found changed
import { join, relative } from "node:path";
import { asideName, keptFolder } from "../rundir/layout.ts";
import { type TaskPlace, taskFolder } from "../rundir/task-folder.ts";
import { renameOver } from "../system/durable-folder.ts";
import { entryAt, makeFoldersBelow, parentOf } from "../system/entries.ts";
import { isFileError } from "../system/file-error.ts";
import type { KeptOutput } from "./old-outputs.ts";

/** Moves those that were changed; of the others, and of what could not be moved, nothing is otherwise. */
export function keepChanged(
  place: TaskPlace,
  kept: readonly KeptOutput[],
  run: string,
): readonly KeptOutput[] {
  return kept.map((one) => (one.why.kind === "changed" ? moved(place, one, run) : one));
}

function moved(place: TaskPlace, one: KeptOutput, run: string): KeptOutput {
  const { dataPath, sample } = place;
  const into = join(keptFolder(dataPath, run), asideName(sample));
  try {
    makeFoldersBelow(into, parentOf(one.path));
    const to = freeName(join(into, one.path));
    renameOver(join(taskFolder(place), one.path), to);
    return { path: one.path, why: { kind: "moved", to: relative(dataPath, to) } };
  } catch (error) {
    if (!isFileError(error)) throw error;
    return one;
  }
}

/** A task may run several times in one run, and be meddled with in between. */
function freeName(path: string): string {
  if (entryAt(path) === "missing") return path;
  for (let number = 2; ; number++) {
    if (entryAt(`${path}.${number}`) === "missing") return `${path}.${number}`;
  }
}
