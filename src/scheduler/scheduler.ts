// What may run now, and what a result means. Deterministic: nothing here waits, reads, writes or asks the time,
// so the same events give the same commands, and a million tasks on ten thousand workers are a unit test.
//
//   idle ──start──▶ going ──every task has come to its end──────────────▶ finished (complete)
//    │                │
//    │ drain          │ drain
//    ▼                ▼
//   draining ─────────┬──no worker has a task any more──────────────────▶ finished (interrupted)
//                     │ cancel                                               ▲
//                     ▼                                                      │
//                  cancelling ──no worker has a task any more────────────────┘
//
// (`cancel` leads to cancelling from idle and going as well.)

import type { Demand } from "../core/demand.ts";
import {
  type Attempt,
  attempt,
  type Seconds,
  seconds,
  type TaskId,
  taskId,
  type WorkerId,
} from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { Resources } from "../core/resources.ts";
import type { TaskState } from "../core/task.ts";
import { defaultLookAhead, mayLookFurther } from "./admission.ts";
import { Course } from "./course.ts";
import { demand } from "./demand.ts";
import type { Prefetch } from "./durations.ts";
import { Exchange } from "./exchange.ts";
import { type Depth, violations } from "./invariants.ts";
import type { PlanShape } from "./layout.ts";
import type { SchedulerCommand, SchedulerEvent } from "./messages.ts";
import { createParts, isKind, type Parts } from "./parts.ts";
import type { Placed } from "./placement.ts";
import { phase } from "./sample-rows.ts";
import { type HeldTask, heldTasks, type Snapshot, snapshot } from "./snapshot.ts";
import { state, stateNames } from "./task-table.ts";
import { type Stuck, stuck, type WaitingFor, waitingFor } from "./waiting.ts";
import type { Offer } from "./workers.ts";

export interface SchedulerOptions {
  readonly plan: PlanShape;
  /** By block, as they are to be counted: overridden and cut to what workers have. */
  readonly needs: readonly Resources[];
  /** By block: further attempts after failures that are the task's own. */
  readonly retries: readonly number[];
  /** How often a task may lose the place where it runs and be run again; at the next loss it fails. Default 3. */
  readonly losses?: number;
  readonly prefetch?: Prefetch;
  /** By block: which kind of place its tasks need; a worker says its own when it joins. Default: 0 for all. */
  readonly kinds?: readonly number[];
  /**
   * So many samples are asked about beyond those that could begin at once. Default 32. Whoever wants to know how
   * many places would be of use before there are any (see `demand`) asks for as many as it could get.
   */
  readonly lookAhead?: number;
}

/** For workers in reach of a few milliseconds. */
export const defaultPrefetch: Prefetch = {
  ...{ most: 32, short: seconds(0.005), least: 0, long: seconds(0.05) },
  unknown: 0,
};
/**
 * For workers behind a file system, where a word takes up to two seconds, and so an answer and the next task four:
 * about that much waits at each place, and one task up to a minute.
 *
 * None of an unknown block, although its first tasks cost a way to and fro each: were its tasks hours long, one for
 * each place of the first worker would wait for hours while workers that come later have nothing to do.
 */
export const clusterPrefetch: Prefetch = {
  ...{ most: 64, short: seconds(0.0625), least: 1, long: seconds(60) },
  unknown: 0,
};
/** For one place that is to take its tasks strictly in order. */
export const noPrefetch: Prefetch = { ...defaultPrefetch, most: 0 };
export const defaultLosses = 3;

export interface Scheduler {
  /**
   * The one door. `now` is any clock that does not run backwards; it only measures durations. What comes late, or
   * of a task that somebody else has by now, changes nothing. After `finished` nothing does.
   */
  handle(event: SchedulerEvent, now: Seconds): readonly SchedulerCommand[];
  snapshot(): Snapshot;
  /** Whether this worker has this attempt of the task: only then does its result count. */
  holds(worker: WorkerId, task: TaskId, attempt: Attempt): boolean;
  stateOf(task: TaskId): TaskState;
  attemptOf(task: TaskId): Attempt;
  heldTasks(): readonly HeldTask[];
  waitingFor(task: TaskId): WaitingFor;
  /** Blocks with queued tasks that no worker is large enough for. */
  stuck(): readonly Stuck[];
  /** How many tasks could run at once if there were places without end. Costs as much as there are blocks. */
  demand(): readonly Demand[];
  /** What should hold and does not; for tests. `quick` costs next to nothing, `full` looks at everything. */
  violations(depth: Depth): readonly string[];
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  return new TaskScheduler(
    createParts({
      plan: options.plan,
      needs: options.needs,
      retries: options.retries,
      losses: options.losses ?? defaultLosses,
      prefetch: options.prefetch ?? defaultPrefetch,
      kinds: options.kinds ?? options.needs.map(() => 0),
      lookAhead: options.lookAhead ?? defaultLookAhead,
    }),
  );
}

type Mode = "idle" | "going" | "draining" | "cancelling" | "finished";

const nothing: readonly SchedulerCommand[] = Object.freeze([]);

