// Tasks that wait until this node sees what others have left for them. They wait here and not in a worker process: the node's cores
// have other things to do meanwhile.
import type { Failure } from "../core/failure.ts";
import { seconds, type TaskId } from "../core/ids.ts";
import type { Sight } from "../core/sight.ts";
import type { Pool } from "../pool/pool-terms.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { datasetOf } from "../rundir/layout.ts";
import { untilInSight } from "../system/in-sight.ts";

export interface SightDeskOptions {
  /** The pilot's name. */
  readonly worker: string;
  /** All waiting times are multiplied with it. */
  readonly patience: number;
  /** The task was given up before it began. */
  readonly onRefused: (assignment: Assignment, failure: Failure) => void;
}

export class SightDesk {
  readonly #options: SightDeskOptions;
  readonly #waiting = new Map<TaskId, AbortController>();

  constructor(options: SightDeskOptions) {
    this.#options = options;
  }

  /** The pool gets each when all is seen. One that is being stopped by then answers for what it does not take. */
  admit(assignments: readonly Assignment[], to: { readonly runFolder: string; readonly pool: Pool }): void {
    const atOnce = assignments.filter(({ sees }) => sees === undefined);
    if (atOnce.length > 0) to.pool.assign(atOnce);
    for (const { sees, ...assignment } of assignments) {
      if (sees !== undefined) void this.#admitInSight(assignment, sees, to);
    }
  }

  /** Those that wait are answered as cancelled. */
  cancel(own: TaskId): void {
    this.#waiting.get(own)?.abort();
  }

  async #admitInSight(
    assignment: Assignment,
    sight: Sight,
    { runFolder, pool }: { readonly runFolder: string; readonly pool: Pool },
  ): Promise<void> {
    const abort = new AbortController();
    this.#waiting.set(assignment.task, abort);
    const failure = await this.#wait(datasetOf(runFolder), sight, abort.signal);
    this.#waiting.delete(assignment.task);
    if (failure === null) pool.assign([assignment]);
    else this.#options.onRefused(assignment, failure);
  }

  async #wait(dataPath: string, sight: Sight, signal: AbortSignal): Promise<Failure | null> {
    const { worker, patience } = this.#options;
    try {
      const unseen = await untilInSight(dataPath, sight, {
        patience: seconds(longest * patience),
        younger: seconds(younger * patience),
        signal,
      });
      if (unseen === null) return null;
      if (signal.aborted) return { kind: "cancelled" };
      const why = `after ${longest * patience} s its node does not see ${unseen} as the task before has left it`;
      return { kind: "worker-lost", worker, why };
    } catch (error) {
      return { kind: "worker-lost", worker, why: String(error) };
    }
  }
}

/** Seconds. No filesystem is known that needs more than a minute. */
const longest = 120;
/** Seconds. */
const younger = 10;
