// Who is there, what each has been given, and what it has left. A worker is given tasks up to its capacity
// (they start at once) and, when tasks are short, a few more into its backlog; only the former count against
// its capacity, and the backlog moves up in order when they end.

import type { WorkerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import { Census, type Counted } from "./census.ts";
import type { Layout } from "./layout.ts";
import { type Amounts, amountsOf, fitsIn, leastOf, minus, type NeedClasses, plus, timesIn } from "./needs.ts";
import { post, type TaskTable } from "./task-table.ts";

/** What a worker is when it comes. */
export interface Offer {
  readonly capacity: Capacity;
  /** It takes only tasks that need this kind of place. */
  readonly kindOfPlace: number;
  /** It takes only tasks whose time limit is not above this many seconds; infinite: any, 0: none. */
  readonly longest: number;
}

export interface Worker extends Counted {
  readonly id: WorkerId;
  /** A small number that stands for it while it is there; given to another when it is gone. */
  readonly slot: number;
  readonly all: Amounts;
  free: Amounts;
  longest: number;
  /** Oldest first. */
  readonly occupying: Set<number>;
  readonly backlog: Set<number>;
  /** What it has beside the occupying tasks that are not known to be short: where its backlog moves up. */
  besideLong: Amounts;
}

export class Workers {
  readonly census: Census;
  readonly #layout: Layout;
  readonly #tasks: TaskTable;
  readonly #classes: NeedClasses;
  readonly #byId = new Map<WorkerId, Worker>();
  readonly #bySlot: (Worker | undefined)[] = [];
  readonly #vacant: number[] = [];

  constructor(layout: Layout, tasks: TaskTable, classes: NeedClasses) {
    this.#layout = layout;
    this.#tasks = tasks;
    this.#classes = classes;
    this.census = new Census(classes);
  }

  get count(): number {
    return this.#byId.size;
  }
  find(id: WorkerId): Worker | undefined {
    return this.#byId.get(id);
  }
  at(slot: number): Worker | undefined {
    return this.#bySlot[slot];
  }
  /** In the order in which they came. */
  all(): IterableIterator<Worker> {
    return this.#byId.values();
  }

  join(id: WorkerId, { capacity, kindOfPlace, longest }: Offer): Worker {
    const { needs, kinds } = this.#classes;
    const all = amountsOf(capacity);
    const atOnce = needs.map((need, c) => (kinds[c] === kindOfPlace ? timesIn(need, all) : 0));
    const its = needs.filter((_, c) => kinds[c] === kindOfPlace);
    const worker: Worker = {
      id,
      slot: this.#vacant.pop() ?? this.#bySlot.length,
      kindOfPlace,
      all,
      free: all,
      longest,
      takes: this.#takes(atOnce, longest),
      occupying: new Set(),
      backlog: new Set(),
      besideLong: all,
      atOnce,
      places: atOnce.some((times) => times > 0) ? timesIn(leastOf(its), all) : 0,
    };
    this.#byId.set(id, worker);
    this.#bySlot[worker.slot] = worker;
    this.census.add(worker, 1);
    return worker;
  }

  /** What it has stays; from here on it takes only what may take this long at most. */
  narrow(worker: Worker, longest: number): void {
    this.census.add(worker, -1);
    worker.longest = longest;
    worker.takes = this.#takes(worker.atOnce, longest);
    this.census.add(worker, 1);
  }

  /** What it had stays written in it, but is nobody's from here on. */
  leave(worker: Worker): void {
    this.#byId.delete(worker.id);
    this.#bySlot[worker.slot] = undefined;
    this.#vacant.push(worker.slot);
    this.census.add(worker, -1);
    this.census.backlog(worker, -worker.backlog.size);
    for (const task of worker.occupying) this.#tasks.hold(task, -1, post.none);
    for (const task of worker.backlog) this.#tasks.hold(task, -1, post.none);
  }

  /** It starts the task at once. */
  occupy(
    worker: Worker,
    task: number,
    as: { readonly length: "short" | "long"; readonly now: number },
  ): void {
    const need = this.#need(task);
    worker.free = minus(worker.free, need);
    worker.occupying.add(task);
    if (as.length === "long") worker.besideLong = minus(worker.besideLong, need);
    this.#tasks.hold(task, worker.slot, as.length === "long" ? post.long : post.short);
    this.#tasks.setSince(task, as.now);
  }

  /** It starts the task when those before it have ended. */
  enqueue(worker: Worker, task: number): void {
    worker.backlog.add(task);
    this.census.backlog(worker, 1);
    this.#tasks.hold(task, worker.slot, post.backlog);
  }

  /** The task is no longer the worker's; what waits in its backlog moves up. */
  release(worker: Worker, task: number, now: number): void {
    const held = this.#tasks.post(task);
    this.#tasks.hold(task, -1, post.none);
    if (held === post.backlog) this.#unqueue(worker, task);
    else {
      const need = this.#need(task);
      worker.occupying.delete(task);
      worker.free = plus(worker.free, need);
      if (held === post.long) worker.besideLong = plus(worker.besideLong, need);
    }
    // In order: what needs much is not to be passed by all that come after it.
    for (const next of worker.backlog) {
      if (!fitsIn(this.#need(next), worker.free)) break;
      this.#promote(worker, next, now);
    }
  }

  /** It has begun a task of its backlog, in an order of its own; where that does not fit, our count waits for its. */
  beganFromBacklog(worker: Worker, task: number, now: number): void {
    if (fitsIn(this.#need(task), worker.free)) this.#promote(worker, task, now);
  }

  #promote(worker: Worker, task: number, now: number): void {
    this.#unqueue(worker, task);
    this.occupy(worker, task, { length: "short", now });
  }
  #unqueue(worker: Worker, task: number): void {
    worker.backlog.delete(task);
    this.census.backlog(worker, -1);
  }
  #takes(atOnce: readonly number[], longest: number): readonly boolean[] {
    const { times } = this.#classes;
    return atOnce.map((count, c) => count > 0 && longest > 0 && (times[c] ?? 0) <= longest);
  }
  #need(task: number): Amounts {
    const need = this.#classes.needs[this.#classes.classOf[this.#layout.blockOf(task)] ?? -1];
    if (need === undefined) throw new Error(`task ${task} has no needs: this is a bug`);
    return need;
  }
}
