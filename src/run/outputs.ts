// The files that tasks left: looked at before a result is used, put away before a task runs again, swept up after an
// attempt that failed. What other tasks of the sample wrote is left to them; what the task must not see is aside for so long.

import { lookWhetherAsLeft } from "../cache/as-left.ts";
import { filesMade, filesStillOwned, filesTakenOver } from "../cache/files-of-tasks.ts";
import { keepChanged } from "../cache/keep-changed.ts";
import type { Memory } from "../cache/memory.ts";
import { type KeptOutput, removeOldOutputs } from "../cache/old-outputs.ts";
import { isOutputPath, Look, lyingAt } from "../cache/output-place.ts";
import type { OutputReason, TaskRecord } from "../cache/record.ts";
import { verifyOutputs, withTimes } from "../cache/verify-outputs.ts";
import type { Failure } from "../core/failure.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import type { FileRecord, Manifest } from "../core/manifest.ts";
import { pathsIn } from "../core/reason.ts";
import type { TaskName } from "../core/task.ts";
import type { BlockGraph } from "../plan/graph.ts";
import { sampleRecordPath } from "../rundir/layout.ts";
import { taskFolder } from "../rundir/task-folder.ts";
import { bringUpToDate } from "../system/up-to-date.ts";
import type { AppearedUnderDead } from "./dead-attempts.ts";
import { OutOfSight } from "./out-of-sight.ts";

export interface OutputsInput {
  readonly dataPath: string;
  readonly memory: Memory;
  /** The blocks of the pipeline, in its order. */
  readonly order: readonly BlockName[];
  readonly graph: BlockGraph;
  /** The run that is going on, `003`; null for who only looks: then nothing is put away. */
  readonly run: string | null;
  readonly appearedUnderDead: AppearedUnderDead;
  /** Files of a remembered task have other times than its record says and the same contents. */
  readonly onTouched: (record: TaskRecord) => void;
}

/** These paths of a sample (of the dataset: null) were removed, put aside or put back. */
export type OnMoved = (sample: SampleId | null, paths: readonly string[]) => void;

export interface Outputs {
  look(record: TaskRecord, later: readonly TaskRecord[]): readonly OutputReason[];
  /** Whether there is nothing to say of any of them, not even that it was touched. Null: nobody knows which. */
  areAsLeft(sample: SampleId, files: readonly FileRecord[] | null): boolean;
  /** Returns what is not removed, and where it is. */
  putAway(record: TaskRecord): readonly KeptOutput[];
  /** What the task left, with those of the files it found that no task had left: they are somebody's. */
  whoseFound(task: TaskName, left: Manifest): Manifest;
  /** Why the task must not begin on what the blocks before it have left on the sample; null where all is as they left it. */
  spoiltBefore(task: TaskName): Spoilt | null;
  sweep(sample: SampleId | null, left: Manifest): void;
  readonly outOfSight: OutOfSight;
  /** For who has to tell others what has become of the files. */
  listen(onMoved: OnMoved): void;
}

export type Spoilt = Extract<Failure, { kind: "spoilt" }>;

