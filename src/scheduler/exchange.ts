// What passes between tasks and workers: given, begun, answered, lost. Only the worker that has the current
// attempt of a task can say anything about it; otherwise a worker that was given up and comes back would end a
// task that runs elsewhere.

import type { Attempt, Seconds, TaskId, WorkerId } from "../core/ids.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Course } from "./course.ts";
import type { Parts } from "./parts.ts";
import type { Placed } from "./placement.ts";
import { post, state } from "./task-table.ts";
import type { Offer, Worker } from "./workers.ts";

/** Which attempt a worker speaks of. */
export interface Held {
  readonly worker: WorkerId;
  readonly task: TaskId;
  readonly attempt: Attempt;
}

export class Exchange {
  readonly #parts: Parts;
  readonly #course: Course;

  constructor(parts: Parts, course: Course) {
    this.#parts = parts;
    this.#course = course;
  }

  joined(id: WorkerId, offer: Offer): void {
    const { workers, openings } = this.#parts;
    if (workers.find(id) === undefined) openings.refresh(workers.join(id, offer));
  }

  narrowed(id: WorkerId, longest: number): void {
    const { workers, openings } = this.#parts;
    const worker = workers.find(id);
    if (worker === undefined) return;
    workers.narrow(worker, longest);
    openings.refresh(worker);
  }

  gone(id: WorkerId, why: string): void {
    const { workers, openings, tasks } = this.#parts;
    const worker = workers.find(id);
    if (worker === undefined) return;
    openings.forget(worker);
    workers.leave(worker);
    const failure = { kind: "worker-lost", worker: id, why } as const;
    for (const task of worker.occupying) this.#course.ended(task, { kind: "failed", failure });
    for (const task of worker.backlog) {
      // What only waited there has lost nothing.
      const lost = tasks.state(task) === state.running ? failure : ({ kind: "cancelled" } as const);
      this.#course.ended(task, { kind: "failed", failure: lost });
    }
  }

  /** Gives the task away; returns who has it now. */
  give(placed: Placed, now: number): Worker {
    const { layout, rows, queue, workers, openings, tasks, durations } = this.#parts;
    const { task, slot, room } = placed;
    const worker = workers.at(slot);
    if (worker === undefined) throw new Error(`task ${task} was given to nobody: this is a bug`);
    tasks.move(task, state.assigned);
    queue.left(task);
    if (room === "backlog") workers.enqueue(worker, task);
    else {
      const length = durations.depth(layout.blockOf(task)) > 0 ? "short" : "long";
      workers.occupy(worker, task, { length, now });
    }
    openings.refresh(worker);
    const row = layout.rowOf(task);
    if (!rows.hasBegun(row)) {
      rows.begin(row);
      queue.rowBegan(row);
    }
    return worker;
  }

  started(held: Held, now: number): void {
    const { workers, openings, tasks } = this.#parts;
    const worker = this.#holderOf(held);
    if (worker === undefined || tasks.state(held.task) !== state.assigned) return;
    tasks.move(held.task, state.running);
    if (tasks.post(held.task) === post.backlog) {
      workers.beganFromBacklog(worker, held.task, now);
      openings.refresh(worker);
    }
    tasks.setSince(held.task, now);
  }

  /** `took`: seconds that it ran, where its worker says so. */
  ended(held: Held, answer: { readonly outcome: Outcome; readonly took?: Seconds }, now: number): void {
    const { layout, workers, openings, tasks, durations } = this.#parts;
    const worker = this.#holderOf(held);
    if (worker === undefined) return;
    const { task } = held;
    const { outcome } = answer;
    const ran = outcome.kind !== "failed" || outcome.failure.kind !== "cancelled";
    // Of a task of the backlog it is not known here when it began.
    const took = answer.took ?? (tasks.post(task) === post.backlog ? null : now - tasks.since(task));
    if (ran && took !== null) durations.record(layout.blockOf(task), took);
    workers.release(worker, task, now);
    openings.refresh(worker);
    this.#course.ended(task, outcome);
  }

  /** Whether it is this worker that has this attempt of the task: only then does its result count. */
  has(held: Held): boolean {
    return this.#holderOf(held) !== undefined;
  }

  #holderOf(held: Held): Worker | undefined {
    const { workers, tasks } = this.#parts;
    const worker = workers.find(held.worker);
    if (worker === undefined || tasks.worker(held.task) !== worker.slot) return undefined;
    return tasks.attempt(held.task) === held.attempt ? worker : undefined;
  }
}
