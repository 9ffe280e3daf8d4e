// The files that a task left in its folder, found by looking, never declared.

export interface FileRecord {
  /** Relative to the sample's folder (the dataset's, for a dataset block), with `/` between folders. */
  readonly path: string;
  readonly size: number;
  /** Modification time in milliseconds since 1970, as the filesystem gives it. */
  readonly modified: number;
  /** Hex sha256 of the content; null where nobody has read it. */
  readonly sha256: string | null;
}

export interface Manifest {
  /** Files that appeared or changed, in the order of their paths. */
  readonly files: readonly FileRecord[];
  /** Files that were there before and are gone. */
  readonly removed: readonly string[];
}

export const emptyManifest: Manifest = { files: [], removed: [] };
