// Where there is room, kept up to date worker by worker as things change, so that finding a place for a task is
// a look-up. Asking ten thousand workers in turn would make a million tasks ten thousand million questions.

import type { Durations } from "./durations.ts";
import { fitsIn, type NeedClasses, timesIn } from "./needs.ts";
import { SlotSet } from "./slot-set.ts";
import type { Worker, Workers } from "./workers.ts";

/** Why there is no room; a worker's slot, which is never negative, when there is. */
export const noRoom = { noWorker: -1, tooSmall: -2, busy: -3, tooShort: -4 } as const;

export class Openings {
  readonly #workers: Workers;
  readonly #classes: NeedClasses;
  readonly #durations: Durations;
  /** By class of needs: workers that could start such a task now. Those with GPUs apart: they are asked last. */
  readonly #plain: readonly SlotSet[];
  readonly #withGpus: readonly SlotSet[];
  /** By block: workers that were seen to have room in their backlog. Looked at again before use. */
  readonly #backlog: readonly SlotSet[];

  constructor(workers: Workers, classes: NeedClasses, durations: Durations) {
    this.#workers = workers;
    this.#classes = classes;
    this.#durations = durations;
    this.#plain = classes.needs.map(() => new SlotSet());
    this.#withGpus = classes.needs.map(() => new SlotSet());
    this.#backlog = classes.classOf.map(() => new SlotSet());
  }

  /**
   * Where a task of this block can start now, or one of `noRoom`. Of several workers the one that came first, so
   * that when there is less work than room the later ones have none at all and can be given back.
   */
  room(block: number): number {
    const needClass = this.#classes.classOf[block] ?? -1;
    const plain = this.#plain[needClass]?.first() ?? -1;
    if (plain >= 0) return plain;
    const withGpus = this.#withGpus[needClass]?.first() ?? -1;
    if (withGpus >= 0) return withGpus;
    const { census } = this.#workers;
    if (census.takers(needClass) > 0) return noRoom.busy;
    if (census.largeEnough(needClass) > 0) return noRoom.tooShort;
    const ofKind = census.ofKind(this.#classes.kinds[needClass] ?? 0);
    return ofKind.workers === 0 ? noRoom.noWorker : noRoom.tooSmall;
  }

  /** A busy worker that may be given a task of this block ahead; -1 when there is none. `waiting`: how many such tasks there are. */
  backlogRoom(block: number, waiting: number): number {
    const slots = this.#backlog[block];
    if (slots === undefined || this.#durations.depth(block) === 0) return -1;
    for (let slot = slots.first(); slot >= 0; slot = slots.first()) {
      const worker = this.#workers.at(slot);
      if (worker !== undefined && this.#mayBeGivenAhead(worker, block, waiting)) return slot;
      slots.delete(slot);
    }
    return -1;
  }

  /** Something about the worker has changed. */
  refresh(worker: Worker): void {
    const now = worker.all.gpus > 0 ? this.#withGpus : this.#plain;
    this.#classes.needs.forEach((need, needClass) => {
      const set = now[needClass];
      if (worker.takes[needClass] && fitsIn(need, worker.free)) set?.add(worker.slot);
      else set?.delete(worker.slot);
    });
    this.#backlog.forEach((set, block) => {
      if (this.#mayWaitAt(worker, block)) set.add(worker.slot);
      else set.delete(worker.slot);
    });
  }
  forget(worker: Worker): void {
    for (const sets of [this.#plain, this.#withGpus, this.#backlog]) {
      for (const set of sets) set.delete(worker.slot);
    }
  }
  /** Does the index know that the worker has room for this class? For checks. */
  listed(worker: Worker, needClass: number): boolean {
    const sets = worker.all.gpus > 0 ? this.#withGpus : this.#plain;
    return sets[needClass]?.has(worker.slot) ?? false;
  }

  #mayWaitAt(worker: Worker, block: number): boolean {
    const depth = this.#durations.depth(block);
    return depth > 0 && worker.backlog.size < depth * this.#movesUpAt(worker, block);
  }
  /** No worker is given more than its part of what there is: the last tasks are not to pile up at one place. */
  #mayBeGivenAhead(worker: Worker, block: number, waiting: number): boolean {
    const { backlogged, places } = this.#workers.census.ofKind(worker.kindOfPlace);
    const part = Math.floor((waiting + backlogged) / Math.max(1, places));
    const depth = Math.min(this.#durations.depth(block), part);
    return worker.backlog.size < depth * this.#movesUpAt(worker, block);
  }
  /**
   * How many tasks of the block can run at once on what comes free there in a while. Nothing is to wait behind a
   * task that is not known to be short, nor where it could start at once.
   */
  #movesUpAt(worker: Worker, block: number): number {
    const needClass = this.#classes.classOf[block] ?? -1;
    const need = this.#classes.needs[needClass];
    if (need === undefined || !worker.takes[needClass] || fitsIn(need, worker.free)) return 0;
    return worker.besideLong === worker.all
      ? (worker.atOnce[needClass] ?? 0)
      : timesIn(need, worker.besideLong);
  }
}
