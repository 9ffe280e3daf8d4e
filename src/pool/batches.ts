// How many tasks a worker process is given at once. One message per task is 42,000 tasks a second for nothing but talk;
// a batch is ten times that. But what is in a batch waits for what is before it, so only short tasks are put together.
import type { BlockName } from "../core/ids.ts";
import type { Resources } from "../core/resources.ts";
import type { Assignment } from "../protocol/assignment.ts";

export class Batches {
  readonly #seconds = new Map<BlockName, number>();

  /** Learns how long tasks of a block take. Slow to trust, quick to doubt. */
  took(block: BlockName, seconds: number): void {
    const before = this.#seconds.get(block) ?? seconds;
    this.#seconds.set(block, seconds > before ? seconds : before + (seconds - before) / 4);
  }

  /**
   * How many from the beginning of `queue` go to a process that already has `waiting`.
   * `others`: how many more processes could take some; what is there is shared among them.
   */
  size(queue: readonly Assignment[], waiting: readonly Assignment[], others: number): number {
    const [first] = queue;
    if (first === undefined) return 0;
    let expected = 0;
    for (const assignment of waiting) expected += this.#expected(assignment);
    // A process that is at something long gets nothing behind it.
    if (waiting.length > 0 && expected + this.#expected(first) > longest) return 0;
    if (waiting.length > 0 && !sameNeeds(first.needs, waiting[0]?.needs ?? first.needs)) return 0;
    const share = Math.max(1, Math.ceil(queue.length / (others + 1)));
    let count = 0;
    for (const assignment of queue) {
      if (count >= share || waiting.length + count >= most) break;
      if (count > 0 && !sameNeeds(first.needs, assignment.needs)) break;
      expected += this.#expected(assignment);
      if (count > 0 && expected > longest) break;
      count += 1;
    }
    return count;
  }

  /** Of a block that was never seen nothing is expected but the worst. */
  #expected(assignment: Assignment): number {
    return this.#seconds.get(assignment.block) ?? Number.POSITIVE_INFINITY;
  }
}

/** Seconds of work in one process's hands. */
const longest = 0.01;
const most = 64;

export function sameNeeds(a: Resources, b: Resources): boolean {
  return a.cpus === b.cpus && a.gpus === b.gpus && a.memory === b.memory && a.time === b.time;
}
