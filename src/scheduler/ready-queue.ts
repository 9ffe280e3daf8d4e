// Tasks that have to run and wait for a worker. Those of samples in progress are kept apart from those that
// would begin a new sample: in one line, new samples would be begun while half-done ones fill the disk.
//
// One pair of heaps per block, because tasks of one block need the same and so fit or do not fit alike.
// A task that stops being queued, or whose sample begins, leaves a dead entry that is dropped when it comes up.

import type { Layout } from "./layout.ts";
import type { SampleRows } from "./sample-rows.ts";
import { TaskHeap } from "./task-heap.ts";
import { state, type TaskTable } from "./task-table.ts";

export type Line = "begun" | "fresh";

export class ReadyQueue {
  readonly #layout: Layout;
  readonly #tasks: TaskTable;
  readonly #rows: SampleRows;
  readonly #begun: readonly TaskHeap[];
  readonly #fresh: readonly TaskHeap[];
  readonly #begunCount: Uint32Array;

  constructor(layout: Layout, tasks: TaskTable, rows: SampleRows) {
    this.#layout = layout;
    this.#tasks = tasks;
    this.#rows = rows;
    this.#begun = Array.from({ length: layout.blockCount }, () => new TaskHeap());
    this.#fresh = Array.from({ length: layout.blockCount }, () => new TaskHeap());
    this.#begunCount = new Uint32Array(layout.blockCount);
  }

  push(task: number): void {
    const begun = this.#rows.hasBegun(this.#layout.rowOf(task));
    const lines = begun ? this.#begun : this.#fresh;
    lines[this.#layout.blockOf(task)]?.push(task);
    if (begun) this.#countBegun(task, 1);
  }
  /** The task is not queued any more. To be said before its row begins. */
  left(task: number): void {
    if (this.#rows.hasBegun(this.#layout.rowOf(task))) this.#countBegun(task, -1);
  }
  /** Tasks of the block that wait, of samples in progress. */
  begunCount(block: number): number {
    return this.#begunCount[block] ?? 0;
  }
  /** The first task of a block in a line; -1 when there is none. */
  first(line: Line, block: number): number {
    const heap = (line === "begun" ? this.#begun : this.#fresh)[block];
    if (heap === undefined) return -1;
    let task = heap.peek();
    while (task >= 0 && !this.#isLive(task, line)) {
      heap.pop();
      task = heap.peek();
    }
    return task;
  }
  /** The row has just begun: its other queued tasks change lines. */
  rowBegan(row: number): void {
    const first = this.#layout.firstOf(row);
    for (let task = first; task < first + this.#layout.sizeOf(row); task++) {
      if (this.#tasks.state(task) === state.queued) this.push(task);
    }
  }
  /** Live entries of a line; for checks. */
  entries(line: Line): number[] {
    return (line === "begun" ? this.#begun : this.#fresh)
      .flatMap((heap) => heap.toArray())
      .filter((task) => this.#isLive(task, line));
  }

  #countBegun(task: number, change: 1 | -1): void {
    const block = this.#layout.blockOf(task);
    this.#begunCount[block] = this.begunCount(block) + change;
  }
  #isLive(task: number, line: Line): boolean {
    if (this.#tasks.state(task) !== state.queued) return false;
    return this.#rows.hasBegun(this.#layout.rowOf(task)) === (line === "begun");
  }
}
