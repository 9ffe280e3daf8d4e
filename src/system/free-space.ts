// How much room a filesystem says it has. "No space left on device" also means "no inodes left", and then a user who
// deletes one big file is none the wiser. Quotas are invisible here: EDQUOT is the only sign of them.
import { statfsSync } from "node:fs";
import { type Bytes, bytes } from "../core/ids.ts";
import { onFile } from "./file-error.ts";

export interface FreeSpace {
  /** What this user may still write. */
  readonly bytes: Bytes;
  /** How many files may still be made; null where the filesystem does not count them. */
  readonly inodes: number | null;
}

export function freeSpace(path: string): FreeSpace {
  const facts = onFile("status", path, () => statfsSync(path));
  return { bytes: bytes(facts.bavail * facts.bsize), inodes: facts.files === 0 ? null : facts.ffree };
}

/** As numbers for a message; null where it cannot be known. */
export function spaceIn(path: string): { readonly bytes: number; readonly files: number | null } | null {
  try {
    const { bytes, inodes } = freeSpace(path);
    return { bytes, files: inodes };
  } catch {
    return null;
  }
}
