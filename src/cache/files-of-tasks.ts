// Whose file is it? Of tasks that wrote the same path the later one's content lies there; asking the earlier one's record for it
// would run both again at every start.
import type { FileRecord } from "../core/manifest.ts";

/** What of a record says which files are there after it. */
export interface LeftFiles {
  readonly files: readonly FileRecord[];
  readonly removed: readonly string[];
}

/** The files that a task made; what it only found there and changed is somebody else's, and never ours to move or remove. */
export function filesMade({
  files,
  found,
}: {
  readonly files: readonly FileRecord[];
  readonly found: readonly string[];
}): readonly FileRecord[] {
  return found.length === 0 ? files : files.filter(({ path }) => !found.includes(path));
}

/** The files of a task that no later one has replaced or removed. `later`: the tasks behind it on the sample. */
export function filesStillOwned<File extends FileRecord>(
  left: { readonly files: readonly File[] },
  later: readonly LeftFiles[],
): readonly File[] {
  const taken = pathsOf(later);
  return taken.size === 0 ? left.files : left.files.filter((file) => !taken.has(file.path));
}

/**
 * The files of a task that it did not make but found and changed, or only touched. To have them again as they were before it,
 * the earlier task must run; and they are not the later one's to remove. `earlier`: the tasks before it on the sample.
 */
export function filesTakenOver(left: LeftFiles, earlier: readonly LeftFiles[]): readonly FileRecord[] {
  const before = new Set(earlier.flatMap(({ files }) => files.map(({ path }) => path)));
  return left.files.filter(({ path }) => before.has(path));
}

function pathsOf(all: readonly LeftFiles[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { files, removed } of all) {
    for (const { path } of files) paths.add(path);
    for (const path of removed) paths.add(path);
  }
  return paths;
}
