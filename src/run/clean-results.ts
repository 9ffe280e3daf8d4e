// Results of blocks that are no longer in the pipeline: the files that their records name, as long as they are what the task
// wrote. A file that was changed since is somebody's work, and one that a block of the pipeline has left, too, is its own.
import { join } from "node:path";
import { filesMade } from "../cache/files-of-tasks.ts";
import type { Memory } from "../cache/memory.ts";
import { lyingAt } from "../cache/output-place.ts";
import type { TaskRecord } from "../cache/record.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { naturalOrder } from "../core/natural-order.ts";
import type { Kept, KeptWhy } from "../report/say-clean.ts";
import { isReservedInSample, runinfoFolder, sampleFolder } from "../rundir/layout.ts";
import { entryAt } from "../system/entries.ts";
import { readContent } from "../system/file-content.ts";
import { type SeenFile, seeFile } from "./clean-files.ts";

/** What one task of such a block has left and may go. */
export interface TaskFiles {
  readonly block: BlockName;
  readonly sample: SampleId | null;
  readonly files: readonly SeenFile[];
  /** That it made, to be removed where nothing is left in them; the innermost first. */
  readonly folders: readonly string[];
}

export async function findResults(
  from: {
    readonly dataPath: string;
    readonly memory: Memory;
    /** Those that the pipeline has. */
    readonly blocks: readonly BlockName[];
  },
  kept: Kept[],
): Promise<readonly TaskFiles[]> {
  const { dataPath, memory } = from;
  const present = new Set(from.blocks);
  if (memory.blocks.every((block) => present.has(block))) return [];
  const found: TaskFiles[] = [];
  const stays = new Map<string, KeptWhy>();
  for (const record of memory.records()) {
    if (present.has(record.block)) continue;
    const { block, sample } = record;
    const folder = sample === null ? dataPath : sampleFolder(dataPath, sample);
    // Nothing is deleted through a link.
    if (sample !== null && lyingAt(folder).kind === "link") continue;
    const used = pathsOf(from.blocks.map((other) => memory.get(other, sample)));
    const files: SeenFile[] = [];
    for (const file of filesMade(record)) {
      if (entryKind(file) === "folder") continue;
      const judged = await judgeFile(folder, file, { used, dataset: sample === null });
      if (judged.kind === "ours") files.push(judged.file);
      else if (judged.kind === "stays") stays.set(join(folder, file.path), judged.why);
    }
    const folders = record.files
      .filter((file) => entryKind(file) === "folder" && !used.has(file.path))
      .filter((file) => liesWithin(folder, file.path))
      .map((file) => join(folder, file.path))
      .sort((a, b) => b.length - a.length);
    found.push({ block, sample, files, folders });
  }
  // Of two removed blocks that wrote the same file, the later one may have made it go after all.
  for (const { files } of found) for (const { path } of files) stays.delete(path);
  for (const [path, why] of [...stays].sort(([a], [b]) => naturalOrder(a, b))) kept.push({ path, why });
  return found;
}

type Judged =
  | { readonly kind: "ours"; readonly file: SeenFile }
  | { readonly kind: "gone" }
  /** It is the result of a block of the pipeline by now. */
  | { readonly kind: "not-theirs" }
  | { readonly kind: "stays"; readonly why: KeptWhy };

async function judgeFile(
  folder: string,
  file: FileRecord,
  about: { readonly used: ReadonlySet<string>; readonly dataset: boolean },
): Promise<Judged> {
  const path = join(folder, file.path);
  const ours = about.dataset ? !isInRuninfo(folder, path) : !isReservedInSample(file.path);
  if (!ours || !liesWithin(folder, file.path)) return { kind: "stays", why: "elsewhere" };
  if (about.used.has(file.path)) return { kind: "not-theirs" };
  const seen = seeFile(path);
  if (seen === null)
    return entryAt(path) === "missing" ? { kind: "gone" } : { kind: "stays", why: "changed" };
  return (await isAsWritten(seen, file)) ? { kind: "ours", file: seen } : { kind: "stays", why: "changed" };
}

async function isAsWritten(seen: SeenFile, file: FileRecord): Promise<boolean> {
  if (seen.size !== file.size) return false;
  const entry = entryAt(seen.path);
  const sameKind = entry !== "missing" && entry.kind === entryKind(file);
  if (sameKind && seen.modified === file.modified) return true;
  if (!sameKind || file.sha256 === null) return false;
  const content = await readContent(seen.path);
  return content !== "missing" && content.sha256 === file.sha256;
}

/** Whether a path of a record stays below the folder, by its words and by the folders on the way to it. */
function liesWithin(folder: string, path: string): boolean {
  const parts = path.replace(/\/$/, "").split("/");
  if (path.startsWith("/") || parts.some((part) => part === "" || part === "." || part === ".."))
    return false;
  let at = folder;
  for (const part of parts.slice(0, -1)) {
    at = join(at, part);
    const entry = entryAt(at);
    if (entry !== "missing" && entry.kind !== "folder") return false;
  }
  return true;
}

const isInRuninfo = (dataPath: string, path: string): boolean =>
  `${path}/`.startsWith(`${runinfoFolder(dataPath)}/`);

const pathsOf = (records: readonly (TaskRecord | null)[]): ReadonlySet<string> =>
  new Set(records.flatMap((record) => record?.files ?? []).map((file) => file.path));
