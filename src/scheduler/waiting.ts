// Why a task is not running, from the very answers by which the scheduler decides. A second copy of the rules
// made for explaining would one day explain something else than what happens.

import { type Seconds, seconds, type TaskId, taskId } from "../core/ids.ts";
import type { Resources } from "../core/resources.ts";
import type { TaskState } from "../core/task.ts";
import { mayBeInProgress } from "./admission.ts";
import { noRoom } from "./openings.ts";
import type { Parts } from "./parts.ts";
import { phase } from "./sample-rows.ts";
import { isFinal, state, stateNames } from "./task-table.ts";

export type WaitingFor =
  /** It does not wait: a worker has it, or it has come to its end. */
  | { readonly kind: "nothing"; readonly state: TaskState }
  | { readonly kind: "start-of-run" }
  /** Nothing new is begun any more. */
  | { readonly kind: "end-of-run" }
  | { readonly kind: "predecessors"; readonly tasks: readonly TaskId[] }
  /** A dataset task: so many samples have not ended. */
  | { readonly kind: "samples"; readonly left: number }
  /** Samples in progress are finished before it may begin. `oldest` is the index of the first of them. */
  | {
      readonly kind: "earlier-samples";
      readonly oldest: number;
      readonly inProgress: number;
      readonly mayBeInProgress: number;
    }
  /** Somebody finds out whether it is remembered. */
  | { readonly kind: "verdict" }
  /** Nobody is there, or nobody of the kind of place that it needs. */
  | { readonly kind: "no-worker" }
  /** `largest`: of each resource the most that any worker of its kind has in all; they need not be of one worker. */
  | { readonly kind: "no-worker-large-enough"; readonly need: Resources; readonly largest: Largest }
  /** Workers are large enough and have no more time for it than `longest`: their walltime comes to an end. */
  | { readonly kind: "no-worker-long-enough"; readonly need: Resources; readonly longest: Seconds }
  /** So many workers could run it, and all of them are busy. */
  | { readonly kind: "busy-workers"; readonly largeEnough: number };

export interface Largest {
  readonly cpus: number;
  readonly gpus: number;
  /** Bytes; null: not counted there. */
  readonly memory: number | null;
}

/** Needs that no worker here can meet, although there are workers of the kind: the run stands still unless a larger one comes. */
export interface Stuck {
  readonly blockIndex: number;
  readonly queued: number;
  readonly reason: Extract<WaitingFor, { kind: "no-worker-large-enough" }>;
}

export function waitingFor(parts: Parts, mode: "before" | "going" | "after", task: number): WaitingFor {
  const { layout, tasks, rows } = parts;
  const code = tasks.state(task);
  if (isFinal(code) || code === state.assigned || code === state.running) {
    return { kind: "nothing", state: stateNames[code] ?? "skipped" };
  }
  if (mode === "before") return { kind: "start-of-run" };
  if (mode === "after") return { kind: "end-of-run" };
  if (code === state.judging) return { kind: "verdict" };
  const row = layout.rowOf(task);
  if (row === layout.datasetRow && rows.phase(row) === phase.untouched) {
    return { kind: "samples", left: layout.sampleCount - rows.endedSamples };
  }
  if (tasks.missing(task) > 0) return { kind: "predecessors", tasks: unfinishedBefore(parts, task) };
  if (code === state.queued) {
    const block = layout.blockOf(task);
    const room = parts.openings.room(block);
    switch (room) {
      case noRoom.noWorker:
        return { kind: "no-worker" };
      case noRoom.tooSmall:
        return tooSmall(parts, block);
      case noRoom.tooShort:
        return tooShort(parts, block);
      case noRoom.busy: {
        const largeEnough = parts.workers.census.takers(parts.classes.classOf[block] ?? -1);
        return { kind: "busy-workers", largeEnough };
      }
    }
  }
  const load = parts.placement.load();
  return {
    kind: "earlier-samples",
    ...{ oldest: rows.oldest(), inProgress: load.begun, mayBeInProgress: mayBeInProgress(load) },
  };
}

export function stuck(parts: Parts): readonly Stuck[] {
  const found: Stuck[] = [];
  for (let block = 0; block < parts.layout.blockCount; block++) {
    const queued = parts.tasks.count(block, state.queued);
    if (queued === 0 || parts.openings.room(block) !== noRoom.tooSmall) continue;
    found.push({ blockIndex: block, queued, reason: tooSmall(parts, block) });
  }
  return found;
}

function tooSmall(parts: Parts, block: number): Stuck["reason"] {
  const need = parts.needs[block];
  if (need === undefined) throw new RangeError(`no block ${block}`);
  const largest = { cpus: 0, gpus: 0, memory: 0 };
  const kind = parts.classes.kinds[parts.classes.classOf[block] ?? -1];
  for (const { all, kindOfPlace } of parts.workers.all()) {
    if (kindOfPlace !== kind) continue;
    largest.cpus = Math.max(largest.cpus, all.cpus / 1000);
    largest.gpus = Math.max(largest.gpus, all.gpus / 1000);
    largest.memory = Math.max(largest.memory, all.memory);
  }
  const memory = Number.isFinite(largest.memory) ? largest.memory : null;
  return { kind: "no-worker-large-enough", need, largest: { ...largest, memory } };
}

function tooShort(parts: Parts, block: number): WaitingFor {
  const need = parts.needs[block];
  if (need === undefined) throw new RangeError(`no block ${block}`);
  const needClass = parts.classes.classOf[block] ?? -1;
  let longest = 0;
  for (const worker of parts.workers.all()) {
    if ((worker.atOnce[needClass] ?? 0) > 0) longest = Math.max(longest, worker.longest);
  }
  return { kind: "no-worker-long-enough", need, longest: seconds(longest) };
}

function unfinishedBefore(parts: Parts, task: number): readonly TaskId[] {
  const { layout, tasks } = parts;
  return layout
    .predecessors(layout.blockOf(task))
    .map((block) => layout.sibling(task, block))
    .filter((before) => !isDone(tasks.state(before)))
    .map(taskId);
}

const isDone = (code: number): boolean => code === state.succeeded || code === state.cached;
