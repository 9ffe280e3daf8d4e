// The files that tasks left: looked at before a result is used, put away before a task runs again, swept up after an
// attempt that failed. What other tasks of the sample wrote is left to them; what the task must not see is aside for so long.
import { filesStillOwned, filesTakenOver } from "../cache/files-of-tasks.ts";
import type { Memory } from "../cache/memory.ts";
import { type KeptOutput, removeOldOutputs } from "../cache/old-outputs.ts";
import type { OutputReason, TaskRecord } from "../cache/record.ts";
import { verifyOutputs, withTimes } from "../cache/verify-outputs.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import type { FileRecord, Manifest } from "../core/manifest.ts";
import type { BlockGraph } from "../plan/graph.ts";
import { OutOfSight } from "./out-of-sight.ts";

export interface OutputsInput {
  readonly dataPath: string;
  readonly memory: Memory;
  /** The blocks of the pipeline, in its order. */
  readonly order: readonly BlockName[];
  readonly graph: BlockGraph;
  /** Files of a remembered task have other times than its record says and the same contents. */
  readonly onTouched: (record: TaskRecord) => void;
}

/** These paths of a sample (of the dataset: null) were removed, put aside or put back. */
export type OnMoved = (sample: SampleId | null, paths: readonly string[]) => void;

export interface Outputs {
  look(record: TaskRecord, later: readonly TaskRecord[]): readonly OutputReason[];
  /** Whether there is nothing to say of any of them, not even that it was touched. Null: nobody knows which. */
  areAsLeft(sample: SampleId, files: readonly FileRecord[] | null): boolean;
  /** Returns what stays. */
  putAway(record: TaskRecord): readonly KeptOutput[];
  sweep(sample: SampleId | null, left: Manifest): void;
  readonly outOfSight: OutOfSight;
  /** For who has to tell others what has become of the files. */
  listen(onMoved: OnMoved): void;
}

export function createOutputs(input: OutputsInput): Outputs {
  const { dataPath, memory, order } = input;
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

  return {
    outOfSight,
    look(record, later) {
      const { sample } = record;
      if (record.files.length === 0) return [];
      const { reasons, touched } = verifyOutputs({ dataPath, sample }, filesStillOwned(record, later));
      if (touched.length > 0) input.onTouched({ ...record, files: withTimes(record.files, touched) });
      return reasons;
    },
    areAsLeft(sample, files) {
      if (files === null) return false;
      const { reasons, touched } = verifyOutputs({ dataPath, sample }, files);
      return reasons.length === 0 && touched.length === 0;
    },
    putAway(record) {
      return remove(
        record.sample,
        record.files,
        records(record.sample, order.slice(0, order.indexOf(record.block))),
      );
    },
    listen(listener) {
      onMoved = listener;
    },
    sweep(sample, left) {
      remove(sample, left.files, records(sample, order));
    },
  };
}
