// The files that a task left in its folder, found by looking, never declared.

export interface FileRecord {
  /** Relative to the sample's folder (the dataset's, for a dataset block), `/` between folders and behind a folder's own name. */
  readonly path: string;
  readonly size: number;
  /** Modification time in milliseconds since 1970, as the filesystem gives it. */
  readonly modified: number;
  /**
   * Hex sha256 of the content; null where nobody has read it. Of a symbolic link `link:` and that of the path it names; of a
   * folder `folder`, its size and time being 0.
   */
  readonly sha256: string | null;
}

/** What an entry of a manifest is; a link whose content nobody has read passes for a file. */
export type EntryKind = "file" | "link" | "folder";

export function entryKind(record: FileRecord): EntryKind {
  if (record.path.endsWith("/")) return "folder";
  return record.sha256?.startsWith(linkPrefix) === true ? "link" : "file";
}

/** Before the content of a link: a link to nowhere and a file that holds "nowhere" are not the same. */
export const linkPrefix = "link:";

/** A folder that a task made: known, so that it can go again with the files in it. `path` ends with `/`. */
export const folderRecord = (path: string): FileRecord => ({ path, size: 0, modified: 0, sha256: "folder" });

export interface Manifest {
  /** Files that appeared or changed and folders that appeared, in the order of their paths. */
  readonly files: readonly FileRecord[];
  /** Files and folders that were there before and are gone. */
  readonly removed: readonly string[];
  /** Paths of those of the files that lay there before, whoever had left them: they were changed, not made. */
  readonly found: readonly string[];
}

export const emptyManifest: Manifest = { files: [], removed: [], found: [] };
