// A folder that another machine has made, and that this one may still believe to be absent: it was looked for before it existed.
// Making it is the one question that no cache answers.
import { mkdirSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { openFolder } from "./durable-folder.ts";
import { isFileError, onFile } from "./file-error.ts";

/** Does it; where something is missing although the folder is there, once more. @throws what `act` throws. */
export function inLateFolder<T>(folder: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!isFileError(error, "missing") || !isThere(folder)) throw error;
  }
  return act();
}

function isThere(folder: string): boolean {
  openFolder(dirname(folder));
  try {
    onFile("make-folder", folder, () => mkdirSync(folder));
  } catch (error) {
    return isFileError(error, "exists");
  }
  // It really was gone: somebody has removed it, and it is not for us to make it again.
  onFile("remove", folder, () => rmdirSync(folder));
  return false;
}
