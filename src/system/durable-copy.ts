// A copy of a large file that is really on the disk, under a name that nobody has yet, with the hash of what was copied: so
// that what is read once is known, and a file that was replaced in the middle is found out.
import { createHash } from "node:crypto";
import { closeSync, constants, fchmodSync, fsyncSync, linkSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFully } from "./durable-file.ts";
import { removeQuietly, renameOver, syncFolder } from "./durable-folder.ts";
import { durableStep } from "./durable-step.ts";
import { isFileError, onFile } from "./file-error.ts";
import { nonce } from "./nonce.ts";

export interface Copied {
  readonly sha256: string;
  readonly size: number;
}

/**
 * Copies `from` into the folder beside its final place; it is no name that anybody looks for yet. The caller gives it one with
 * `nameCopy`, or removes it.
 */
export function copyBeside(
  from: string,
  folder: string,
  how: { readonly mode: number },
): Copied & { readonly path: string } {
  const path = join(folder, `.copy.${nonce()}.tmp`);
  const source = onFile("open", from, () => openSync(from, constants.O_RDONLY));
  try {
    durableStep();
    const target = onFile("create", path, () =>
      openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600),
    );
    try {
      const copied = copyAll({ source, from, target, path });
      // Only now, and by the descriptor: the mask of this process does not count.
      onFile("create", path, () => fchmodSync(target, how.mode));
      durableStep();
      onFile("sync", path, () => fsyncSync(target));
      return { ...copied, path };
    } catch (error) {
      removeQuietly(path);
      throw error;
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** Gives the copy its name, unless somebody else had it first: what is there already is never replaced. */
export function nameCopy(copy: string, path: string): "named" | "taken" {
  try {
    durableStep();
    onFile("link", path, () => linkSync(copy, path));
    removeQuietly(copy);
  } catch (error) {
    if (isFileError(error, "exists")) {
      removeQuietly(copy);
      return "taken";
    }
    // Where there are no hard links, the last of two that name the same content wins.
    if (!isFileError(error)) throw error;
    renameOver(copy, path);
  }
  syncFolder(dirname(path));
  return "named";
}

function copyAll(what: { source: number; from: string; target: number; path: string }): Copied {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  let size = 0;
  for (;;) {
    const count = onFile("read", what.from, () => readSync(what.source, buffer, 0, buffer.length, null));
    if (count === 0) return { sha256: hash.digest("hex"), size };
    const part = buffer.subarray(0, count);
    hash.update(part);
    writeFully(what.target, part, what.path);
    size += count;
  }
}
