// The pool; what it promises stands in pool-terms.ts. Processes are started when there is something to do, kept
// warm, replaced when they die. What a process had not answered when it died is sorted into the one task that did it and
// the others, which are given out again and pay nothing for it.
import { diagnostic } from "../core/diagnostic.ts";
import type { Failure } from "../core/failure.ts";
import type { Attempt, Bytes, TaskId } from "../core/ids.ts";
import { fits } from "../core/resources.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { type Guard, startGuard } from "../system/guard.ts";
import { freshMark } from "../system/process-mark.ts";
import { outOfMemoryKills } from "../system/process-memory.ts";
import { tailOf } from "../system/take-output.ts";
import { Backlog } from "./backlog.ts";
import { Batches } from "./batches.ts";
import { Crew } from "./crew.ts";
import { FreeCapacity } from "./free-capacity.ts";
import { FreeGpus, onGpus } from "./free-gpus.ts";
import { LimitWatch } from "./limit-watch.ts";
import {
  type Pool,
  type PoolEvent,
  type PoolOptions,
  type PoolStop,
  type PoolTiming,
  usualTiming,
} from "./pool-terms.ts";
import { answerForTheDead, answerUnbegun, culpritOf, failureOfDeath, inWords } from "./post-mortem.ts";
import { Sentences } from "./sentences.ts";
import type { ProcessEnding, WorkerProcess } from "./worker-process.ts";

export function createPool(options: PoolOptions): Pool {
  return new ProcessPool(options);
}

