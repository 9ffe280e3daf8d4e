// What of the machine is not in use. A process runs one task at a time, so however many it has been given, it takes what
// one of them needs.
import { bytes } from "../core/ids.ts";
import { type Capacity, fits, type Resources } from "../core/resources.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { WorkerProcess } from "./worker-process.ts";

export class FreeCapacity {
  readonly #taken = new Map<WorkerProcess, Resources>();
  #free: Capacity;

  constructor(all: Capacity) {
    this.#free = all;
  }

  get now(): Capacity {
    return this.#free;
  }

  take(process: WorkerProcess, needs: Resources): void {
    this.giveBack(process);
    this.#taken.set(process, needs);
    this.#free = less(this.#free, needs);
  }

  giveBack(process: WorkerProcess): void {
    const needs = this.#taken.get(process);
    if (needs === undefined) return;
    this.#taken.delete(process);
    const { cpus, gpus, memory } = this.#free;
    this.#free = {
      cpus: cpus + needs.cpus,
      gpus: gpus + needs.gpus,
      memory: memory === null || needs.memory === null ? memory : bytes(memory + needs.memory),
    };
  }

  /** How many of these tasks could begin now beside each other, in their order; `most` at most. */
  fitting(queue: readonly Assignment[], most: number): number {
    let free = this.#free;
    let count = 0;
    for (const { needs } of queue) {
      if (count >= most || !fits(needs, free)) break;
      free = less(free, needs);
      count += 1;
    }
    return count;
  }
}

function less(free: Capacity, needs: Resources): Capacity {
  const { cpus, gpus, memory } = free;
  return {
    cpus: cpus - needs.cpus,
    gpus: gpus - needs.gpus,
    memory: memory === null || needs.memory === null ? memory : bytes(memory - needs.memory),
  };
}
