// Where the files of a task lie, and what may lie there. The paths come from records, and those from worker processes: one that
// leads out of the folder, or to a file of ours, must not decide what is removed.
import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { parseSampleFolderName } from "../core/ids.ts";
import { isReservedInSample } from "../rundir/layout.ts";
import { ownNamesIn, type TaskPlace } from "../rundir/task-folder.ts";
import { isFileError, onFile } from "../system/file-error.ts";

/** Whether a task can have left this: a path within its folder, and no file of ours. */
export function isOutputPath({ dataPath, sample }: TaskPlace, path: string): boolean {
  const parts = (path.endsWith("/") ? path.slice(0, -1) : path).split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\0"))) return false;
  if (sample !== null) return !isReservedInSample(path);
  const [first = ""] = parts;
  return parseSampleFolderName(first) === null && !ownNamesIn(dataPath)(first);
}

/** What lies under a name. */
export type Lying =
  | { readonly kind: "missing" }
  | { readonly kind: "file" | "link"; readonly size: number; readonly modified: number }
  | { readonly kind: "folder" | "other" }
  /** It would lie in `folder`, but that is no folder. */
  | { readonly kind: "behind"; readonly folder: string; readonly by: "file" | "link" | "other" };

/** Looks at what lies in a folder, at each of its folders once. Good for one moment: make a new one for the next. */
export class Look {
  readonly #folder: string;
  readonly #folders = new Map<string, Lying>();
  readonly #listings = new Map<string, ReadonlySet<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** `path` is one that `isOutputPath`. Links are never followed, except where the folder itself is one. */
  at(path: string): Lying {
    const end = path.endsWith("/") ? path.length - 1 : path.length;
    const slash = path.lastIndexOf("/", end - 1);
    if (slash >= 0) {
      const parent = this.#folderAt(path.slice(0, slash));
      if (parent.kind !== "folder") return parent;
    }
    const names = this.#listings.get(slash < 0 ? "" : path.slice(0, slash));
    if (names !== undefined && !names.has(path.slice(slash + 1, end))) return missing;
    return lyingAt(join(this.#folder, path.slice(0, end)));
  }

  /**
   * Reads the names in a folder at once, where many of them will be asked for: on a file server one request then brings what
   * would take thousands. `folder` is a path as above, or empty.
   */
  list(folder: string): void {
    if (folder !== "" && this.#folderAt(folder).kind !== "folder") return;
    this.#listings.set(folder, new Set(namesIn(join(this.#folder, folder))));
  }

  /** The folder, or why there is nothing in it. */
  #folderAt(path: string): Lying {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const lying = this.at(path);
    const inside: Lying =
      lying.kind === "file" || lying.kind === "link" || lying.kind === "other"
        ? { kind: "behind", folder: path, by: lying.kind }
        : lying;
    this.#folders.set(path, inside);
    return inside;
  }
}

const missing: Lying = { kind: "missing" };
const folder: Lying = { kind: "folder" };
const other: Lying = { kind: "other" };

/** @throws FileError where the filesystem does not say. */
export function lyingAt(path: string): Lying {
  const facts = statusOf(path);
  if (facts === undefined) return missing;
  const { size, mtimeMs: modified } = facts;
  if (facts.isFile()) return { kind: "file", size, modified };
  if (facts.isSymbolicLink()) return { kind: "link", size, modified };
  return facts.isDirectory() ? folder : other;
}

function statusOf(path: string): Stats | undefined {
  try {
    return onFile("status", path, () => lstatSync(path, { throwIfNoEntry: false }));
  } catch (error) {
    // The sample's own folder is a file, or a name is longer than any that can be there.
    if (isFileError(error, "wrong-kind") || (isFileError(error) && error.code === "ENAMETOOLONG"))
      return undefined;
    throw error;
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return onFile("list-folder", path, () => readdirSync(path));
  } catch (error) {
    if (isFileError(error, "missing", "wrong-kind")) return [];
    throw error;
  }
}
