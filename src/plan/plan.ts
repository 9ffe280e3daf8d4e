// Pipeline × samples: every task that a run may have, as numbers. Without a fixed numbering the scheduler could
// not keep its states in plain arrays, and its order would be something to compute instead of a comparison.

import type { BlockSpec } from "../core/block.ts";
import { type SampleId, type TaskId, taskId } from "../core/ids.ts";
import type { TaskName } from "../core/task.ts";
import { type BlockGraph, blockGraph } from "./graph.ts";

/**
 * Tasks are numbered sample by sample, in the order of `samples`, and inside a sample in the order of the list:
 * a smaller number is always the one to do first. The tasks of dataset blocks come behind all of them.
 */
export interface Plan {
  readonly blocks: readonly BlockSpec[];
  readonly graph: BlockGraph;
  /** Position in this list is the sample's index; everything but messages and folders speaks of indices. */
  readonly samples: readonly SampleId[];
  readonly taskCount: number;
  /** `sampleIndex` is null for a dataset block. */
  taskOf(sampleIndex: number | null, blockIndex: number): TaskId;
  positionOf(task: TaskId): TaskPosition;
  describe(task: TaskId): TaskName;
}

export interface TaskPosition {
  readonly sampleIndex: number | null;
  readonly blockIndex: number;
}

/** Throws a Refusal where the blocks make no graph. `samples` must hold each sample once. */
export function createPlan(blocks: readonly BlockSpec[], samples: readonly SampleId[]): Plan {
  const graph = blockGraph(blocks);
  if (new Set(samples).size !== samples.length) throw new RangeError("a plan with the same sample twice");
  const perSample = graph.sampleBlockCount;
  const sampleTasks = samples.length * perSample;
  const taskCount = sampleTasks + blocks.length - perSample;

  const positionOf = (task: TaskId): TaskPosition => {
    if (!(task >= 0 && task < taskCount)) throw new RangeError(`no task ${task} in a plan of ${taskCount}`);
    if (task >= sampleTasks) return { sampleIndex: null, blockIndex: perSample + task - sampleTasks };
    return { sampleIndex: Math.floor(task / perSample), blockIndex: task % perSample };
  };
  return {
    blocks,
    graph,
    samples,
    taskCount,
    positionOf,
    taskOf(sampleIndex, blockIndex) {
      const ofDataset = blockIndex >= perSample && blockIndex < blocks.length;
      const ofSample = blockIndex >= 0 && blockIndex < perSample;
      if (sampleIndex === null && ofDataset) return taskId(sampleTasks + blockIndex - perSample);
      if (sampleIndex !== null && ofSample && sampleIndex >= 0 && sampleIndex < samples.length) {
        return taskId(sampleIndex * perSample + blockIndex);
      }
      throw new RangeError(`no task of block ${blockIndex} on sample ${sampleIndex}`);
    },
    describe(task) {
      const { sampleIndex, blockIndex } = positionOf(task);
      const block = blocks[blockIndex];
      const sample = sampleIndex === null ? null : samples[sampleIndex];
      if (block === undefined || sample === undefined) throw new RangeError(`no task ${task}`);
      return { block: block.name, sample };
    },
  };
}
