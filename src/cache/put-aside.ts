// Outputs that a task must not see while it runs again, moved out of its sight and back. By rename, within the dataset, so that
// they keep content and times, and what is remembered of them stays true.
//
//   000042/frames/f_1.png  ◀──▶  runinfo/aside/000042/frames/f_1.png
//
// The place aside says where a file belongs: after a kill at any instant it can be put back by looking, without a list.
import { join } from "node:path";
import { parseSampleFolderName, type SampleId } from "../core/ids.ts";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { asideFolder, asideName } from "../rundir/layout.ts";
import { type TaskPlace, taskFolder } from "../rundir/task-folder.ts";
import { isFolder, listFolder, removeFile, removeFolder, renameOver } from "../system/durable-folder.ts";
import { entriesOf, entryAt, makeFoldersBelow, parentOf, removeIfEmpty } from "../system/entries.ts";
import { isFileError } from "../system/file-error.ts";
import { lookWhetherAsLeft } from "./as-left.ts";
import { isOutputPath, Look, lyingAt } from "./output-place.ts";

export interface PutAside {
  /** Paths that are aside now; a folder's ends with `/`. */
  readonly moved: readonly string[];
  /** Files that could not be moved, and lie where they lay. */
  readonly inSight: readonly { readonly path: string; readonly code: string }[];
}

/**
 * Moves those of the files that lie there as their tasks left them; what somebody changed stays. Folders that tasks made go with
 * them when nothing else is in them. Where none of the files is there it costs a look at each and makes nothing.
 */
export function putAside(place: TaskPlace, files: readonly FileRecord[]): PutAside {
  const folder = taskFolder(place);
  const aside = asideOf(place);
  // Nothing is moved through a link.
  if (place.sample !== null && lyingAt(folder).kind === "link") return { moved: [], inSight: [] };
  const look = new Look(folder);
  const moved: string[] = [];
  const inSight: { readonly path: string; readonly code: string }[] = [];
  const own = files.filter(({ path }) => isOutputPath(place, path));
  for (const file of own.filter((one) => entryKind(one) !== "folder")) {
    const path = join(folder, file.path);
    try {
      if (lookWhetherAsLeft({ folder, look }, file.path, [file]) !== "as-left") continue;
      makeFoldersBelow(aside, parentOf(file.path));
      renameOver(path, join(aside, file.path));
      moved.push(file.path);
    } catch (error) {
      if (!isFileError(error)) throw error;
      inSight.push({ path: file.path, code: error.code });
    }
  }
  const folders = own.filter((one) => entryKind(one) === "folder").map(({ path }) => path);
  // The deepest first, so that a folder of folders is empty when its turn comes.
  for (const path of folders.toSorted((a, b) => b.length - a.length)) {
    const name = path.slice(0, -1);
    if (look.at(name).kind !== "folder" || removeIfEmpty(join(folder, name)) === "kept") continue;
    // After a kill between the two it is missing, and its task runs again.
    makeFoldersBelow(aside, name);
    moved.push(path);
  }
  return { moved, inSight };
}

/** Puts back what `putAside` moved. Where something lies under a name by now, that stays, and what was aside goes. */
export function putBack(place: TaskPlace, paths: readonly string[]): void {
  const aside = asideOf(place);
  for (const path of paths) {
    if (path.endsWith("/")) folderBack(place, path.slice(0, -1));
    else fileBack(place, path);
  }
  removeEmpty(aside);
  removeIfEmpty(asideFolder(place.dataPath));
}

/** Samples in which a task runs (the dataset: null), or all, where nobody can say which. */
export type Busy = ReadonlySet<SampleId | null> | "all";

/**
 * For who has just got the dataset's lock, before anything is judged: puts back what a killed launcher had moved. Samples in
 * which a task still runs are `busy`: what it must not see stays aside until it has ended.
 */
export function putAllBack(dataPath: string, busy: Busy = new Set()): void {
  if (busy === "all") return;
  const names = listFolder(asideFolder(dataPath));
  if (names === "missing") return;
  for (const name of names) {
    const sample = parseSampleFolderName(name);
    if (sample === null && name !== asideName(null)) continue;
    if (busy.has(sample)) continue;
    const place: TaskPlace = { dataPath, sample };
    // Of a sample that somebody deleted nothing is to come back.
    if (!isFolder(taskFolder(place))) removeFolder(asideOf(place));
    else putBack(place, [...pathsBelow(asideOf(place), "")]);
  }
  removeIfEmpty(asideFolder(dataPath));
}

/** What is aside of this sample (of the dataset: null), as `putBack` takes it. */
export const pathsAside = (place: TaskPlace): readonly string[] => [...pathsBelow(asideOf(place), "")];

const asideOf = ({ dataPath, sample }: TaskPlace): string => join(asideFolder(dataPath), asideName(sample));

function fileBack(place: TaskPlace, path: string): void {
  const from = join(asideOf(place), path);
  const to = join(taskFolder(place), path);
  try {
    makeFoldersBelow(taskFolder(place), parentOf(path));
    if (entryAt(to) === "missing") {
      renameOver(from, to);
      return;
    }
  } catch (error) {
    // Where its folder was there is none any more.
    if (!isFileError(error, "wrong-kind", "missing")) throw error;
  }
  removeFile(from);
}

function folderBack(place: TaskPlace, path: string): void {
  try {
    makeFoldersBelow(taskFolder(place), path);
  } catch (error) {
    if (!isFileError(error, "wrong-kind", "missing")) throw error;
  }
}

/** Files, and folders with `/` behind those in them. */
function* pathsBelow(folder: string, prefix: string): IterableIterator<string> {
  for (const { name, isFolder: enters } of entriesOf(folder)) {
    if (enters) yield* pathsBelow(join(folder, name), `${prefix}${name}/`);
    yield enters ? `${prefix}${name}/` : prefix + name;
  }
}

function removeEmpty(folder: string): void {
  for (const { name, isFolder: enters } of entriesOf(folder)) if (enters) removeEmpty(join(folder, name));
  removeIfEmpty(folder);
}
