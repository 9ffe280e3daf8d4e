// What waits for a process. Suspects come first and alone: one of them has killed a process, and nobody knows which.
import type { TaskId } from "../core/ids.ts";
import type { Assignment } from "../protocol/assignment.ts";

export class Backlog {
  #queue: Assignment[] = [];
  readonly #suspects: Assignment[] = [];

  add(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) this.#queue.push(assignment);
  }

  /** Given out before and not begun: they keep their place. */
  putBack(assignments: readonly Assignment[]): void {
    this.#queue = [...assignments, ...this.#queue];
  }

  addSuspects(assignments: readonly Assignment[]): void {
    this.#suspects.push(...assignments);
  }

  /** Whether what comes next must be alone in its process. */
  get isSolo(): boolean {
    return this.#suspects.length > 0;
  }

  next(): readonly Assignment[] {
    return this.isSolo ? this.#suspects : this.#queue;
  }

  takeBatch(size: (queue: readonly Assignment[]) => number): readonly Assignment[] {
    return this.isSolo ? this.#suspects.splice(0, 1) : this.#queue.splice(0, size(this.#queue));
  }

  take(task: TaskId): Assignment | null {
    for (const list of [this.#suspects, this.#queue]) {
      const at = list.findIndex((assignment) => assignment.task === task);
      const [found] = at < 0 ? [] : list.splice(at, 1);
      if (found !== undefined) return found;
    }
    return null;
  }

  takeAll(): readonly Assignment[] {
    return [...this.#suspects.splice(0), ...this.#queue.splice(0)];
  }
}
