// Removes what an earlier run of a task left, before it runs again: exactly the files of its record, as far as they are still
// what the task wrote. What somebody changed by hand stays and is told; what nobody recorded is not even looked at.
//
// Nothing is removed through a link, wherever it leads. Between the look at a path and the removal there is an instant in which
// somebody could put a link there: nobody else works on the dataset while its lock is held.
import { lstatSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { type TaskPlace, taskFolder } from "../rundir/task-folder.ts";
import { removeFile } from "../system/durable-folder.ts";
import { durableStep } from "../system/durable-step.ts";
import { isFileError, onFile } from "../system/file-error.ts";
import { lookWhetherAsLeft, type NotAsLeft } from "./as-left.ts";
import { isOutputPath, Look } from "./output-place.ts";

export interface OldOutputs {
  /** What the task left. */
  readonly files: readonly FileRecord[];
  /** What other tasks are known to have left: a file that is as one of these was not changed by hand. */
  readonly others?: readonly FileRecord[];
  /** Paths that a task before it has left: not this one's to remove, even if it changed them (`filesTakenOver`). */
  readonly spared?: ReadonlySet<string>;
}

export interface Removal {
  readonly removed: readonly string[];
  readonly kept: readonly KeptOutput[];
}

/** A recorded file that is still there, and why. */
export interface KeptOutput {
  readonly path: string;
  readonly why:
    | NotAsLeft
    /** Somebody changed it, and it lies there now, in the dataset. */
    | { readonly kind: "moved"; readonly to: string }
    /** The record names a path that a task cannot have left: out of its folder, or one of our own. */
    | { readonly kind: "outside" }
    /** The operating system did not let us. */
    | { readonly kind: "refused"; readonly code: string }
    /** It is to be out of sight of a task that runs again, and could not be moved. */
    | { readonly kind: "in-sight"; readonly code: string };
}

/** To be called when it is on the disk that the record stands no more. Folders that the task made go when they are empty. */
export function removeOldOutputs(place: TaskPlace, old: OldOutputs): Removal {
  const folder = taskFolder(place);
  if (isLink(folder)) {
    const by = "link" as const;
    return { removed: [], kept: old.files.map(({ path }) => ({ path, why: { kind: "replaced", by } })) };
  }
  const others = byPath(old.others ?? []);
  const removed: string[] = [];
  const kept: KeptOutput[] = [];
  const look = new Look(folder);
  const own = old.files.filter(({ path }) => old.spared?.has(path) !== true);
  for (const file of own) {
    if (!isOutputPath(place, file.path)) kept.push({ path: file.path, why: { kind: "outside" } });
    else if (entryKind(file) !== "folder") {
      const why = remove({ folder, look }, file.path, [file, ...(others.get(file.path) ?? [])]);
      if (why === "removed") removed.push(file.path);
      else if (why !== "missing") kept.push({ path: file.path, why });
    }
  }
  // The deepest first, so that a folder of folders is empty when its turn comes.
  const folders = own.filter((file) => entryKind(file) === "folder" && isOutputPath(place, file.path));
  for (const { path } of folders.toSorted((a, b) => b.path.length - a.path.length)) {
    if (look.at(path).kind === "folder" && removeEmptyFolder(join(folder, path))) removed.push(path);
  }
  return { removed, kept };
}

function remove(
  at: { readonly folder: string; readonly look: Look },
  path: string,
  known: readonly FileRecord[],
): "removed" | "missing" | KeptOutput["why"] {
  try {
    const found = lookWhetherAsLeft(at, path, known);
    if (found !== "as-left") return found;
    removeFile(join(at.folder, path));
    return "removed";
  } catch (error) {
    if (isFileError(error)) return { kind: "refused", code: error.code };
    throw error;
  }
}

function removeEmptyFolder(path: string): boolean {
  durableStep();
  try {
    onFile("remove", path, () => rmdirSync(path));
    return true;
  } catch (error) {
    if (isFileError(error)) return false;
    throw error;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function byPath(files: readonly FileRecord[]): ReadonlyMap<string, readonly FileRecord[]> {
  const all = new Map<string, FileRecord[]>();
  for (const file of files) {
    const same = all.get(file.path);
    if (same === undefined) all.set(file.path, [file]);
    else same.push(file);
  }
  return all;
}
