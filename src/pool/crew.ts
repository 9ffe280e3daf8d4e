// The processes of a pool in their places. A place is empty until there is something to do, and again after a death.
import type { TaskId, WorkerId } from "../core/ids.ts";
import type { Environment } from "../system/child-environment.ts";
import { markBelow } from "../system/process-mark.ts";
import { type ProcessListener, WorkerProcess } from "./worker-process.ts";

export interface CrewOptions {
  /** What the process in place `lane` is called, and how it is started. */
  readonly workerOf: (lane: number) => WorkerId;
  readonly commandOf: (worker: WorkerId) => readonly string[];
  /** How many processes at most; each runs one task at a time. */
  readonly processes: number;
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
  readonly environment: Environment;
}

export class Crew {
  readonly #options: CrewOptions;
  readonly #mark: string;
  readonly #listener: ProcessListener;
  readonly #places: (WorkerProcess | null)[];
  #started = 0;

  constructor(options: CrewOptions, mark: string, listener: ProcessListener) {
    this.#options = options;
    this.#mark = mark;
    this.#listener = listener;
    this.#places = Array.from({ length: Math.max(1, options.processes) }, () => null);
  }

  get size(): number {
    return this.#places.length;
  }

  get all(): readonly WorkerProcess[] {
    return this.#places.filter((process) => process !== null);
  }

  get starting(): number {
    return this.all.filter((process) => process.state === "starting").length;
  }

  /** Fills at most `count` empty places. @throws what the operating system says when no process can be started. */
  start(count: number): void {
    let wanted = count;
    for (const [lane, process] of this.#places.entries()) {
      if (process !== null || wanted <= 0) continue;
      const worker = this.#options.workerOf(lane);
      const { runFolder, environment } = this.#options;
      const command = this.#options.commandOf(worker);
      const mark = markBelow(this.#mark, `${lane}-${this.#started++}`);
      this.#places[lane] = new WorkerProcess(
        { worker, lane, runFolder, environment, command, mark },
        this.#listener,
      );
      wanted -= 1;
    }
  }

  empty(lane: number): void {
    this.#places[lane] = null;
  }

  /** The ready process that has least before it, idle ones first; null where all have more than enough. */
  least(): WorkerProcess | null {
    let best: WorkerProcess | null = null;
    for (const process of this.all) {
      const before = process.unanswered.length;
      if (process.state !== "ready" || before > enough) continue;
      if (best === null || before < best.unanswered.length) best = process;
    }
    return best;
  }

  /** How many others stand with nothing to do, or will in a moment. */
  othersThan(process: WorkerProcess): number {
    const idle = (one: WorkerProcess | null) =>
      one !== process && (one === null || one.state === "starting" || one.unanswered.length === 0);
    return this.#places.filter(idle).length;
  }

  at(task: TaskId): WorkerProcess | null {
    return this.all.find((process) => process.has(task)) ?? null;
  }
}

/** A process is given more when it has no more than this. */
const enough = 16;
