// The scheduler's figures for those who show them. They are copies: a view that kept a reference into the tables
// would show half of one event and half of the next.

import {
  type Attempt,
  attempt,
  type Seconds,
  seconds,
  type TaskId,
  taskId,
  type WorkerId,
} from "../core/ids.ts";
import type { SampleEnding } from "../core/sample.ts";
import type { TaskState } from "../core/task.ts";
import type { Parts } from "./parts.ts";
import { post, state } from "./task-table.ts";

export interface Snapshot {
  /** By block: how many of its tasks are in each state. */
  readonly blocks: readonly Readonly<Record<TaskState, number>>[];
  readonly samples: {
    readonly total: number;
    /** A worker was given a task of it, and it has not ended. */
    readonly inProgress: number;
    readonly ended: Readonly<Record<SampleEnding, number>>;
  };
  readonly workers: {
    readonly count: number;
    /** How many tasks they can run at once at most. */
    readonly places: number;
    readonly backlogged: number;
  };
}

export interface HeldTask {
  readonly task: TaskId;
  readonly attempt: Attempt;
  readonly worker: WorkerId;
  /** `backlog`: it waits at its worker. `given`: it should start at once. `running`: the worker said that it did. */
  readonly as: "backlog" | "given" | "running";
  /** By the scheduler's clock; null in a backlog. */
  readonly since: Seconds | null;
}

export function snapshot(parts: Parts): Snapshot {
  const { layout, rows, workers, tasks } = parts;
  return {
    blocks: Array.from({ length: layout.blockCount }, (_, block) => counts(tasks, block)),
    samples: {
      total: layout.sampleCount,
      inProgress: rows.begunCount - (rows.hasBegun(layout.datasetRow) ? 1 : 0),
      ended: rows.endings(),
    },
    workers: {
      count: workers.count,
      ...{ places: workers.census.places, backlogged: workers.census.backlogged },
    },
  };
}

/** Worker by worker in the order in which they came. Costs as much as there are such tasks. */
export function heldTasks(parts: Parts): readonly HeldTask[] {
  const { workers, tasks } = parts;
  const held: HeldTask[] = [];
  for (const worker of workers.all()) {
    for (const task of [...worker.occupying, ...worker.backlog]) {
      const running = tasks.state(task) === state.running;
      const waits = tasks.post(task) === post.backlog && !running;
      held.push({
        task: taskId(task),
        attempt: attempt(tasks.attempt(task)),
        worker: worker.id,
        as: running ? "running" : waits ? "backlog" : "given",
        since: waits ? null : seconds(tasks.since(task)),
      });
    }
  }
  return held;
}

function counts(tasks: Parts["tasks"], block: number): Record<TaskState, number> {
  const count = (name: TaskState): number => tasks.count(block, state[name]);
  return {
    waiting: count("waiting"),
    ready: count("ready"),
    judging: count("judging"),
    queued: count("queued"),
    assigned: count("assigned"),
    running: count("running"),
    succeeded: count("succeeded"),
    issue: count("issue"),
    failed: count("failed"),
    cached: count("cached"),
    "cached-issue": count("cached-issue"),
    skipped: count("skipped"),
  };
}
