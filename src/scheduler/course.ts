// What the end of one task means for the others of its sample: those that follow become ready, or the sample
// stops, and when nothing of it is left it has ended. Kept apart from workers and events, so that a remembered
// result and one that was just computed go the same way.

import { blame, type Failure } from "../core/failure.ts";
import { attempt, taskId, workerId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { Outcome } from "../core/outcome.ts";
import type { SchedulerCommand, Verdict } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { afterFailure } from "./retries.ts";
import { mark, phase } from "./sample-rows.ts";
import { isFinal, state } from "./task-table.ts";

/** May anything new be begun? */
export type Doors = "open" | "closed";

export class Course {
  readonly #parts: Parts;
  readonly #emit: (command: SchedulerCommand) => void;
  #doors: Doors = "open";

  constructor(parts: Parts, emit: (command: SchedulerCommand) => void) {
    this.#parts = parts;
    this.#emit = emit;
  }

  closeDoors(): void {
    this.#doors = "closed";
  }

  /** The row's turn has come. */
  openRow(row: number): void {
    const { layout, rows, tasks } = this.#parts;
    rows.open(row);
    const first = layout.firstOf(row);
    const end = first + layout.sizeOf(row);
    if (first === end) this.#endRow(row);
    for (let task = first; task < end; task++) {
      if (tasks.missing(task) > 0) continue;
      if (tasks.state(task) === state.waiting) tasks.move(task, state.ready);
      this.#ask(task);
    }
  }

  judged(task: number, verdict: Verdict): void {
    this.#parts.rows.verdictSettled(this.#parts.layout.rowOf(task));
    switch (verdict) {
      case "stale":
        this.#parts.tasks.move(task, state.queued);
        this.#parts.queue.push(task);
        break;
      case "current":
        this.#done(task, state.cached);
        break;
      case "current-issue":
        this.#stop(task, state["cached-issue"]);
        break;
      case "not-retried":
        this.#stopBefore(task);
        break;
      default:
        never(verdict);
    }
  }

  /** An attempt has ended, and its worker no longer has the task. */
  ended(task: number, outcome: Outcome): void {
    switch (outcome.kind) {
      case "succeeded":
        this.#done(task, state.succeeded);
        break;
      case "issue":
        this.#stop(task, state.issue);
        break;
      case "failed":
        this.#failed(task, outcome.failure);
        break;
      default:
        never(outcome);
    }
  }

  /** The run is over: whatever has not come to its end will not be run. */
  abandon(): void {
    const { layout, rows, tasks } = this.#parts;
    for (let row = 0; row <= layout.datasetRow; row++) {
      const before = rows.phase(row);
      if (before === phase.ended) continue;
      const first = layout.firstOf(row);
      for (let task = first; task < first + layout.sizeOf(row); task++) {
        if (!isFinal(tasks.state(task))) this.#skip(task);
      }
      rows.mark(row, mark.interrupted);
      if (before === phase.untouched) rows.end(row);
      else this.#endRow(row);
    }
  }

  #ask(task: number): void {
    if (this.#doors === "closed") return;
    this.#parts.tasks.move(task, state.judging);
    this.#parts.rows.verdictAsked(this.#parts.layout.rowOf(task));
    this.#emit({ kind: "judge", task: taskId(task) });
  }

  #done(task: number, as: typeof state.succeeded | typeof state.cached): void {
    const { layout, rows, tasks } = this.#parts;
    tasks.move(task, as);
    for (const block of layout.successors(layout.blockOf(task))) {
      const next = layout.sibling(task, block);
      if (!tasks.predecessorDone(next) || tasks.state(next) !== state.waiting) continue;
      tasks.move(next, state.ready);
      this.#ask(next);
    }
    const row = layout.rowOf(task);
    if (rows.taskSettled(row, "had-its-say")) this.#endRow(row);
  }

  #stop(task: number, as: typeof state.issue | typeof state.failed | (typeof state)["cached-issue"]): void {
    const { layout, rows, tasks } = this.#parts;
    const row = layout.rowOf(task);
    tasks.move(task, as);
    const stoppedBefore = rows.hasStopped(row);
    rows.mark(row, as === state.failed ? mark.failure : mark.issue);
    if (!stoppedBefore) this.#skipOthers(row);
    if (rows.taskSettled(row, "had-its-say")) this.#endRow(row);
  }

  /** Neither this task nor what is left of its sample is to be run. */
  #stopBefore(task: number): void {
    const { layout, rows, tasks } = this.#parts;
    const row = layout.rowOf(task);
    tasks.move(task, state.skipped);
    rows.mark(row, mark.interrupted);
    this.#skipOthers(row);
    if (rows.taskSettled(row, "skipped")) this.#endRow(row);
  }

  /** What has not started will not; what its worker has not begun is asked back. */
  #skipOthers(row: number): void {
    const { layout, tasks } = this.#parts;
    const first = layout.firstOf(row);
    for (let other = first; other < first + layout.sizeOf(row); other++) {
      const now = tasks.state(other);
      if (now === state.assigned) this.#recall(other);
      else if (now < state.assigned) this.#skip(other);
    }
  }

  #failed(task: number, failure: Failure): void {
    const { layout, tasks, rows, queue, retries, losses } = this.#parts;
    const spent = { failures: tasks.failures(task), losses: tasks.losses(task) };
    const budget = { retries: retries[layout.blockOf(task)] ?? 0, losses };
    const goesOn = this.#doors === "open" && !rows.hasStopped(layout.rowOf(task));
    const next = afterFailure(failure, spent, budget);
    if (goesOn && next.kind === "again") {
      const number = tasks.nextAttempt(task, next.pays);
      tasks.move(task, state.queued);
      queue.push(task);
      this.#emit({ kind: "task-retried", task: taskId(task), attempt: attempt(number) });
    } else if (goesOn || blame(failure) === "task") {
      this.#emit({ kind: "task-failed", task: taskId(task), failure });
      this.#stop(task, state.failed);
    } else {
      // Nothing is wrong with the task; it is only too late to begin it again.
      const row = layout.rowOf(task);
      tasks.move(task, state.skipped);
      rows.mark(row, mark.interrupted);
      if (rows.taskSettled(row, "skipped")) this.#endRow(row);
    }
  }

  /** The sample has stopped and the worker has not said that it began. */
  #recall(task: number): void {
    const worker = this.#parts.workers.at(this.#parts.tasks.worker(task));
    if (worker === undefined) return;
    this.#emit({ kind: "cancel", worker: workerId(worker.id), task: taskId(task) });
  }

  /** Never the last of its row: the caller settles that one itself. */
  #skip(task: number): void {
    const { layout, rows, tasks, queue } = this.#parts;
    const row = layout.rowOf(task);
    if (tasks.state(task) === state.judging) rows.verdictSettled(row);
    if (tasks.state(task) === state.queued) queue.left(task);
    tasks.move(task, state.skipped);
    rows.taskSettled(row, "skipped");
  }

  #endRow(row: number): void {
    const { layout, rows } = this.#parts;
    const ending = rows.end(row);
    if (row === layout.datasetRow) return;
    this.#emit({ kind: "sample-ended", sampleIndex: row, ending, skipped: rows.skipped(row) });
  }
}
