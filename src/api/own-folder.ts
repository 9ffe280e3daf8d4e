// The folder that a block may write into, by names. A name that leaves it, by `..`, by an absolute path or through a
// symbolic link, is refused: otherwise one sample's values could name another sample's files, or anybody's.
import { createHash } from "node:crypto";
import {
  closeSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { naturalOrder } from "../core/natural-order.ts";
import { nearest } from "../core/nearest.ts";
import { isTemporaryName, publish, readWhole } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";

export interface OwnFolder {
  readonly path: string;
  /** For messages: `sample 000042`. */
  readonly called: string;
  /** Why a name (cleaned, with `/`) belongs to pipe and not to blocks; null where it does not. */
  readonly reserved: (name: string) => string | null;
}

/** A file name given to write() or read() that cannot be used. The block's own mistake: it fails the task. */
export class BadName extends Error {
  constructor(name: string, problem: string) {
    super(`${JSON.stringify(name)} ${problem}`);
    this.name = "BadName";
  }
}

/**
 * Writes the file whole beside its place and moves it there. Not synced: the worker does that for all files of a task.
 * @returns its absolute path.
 * @throws BadName; FileError where the filesystem refuses.
 */
export function writeInto(folder: OwnFolder, name: string, bytes: Uint8Array | string): string {
  const clean = cleanName(folder, name);
  const reserved = folder.reserved(clean);
  if (reserved !== null) throw new BadName(name, reserved);
  if (isTemporaryName(clean.slice(clean.lastIndexOf("/") + 1))) {
    throw new BadName(name, "looks like an unfinished file of pipe's own");
  }
  const path = join(folder.path, clean);
  if (clean.includes("/")) {
    refuseWayOut(folder, name, clean);
    onFile("make-folder", dirname(path), () => mkdirSync(dirname(path), { recursive: true }));
  }
  publish(path, bytes, { durability: "unsynced" });
  return path;
}

/**
 * @throws BadName; an Error naming the nearest file where there is none of this name.
 */
export function readFrom(folder: OwnFolder, name: string): Uint8Array {
  const clean = cleanName(folder, name);
  const bytes = readWhole(join(folder.path, clean));
  if (bytes !== "missing") return bytes;
  const near = nearest(clean, filesIn(folder, null));
  throw new Error(
    `there is no file ${JSON.stringify(name)} in ${folder.called}${near === null ? "" : `; did you mean ${JSON.stringify(near)}?`}`,
  );
}

/** Names of the folder's files, relative, with `/`, in natural order; without pipe's own. `pattern` null: all. */
export function filesIn(folder: OwnFolder, pattern: string | null): string[] {
  return filesAmong(() => walk(folder.path, ""), folder, pattern);
}

/** Which of these names `files(pattern)` gives, in its order. */
export function filesAmong(
  names: () => Iterable<string>,
  folder: OwnFolder,
  pattern: string | null,
): string[] {
  if (pattern !== null && (isAbsolute(pattern) || pattern.split("/").includes(".."))) {
    throw new BadName(pattern, `leaves the folder of ${folder.called}`);
  }
  const glob = pattern === null ? null : new Bun.Glob(pattern.replace(/^(?:\.\/+)+/, ""));
  return [...names()]
    .filter((name) => folder.reserved(name) === null && (glob === null || glob.match(name)))
    .sort(naturalOrder);
}

/** Hex sha256 of a file's content, read in pieces. */
export function sha256OfFile(path: string): string {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(1 << 20);
  const fd = onFile("open", path, () => openSync(path, "r"));
  try {
    for (;;) {
      const count = onFile("read", path, () => readSync(fd, buffer, 0, buffer.length, null));
      if (count === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(fd);
  }
}

/** The name without `.` and doubled slashes. */
function cleanName(folder: OwnFolder, name: string): string {
  if (typeof name !== "string" || name === "") throw new BadName(String(name), "is no file name");
  if (name.includes("\0")) throw new BadName(name, "holds a NUL character");
  if (isAbsolute(name)) {
    throw new BadName(name, `is absolute; give a name relative to the folder of ${folder.called}`);
  }
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new BadName(name, `leaves the folder of ${folder.called}`);
  if (parts.length === 0 || name.endsWith("/")) throw new BadName(name, "names a folder, not a file");
  return parts.join("/");
}

/** Follows the folders of the name as far as they exist: the last one must still be inside. */
function refuseWayOut(folder: OwnFolder, given: string, clean: string): void {
  const root = onFile("status", folder.path, () => realpathSync(folder.path));
  let path = folder.path;
  for (const part of clean.split("/").slice(0, -1)) {
    path = join(path, part);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return;
    if (!found.isSymbolicLink()) continue;
    const target = onFile("status", path, () => realpathSync(path));
    if (target !== root && !target.startsWith(root + sep)) {
      throw new BadName(
        given,
        `leaves the folder of ${folder.called} through the link ${JSON.stringify(path)}`,
      );
    }
  }
}

function walk(folder: string, prefix: string): string[] {
  const names: string[] = [];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) names.push(...walk(path, `${prefix}${entry.name}/`));
    else if (!isTemporaryName(entry.name) && (entry.isFile() || linksToFile(entry, path))) {
      names.push(prefix + entry.name);
    }
  }
  return names;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that nothing was written into yet need not exist.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function linksToFile(entry: Dirent, path: string): boolean {
  return entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
