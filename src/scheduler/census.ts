// How many workers and places there are, in all, by kind of place and by class of needs, counted as they come and
// go. Asked with every task; looked up among ten thousand workers, each answer would cost more than the task.

import type { NeedClasses } from "./needs.ts";

/** What is counted of a worker. */
export interface Counted {
  readonly kindOfPlace: number;
  /** How many tasks of each class of needs it can run at once, and of the smallest of its kind. */
  readonly atOnce: readonly number[];
  readonly places: number;
  /** By class of needs: may it be given such a task at all, when nothing else runs there? */
  takes: readonly boolean[];
}

interface OfKind {
  workers: number;
  /** Of those workers that may still be given something. */
  places: number;
  backlogged: number;
}

export class Census {
  readonly #largeEnough: number[];
  readonly #takers: number[];
  readonly #byKind = new Map<number, OfKind>();
  readonly #kindsInUse: readonly number[];
  #lacksKinds = true;
  #places = 0;
  #backlogged = 0;

  constructor(classes: NeedClasses) {
    this.#largeEnough = classes.needs.map(() => 0);
    this.#takers = classes.needs.map(() => 0);
    this.#kindsInUse = classes.kindsInUse;
    for (const kind of this.#kindsInUse) this.#byKind.set(kind, { workers: 0, places: 0, backlogged: 0 });
  }

  /** No more tasks than this can run at once on all workers. */
  get places(): number {
    return this.#places;
  }
  /** Tasks in backlogs. */
  get backlogged(): number {
    return this.#backlogged;
  }
  /** Workers, places and tasks in backlogs of one kind of place. */
  ofKind(kind: number): Readonly<OfKind> {
    return this.#byKind.get(kind) ?? nobody;
  }
  /** Is there a kind of place that some block needs and no worker is? */
  get lacksKinds(): boolean {
    return this.#lacksKinds;
  }
  /** How many workers could run a task of this class if nothing else ran there and their time never ended. */
  largeEnough(needClass: number): number {
    return this.#largeEnough[needClass] ?? 0;
  }
  /** How many of them have the time for it. */
  takers(needClass: number): number {
    return this.#takers[needClass] ?? 0;
  }

  add(worker: Counted, change: 1 | -1): void {
    this.#places += change * worker.places;
    const its = this.#byKind.get(worker.kindOfPlace);
    if (its !== undefined) {
      its.workers += change;
      if (worker.takes.includes(true)) its.places += change * worker.places;
    }
    worker.atOnce.forEach((times, needClass) => {
      if (times > 0) this.#largeEnough[needClass] = this.largeEnough(needClass) + change;
      if (worker.takes[needClass]) this.#takers[needClass] = this.takers(needClass) + change;
    });
    this.#lacksKinds = this.#kindsInUse.some((kind) => this.ofKind(kind).workers === 0);
  }
  backlog(worker: Counted, change: number): void {
    this.#backlogged += change;
    const its = this.#byKind.get(worker.kindOfPlace);
    if (its !== undefined) its.backlogged += change;
  }
}

const nobody: Readonly<OfKind> = { workers: 0, places: 0, backlogged: 0 };
