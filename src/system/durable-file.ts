// Writing so that it is really on the disk, or an error says that it is not. Bun's one-shot helpers report success on a
// full NFS disk although the data are lost: close() errors are swallowed, only fsync tells, and tells once. So every
// write here is open, write (short writes happen), fsync, close; after a failure the descriptor is never used again.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { openFolder, removeQuietly, renameOver, syncFolder } from "./durable-folder.ts";
import { durableStep } from "./durable-step.ts";
import { FileError, isFileError, onFile } from "./file-error.ts";
import { nonce } from "./nonce.ts";

/** `synced`: on the disk when the call returns. `unsynced`: whole or absent for readers, but a power cut may lose it. */
export type Durability = "synced" | "unsynced";

/**
 * Replaces or creates the file in one instant: readers see the old content or the new, never a part. The commit point
 * of everything that is not a journal. Not a message channel: on NFS another machine may go on seeing the old file.
 * @throws FileError; the old content is then still there and nothing is left beside it.
 */
export function publish(path: string, content: Uint8Array | string, how: { durability: Durability }): void {
  const bytes = asBytes(content);
  const beside = temporaryBeside(path);
  writeNew(beside, bytes, how.durability);
  try {
    renameOver(beside, path);
  } catch (error) {
    // A lost reply makes NFS repeat the rename, and the repetition finds no source: then the target is what counts.
    if (!(isFileError(error, "missing") && sameContent(path, bytes))) {
      removeQuietly(beside);
      throw error;
    }
  }
  if (how.durability === "synced") syncFolder(dirname(path));
}

/**
 * Writes over the file in its place, or creates it: half the price of `publish`. For what one process writes again and again, is
 * read only after its end, and is of use only where it is whole. @throws FileError
 */
export function overwrite(path: string, content: string): void {
  const fd = onFile("open", path, () => openSync(path, "w"));
  try {
    writeFully(fd, asBytes(content), path);
  } finally {
    closeSync(fd);
  }
}

/**
 * Creates a file that must not exist yet, content, name and all on the disk.
 * @throws FileError with problem "exists" where the name is taken.
 */
export function createDurable(path: string, content: Uint8Array | string): void {
  writeNew(path, asBytes(content), "synced");
  syncFolder(dirname(path));
}

export type Claim =
  | { readonly kind: "claimed" }
  /** Somebody else's; `content` is what they wrote, empty where they died before they wrote it. */
  | { readonly kind: "taken"; readonly content: Uint8Array };

/**
 * Of all that claim this name, exactly one gets it, on any filesystem. `content` must hold the claimant's nonce: a lost
 * reply makes NFS say "exists" to the very process that made the file, and only its content can tell.
 */
export function claim(path: string, content: Uint8Array | string): Claim {
  const bytes = asBytes(content);
  const beside = temporaryBeside(path);
  writeNew(beside, bytes, "synced");
  try {
    const made = linkOrCreate(beside, path, bytes);
    if (!made) {
      const found = readWhole(path);
      const there = found === "missing" ? new Uint8Array() : found;
      if (!equal(there, bytes)) return { kind: "taken", content: there };
    }
  } finally {
    removeQuietly(beside);
  }
  syncFolder(dirname(path));
  return { kind: "claimed" };
}

/** Writes all of `bytes` at the descriptor's position, however many writes that takes. */
export function writeFully(fd: number, bytes: Uint8Array, path: string): void {
  let done = 0;
  while (done < bytes.length) {
    durableStep();
    const from = done;
    const written = onFile("write", path, () => writeSync(fd, bytes, from, bytes.length - from));
    // Nothing written and no error: trying again would never end.
    if (written === 0) throw new FileError({ code: "EIO", path, operation: "write" });
    done += written;
  }
}

/** The whole file, or "missing". A name that NFS remembers as absent is asked for again after opening its folder. */
export function readWhole(path: string): Uint8Array | "missing" {
  const fd = openToRead(path);
  if (fd === "missing") return "missing";
  try {
    const parts: Uint8Array[] = [];
    for (;;) {
      const count = onFile("read", path, () => readSync(fd, scratch, 0, scratch.length, null));
      if (count === 0) break;
      parts.push(scratch.slice(0, count));
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  } finally {
    closeSync(fd);
  }
}

/** As `readWhole`, as text. */
export function readText(path: string): string | "missing" {
  const bytes = readWhole(path);
  return bytes === "missing" ? "missing" : new TextDecoder().decode(bytes);
}

/** A descriptor for reading, or "missing". Opened anew it sees all that others have synced. The caller closes it. */
export function openToRead(path: string): number | "missing" {
  const open = () => onFile("open", path, () => openSync(path, constants.O_RDONLY));
  try {
    return open();
  } catch (error) {
    if (!isFileError(error, "missing", "unreliable")) throw error;
  }
  // 30 to 60 s long NFS answers from memory that there is no such name; opening the folder makes it ask again.
  openFolder(dirname(path));
  try {
    return open();
  } catch (error) {
    if (isFileError(error, "missing")) return "missing";
    throw error;
  }
}

/** Brings to the disk what others have written into a file; a file that is gone again is fine. */
export function syncFile(path: string): void {
  const fd = openToRead(path);
  if (fd === "missing") return;
  try {
    durableStep();
    onFile("sync", path, () => fsyncSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** Cuts a file that nobody else writes to its first `size` bytes, on the disk. */
export function cutFile(path: string, size: number): void {
  const fd = onFile("open", path, () => openSync(path, constants.O_WRONLY));
  try {
    durableStep();
    onFile("truncate", path, () => ftruncateSync(fd, size));
    durableStep();
    onFile("sync", path, () => fsyncSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** Size by a fresh open, which asks the server; a stat by name may be a minute old. */
export function sizeOf(path: string): number | "missing" {
  const fd = openToRead(path);
  if (fd === "missing") return "missing";
  try {
    return onFile("status", path, () => fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

/** What a kill between write and rename leaves behind has such a name; it is nobody's output. */
export const isTemporaryName = (name: string): boolean => /^\..+\.[0-9a-f]{16}\.tmp$/.test(name);

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${nonce()}.tmp`);
}

function writeNew(path: string, bytes: Uint8Array, durability: Durability): void {
  durableStep();
  const fd = onFile("create", path, () =>
    openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666),
  );
  try {
    writeFully(fd, bytes, path);
    if (durability === "synced") {
      durableStep();
      onFile("sync", path, () => fsyncSync(fd));
    }
  } catch (error) {
    closeSync(fd);
    removeQuietly(path);
    throw error;
  }
  closeSync(fd);
}

/** By link the claim has its content from its first instant; where there are no hard links, by exclusive create. */
function linkOrCreate(beside: string, path: string, bytes: Uint8Array): boolean {
  try {
    durableStep();
    onFile("link", path, () => linkSync(beside, path));
    return true;
  } catch (error) {
    if (isFileError(error, "exists")) return false;
    if (!isFileError(error) || !noHardLinks.has(error.code)) throw error;
  }
  try {
    writeNew(path, bytes, "synced");
    return true;
  } catch (error) {
    if (isFileError(error, "exists")) return false;
    throw error;
  }
}

const noHardLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Most files are small, and a fresh buffer of this size for each would cost more than reading them. */
const scratch = new Uint8Array(1 << 16);

function sameContent(path: string, bytes: Uint8Array): boolean {
  const found = readWhole(path);
  return found !== "missing" && equal(found, bytes);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function asBytes(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
