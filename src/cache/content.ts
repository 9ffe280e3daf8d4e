// What a block sees of a sample, made of what the tasks before it are remembered to have left, never of what lies on the
// disk: a file that no task wrote counts for nothing, and a hundred thousand samples need not be read.
import type { BlockName, SampleId } from "../core/ids.ts";
import type { BlockValues } from "../core/sample.ts";
import { canonicalJson } from "./canonical-json.ts";
import { digestOf, digestOfFresh } from "./digest.ts";
import type { Digest, TaskRecord } from "./record.ts";

export interface SampleContent {
  readonly id: SampleId;
  /** By block, as far as it set any. */
  readonly config: ReadonlyMap<BlockName, BlockValues>;
  readonly statistics: ReadonlyMap<BlockName, BlockValues>;
  /** By path: what stands for the content, the sha256 as a rule. */
  readonly files: ReadonlyMap<string, string>;
}

/** What of a record counts for the sample after it. */
export type Left = Pick<TaskRecord, "block" | "changes" | "files" | "removed">;

export function freshContent(id: SampleId): SampleContent {
  return { id, config: new Map(), statistics: new Map(), files: new Map() };
}

/** On the same path the later task wins; what the same block had set in an earlier run is forgotten. */
export function afterTask(content: SampleContent, left: Left): SampleContent {
  return {
    id: content.id,
    config: replaced(content.config, left.block, left.changes.config),
    statistics: replaced(content.statistics, left.block, left.changes.statistics),
    files: withFiles(content.files, left),
  };
}

/** After all of these tasks, which stand in the order of the pipeline. */
export function afterTasks(id: SampleId, all: Iterable<Left>): SampleContent {
  let content = freshContent(id);
  for (const left of all) content = afterTask(content, left);
  return content;
}

/** The same for two contents exactly where they are the same. */
export function contentText(content: SampleContent): string {
  return `{"config":${valuesText(content.config)},"files":${filesText(content.files)},"id":${content.id},"statistics":${valuesText(content.statistics)}}`;
}

export function contentDigest(content: SampleContent): Digest {
  const { id, config, statistics, files } = content;
  const isFresh = config.size === 0 && statistics.size === 0 && files.size === 0;
  return isFresh ? digestOfFresh(id) : digestOf(contentText(content));
}

function replaced(
  all: ReadonlyMap<BlockName, BlockValues>,
  block: BlockName,
  values: BlockValues,
): ReadonlyMap<BlockName, BlockValues> {
  const some = Object.keys(values).length > 0;
  if (!some && !all.has(block)) return all;
  const after = new Map(all);
  if (some) after.set(block, values);
  else after.delete(block);
  return after;
}

/**
 * Folders are left out: whether a task made its folder or found it is chance (a file that somebody put there by hand keeps it
 * alive), and their files are told anyway.
 */
export function withFiles(before: ReadonlyMap<string, string>, left: Left): ReadonlyMap<string, string> {
  if (left.files.length === 0 && left.removed.length === 0) return before;
  const files = new Map(before);
  for (const path of left.removed) files.delete(path);
  for (const { path, sha256, size, modified } of left.files) {
    if (path.endsWith("/")) continue;
    // Nobody could read it: then it is at most the same as itself.
    files.set(path, sha256 ?? `unread ${size} ${modified}`);
  }
  return files;
}

function valuesText(all: ReadonlyMap<BlockName, BlockValues>): string {
  return sortedText(all, canonicalJson);
}

function filesText(all: ReadonlyMap<string, string>): string {
  return sortedText(all, JSON.stringify);
}

function sortedText<T>(all: ReadonlyMap<string, T>, text: (value: T) => string): string {
  const fields: string[] = [];
  for (const key of [...all.keys()].sort()) {
    const value = all.get(key);
    if (value !== undefined) fields.push(`${JSON.stringify(key)}:${text(value)}`);
  }
  return `{${fields.join(",")}}`;
}
