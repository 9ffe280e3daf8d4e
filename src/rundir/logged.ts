// Lines that a task has logged for its sample, on the way to the one who appends them to its log: the launcher. A worker on another
// machine must not: appending from two machines to one file destroys lines on NFS. They lie in a file of the worker's own until
// they go with the answer, so that what was logged before a crash is not lost.
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { appendOnce } from "../system/append-once.ts";
import { readText } from "../system/durable-file.ts";
import { removeQuietly } from "../system/durable-folder.ts";
import { isFileError } from "../system/file-error.ts";
import { inLateFolder } from "../system/late-folder.ts";
import { loggedPath } from "./layout.ts";

/** Takes the lines out of the worker's file. To be asked after each task, so that what lies there is of one task. */
export function takeLogged(workerFolder: string): { readonly logged?: string } {
  const path = loggedPath(workerFolder);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return {};
  try {
    const logged = readText(path);
    removeQuietly(path);
    return logged === "missing" ? {} : { logged };
  } catch (error) {
    if (!isFileError(error)) throw error;
    return {};
  }
}

/**
 * Appends the lines to the log; where a launcher before us was killed between this and the word that it was done, they are there
 * already. @throws FileError
 */
export function appendLogged(log: string, logged: string): void {
  inLateFolder(dirname(log), () => appendOnce(log, logged));
}
