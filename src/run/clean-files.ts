// A file that is going to be deleted, as it was when that was decided. Deleted by name alone, whatever somebody put in its
// place in the meantime would go in its stead.

import { removeFile } from "../system/durable-folder.ts";
import { entryAt } from "../system/entries.ts";

export interface SeenFile {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970, as the filesystem gives it. */
  readonly modified: number;
}

/** Null where there is no file and no link of that name. */
export function seeFile(path: string): SeenFile | null {
  const entry = entryAt(path);
  if (entry === "missing" || (entry.kind !== "file" && entry.kind !== "link")) return null;
  return { path, size: entry.size, modified: entry.modified };
}

/** Whether it is gone now; a file that is another one by now stays. @throws FileError */
export function removeSeen(file: SeenFile): boolean {
  const now = seeFile(file.path);
  if (now === null) return true;
  if (now.size !== file.size || now.modified !== file.modified) return false;
  removeFile(file.path);
  return true;
}
