// Which task number is whose. Everything here is arithmetic on the plan's numbering, so that no table of a
// million entries is needed to find a task's sample, its block, or the tasks that follow from it.

/** What the scheduler wants to know of a plan; `Plan` of room plan/ is one. */
export interface PlanShape {
  readonly blocks: { readonly length: number };
  readonly samples: { readonly length: number };
  readonly graph: {
    readonly sampleBlockCount: number;
    readonly predecessors: readonly (readonly number[])[];
    readonly successors: readonly (readonly number[])[];
  };
}

/**
 * A row is the tasks of one sample, in the order of the blocks. One more row, the last, holds the tasks over the
 * dataset (none, when there are no such blocks): they go through the same states by the same rules.
 */
export class Layout {
  readonly blockCount: number;
  readonly sampleCount: number;
  readonly datasetRow: number;
  readonly taskCount: number;
  readonly #perSample: number;
  readonly #sampleTasks: number;
  readonly #graph: PlanShape["graph"];

  constructor(plan: PlanShape) {
    this.blockCount = plan.blocks.length;
    this.sampleCount = plan.samples.length;
    this.datasetRow = this.sampleCount;
    this.#graph = plan.graph;
    this.#perSample = plan.graph.sampleBlockCount;
    this.#sampleTasks = this.sampleCount * this.#perSample;
    this.taskCount = this.#sampleTasks + this.blockCount - this.#perSample;
    if (this.blockCount > 0xffff) throw new RangeError(`${this.blockCount} blocks are more than fit`);
    if (this.taskCount > 0x7fffffff) throw new RangeError(`${this.taskCount} tasks are more than fit`);
  }

  rowOf(task: number): number {
    return task >= this.#sampleTasks ? this.datasetRow : Math.floor(task / this.#perSample);
  }
  blockOf(task: number): number {
    return task >= this.#sampleTasks ? task - this.#sampleTasks + this.#perSample : task % this.#perSample;
  }
  /** What the block runs over. */
  scopeOf(block: number): "sample" | "dataset" {
    return block < this.#perSample ? "sample" : "dataset";
  }
  /** The tasks of a row are `firstOf(row)` … `firstOf(row) + sizeOf(row) - 1`. */
  firstOf(row: number): number {
    return row * this.#perSample;
  }
  sizeOf(row: number): number {
    return row === this.datasetRow ? this.blockCount - this.#perSample : this.#perSample;
  }
  /** The task of another block in the same row. */
  sibling(task: number, block: number): number {
    return task - this.blockOf(task) + block;
  }
  predecessors(block: number): readonly number[] {
    return this.#graph.predecessors[block] ?? [];
  }
  successors(block: number): readonly number[] {
    return this.#graph.successors[block] ?? [];
  }
}
