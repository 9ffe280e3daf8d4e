// Do the files that a task left still lie there as it left them? A stat per file; a file whose size and time are those of the
// record is taken for unchanged, one of another time is read. So what is not noticed is an edit that keeps the size and sets the
// time back: nobody does that by accident, and reading terabytes at every start would be the price.
//
// A folder of which a record names many files is listed first: one request to a file server brings what they all look like. For
// a few files a listing costs more than it saves (100,000 folders of three files: twice the time).
import { join } from "node:path";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { never } from "../core/never.ts";
import type { OutputReason } from "../core/reason.ts";
import { type TaskPlace, taskFolder } from "../rundir/task-folder.ts";
import { readContentNow } from "../system/file-content.ts";
import { isFileError } from "../system/file-error.ts";
import { bringUpToDate } from "../system/up-to-date.ts";
import { isOutputPath, Look, type Lying } from "./output-place.ts";

export interface Verification {
  /** What is wrong, by file; empty where all is as it was left. */
  readonly reasons: readonly OutputReason[];
  /**
   * Files that have another time but hold what they held, as they are now: to be remembered in the place of their old records
   * (`withTimes`), so that they need not be read again.
   */
  readonly touched: readonly FileRecord[];
}

/**
 * Looks at these files of a task; those that a later task of the sample has replaced or removed are for the caller to leave out
 * (`filesStillOwned`). A touched file is read while everything waits, 1.6 GB in a second.
 * @throws FileError where the filesystem does not answer: nobody knows then.
 */
export function verifyOutputs(place: TaskPlace, files: readonly FileRecord[]): Verification {
  const { doubtful, ...found } = verifyBySight(place, files);
  if (doubtful.length === 0) return found;
  // Another machine may have left it so a moment ago, and ours not know that yet.
  bringUpToDate(
    taskFolder(place),
    doubtful.map(({ path }) => path),
  );
  const { reasons, touched } = verifyBySight(place, doubtful);
  return { reasons, touched: [...found.touched, ...touched] };
}

function verifyBySight(
  place: TaskPlace,
  files: readonly FileRecord[],
): Verification & { readonly doubtful: readonly FileRecord[] } {
  const folder = taskFolder(place);
  const look = new Look(folder);
  for (const crowded of crowdedFolders(files)) look.list(crowded);
  const missing: string[] = [];
  const changed: string[] = [];
  const replaced = new Map<string, Replaced["by"]>();
  const touched: FileRecord[] = [];
  const doubtful: FileRecord[] = [];
  for (const file of files) {
    const found = isOutputPath(place, file.path) ? compare(file, { folder, look }) : gone;
    if (found.kind === "same") continue;
    if (found.kind === "touched") {
      touched.push(found.file);
      continue;
    }
    doubtful.push(file);
    switch (found.kind) {
      case "missing":
        missing.push(file.path);
        continue;
      case "changed":
        changed.push(file.path);
        continue;
      case "replaced":
        replaced.set(found.path, found.by);
        continue;
      default:
        never(found);
    }
  }
  return { reasons: reasonsOf({ missing, changed, replaced }), touched, doubtful };
}

/** The files with the times that they have now. */
export function withTimes<File extends FileRecord>(
  files: readonly File[],
  touched: readonly FileRecord[],
): readonly File[] {
  const now = new Map(touched.map((file) => [file.path, file]));
  return files.map((file) => ({ ...file, modified: now.get(file.path)?.modified ?? file.modified }));
}

type Replaced = {
  readonly kind: "replaced";
  readonly path: string;
  readonly by: "link" | "folder" | "file" | "other";
};

type Comparison =
  | { readonly kind: "same" }
  | { readonly kind: "missing" }
  | { readonly kind: "changed" }
  | { readonly kind: "touched"; readonly file: FileRecord }
  | Replaced;

const same: Comparison = { kind: "same" };
const gone: Comparison = { kind: "missing" };
const changed: Comparison = { kind: "changed" };

function compare(file: FileRecord, at: { readonly folder: string; readonly look: Look }): Comparison {
  try {
    return compareLying(file, at.look.at(file.path)) ?? compareContent(file, at.folder);
  } catch (error) {
    // What may not be read cannot be used either.
    if (isFileError(error, "denied", "wrong-kind")) return changed;
    throw error;
  }
}

/** Null where only its content can tell. */
function compareLying(file: FileRecord, lying: Lying): Comparison | null {
  switch (lying.kind) {
    case "missing":
      return gone;
    case "behind":
      return { kind: "replaced", path: lying.folder, by: lying.by };
    case "folder":
    case "other":
      return lying.kind === entryKind(file) ? same : replacedBy(file, lying.kind);
    case "file":
    case "link":
      if (!canBe(file, lying.kind)) return replacedBy(file, lying.kind);
      if (lying.size !== file.size) return changed;
      return lying.modified === file.modified ? same : null;
    default:
      return never(lying);
  }
}

const replacedBy = (file: FileRecord, by: Replaced["by"]): Comparison => ({
  ...{ kind: "replaced", by },
  path: file.path.replace(/\/$/, ""),
});

/** A link whose content nobody has read passes for a file in its record. */
function canBe(file: FileRecord, kind: "file" | "link"): boolean {
  const was = entryKind(file);
  return was === kind || (was === "file" && file.sha256 === null);
}

function compareContent(file: FileRecord, folder: string): Comparison {
  if (file.sha256 === null) return changed;
  const content = readContentNow(join(folder, file.path));
  if (content === "missing") return gone;
  return content.sha256 === file.sha256
    ? { kind: "touched", file: { path: file.path, ...content } }
    : changed;
}

function reasonsOf(found: {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly replaced: ReadonlyMap<string, Replaced["by"]>;
}): readonly OutputReason[] {
  const reasons: OutputReason[] = [];
  if (found.missing.length > 0) reasons.push({ kind: "output-missing", files: found.missing });
  if (found.changed.length > 0) reasons.push({ kind: "output-changed", files: found.changed });
  const replaced = [...found.replaced].map(([path, by]) => ({ path, by }));
  if (replaced.length > 0) reasons.push({ kind: "output-replaced", files: replaced });
  return reasons;
}

/** From so many files on a listing is worth it. */
const crowd = 16;

/** The folders that hold many of these files; "" is the task's own. */
function crowdedFolders(files: readonly FileRecord[]): readonly string[] {
  if (files.length < crowd) return [];
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/", path.length - 2)));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= crowd).map(([folder]) => folder);
}
