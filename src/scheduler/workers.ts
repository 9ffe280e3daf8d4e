// Who is there, what each has been given, and what it has left. A worker is given tasks up to its capacity
// (they start at once) and, when tasks are short, a few more into its backlog; only the former count against
// its capacity, and the backlog moves up in order when they end.

import type { WorkerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { Layout } from "./layout.ts";
import { type Amounts, amountsOf, fitsIn, minus, type NeedClasses, plus, timesIn } from "./needs.ts";
import { post, type TaskTable } from "./task-table.ts";

export interface Worker {
  readonly id: WorkerId;
  /** A small number that stands for it while it is there; given to another when it is gone. */
  readonly slot: number;
  readonly all: Amounts;
  free: Amounts;
  /** Oldest first. */
  readonly occupying: Set<number>;
  readonly backlog: Set<number>;
  /** How many of the occupying tasks are not known to be short. */
  longTasks: number;
  /** How many tasks of each class of needs it can run at once, and of the smallest there are. */
  readonly atOnce: readonly number[];
  readonly places: number;
}

export class Workers {
  readonly #layout: Layout;
  readonly #tasks: TaskTable;
  readonly #classes: NeedClasses;
  readonly #byId = new Map<WorkerId, Worker>();
  readonly #bySlot: (Worker | undefined)[] = [];
  readonly #vacant: number[] = [];
  readonly #largeEnough: number[];
  #places = 0;
  #backlogged = 0;

  constructor(layout: Layout, tasks: TaskTable, classes: NeedClasses) {
    this.#layout = layout;
    this.#tasks = tasks;
    this.#classes = classes;
    this.#largeEnough = classes.needs.map(() => 0);
  }

  get count(): number {
    return this.#byId.size;
  }
  /** No more tasks than this can run at once on all of them. */
  get places(): number {
    return this.#places;
  }
  /** Tasks in backlogs. */
  get backlogged(): number {
    return this.#backlogged;
  }
  /** How many workers could run a task of this class if nothing else ran there. */
  largeEnough(needClass: number): number {
    return this.#largeEnough[needClass] ?? 0;
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

  join(id: WorkerId, capacity: Capacity): Worker {
    const all = amountsOf(capacity);
    const atOnce = this.#classes.needs.map((need) => timesIn(need, all));
    const worker: Worker = {
      id,
      slot: this.#vacant.pop() ?? this.#bySlot.length,
      all,
      free: all,
      occupying: new Set(),
      backlog: new Set(),
      longTasks: 0,
      atOnce,
      places: atOnce.some((times) => times > 0) ? timesIn(this.#classes.least, all) : 0,
    };
    this.#byId.set(id, worker);
    this.#bySlot[worker.slot] = worker;
    this.#count(worker, 1);
    return worker;
  }

  /** What it had stays written in it, but is nobody's from here on. */
  leave(worker: Worker): void {
    this.#byId.delete(worker.id);
    this.#bySlot[worker.slot] = undefined;
    this.#vacant.push(worker.slot);
    this.#count(worker, -1);
    this.#backlogged -= worker.backlog.size;
    for (const task of worker.occupying) this.#tasks.hold(task, -1, post.none);
    for (const task of worker.backlog) this.#tasks.hold(task, -1, post.none);
  }

  /** It starts the task at once. */
  occupy(
    worker: Worker,
    task: number,
    as: { readonly length: "short" | "long"; readonly now: number },
  ): void {
    worker.free = minus(worker.free, this.#need(task));
    worker.occupying.add(task);
    if (as.length === "long") worker.longTasks++;
    this.#tasks.hold(task, worker.slot, as.length === "long" ? post.long : post.short);
    this.#tasks.setSince(task, as.now);
  }

  /** It starts the task when those before it have ended. */
  enqueue(worker: Worker, task: number): void {
    worker.backlog.add(task);
    this.#backlogged++;
    this.#tasks.hold(task, worker.slot, post.backlog);
  }

  /** The task is no longer the worker's; what waits in its backlog moves up. */
  release(worker: Worker, task: number, now: number): void {
    const held = this.#tasks.post(task);
    this.#tasks.hold(task, -1, post.none);
    if (held === post.backlog) {
      worker.backlog.delete(task);
      this.#backlogged--;
    } else {
      worker.occupying.delete(task);
      worker.free = plus(worker.free, this.#need(task));
      if (held === post.long) worker.longTasks--;
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
    worker.backlog.delete(task);
    this.#backlogged--;
    this.occupy(worker, task, { length: "short", now });
  }
  #need(task: number): Amounts {
    const need = this.#classes.needs[this.#classes.classOf[this.#layout.blockOf(task)] ?? -1];
    if (need === undefined) throw new Error(`task ${task} has no needs: this is a bug`);
    return need;
  }
  #count(worker: Worker, change: 1 | -1): void {
    this.#places += change * worker.places;
    worker.atOnce.forEach((times, needClass) => {
      if (times > 0) this.#largeEnough[needClass] = this.largeEnough(needClass) + change;
    });
  }
}
