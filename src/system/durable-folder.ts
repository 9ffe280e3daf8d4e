// Folders, and names in folders, that are really on the disk. A file that was synced can still be gone after a power cut
// when the folder that names it was not.
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { durableStep } from "./durable-step.ts";
import { FileError, isFileError, onFile } from "./file-error.ts";

/** Puts the names in a folder on the disk. Filesystems that cannot sync folders (EINVAL) keep them safe otherwise. */
export function syncFolder(path: string): void {
  const fd = onFile("sync-folder", path, () => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  try {
    durableStep();
    onFile("sync-folder", path, () => fsyncSync(fd));
  } catch (error) {
    if (!(error instanceof FileError && cannotSyncFolders.has(error.code))) throw error;
  } finally {
    closeSync(fd);
  }
}

const cannotSyncFolders: ReadonlySet<string> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP"]);

/**
 * Makes one folder; of all who try, one makes it. Both it and its name are on the disk afterwards.
 * @throws FileError with problem "missing" where there is no parent.
 */
export function makeFolder(path: string): "made" | "exists" {
  try {
    durableStep();
    onFile("make-folder", path, () => mkdirSync(path));
  } catch (error) {
    if (isFileError(error, "exists")) return "exists";
    throw error;
  }
  syncFolder(path);
  syncFolder(dirname(resolve(path)));
  return "made";
}

/**
 * Makes many folders in one; those that exist are fine. Their names are on the disk afterwards, at the price of one sync:
 * a hundred thousand samples would take minutes with one each.
 */
export function makeFoldersIn(parent: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(parent, name);
    try {
      durableStep();
      onFile("make-folder", path, () => mkdirSync(path));
    } catch (error) {
      if (!isFileError(error, "exists")) throw error;
    }
  }
  syncFolder(parent);
}

/**
 * Makes a folder and whatever of its parents is missing.
 * @throws FileError with problem "wrong-kind" where a file is in the way.
 */
export function makeFolders(path: string): void {
  const whole = resolve(path);
  if (isFolder(whole)) return;
  const parent = dirname(whole);
  if (parent !== whole) makeFolders(parent);
  if (makeFolder(whole) === "exists" && !isFolder(whole)) {
    throw new FileError({ code: "ENOTDIR", path: whole, operation: "make-folder" });
  }
}

/** The names in a folder in the order of code points, fresh from the server; "missing" where there is no folder. */
export function listFolder(path: string): readonly string[] | "missing" {
  try {
    return onFile("list-folder", path, () => readdirSync(path)).sort();
  } catch (error) {
    if (isFileError(error, "missing")) return "missing";
    throw error;
  }
}

/** Moves a file over whatever has the name, or a folder where there is none or an empty one. Does not sync. */
export function renameOver(from: string, to: string): void {
  durableStep();
  onFile("rename", to, () => renameSync(from, to));
}

/** Removes a file; one that is gone already is fine. Does not sync the folder. */
export function removeFile(path: string): void {
  durableStep();
  try {
    onFile("remove", path, () => unlinkSync(path));
  } catch (error) {
    if (!isFileError(error, "missing")) throw error;
  }
}

/** For what is left of a failed attempt: the first error is the one to tell. */
export function removeQuietly(path: string): void {
  try {
    removeFile(path);
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

/** Removes a folder with all in it; one that is gone already is fine. */
export function removeFolder(path: string): void {
  durableStep();
  onFile("remove", path, () => rmSync(path, { recursive: true, force: true }));
}

/** Opens and closes a folder, after which NFS asks the server again for names that it remembers as absent. */
export function openFolder(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  } catch {
    // No folder, no names: whoever opens the file next is told so.
  }
}

/** Whether this names a folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return onFile("status", path, () => statSync(path)).isDirectory();
  } catch (error) {
    if (isFileError(error, "missing", "wrong-kind")) return false;
    throw error;
  }
}
