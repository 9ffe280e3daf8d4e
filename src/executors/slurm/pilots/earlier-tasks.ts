// Tasks that a launcher before us gave to pilots that still live. They are not given out a second time: what is in a pilot's
// hands is waited for, what has been answered meanwhile is taken, as long as it is the same task with the same key.

import type { TaskResult } from "../../../protocol/answer.ts";
import type { Assignment } from "../../../protocol/assignment.ts";
import type { GivenAttempt, TaskAttempt } from "../../../protocol/mailbox.ts";

/** Who waits for an earlier task now: the scheduler believes that this worker runs it. */
export interface Alias {
  readonly worker: string;
  readonly assignment: Assignment;
}

type Earlier =
  /** `name`: of the attempt that is waited for; there may be others of the same task. */
  | { readonly kind: "in-hand"; readonly pilot: string; readonly name: string; alias: Alias | null }
  | { readonly kind: "answered"; readonly lane: number; readonly result: TaskResult };

export type Met =
  /** Nobody has it: give it out. */
  | { readonly kind: "none" }
  /** It is waited for; its answer will come. */
  | { readonly kind: "waited-for" }
  /** Here is its answer. */
  | { readonly kind: "answered"; readonly lane: number; readonly result: TaskResult };

export class EarlierTasks {
  /** By block, sample and key. */
  readonly #byKey = new Map<string, Earlier>();
  /** By pilot, inbox, task and attempt: as pilots speak of them. */
  readonly #names = new Map<string, string>();

  /** A pilot had this, and had not answered it when we looked. */
  add(pilot: string, of: number, assignment: Assignment): void {
    const key = keyOf(assignment);
    if (key === null) return;
    const name = nameOf(pilot, of, assignment);
    this.#byKey.set(key, { kind: "in-hand", pilot, name, alias: null });
    this.#names.set(name, key);
  }

  /** It was answered before anybody could wait for it. */
  addAnswered(assignment: Assignment, result: TaskResult): void {
    const key = keyOf(assignment);
    if (key !== null) this.#byKey.set(key, { kind: "answered", lane: 0, result });
  }

  /** Whether the task is in somebody's hands, or answered: then nothing that it left may be put away. */
  has(assignment: Assignment): boolean {
    const key = keyOf(assignment);
    return key !== null && this.#byKey.has(key);
  }

  /** The task is to be run. */
  meet(worker: string, assignment: Assignment): Met {
    const key = keyOf(assignment);
    const earlier = key === null ? undefined : this.#byKey.get(key);
    if (key === null || earlier === undefined) return { kind: "none" };
    if (earlier.kind === "in-hand") {
      earlier.alias = { worker, assignment };
      return { kind: "waited-for" };
    }
    this.#byKey.delete(key);
    return { kind: "answered", lane: earlier.lane, result: renamed(earlier.result, assignment) };
  }

  /** A pilot has answered. Returns who waits for it; null where nobody does yet. */
  answered(
    pilot: string,
    of: number,
    what: { readonly lane: number; readonly result: TaskResult },
  ): { readonly alias: Alias; readonly result: TaskResult } | null {
    const key = this.#take(pilot, of, what.result);
    const earlier = key === null ? undefined : this.#byKey.get(key);
    if (key === null || earlier?.kind !== "in-hand") return null;
    if (earlier.alias === null) {
      this.#byKey.set(key, { kind: "answered", ...what });
      return null;
    }
    this.#byKey.delete(key);
    return { alias: earlier.alias, result: renamed(what.result, earlier.alias.assignment) };
  }

  /** It was not begun and will not be. Returns who waits for it. */
  dropped(pilot: string, of: number, what: TaskAttempt): Alias | null {
    const key = this.#take(pilot, of, what);
    const earlier = key === null ? undefined : this.#byKey.get(key);
    if (key === null || earlier?.kind !== "in-hand" || earlier.name !== nameOf(pilot, of, what)) return null;
    this.#byKey.delete(key);
    return earlier.alias;
  }

  /** All that the pilot still has of launchers before us; the rest it will never answer. Returns who waited for that. */
  stillHeld(pilot: string, held: readonly GivenAttempt[]): readonly Alias[] {
    const names = new Set(held.map((one) => nameOf(pilot, one.of, one)));
    const left: Alias[] = [];
    for (const [name, key] of this.#names) {
      if (names.has(name) || !name.startsWith(`${pilot}/`)) continue;
      this.#names.delete(name);
      const earlier = this.#byKey.get(key);
      if (earlier?.kind !== "in-hand" || earlier.name !== name) continue;
      this.#byKey.delete(key);
      if (earlier.alias !== null) left.push(earlier.alias);
    }
    return left;
  }

  /** The pilot is gone. Returns who waited for what it had. */
  pilotGone(pilot: string): readonly Alias[] {
    const left: Alias[] = [];
    for (const [key, earlier] of this.#byKey) {
      if (earlier.kind !== "in-hand" || earlier.pilot !== pilot) continue;
      this.#byKey.delete(key);
      if (earlier.alias !== null) left.push(earlier.alias);
    }
    return left;
  }

  /** The worker that the scheduler believed to have them is gone: nobody waits for them for now. */
  workerGone(worker: string): void {
    for (const earlier of this.#byKey.values()) {
      if (earlier.kind === "in-hand" && earlier.alias?.worker === worker) earlier.alias = null;
    }
  }

  /** All that are waited for. */
  get aliases(): readonly Alias[] {
    return [...this.#byKey.values()].flatMap((one) => (one.kind === "in-hand" ? (one.alias ?? []) : []));
  }

  #take(pilot: string, of: number, what: TaskAttempt): string | null {
    const name = nameOf(pilot, of, what);
    const key = this.#names.get(name) ?? null;
    this.#names.delete(name);
    return key;
  }
}

const nameOf = (pilot: string, of: number, { task, attempt }: TaskAttempt): string =>
  `${pilot}/${of}/${task}.${attempt}`;

/** Null where nothing can be compared. */
function keyOf({ block, target, key }: Assignment): string | null {
  if (key === null) return null;
  const sample = target.kind === "sample" ? target.sample.id : "dataset";
  return `${block}/${sample}/${key.version}/${key.options}/${key.code}/${key.before}`;
}

/** The answer as one of the attempt that is waited for. */
const renamed = (result: TaskResult, { task, attempt }: Assignment): TaskResult => ({
  ...result,
  task,
  attempt,
});
