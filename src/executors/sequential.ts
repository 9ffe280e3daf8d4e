// Tasks one after another in this very process, so that a breakpoint stops and a printed line is seen, as in any script.
// It is given what runs a task: the launcher decides, this room does not know the worker.
import { type WorkerId, workerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { Executor, ExecutorEvent, ExecutorListener, StopHow } from "./executor.ts";

/** The part of worker/task-runner.ts that is needed here. */
export interface SequentialRunner {
  run(assignment: Assignment, signal: AbortSignal): Promise<TaskResult>;
  close(): Promise<void>;
}

export interface SequentialOptions {
  readonly runner: SequentialRunner;
  readonly host: string;
  readonly capacity: Capacity;
  /** The answer for a task that is never begun. */
  readonly unbegun: (assignment: Assignment) => TaskResult;
  /** The reason of the abort signal; see EndNow in worker/task-runner.ts. */
  readonly endNow: (grace: number) => unknown;
}

export const sequentialWorker: WorkerId = workerId("sequential");

export function createSequentialExecutor(options: SequentialOptions): Executor {
  const queue: Assignment[] = [];
  let emit: ExecutorListener = () => {};
  let running: { readonly abort: AbortController; readonly ended: Promise<void> } | null = null;
  let open = true;

  function runNext(): void {
    if (running !== null || !open) return;
    const assignment = queue.shift();
    if (assignment === undefined) return;
    const abort = new AbortController();
    running = { abort, ended: run(assignment, abort.signal) };
  }

  async function run(assignment: Assignment, signal: AbortSignal): Promise<void> {
    // Events come from the event loop, never from inside `assign`.
    await new Promise((resolve) => setImmediate(resolve));
    const { task, attempt } = assignment;
    tell({ kind: "started", worker: sequentialWorker, task, attempt, lane: 0 });
    const result = await options.runner.run(assignment, signal);
    running = null;
    tell({ kind: "ended", worker: sequentialWorker, lane: 0, result });
    runNext();
  }

  const tell = (event: ExecutorEvent) => emit(event);

  return {
    kind: "sequential",
    start: async (listener) => {
      emit = listener;
      setImmediate(() => {
        const { host, capacity } = options;
        if (open) tell({ kind: "joined", worker: sequentialWorker, host, capacity });
      });
    },
    assign: (_worker, assignments) => {
      queue.push(...assignments);
      runNext();
    },
    stop: async (how: StopHow) => {
      open = false;
      if (how.kind === "end-now") running?.abort.abort(options.endNow(how.grace));
      await running?.ended;
      for (const assignment of queue.splice(0)) {
        tell({ kind: "ended", worker: sequentialWorker, lane: 0, result: options.unbegun(assignment) });
      }
      await options.runner.close();
      emit = () => {};
    },
  };
}
