// Waits until this machine sees what another one has left. A name that was looked up before it existed stays invisible for up to
// a minute on NFS, a size or a time is seconds old, a file that was replaced is still the old one: a task that began too early
// would read yesterday's file, or take another machine's change for its own.
//
// On NFS opening a folder brings its names, and opening a file its size and content, at once. Filesystems that cache more than
// that are waited for.
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type Seconds, seconds } from "../core/ids.ts";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import type { Sight } from "../core/sight.ts";
import { monotonic } from "./clock.ts";
import { readContent } from "./file-content.ts";
import { isFileError } from "./file-error.ts";
import { openFoldersAbove } from "./up-to-date.ts";

export interface SightPatience {
  readonly patience: Seconds;
  /**
   * A file that is younger than it should be and holds something else was changed by somebody else meanwhile: after so long it
   * passes, since no cache makes a file look younger.
   */
  readonly younger: Seconds;
  readonly signal?: AbortSignal;
}

/** Null where all is seen; else the first path that is not, when patience ends or the signal comes. */
export async function untilInSight(
  folder: string,
  sight: Sight,
  { patience, younger, signal }: SightPatience,
): Promise<string | null> {
  const since = monotonic();
  const open = new Open(folder, sight);
  for (let wait = firstWait; ; wait = Math.min(longestWait, wait * 2)) {
    const waited = seconds(monotonic() - since);
    const unseen = await open.look(waited >= younger);
    if (unseen === null) return null;
    if (waited >= patience || signal?.aborted === true) return unseen;
    await pause(wait, signal);
  }
}

/** What has not been seen yet. */
class Open {
  readonly #folder: string;
  readonly #files: Map<string, FileRecord>;
  readonly #gone: Set<string>;
  /** Files that were read and hold something else, by what they looked like then: they are not read again until that changes. */
  readonly #read = new Map<string, string>();

  constructor(folder: string, { files, gone }: Sight) {
    this.#folder = folder;
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#gone = new Set(gone);
  }

  /** One look at all of it. Returns a path that is not as it should be, or null. */
  async look(passYounger: boolean): Promise<string | null> {
    openFoldersAbove(this.#folder, [...this.#files.keys(), ...this.#gone]);
    let first: string | null = null;
    let looked = 0;
    for (const [path, file] of this.#files) {
      if (await this.#isSeen(file, passYounger)) this.#files.delete(path);
      else first ??= path;
      if (++looked % looksPerTurn === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const path of this.#gone) {
      if (lookAt(join(this.#folder, path)) === null) this.#gone.delete(path);
      else first ??= path;
    }
    return first;
  }

  async #isSeen(file: FileRecord, passYounger: boolean): Promise<boolean> {
    const path = join(this.#folder, file.path);
    const kind = entryKind(file);
    if (kind === "folder") return lookAt(path)?.isDirectory() === true;
    // A link that nobody has read passes for a file in its record.
    const isFile = kind === "file" && !(file.sha256 === null && lookAt(path)?.isSymbolicLink() === true);
    const seen = isFile ? openAndLook(path) : lookAt(path);
    if (seen === null) return false;
    if (kind === "file" && seen.size === file.size && seen.mtimeMs === file.modified) return true;
    if (passYounger && seen.mtimeMs > file.modified) return true;
    return seen.size === file.size && (await this.#holds(path, file, seen));
  }

  async #holds(path: string, { sha256 }: FileRecord, seen: Stats): Promise<boolean> {
    const look = `${seen.ino} ${seen.mtimeMs} ${seen.ctimeMs}`;
    if (sha256 === null || this.#read.get(path) === look) return false;
    this.#read.set(path, look);
    try {
      const content = await readContent(path);
      return content !== "missing" && content.sha256 === sha256;
    } catch (error) {
      if (!isFileError(error)) throw error;
      return false;
    }
  }
}

/** What the name leads to, by opening it. Null where that cannot be seen, or the name still leads to a file before. */
function openAndLook(path: string): Stats | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // What may not be read cannot be opened to see it better.
    return codeOf(error) === "EACCES" ? lookAt(path) : null;
  }
  try {
    const opened = fstatSync(fd);
    const named = lookAt(path);
    return named !== null && named.ino === opened.ino && named.size === opened.size ? opened : null;
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

function lookAt(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    return null;
  }
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;

function pause(wait: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, wait * 1000);
  signal?.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

/** Seconds. */
const firstWait = 0.02;
const longestWait = 1;
/** Others want a turn while many files are looked at. */
const looksPerTurn = 64;
