// What a pilot has been given and has not answered. Two launchers may call two tasks by one number, so each has one of its own
// here, by which the pool knows it.
import { type Seconds, type TaskId, taskId } from "../core/ids.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { GivenAttempt } from "../protocol/mailbox.ts";

export interface HeldTask {
  /** Its number in the pool. */
  readonly own: TaskId;
  /** The inbox that it came from. */
  readonly of: number;
  readonly assignment: Assignment;
  state: "waiting" | "begun" | "given-back";
}

export class HeldTasks {
  readonly #held = new Map<TaskId, HeldTask>();
  #next = 0;

  get size(): number {
    return this.#held.size;
  }

  get all(): readonly HeldTask[] {
    return [...this.#held.values()];
  }

  get attempts(): readonly GivenAttempt[] {
    return this.all.map(({ of, assignment: { task, attempt } }) => ({ of, task, attempt }));
  }

  /** As the pool is given it. */
  add(of: number, assignment: Assignment): Assignment {
    const own = taskId(this.#next++);
    this.#held.set(own, { own, of, assignment, state: "waiting" });
    return { ...assignment, task: own, key: null };
  }

  begun(own: TaskId): HeldTask | null {
    const held = this.#held.get(own) ?? null;
    if (held?.state === "waiting") held.state = "begun";
    return held;
  }

  /** It is answered. */
  take(own: TaskId): HeldTask | null {
    const held = this.#held.get(own) ?? null;
    this.#held.delete(own);
    return held;
  }

  /** Those that have waited here until what is left is too short for them: once each. */
  giveBack(hasTimeFor: (limit: Seconds | null) => boolean): readonly HeldTask[] {
    const late = this.all.filter(
      ({ state, assignment }) => state === "waiting" && !hasTimeFor(assignment.needs.time),
    );
    for (const held of late) held.state = "given-back";
    return late;
  }
}
