// Blocks that work in place: one writes a file, one behind it writes over it or removes it. What the first one left lies
// there no more, and that is as it should be; but before the second one can run again, the first one must, or it would be
// given its own result to work on.
import type { BlockName } from "../core/ids.ts";
import type { FileRecord } from "../core/manifest.ts";
import type { SampleContent } from "./content.ts";
import type { TaskRecord } from "./record.ts";
import type { Before, Walk, WalkShape } from "./walk.ts";

/** By path: the blocks behind that wrote over it or removed it, in their order. */
export type Overwritten = ReadonlyMap<string, readonly BlockName[]>;

/** `behind`: what is remembered of the blocks behind it in the pipeline, in its order. */
export function overwrittenBy(record: TaskRecord, behind: readonly TaskRecord[]): Overwritten {
  const overwritten = new Map<string, readonly BlockName[]>();
  if (behind.length === 0 || record.files.length === 0) return overwritten;
  const own = new Set(record.files.map((file) => file.path));
  for (const { block, files, removed } of behind) {
    const touched = new Set([...files.map((file) => file.path), ...removed]);
    for (const path of touched)
      if (own.has(path)) overwritten.set(path, [...(overwritten.get(path) ?? []), block]);
  }
  return overwritten;
}

/** The files that nobody behind touched: they must lie there as the task left them. */
export function standingFiles(record: TaskRecord, overwritten: Overwritten): readonly FileRecord[] {
  return overwritten.size === 0 ? record.files : record.files.filter((file) => !overwritten.has(file.path));
}

export interface RestoreInput {
  readonly shape: WalkShape;
  /** By block: what is remembered. */
  readonly records: readonly (TaskRecord | null)[];
  /** By block: whether it has been settled in this run already. */
  readonly settled: (block: number) => boolean;
  /** A walk at its beginning, to try out what would stand. */
  readonly trial: Walk<SampleContent>;
  /** Whether what is remembered would stand on this sample, its `standingFiles` being there. */
  readonly stands: (block: number, record: TaskRecord, before: Before) => boolean;
  /** Whether these of its files lie there as it left them all the same. */
  readonly areAsLeft: (record: TaskRecord, files: readonly FileRecord[]) => boolean;
}

/**
 * The blocks whose result would stand, were it not that a block behind them runs again (or may, who can know yet) and needs the
 * files as they were before it; with these files. Empty, at the price of a look at the names of files, where no block works in place.
 */
export function toRestore(input: RestoreInput): ReadonlyMap<number, Overwritten> {
  const { records } = input;
  const overwritten = records.map((record, block) =>
    // Behind an issue nothing runs that could need the files.
    record === null || record.outcome.kind === "issue"
      ? nothing
      : overwrittenBy(
          record,
          records.slice(block + 1).filter((one) => one !== null),
        ),
  );
  const restored = new Map<number, Overwritten>();
  if (overwritten.every((files) => files.size === 0)) return restored;
  const standing = standingBlocks(input);
  const named = new Map(input.shape.names.map((name, block) => [name, block]));
  // What a block that stands has written over, that block answers for.
  const alone = (files: Overwritten): Overwritten =>
    new Map([...files].filter(([, by]) => !by.some((name) => standing.has(named.get(name) ?? -1))));
  // What runs again pulls along all that follows from it, and whose files that wrote over: until nothing changes any more.
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of [...standing].reverse()) {
      if (input.settled(block)) continue;
      const follows = input.shape.ancestors[block]?.some((ancestor) => !standing.has(ancestor)) ?? false;
      const lost = lostFiles(input, block, alone(overwritten[block] ?? nothing));
      if (!follows && lost.size === 0) continue;
      standing.delete(block);
      changed = true;
      if (lost.size > 0) restored.set(block, lost);
    }
  }
  return restored;
}

const nothing: Overwritten = new Map();

/** Those of the files that really are no more as the block left them: the one that wrote over them may be long gone. */
function lostFiles({ records, areAsLeft }: RestoreInput, block: number, suspects: Overwritten): Overwritten {
  const record = records[block] ?? null;
  if (record === null || suspects.size === 0) return nothing;
  const lost = record.files.filter((file) => suspects.has(file.path) && !areAsLeft(record, [file]));
  return new Map([...suspects].filter(([path]) => lost.some((file) => file.path === path)));
}

/** Those that stand as far as their own key and files go, and all before them do. */
function standingBlocks({ shape, records, settled, trial, stands }: RestoreInput): Set<number> {
  const standing = new Set<number>();
  for (const block of shape.names.keys()) {
    const record = records[block] ?? null;
    if (record === null) continue;
    if (!settled(block) && !stands(block, record, trial.before(block))) continue;
    standing.add(block);
    if (record.outcome.kind !== "issue") trial.settle(block, record);
  }
  return standing;
}
