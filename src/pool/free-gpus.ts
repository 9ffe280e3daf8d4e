// Which GPU is whose: the operating system does not share them out as it does cores, so two tasks that both take "the first
// one" would fight for its memory while the others lie idle. A process gets those again that it had: what it has loaded on
// them is still there.
import type { Assignment } from "../protocol/assignment.ts";
import type { WorkerProcess } from "./worker-process.ts";

export class FreeGpus {
  readonly #free: string[];
  readonly #taken = new Map<WorkerProcess, readonly string[]>();
  readonly #before = new Map<WorkerProcess, readonly string[]>();

  /** @param names as CUDA_VISIBLE_DEVICES has them; empty where nobody knows them. */
  constructor(names: readonly string[]) {
    this.#free = [...names];
  }

  /** The names that the process has from now on; null where there are none to be told apart. */
  take(process: WorkerProcess, count: number): readonly string[] | null {
    this.giveBack(process);
    if (count === 0 || count > this.#free.length) return null;
    const before = (this.#before.get(process) ?? []).filter((name) => this.#free.includes(name));
    const wanted = [...new Set([...before, ...this.#free])].slice(0, count);
    for (const name of wanted) this.#free.splice(this.#free.indexOf(name), 1);
    this.#taken.set(process, wanted);
    this.#before.set(process, wanted);
    return wanted;
  }

  giveBack(process: WorkerProcess): void {
    const names = this.#taken.get(process);
    if (names === undefined) return;
    this.#taken.delete(process);
    this.#free.push(...names);
  }

  /** The process is gone. */
  forget(process: WorkerProcess): void {
    this.giveBack(process);
    this.#before.delete(process);
  }
}

/**
 * The tasks with what tells a program, or CUDA in the worker itself, which GPUs are its own. What a block or the configuration
 * says of them stands.
 */
export function onGpus(
  assignments: readonly Assignment[],
  names: readonly string[] | null,
): readonly Assignment[] {
  if (names === null) return assignments;
  const own = { CUDA_VISIBLE_DEVICES: names.join(",") };
  return assignments.map((one) => ({ ...one, environment: { ...own, ...one.environment } }));
}
