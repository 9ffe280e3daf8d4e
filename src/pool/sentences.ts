// Processes that have to end before they end by themselves: asked first, then killed. What they are killed for is kept until
// their death is looked into, or it would pass for a crash.
import type { Failure } from "../core/failure.ts";
import type { TaskId } from "../core/ids.ts";
import type { PoolTiming } from "./pool-terms.ts";
import type { WorkerProcess } from "./worker-process.ts";

export class Sentences {
  readonly #timing: PoolTiming;
  readonly #passed = new Map<WorkerProcess, Failure>();

  constructor(timing: PoolTiming) {
    this.#timing = timing;
  }

  /** Ends the process with all it started; `failure` is that of the task it is at. */
  readonly execute = (process: WorkerProcess, failure: Failure): void => {
    if (process.state === "gone") return;
    this.#passed.set(process, failure);
    process.doomed();
    // Who takes too much memory gets no time to take more.
    void process.end(failure.kind === "out-of-memory" ? 0 : this.#timing.grace);
  };

  /** Why it was killed, if it was; asked once, after its death. */
  take(process: WorkerProcess): Failure | null {
    const failure = this.#passed.get(process) ?? null;
    this.#passed.delete(process);
    return failure;
  }

  /** The worker is asked to end the task; where it does not answer, it is killed. */
  cancel(process: WorkerProcess, task: TaskId, grace: number): void {
    process.tell({ kind: "cancel", task, grace });
    this.#unless(process, grace + this.#timing.slack, () => !process.has(task));
  }

  /** It leaves when it has answered what it has; one that has nothing and does not go is killed. */
  letGo(process: WorkerProcess): void {
    const starting = process.state === "starting";
    process.leave();
    if (starting) void process.end(0);
    else this.#whenIdle(process);
  }

  #whenIdle(process: WorkerProcess): void {
    const wait = this.#timing.patience;
    this.#unless(process, wait, () => {
      const busy = process.state !== "gone" && process.unanswered.length > 0;
      if (busy) this.#whenIdle(process);
      return busy;
    });
  }

  #unless(process: WorkerProcess, seconds: number, spared: () => boolean): void {
    const timer = setTimeout(() => {
      if (!spared()) this.execute(process, { kind: "cancelled" });
    }, seconds * 1000);
    timer.unref();
  }
}
