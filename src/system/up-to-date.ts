// Asks a file server anew for what this machine believes to know: after opening a folder NFS has its names as they are now, after
// opening a file its size and times. Without it what another machine did in the last minute is not there yet.
import { closeSync, constants, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { openFolder } from "./durable-folder.ts";

/** Never fails: whoever looks next is told what is wrong. Paths are relative to the folder; a folder's may end with `/`. */
export function bringUpToDate(folder: string, paths: readonly string[]): void {
  openFoldersAbove(folder, paths);
  for (const path of paths) openFile(join(folder, path));
}

/** Asks anew for the names in all folders between this one, which is one of them, and these paths. */
export function openFoldersAbove(folder: string, paths: Iterable<string>): void {
  const parents = new Set<string>();
  for (const path of paths) {
    for (let at = dirname(path); !parents.has(at); at = dirname(at)) parents.add(at);
  }
  // From the top: a folder is only found in one whose names are known.
  for (const parent of [...parents].sort((a, b) => a.length - b.length)) openFolder(join(folder, parent));
}

function openFile(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  } catch {
    // It is not there, or may not be opened.
  }
}