class ProcessPool implements Pool {
  readonly #options: PoolOptions;
  readonly #timing: PoolTiming;
  readonly #mark = freshMark();
  readonly #crew: Crew;
  readonly #backlog = new Backlog();
  readonly #batches = new Batches();
  readonly #free: FreeCapacity;
  readonly #gpus: FreeGpus;
  readonly #limits: LimitWatch;
  readonly #killsBefore = outOfMemoryKills();
  readonly #sentences: Sentences;
  /** Deaths whose last things are being seen to. */
  readonly #burials = new Set<Promise<void>>();
  #guard: Guard | null = null;
  #failedStarts = 0;
  #state: "open" | "unable" | "stopping" | "stopped" = "open";
  #unableBecause: Failure = { kind: "cancelled" };
  #quiet: (() => void) | null = null;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#timing = { ...usualTiming, ...options.timing };
    this.#crew = new Crew(options, this.#mark, this.#listener);
    this.#free = new FreeCapacity(options.capacity);
    this.#gpus = new FreeGpus(options.gpus ?? []);
    this.#sentences = new Sentences(this.#timing);
    this.#limits = new LimitWatch(this.#timing, this.#sentences.execute);
  }

  assign(assignments: readonly Assignment[]): void {
    if (this.#state !== "open") {
      this.#refuse(assignments);
      return;
    }
    this.#backlog.add(assignments);
    this.#dispatch();
  }

  warm(count: number): void {
    if (this.#state === "open") this.#start(count - this.#crew.all.length);
  }

  cancel(task: TaskId, grace: number): void {
    const waiting = this.#backlog.take(task);
    if (waiting !== null) this.#answerLater([waiting], { kind: "cancelled" });
    const process = this.#crew.at(task);
    if (process !== null) this.#sentences.cancel(process, task, grace);
  }

  async stop(how: PoolStop): Promise<void> {
    if (this.#state === "stopped") return;
    this.#state = "stopping";
    this.#answerLater(this.#backlog.takeAll(), { kind: "cancelled" });
    for (const process of this.#crew.all) {
      if (how.kind === "end-now") {
        for (const { task } of [...process.unanswered]) this.#sentences.cancel(process, task, how.grace);
      }
      this.#sentences.letGo(process);
    }
    while (this.#crew.all.length > 0 || this.#burials.size > 0) {
      await new Promise<void>((resolve) => {
        this.#quiet = resolve;
      });
    }
    // Answers that were given above come from the event loop: they come before the end.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#guard?.dismiss();
    this.#state = "stopped";
  }

  // ---- giving out

  #dispatch(): void {
    while (this.#state === "open" && this.#giveOne()) {
      // One process after another, until nothing is left or nobody can take it.
    }
  }

  #giveOne(): boolean {
    const [first] = this.#backlog.next();
    if (first === undefined) return false;
    const process = this.#crew.least();
    const batch = process === null ? [] : this.#batchFor(process, first);
    if (process === null || batch.length === 0) {
      this.#startMore();
      return false;
    }
    const idle = process.unanswered.length === 0;
    if (idle) {
      this.#free.take(process, first.needs);
      process.gpus = this.#gpus.take(process, first.needs.gpus);
    }
    process.give(onGpus(batch, process.gpus));
    if (idle) this.#limits.began(process);
    return true;
  }

  #batchFor(process: WorkerProcess, first: Assignment): readonly Assignment[] {
    const busy = process.unanswered.length > 0;
    if (busy ? this.#backlog.isSolo : !fits(first.needs, this.#free.now)) return [];
    const others = this.#crew.othersThan(process);
    return this.#backlog.takeBatch((queue) => this.#batches.size(queue, process.unanswered, others));
  }

  #startMore(): void {
    const { size, starting } = this.#crew;
    this.#start(this.#free.fitting(this.#backlog.next(), size) - starting);
  }

  #start(count: number): void {
    try {
      this.#crew.start(count);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      setImmediate(() => this.#startFailed(`a worker process cannot be started: ${why}`, []));
    }
  }

  // ---- what processes say

  readonly #listener = {
    ready: (process: WorkerProcess) => {
      this.#failedStarts = 0;
      const { guardCommand, environment } = this.#options;
      if (this.#guard === null && guardCommand !== null) {
        this.#guard = startGuard({ command: guardCommand, environment, mark: this.#mark });
      }
      if (this.#state === "open") this.#dispatch();
      else process.leave();
    },
    started: (process: WorkerProcess, task: TaskId, attempt: Attempt) => {
      if (
        process.unanswered.some((assignment) => assignment.task === task && assignment.attempt === attempt)
      ) {
        this.#tell({ kind: "started", task, attempt, lane: process.lane });
      }
    },
    results: (process: WorkerProcess, results: readonly TaskResult[]) => {
      for (const result of results) {
        const assignment = process.answered(result);
        if (assignment === null) continue;
        this.#batches.took(assignment.block, result.usage.seconds);
        this.#tell({ kind: "ended", lane: process.lane, result });
      }
      if (process.unanswered.length === 0) this.#becameIdle(process);
      this.#dispatch();
    },
    unfit: (process: WorkerProcess, message: string) => {
      process.doomed();
      this.#becomeUnable(`a worker cannot work: ${message}`, message);
    },
    gone: (process: WorkerProcess, ending: ProcessEnding) => {
      const burial = this.#bury(process, ending).finally(() => {
        this.#burials.delete(burial);
        this.#quiet?.();
      });
      this.#burials.add(burial);
    },
  };

  #becameIdle(process: WorkerProcess): void {
    this.#limits.ended(process);
    this.#free.giveBack(process);
    this.#gpus.giveBack(process);
  }

  // ---- ends

  /** The dead process's tasks are answered when nothing of it is left: the next attempt must not meet the last one. */
  async #bury(process: WorkerProcess, ending: ProcessEnding): Promise<void> {
    const sentence = this.#sentences.take(process);
    const peak = this.#limits.peak(process);
    const abandoned = process.unanswered.splice(0);
    const left = await process.end(this.#timing.grace);
    if (left.survivors.length > 0) {
      const message = `${left.survivors.length} processes of a task could not be ended: ${left.survivors.join(", ")}`;
      this.#tell({
        kind: "warning",
        message,
        hint: "they hang in the operating system, often on a file server",
      });
    }
    this.#becameIdle(process);
    this.#gpus.forget(process);
    this.#crew.empty(process.lane);
    if (abandoned.length > 0) this.#settle(process, abandoned, { ending, sentence, peak });
    else if (!process.saidHello)
      this.#startFailed(`a worker ended before it could work (${inWords(ending)})`, tailOf(process.log));
    else if (!process.dismissed) {
      this.#tell({
        kind: "warning",
        message: `a worker ended while it had nothing to do (${inWords(ending)})`,
        hint: null,
      });
    }
    this.#dispatch();
  }

  #settle(
    process: WorkerProcess,
    abandoned: readonly Assignment[],
    of: { readonly ending: ProcessEnding; readonly sentence: Failure | null; readonly peak: Bytes | null },
  ): void {
    const culprit = process.leavesUnbegun ? undefined : culpritOf(abandoned, process.begun);
    const kills = (outOfMemoryKills() ?? 0) > (this.#killsBefore ?? 0);
    const others = abandoned.filter((assignment) => assignment !== culprit);
    if (culprit !== undefined) {
      const limit = culprit.needs.memory;
      const failure = of.sentence ?? failureOfDeath(of.ending, { kills, peak: of.peak, limit });
      const { runFolder } = this.#options;
      const result = answerForTheDead(culprit, failure, { process, runFolder, peak: of.peak });
      this.#tell({ kind: "ended", lane: process.lane, result });
    }
    if (this.#state !== "open") {
      this.#refuse(others);
    } else if (culprit === undefined && !process.leavesUnbegun) {
      // Each alone in a process: then it is known for certain which one does it.
      this.#backlog.addSuspects(others);
    } else {
      this.#backlog.putBack(others);
    }
  }

  #startFailed(message: string, tail: readonly string[]): void {
    this.#failedStarts += 1;
    if (this.#state !== "open") return;
    if (this.#failedStarts < this.#timing.failedStarts) this.#dispatch();
    else this.#becomeUnable([message, ...tail].join("\n"), message);
  }

  #becomeUnable(message: string, reason: string): void {
    if (this.#state !== "open") return;
    this.#state = "unable";
    const [first = "", ...notes] = message.split("\n");
    this.#unableBecause = { kind: "cannot-load", message: reason };
    this.#tell({ kind: "unable", diagnostic: diagnostic("no-worker", first, { notes }) });
    this.#refuse(this.#backlog.takeAll());
    for (const process of this.#crew.all) this.#sentences.letGo(process);
  }

  #refuse(assignments: readonly Assignment[]): void {
    const failure: Failure = this.#state === "unable" ? this.#unableBecause : { kind: "cancelled" };
    this.#answerLater(assignments, failure);
  }

  /** Never from inside a call: whoever decides must not be asked again while it decides. */
  #answerLater(assignments: readonly Assignment[], failure: Failure): void {
    if (assignments.length === 0) return;
    setImmediate(() => {
      for (const assignment of assignments) {
        this.#tell({ kind: "ended", lane: 0, result: answerUnbegun(assignment, failure) });
      }
    });
  }

  #tell(event: PoolEvent): void {
    if (this.#state !== "stopped") this.#options.emit(event);
  }
}