class TaskScheduler implements Scheduler {
  readonly #parts: Parts;
  readonly #course: Course;
  readonly #exchange: Exchange;
  #mode: Mode = "idle";
  #commands: SchedulerCommand[] = [];
  #nextRow = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#course = new Course(parts, (command) => this.#commands.push(command));
    this.#exchange = new Exchange(parts, this.#course);
  }

  handle(event: SchedulerEvent, now: Seconds): readonly SchedulerCommand[] {
    if (this.#mode === "finished") return nothing;
    this.#take(event, now);
    this.#goOn(now);
    if (this.#commands.length === 0) return nothing;
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  snapshot(): Snapshot {
    return snapshot(this.#parts);
  }
  holds(worker: WorkerId, task: TaskId, attempt: Attempt): boolean {
    return this.#mode !== "finished" && this.#exchange.has({ worker, task, attempt });
  }
  stateOf(task: TaskId): TaskState {
    return stateNames[this.#parts.tasks.state(this.#known(task))] ?? "skipped";
  }
  attemptOf(task: TaskId): Attempt {
    return attempt(this.#parts.tasks.attempt(this.#known(task)));
  }
  heldTasks(): readonly HeldTask[] {
    return heldTasks(this.#parts);
  }
  waitingFor(task: TaskId): WaitingFor {
    const mode = this.#mode === "idle" ? "before" : this.#mode === "going" ? "going" : "after";
    return waitingFor(this.#parts, mode, this.#known(task));
  }
  stuck(): readonly Stuck[] {
    return stuck(this.#parts);
  }
  demand(): readonly Demand[] {
    return demand(this.#parts, this.#mode === "idle" || this.#mode === "going" ? "open" : "closed");
  }
  violations(depth: Depth): readonly string[] {
    return violations(this.#parts, { mode: this.#mode, nextRow: this.#nextRow }, depth);
  }

  #take(event: SchedulerEvent, now: number): void {
    switch (event.kind) {
      case "start":
        if (this.#mode === "idle") this.#mode = "going";
        break;
      case "worker-joined":
        this.#exchange.joined(event.worker, offerOf(event));
        break;
      case "worker-narrowed":
        this.#exchange.narrowed(event.worker, longestOf(event.longest));
        break;
      case "worker-gone":
        this.#exchange.gone(event.worker, event.why);
        break;
      case "task-started":
        this.#known(event.task);
        this.#exchange.started(event, now);
        break;
      case "task-ended":
        this.#known(event.task);
        this.#exchange.ended(event, event, now);
        break;
      case "judged":
        if (this.#parts.tasks.state(this.#known(event.task)) !== state.judging) break;
        this.#course.judged(event.task, event.verdict);
        break;
      case "drain":
        if (this.#mode === "idle" || this.#mode === "going") this.#mode = "draining";
        this.#course.closeDoors();
        break;
      case "cancel":
        this.#cancel();
        break;
      default:
        never(event);
    }
  }

  #cancel(): void {
    if (this.#mode === "cancelling") return;
    this.#mode = "cancelling";
    this.#course.closeDoors();
    for (const { task, worker } of heldTasks(this.#parts)) {
      this.#commands.push({ kind: "cancel", worker, task });
    }
  }

  /** Whatever the event has made possible. */
  #goOn(now: number): void {
    switch (this.#mode) {
      case "idle":
      case "finished":
        return;
      case "going":
        for (let p = this.#parts.placement.next(); p !== null; p = this.#parts.placement.next()) {
          this.#assign(p, now);
        }
        this.#lookAhead();
        if (this.#parts.tasks.open === 0 && this.#nextRow === this.#parts.layout.sampleCount) {
          this.#finish("complete");
        }
        return;
      case "draining":
      case "cancelling":
        if (this.#parts.tasks.held > 0) return;
        this.#course.abandon();
        this.#finish("interrupted");
        return;
      default:
        never(this.#mode);
    }
  }

  #assign(placed: Placed, now: number): void {
    const worker = this.#exchange.give(placed, now).id;
    const task = taskId(placed.task);
    this.#commands.push({ kind: "assign", worker, task, attempt: this.attemptOf(task) });
  }

  #lookAhead(): void {
    const { layout, rows, placement } = this.#parts;
    while (this.#nextRow < layout.sampleCount && mayLookFurther(placement.load(), rows.openCount)) {
      this.#course.openRow(this.#nextRow++);
    }
    const samplesDone = this.#nextRow === layout.sampleCount && rows.endedSamples === layout.sampleCount;
    if (
      samplesDone &&
      rows.phase(layout.datasetRow) === phase.untouched &&
      layout.sizeOf(layout.datasetRow) > 0
    ) {
      this.#course.openRow(layout.datasetRow);
    }
  }

  #finish(why: "complete" | "interrupted"): void {
    this.#mode = "finished";
    this.#commands.push({ kind: "finished", why });
  }

  #known(task: TaskId): TaskId {
    if (task < this.#parts.layout.taskCount) return task;
    throw new RangeError(`no task ${task} among ${this.#parts.layout.taskCount}`);
  }
}

function offerOf(event: Extract<SchedulerEvent, { kind: "worker-joined" }>): Offer {
  const { worker, capacity, kindOfPlace = 0, longest = null } = event;
  if (!isKind(kindOfPlace)) throw new RangeError(`${worker}: ${kindOfPlace} is no kind of place`);
  return { capacity, kindOfPlace, longest: longestOf(longest) };
}

function longestOf(longest: Seconds | null): number {
  if (longest !== null && !(longest >= 0)) throw new RangeError(`no task takes ${longest} s at most`);
  return longest ?? Number.POSITIVE_INFINITY;
}
