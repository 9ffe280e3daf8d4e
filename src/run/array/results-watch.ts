// Looking for endings, at a pace that follows what comes: many times a second while tasks end, and of a large run only where
// something may have come. While nothing happens it costs the file server two or three questions a second.
import type { Seconds, TaskId } from "../../core/ids.ts";
import { listShelf, readEnding, type Shelf, shelfCount, shelfOf } from "./results-folder.ts";
import type { TaskEnding } from "./task-ending.ts";

/** Seconds between two looks. */
const quickest = 0.05;
const slowest = 2;
/** So many folders at most are listed at once while tasks end. */
const mostAtOnce = 16;

export class ResultsWatch {
  readonly #folder: string;
  readonly #shelves: number;
  readonly #isOpen: (task: TaskId) => boolean;
  /** How many endings of a task were there when it was looked at last. */
  readonly #known = new Map<TaskId, number>();
  /** Folders in which something has just come, or must soon. */
  readonly #hot = new Set<Shelf>();
  #pause = quickest;
  #next = 0;
  #dueAt = 0;

  constructor(folder: string, tasks: number, isOpen: (task: TaskId) => boolean) {
    this.#folder = folder;
    this.#shelves = shelfCount(tasks);
    this.#isOpen = isOpen;
  }

  /** Something was seen to run or to end there. */
  expect(task: TaskId): void {
    this.#hot.add(shelfOf(task));
  }

  /** What was expected should be there by now: the next look is at once. */
  soon(): void {
    this.#pause = quickest;
    this.#dueAt = 0;
  }

  /** Seconds until it is worth looking again. */
  wait(now: Seconds): number {
    return Math.max(0, this.#dueAt - now);
  }

  /** Endings that have come since. @throws FileError */
  look(now: Seconds): readonly TaskEnding[] {
    if (now < this.#dueAt) return [];
    const found: TaskEnding[] = [];
    for (const shelf of this.#chosen()) {
      const before = found.length;
      this.#lookInto(shelf, found);
      if (found.length > before) this.#hot.add(shelf);
      else if (this.#shelves > 1) this.#hot.delete(shelf);
    }
    this.#pause = found.length > 0 ? quickest : Math.min(slowest, this.#pause * 1.3);
    this.#dueAt = now + this.#pause;
    return found;
  }

  /** Where the endings of these tasks should be. @throws FileError */
  lookFor(tasks: Iterable<TaskId>): readonly TaskEnding[] {
    const found: TaskEnding[] = [];
    for (const shelf of new Set([...tasks].map(shelfOf))) this.#lookInto(shelf, found);
    return found;
  }

  #chosen(): readonly Shelf[] {
    if (this.#shelves === 1) return [0];
    const turn = this.#next;
    this.#next = (this.#next + 1) % this.#shelves;
    return [...new Set([...[...this.#hot].slice(0, mostAtOnce), turn])];
  }

  #lookInto(shelf: Shelf, found: TaskEnding[]): void {
    for (const [task, left] of listShelf(this.#folder, shelf)) {
      const count = left.endings.length;
      if (count === 0 || !this.#isOpen(task) || this.#known.get(task) === count) continue;
      const ending = readEnding(this.#folder, task, left);
      // One that cannot be read is looked at again: its page may not have come yet.
      if (ending === null) continue;
      this.#known.set(task, count);
      found.push(ending);
    }
  }
}
