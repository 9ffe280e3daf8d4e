// Which task goes next, and where: the smallest number first, samples in progress before new ones, free room
// before a place in a backlog. The same answers say why a task waits.

import { type Load, mayBeInProgress } from "./admission.ts";
import type { Durations } from "./durations.ts";
import type { NeedClasses } from "./needs.ts";
import type { Openings } from "./openings.ts";
import type { Line, ReadyQueue } from "./ready-queue.ts";
import type { SampleRows } from "./sample-rows.ts";
import { state, type TaskTable } from "./task-table.ts";
import type { Workers } from "./workers.ts";

export interface Placed {
  readonly task: number;
  readonly slot: number;
  readonly room: "now" | "backlog";
}

export class Placement {
  readonly #blockCount: number;
  readonly #sampleBlockCount: number;
  readonly #tasks: TaskTable;
  readonly #rows: SampleRows;
  readonly #queue: ReadyQueue;
  readonly #workers: Workers;
  readonly #openings: Openings;
  readonly #durations: Durations;
  readonly #classes: NeedClasses;
  readonly #lookAhead: number;

  constructor(parts: {
    readonly blockCount: number;
    readonly sampleBlockCount: number;
    readonly tasks: TaskTable;
    readonly rows: SampleRows;
    readonly queue: ReadyQueue;
    readonly workers: Workers;
    readonly openings: Openings;
    readonly durations: Durations;
    readonly classes: NeedClasses;
    readonly lookAhead: number;
  }) {
    this.#blockCount = parts.blockCount;
    this.#sampleBlockCount = parts.sampleBlockCount;
    this.#tasks = parts.tasks;
    this.#rows = parts.rows;
    this.#queue = parts.queue;
    this.#workers = parts.workers;
    this.#openings = parts.openings;
    this.#durations = parts.durations;
    this.#classes = parts.classes;
    this.#lookAhead = parts.lookAhead;
  }

  load(): Load {
    const { places, backlogged, lacksKinds } = this.#workers.census;
    const { begunCount } = this.#rows;
    // Field by field: this is asked several times for each task, and every spread makes an object more.
    return {
      places,
      backlogged,
      begun: lacksKinds ? Math.min(begunCount, this.#goingOn()) : begunCount,
      deepest: this.#durations.deepest,
      lookAhead: this.#lookAhead,
      inReach: lacksKinds && places > 0 ? this.#inReach() : Number.POSITIVE_INFINITY,
    };
  }
  /**
   * May a sample begin? Not while the places that are left will be wanted in a moment by samples in progress whose
   * next task is being judged: on a single place every other sample would otherwise slip in between.
   */
  mayBegin(room: Placed["room"]): boolean {
    const load = this.load();
    if (load.begun >= mayBeInProgress(load)) return false;
    const busy = this.#tasks.held - load.backlogged;
    return room === "backlog" || busy + this.#rows.verdictsDue < load.places;
  }

  /** The next task to give away and where; null when nothing can be given. */
  next(): Placed | null {
    return (
      this.#firstOf("begun", "now") ??
      this.#firstOf("fresh", "now") ??
      this.#firstOf("begun", "backlog") ??
      this.#firstOf("fresh", "backlog")
    );
  }

  #firstOf(line: Line, room: Placed["room"]): Placed | null {
    if (room === "backlog" && this.#durations.deepest === 0) return null;
    if (line === "fresh" && !this.mayBegin(room)) return null;
    // A sample whose first task is short and whose next one is not would be begun long before it can be finished.
    if (line === "fresh" && room === "backlog" && !this.#durations.allShort(this.#sampleBlockCount))
      return null;
    let best = -1;
    let where = -1;
    for (let block = 0; block < this.#blockCount; block++) {
      const task = this.#queue.first(line, block);
      if (task < 0 || (best >= 0 && task > best)) continue;
      const slot = room === "now" ? this.#openings.room(block) : this.#backlogRoom(block);
      if (slot < 0) continue;
      best = task;
      where = slot;
    }
    return best < 0 ? null : { task: best, slot: where, room };
  }

  #backlogRoom(block: number): number {
    return this.#openings.backlogRoom(block, this.#tasks.count(block, state.queued));
  }

  /** Not fewer than the samples in progress that have more to wait for than a kind of place that is not there. */
  #goingOn(): number {
    const queued = this.#sumWhereSomebodyIs((block) => this.#queue.begunCount(block));
    return this.#tasks.held + this.#rows.verdictsDue + queued;
  }
  /** Tasks that wait for a worker, or for their verdict, and of whose kind of place there is one. */
  #inReach(): number {
    return this.#sumWhereSomebodyIs(
      (block) => this.#tasks.count(block, state.queued) + this.#tasks.count(block, state.judging),
    );
  }
  #sumWhereSomebodyIs(of: (block: number) => number): number {
    let sum = 0;
    for (let block = 0; block < this.#blockCount; block++) {
      const kind = this.#classes.kinds[this.#classes.classOf[block] ?? -1] ?? 0;
      if (this.#workers.census.ofKind(kind).workers > 0) sum += of(block);
    }
    return sum;
  }
}
