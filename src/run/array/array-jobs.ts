// Which element of which array is to run which task: what was submitted by this launcher, and by those before it.
import type { TaskId } from "../../core/ids.ts";
import type { JsonObject } from "../../core/json.ts";
import { parseSubmissionKey, type SubmissionKey } from "../../executors/slurm/client/submission-key.ts";
import type { JobsJournal } from "../../executors/slurm/jobs/jobs-journal.ts";
import { taskTablePath } from "../../rundir/layout.ts";
import { readText } from "../../system/durable-file.ts";
import { readWholeTable } from "./task-table.ts";

export interface ArraySlot {
  readonly slot: string;
  readonly key: SubmissionKey;
  readonly job: string;
  readonly block: number;
  /** By element. */
  readonly tasks: readonly TaskId[];
}

export interface Element {
  readonly slot: ArraySlot;
  readonly index: number;
}

export interface ArrayFacts {
  readonly block: number;
  readonly name: string;
  readonly count: number;
}

export const factsOfArray = ({ block, name, count }: ArrayFacts): JsonObject => ({
  ...{ mode: "array", position: block, block: name, count },
});

export class ArrayJobs {
  readonly #slots = new Map<string, ArraySlot>();
  /** Of a task that was submitted again the latest. */
  readonly #elements = new Map<TaskId, Element>();

  add(slot: ArraySlot): void {
    this.#slots.set(slot.slot, slot);
    slot.tasks.forEach((task, index) => {
      this.#elements.set(task, { slot, index });
    });
  }

  /** Nothing more comes of it. */
  remove(slot: ArraySlot): void {
    this.#slots.delete(slot.slot);
  }

  get slots(): readonly ArraySlot[] {
    return [...this.#slots.values()];
  }

  get keys(): ReadonlySet<SubmissionKey> {
    return new Set([...this.#slots.values()].map(({ key }) => key));
  }

  /** Null where nothing was submitted for it. */
  elementOf(task: TaskId): Element | null {
    return this.#elements.get(task) ?? null;
  }

  /** It was lost: what is submitted for it next counts. */
  drop(task: TaskId): void {
    this.#elements.delete(task);
  }
}

/** `17_3` */
export const elementName = ({ slot, index }: Element): string => `${slot.job}_${index}`;

/** What launchers before have submitted and of which something may still come. Intents without a number are left out. */
export function arraysIn(runFolder: string, journal: JobsJournal): readonly ArraySlot[] {
  return [...journal.slots.values()].flatMap(({ slot, key, facts, state }) => {
    const parsed = parseSubmissionKey(key);
    const block = facts.position;
    if (state.kind !== "submitted" || parsed === null) return [];
    if (facts.mode !== "array" || typeof block !== "number") return [];
    const table = readText(taskTablePath(runFolder, slot));
    if (table === "missing") return [];
    return [{ slot, key: parsed, job: state.job, block, tasks: readWholeTable(table) }];
  });
}
