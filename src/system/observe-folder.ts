// What lies in a folder, by looking: one listing per folder, one stat per file. Nobody declares what a block writes,
// so what it left behind is the difference between a look before and a look after.
//
// A file counts as changed when its size, its inode, or one of its times differs. A file that is written over in place
// with content of the same size within the clock tick of the filesystem (4 ms before Linux 6.13) looks unchanged.
import { lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type FileRecord, folderRecord, type Manifest } from "../core/manifest.ts";
import { readContent } from "./file-content.ts";
import { isFileError } from "./file-error.ts";

export interface SeenFile {
  readonly size: number;
  /** Milliseconds since 1970, as the filesystem gives it. */
  readonly modified: number;
  /** When content or attributes changed last; cannot be set back by `touch` or `cp -p`. */
  readonly changed: number;
  readonly inode: number;
}

/** Files by their path relative to the folder, with `/` between folders. */
export interface Listing extends ReadonlyMap<string, SeenFile> {
  /** The folders among them; each path ends with `/`. */
  readonly folders: ReadonlySet<string>;
}

/** Whether something is looked at; `path` is relative, folders are asked about before they are entered. */
export type Concerns = (path: string, what: "file" | "folder") => boolean;

/**
 * All files below `folder`. Symbolic links are entries of their own and are never followed: one may lead out of the
 * folder or round in a circle. Sockets, pipes and devices are no files. A folder that is not there is empty.
 * @throws what the operating system says when a folder is there but cannot be read.
 */
export function observeFolder(folder: string, concerns: Concerns): Listing {
  const seen = new Seen();
  enter(folder, "", concerns, seen);
  return seen;
}

/** What a look has found, written down and read again. */
export function listingOf(
  files: Iterable<readonly [path: string, SeenFile]>,
  folders: Iterable<string>,
): Listing {
  const seen = new Seen(files);
  for (const folder of folders) seen.folders.add(folder);
  return seen;
}

/** What happened between two looks, in the order of paths; contents have not been read (`sha256` null). */
export function difference(before: Listing, after: Listing): Manifest {
  const files: FileRecord[] = [];
  const removed: string[] = [];
  const found: string[] = [];
  for (const [path, file] of after) {
    const old = before.get(path);
    if (old !== undefined && sameFile(old, file)) continue;
    if (old !== undefined) found.push(path);
    files.push({ path, size: file.size, modified: file.modified, sha256: null });
  }
  for (const folder of after.folders) {
    if (!before.folders.has(folder)) files.push(folderRecord(folder));
  }
  for (const path of before.keys()) {
    if (!after.has(path)) removed.push(path);
  }
  for (const folder of before.folders) {
    if (!after.folders.has(folder)) removed.push(folder);
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  removed.sort();
  return { files, removed, found: found.sort() };
}

/**
 * The manifest with the contents of its files read. What is gone by now, or cannot be read, keeps `sha256` null: whoever
 * wants to know later whether it is still the same has to take it for changed.
 */
export async function withContents(folder: string, manifest: Manifest): Promise<Manifest> {
  const files: FileRecord[] = [];
  for (const file of manifest.files)
    files.push(file.sha256 === null ? await withContent(folder, file) : file);
  return { ...manifest, files };
}

async function withContent(folder: string, file: FileRecord): Promise<FileRecord> {
  try {
    const content = await readContent(join(folder, file.path));
    return content === "missing" ? file : { path: file.path, ...content };
  } catch (error) {
    if (!isFileError(error)) throw error;
    return file;
  }
}

class Seen extends Map<string, SeenFile> implements Listing {
  readonly folders = new Set<string>();
}

function sameFile(a: SeenFile, b: SeenFile): boolean {
  return a.size === b.size && a.modified === b.modified && a.changed === b.changed && a.inode === b.inode;
}

function enter(folder: string, prefix: string, concerns: Concerns, seen: Seen): void {
  for (const entry of list(folder)) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) {
      enterConcerning(folder, path, concerns, seen);
      continue;
    }
    // Some filesystems do not say in the listing what an entry is: then only the stat can tell.
    const other = entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
    if (other || isSillyRename(entry.name) || !concerns(path, "file")) continue;
    const stat = lstatSync(join(folder, entry.name), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isDirectory()) {
      enterConcerning(folder, path, concerns, seen);
    } else if (stat.isFile() || stat.isSymbolicLink()) {
      seen.set(path, { size: stat.size, modified: stat.mtimeMs, changed: stat.ctimeMs, inode: stat.ino });
    }
  }
}

function enterConcerning(parent: string, path: string, concerns: Concerns, seen: Seen): void {
  if (!concerns(path, "folder")) return;
  seen.folders.add(`${path}/`);
  enter(join(parent, basename(path)), `${path}/`, concerns, seen);
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** What NFS makes of a file that is removed while somebody has it open; it goes by itself. */
const isSillyRename = (name: string): boolean => name.startsWith(".nfs");