export function createOutputs(input: OutputsInput): Outputs {
  const { dataPath, memory, order, graph } = input;
  let onMoved: OnMoved = () => {};
  const outOfSight = new OutOfSight({ ...input, onMoved: (sample, paths) => onMoved(sample, paths) });

  function records(sample: SampleId | null, blocks: readonly BlockName[]): readonly TaskRecord[] {
    return blocks.flatMap((block) => memory.get(block, sample) ?? []);
  }

  function remove(
    sample: SampleId | null,
    files: readonly FileRecord[],
    earlier: readonly TaskRecord[],
  ): readonly KeptOutput[] {
    const aside = outOfSight.pathsIn(sample);
    const spared = new Set(filesTakenOver({ files, removed: [] }, earlier).map(({ path }) => path));
    // What lies under such a name now is not what the other task wrote.
    for (const path of aside) spared.delete(path);
    const others = records(sample, order).flatMap((record) => record.files);
    const { removed, kept } = removeOldOutputs({ dataPath, sample }, { files, others, spared });
    if (removed.length > 0) onMoved(sample, removed);
    return kept;
  }

  const isOfThisRun = ({ run }: TaskRecord): boolean => run === input.run;

  /** As the folder shows it: a sample.json is written when a sample has come to rest. */
  function hasRunBefore(sample: SampleId | null): boolean {
    return sample === null
      ? input.run !== "000" && memory.records().every(isOfThisRun)
      : lyingAt(sampleRecordPath(dataPath, sample)).kind !== "missing";
  }

  /** What it had removed of an earlier block's, and that lies there again since that one ran once more. */
  function cameBack(record: TaskRecord, later: readonly TaskRecord[]): readonly string[] {
    const { sample, removed } = record;
    if (removed.length === 0) return [];
    const place = { dataPath, sample };
    const folder = taskFolder(place);
    const look = new Look(folder);
    const earlier = records(sample, order.slice(0, order.indexOf(record.block))).flatMap(
      ({ files }) => files,
    );
    const made = new Set(later.flatMap(({ files }) => files.map(({ path }) => path)));
    return removed.filter((path) => {
      const known = earlier.filter((file) => file.path === path);
      if (known.length === 0 || path.endsWith("/") || made.has(path) || !isOutputPath(place, path))
        return false;
      return (
        look.at(path).kind !== "missing" && lookWhetherAsLeft({ folder, look }, path, known) === "as-left"
      );
    });
  }

  function look(record: TaskRecord, later: readonly TaskRecord[]): readonly OutputReason[] {
    const { sample } = record;
    const again = cameBack(record, later);
    const back: readonly OutputReason[] =
      again.length === 0 ? [] : [{ kind: "output-changed", files: again }];
    if (record.files.length === 0) return back;
    const { reasons, touched } = verifyOutputs({ dataPath, sample }, filesStillOwned(record, later));
    if (touched.length > 0) input.onTouched({ ...record, files: withTimes(record.files, touched) });
    return [...reasons, ...back];
  }

  return {
    outOfSight,
    look,
    areAsLeft(sample, files) {
      if (files === null) return false;
      const { reasons, touched } = verifyOutputs({ dataPath, sample }, files);
      return reasons.length === 0 && touched.length === 0;
    },
    putAway(record) {
      const { sample } = record;
      const kept = remove(
        sample,
        filesMade(record),
        records(sample, order.slice(0, order.indexOf(record.block))),
      );
      if (input.run === null) return kept;
      const now = keepChanged({ dataPath, sample }, kept, input.run);
      const moved = now.flatMap(({ path, why }) => (why.kind === "moved" ? [path] : []));
      if (moved.length > 0) onMoved(sample, moved);
      return now;
    },
    whoseFound(task, left) {
      if (left.found.length === 0) return left;
      const { sample } = task;
      const known = [...new Set([...order, ...memory.blocks])]
        .flatMap((block) => [memory.get(block, sample), memory.forgotten(block, sample)])
        .filter((record) => record !== null);
      // It was run before, and nothing is remembered of that: what lies there is taken for what the tasks have left.
      if (known.every(isOfThisRun) && hasRunBefore(sample)) return { ...left, found: [] };
      const theirs = new Set(known.flatMap(({ files }) => files.map(({ path }) => path)));
      const own = memory.get(task.block, sample) ?? memory.forgotten(task.block, sample);
      const found = left.found.filter(
        (path) =>
          own?.found.includes(path) === true || !(theirs.has(path) || input.appearedUnderDead(task, path)),
      );
      return { ...left, found };
    },
    spoiltBefore({ block, sample }) {
      const before = (graph.ancestors[order.indexOf(block)] ?? []).flatMap((index) => order[index] ?? []);
      const all = records(sample, before);
      // Another machine may have spoilt them, and ours not know it yet.
      bringUpToDate(
        taskFolder({ dataPath, sample }),
        all.flatMap(({ files }) => files.map(({ path }) => path)),
      );
      for (const [index, record] of all.entries()) {
        const files = look(record, all.slice(index + 1)).flatMap(pathsIn);
        if (files.length > 0) return { kind: "spoilt", block: record.block, files };
      }
      return null;
    },
    listen(listener) {
      onMoved = listener;
    },
    sweep(sample, left) {
      remove(sample, filesMade(left), records(sample, order));
    },
  };
}
