// Brings what a task has left to the disk, or hears that it cannot be brought there. On a shared filesystem a write is only
// promised, and close() may say nothing: sync is the one call that tells of a full disk, and the one after which another machine
// sees the data.
import { closeSync, constants, fsync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Manifest } from "../core/manifest.ts";
import { syncFolder } from "./durable-folder.ts";
import { durableStep } from "./durable-step.ts";
import { asFileError, isFileError } from "./file-error.ts";

/** The event loop goes on meanwhile: a large file takes minutes. @throws FileError where something could not be written. */
export async function syncLeft(folder: string, { files, removed }: Manifest): Promise<void> {
  const folders = new Set<string>();
  for (const { path } of files) {
    folders.add(dirname(path));
    if (path.endsWith("/")) folders.add(path);
    else await syncFile(join(folder, path));
  }
  for (const path of removed) folders.add(dirname(path));
  for (const each of folders) {
    try {
      syncFolder(join(folder, each));
    } catch (error) {
      // Removed with what was in it, or not ours to open.
      if (!isFileError(error, "missing", "denied", "wrong-kind")) throw error;
    }
  }
}

async function syncFile(path: string): Promise<void> {
  const fd = openToSync(path);
  if (fd === null) return;
  try {
    durableStep();
    const error = await new Promise<unknown>((resolve) => fsync(fd, resolve));
    if (error === null || error === undefined) return;
    const told = asFileError(error, "sync", path);
    // What is no file of a disk has nothing to be synced.
    if (!(isFileError(told) && told.code === "EINVAL")) throw told;
  } finally {
    closeSync(fd);
  }
}

/** Null where it is a link, is gone by now, or may not be opened in any way. */
function openToSync(path: string): number | null {
  for (const how of [constants.O_RDONLY, constants.O_WRONLY]) {
    try {
      return openSync(path, how | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      const told = asFileError(error, "open", path);
      if (!isFileError(told)) throw told;
      if (told.code === "EACCES") continue;
      if (told.code === "ELOOP" || told.problem === "missing" || told.problem === "wrong-kind") return null;
      throw told;
    }
  }
  return null;
}
