// What lies under a name, without following links, and how much lies below it. Before something is deleted, somebody has to
// be told how much it is; and a link must count as the link that it is, never as what it leads to.
import { type Dirent, lstatSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { durableStep } from "./durable-step.ts";
import { FileError, isFileError, onFile } from "./file-error.ts";

export interface Entry {
  readonly kind: "file" | "link" | "folder" | "other";
  readonly size: number;
  /** Milliseconds since 1970, as the filesystem gives it. */
  readonly modified: number;
}

export function entryAt(path: string): Entry | "missing" {
  const facts = onFile("status", path, () => {
    try {
      return lstatSync(path, { throwIfNoEntry: false });
    } catch (error) {
      // A file where a folder should be: there is nothing of that name either.
      if (error instanceof Error && "code" in error && error.code === "ENOTDIR") return undefined;
      throw error;
    }
  });
  if (facts === undefined) return "missing";
  const kind = facts.isFile()
    ? "file"
    : facts.isSymbolicLink()
      ? "link"
      : facts.isDirectory()
        ? "folder"
        : "other";
  return { kind, size: facts.size, modified: facts.mtimeMs };
}

/** How many files lie there and below, and their bytes. A folder is no file. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

export function amountAt(path: string): Amount {
  const entry = entryAt(path);
  if (entry === "missing") return { files: 0, bytes: 0 };
  if (entry.kind !== "folder") return { files: 1, bytes: entry.size };
  let files = 0;
  let bytes = 0;
  for (const name of listed(path).map((one) => one.name)) {
    const below = amountAt(join(path, name));
    files += below.files;
    bytes += below.bytes;
  }
  return { files, bytes };
}

/** Paths of all files below a folder whose names are looked for; links are not followed. A folder that is gone has none. */
export function* filesBelow(folder: string, wanted: (name: string) => boolean): IterableIterator<string> {
  for (const one of listed(folder)) {
    const path = join(folder, one.name);
    if (isFolderEntry(one, path)) yield* filesBelow(path, wanted);
    else if (wanted(one.name)) yield path;
  }
}

/**
 * Makes what is missing of the folders on the way from `folder` down to `path`, and `folder` with all above it. Does not sync.
 * @throws FileError with problem "wrong-kind" where on that way a file or a link is.
 */
export function makeFoldersBelow(folder: string, path: string): void {
  const whole = path === "" ? folder : join(folder, path);
  const entry = entryAt(whole);
  if (entry !== "missing") {
    // `folder` itself may be a link: it is where somebody put it.
    if (entry.kind === "folder" || path === "") return;
    throw new FileError({ code: "ENOTDIR", path: whole, operation: "make-folder" });
  }
  if (path === "") makeFoldersBelow(dirname(folder), "");
  else makeFoldersBelow(folder, parentOf(path));
  durableStep();
  onFile("make-folder", whole, () => mkdirSync(whole));
}

/** Of a relative path the folder that it lies in; empty: the one that it is relative to. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

export interface NamedEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is in a folder; of one that is gone nothing. A link to a folder is none. */
export function entriesOf(folder: string): readonly NamedEntry[] {
  return listed(folder).map((one) => ({
    name: one.name,
    isFolder: isFolderEntry(one, join(folder, one.name)),
  }));
}

/** Removes a folder if nothing is in it. Does not sync. */
export function removeIfEmpty(path: string): "removed" | "kept" {
  durableStep();
  try {
    onFile("remove", path, () => rmdirSync(path));
  } catch (error) {
    if (isFileError(error, "missing", "exists", "wrong-kind")) return "kept";
    throw error;
  }
  return "removed";
}

function listed(folder: string): readonly Dirent[] {
  try {
    return onFile("list-folder", folder, () => readdirSync(folder, { withFileTypes: true }));
  } catch (error) {
    if (isFileError(error, "missing")) return [];
    throw error;
  }
}

/** Some filesystems do not say in the listing what an entry is. */
function isFolderEntry(one: Dirent, path: string): boolean {
  if (one.isDirectory()) return true;
  if (one.isFile() || one.isSymbolicLink()) return false;
  const entry = entryAt(path);
  return entry !== "missing" && entry.kind === "folder";
}
