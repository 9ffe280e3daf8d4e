// The loop between those who decide and those who act: what an executor reports goes to the scheduler, what the
// scheduler commands goes to the executor, and everything that happened goes into the record. It decides nothing
// itself; if it did, a simulated run would no longer say what a real one does.
import type { Diagnostic } from "../core/diagnostic.ts";
import type { RunEventBody } from "../core/events.ts";
import type { Seconds, TaskId, WorkerId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { failed } from "../core/outcome.ts";
import type { TaskName } from "../core/task.ts";
import type { Executor, ExecutorEvent, StopHow } from "../executors/executor.ts";
import type { Plan } from "../plan/plan.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { SchedulerCommand, SchedulerEvent } from "../scheduler/messages.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { monotonic } from "../system/clock.ts";
import { unbegun } from "../worker/run-task.ts";
import type { Interrupt } from "./interrupts.ts";
import { lostForGood } from "./lost-for-good.ts";
import type { RunCache } from "./run-cache.ts";
import { type Refused, sorted } from "./sorting.ts";
import { stuckTold } from "./stuck-told.ts";
import type { TaskBook } from "./task-book.ts";
import { demandTold } from "./told-demand.ts";
import { unwrittenWarning } from "./unwritten-warning.ts";

export interface DriveInput {
  readonly plan: Plan;
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly book: TaskBook;
  readonly cache: RunCache;
  /** Writes down and shows what happened. Throws when it cannot be written: then the run ends. */
  readonly record: (event: RunEventBody) => void;
  /** Calls back on Ctrl-C and its like until the result is called. */
  readonly listenForInterrupts: (onInterrupt: (how: Interrupt) => void) => () => void;
  /** Rejects when what was recorded cannot be brought to the disk. */
  readonly recordLost: Promise<never>;
  /** Seconds between TERM and KILL for tasks that are ended with the run. */
  readonly grace: Seconds;
}

export type DriveEnding =
  | { readonly kind: "complete" | "interrupted" }
  | { readonly kind: "executor-failed"; readonly diagnostic: Diagnostic };

/** Runs everything that the plan has. Rejects when the record cannot be written; nothing is left running then either. */
export async function drive(input: DriveInput): Promise<DriveEnding> {
  const driver = new Driver(input);
  const stopListening = input.listenForInterrupts((how) => driver.interrupt(how));
  try {
    await input.executor.start((event) => driver.hear(event));
    driver.start();
    const ending = await Promise.race([driver.ended, input.recordLost]);
    await driver.stop(ending.kind === "complete" ? { kind: "finish" } : driver.endNow);
    return ending;
  } catch (error) {
    driver.abandon();
    await driver.stop(driver.endNow);
    throw error;
  } finally {
    stopListening();
  }
}

class Driver {
  readonly #input: DriveInput;
  readonly #ended = Promise.withResolvers<DriveEnding>();
  /** Events for the scheduler that came up while another one was handled. */
  readonly #queue: SchedulerEvent[] = [];
  readonly #outgoing = new Map<WorkerId, Assignment[]>();
  #over = false;
  /** Something went wrong that ends the run without its last words. */
  #broken = false;
  /** Resolves when what earlier runs left of the tasks to come is put away. */
  #clearing: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  readonly endNow: StopHow;
  readonly #sayStuck: () => void;
  readonly #demandMayHaveChanged: () => void;

  constructor(input: DriveInput) {
    this.#input = input;
    const { executor, scheduler, plan, record, grace } = input;
    this.endNow = { kind: "end-now", grace };
    this.#sayStuck = stuckTold({ plan, record, stuck: () => scheduler.stuck() });
    const isOpen = () => !this.#broken && this.#stopping === null;
    this.#demandMayHaveChanged = demandTold({ executor, demand: () => scheduler.demand(), isOpen });
    // Whoever waits for it hears of it; until then an early failure is nobody's unhandled one.
    this.#ended.promise.catch(() => {});
  }

  get ended(): Promise<DriveEnding> {
    return this.#ended.promise;
  }

  stop(how: StopHow): Promise<void> {
    this.#stopping ??= this.#input.executor.stop(how);
    return this.#stopping;
  }

  /** Nothing that comes from now on is told or recorded. */
  abandon(): void {
    this.#broken = true;
  }

  start(): void {
    this.#guarded(() => this.#tell({ kind: "start" }));
  }

  interrupt(how: Interrupt): void {
    this.#guarded(() => {
      if (this.#over) return;
      this.#input.record({ kind: "interrupted", how });
      this.#tell({ kind: how === "finish-running" ? "drain" : "cancel" });
      // The executor answers for what it ends; the scheduler's own commands say the same task by task.
      if (how === "end-now") void this.stop(this.endNow);
    });
  }

  hear(event: ExecutorEvent): void {
    this.#guarded(() => {
      switch (event.kind) {
        case "joined": {
          const { worker, host, capacity } = event;
          this.#input.record({ kind: "worker-joined", worker, host, capacity });
          this.#tell({ ...event, kind: "worker-joined" });
          this.#sayStuck();
          return;
        }
        case "narrowed":
          this.#tell({ ...event, kind: "worker-narrowed" });
          return;
        case "gone":
          this.#input.record({ ...event, kind: "worker-gone" });
          this.#tell({ kind: "worker-gone", worker: event.worker, why: event.why });
          return;
        case "started": {
          const { worker, task, attempt, lane } = event;
          this.#input.record({ kind: "task-started", ...this.#name(task), task, attempt, worker, lane });
          this.#tell({ kind: "task-started", worker, task, attempt });
          return;
        }
        case "ended":
          this.#result(event.worker, event.lane, event.result);
          return;
        case "warning":
          this.#input.record(event);
          return;
        case "unable":
          this.#finish({ kind: "executor-failed", diagnostic: event.diagnostic });
          // Nothing can run any more: what is answered from now on must not be tried again, over and over.
          this.#tell({ kind: "cancel" });
          return;
        default:
          never(event);
      }
    });
  }

  /** Gives the scheduler an event and carries out what it commands, and what comes of that. */
  #tell(event: SchedulerEvent): void {
    this.#carryOut(this.#input.scheduler.handle(event, monotonic()));
  }

  #carryOut(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) this.#perform(command);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const command of this.#input.scheduler.handle(next, monotonic())) this.#perform(command);
    }
    for (const [worker, assignments] of this.#outgoing) {
      if (assignments.length > 0) this.#send(worker, assignments.splice(0));
    }
    this.#demandMayHaveChanged();
  }

  /** What an earlier run left of a task is put away first; the others need not wait for it. */
  #send(worker: WorkerId, assignments: readonly Assignment[]): void {
    const { cache, executor } = this.#input;
    const { clear, littered, spoilt } = sorted(assignments, cache, (one) => executor.holds?.(one) === true);
    if (clear.length > 0) executor.assign(worker, clear);
    // Not at once: the scheduler is in the middle of telling us to.
    if (spoilt.length > 0) this.#afterClearing(Promise.resolve(), () => this.#refuse(worker, spoilt));
    if (littered.length === 0) return;
    this.#afterClearing(cache.clear(littered), () => this.#sendCleared(worker, littered));
  }

  #afterClearing(cleared: Promise<void>, act: () => void): void {
    this.#clearing = Promise.all([this.#clearing, cleared]).then(
      () => this.#guarded(act),
      (error: unknown) => this.#fail(error),
    );
  }

  #sendCleared(worker: WorkerId, assignments: readonly Assignment[]): void {
    if (this.#stopping === null) {
      this.#input.executor.assign(worker, assignments);
      return;
    }
    // The executor takes nothing any more, and somebody has to answer.
    this.#refuse(
      worker,
      assignments.map((assignment) => ({ assignment, failure: { kind: "cancelled" } })),
    );
  }

  #refuse(worker: WorkerId, all: readonly Refused[]): void {
    for (const { assignment, failure } of all) this.#result(worker, 0, unbegun(assignment, failed(failure)));
  }

  #judge(task: TaskId): void {
    const { verdict, outcome } = this.#input.book.judge(task);
    if (outcome !== null) this.#input.record({ kind: "task-cached", task, ...this.#name(task), outcome });
    this.#queue.push({ kind: "judged", task, verdict });
  }

  #result(worker: WorkerId, lane: number, result: TaskResult): void {
    const { task, attempt, outcome, usage, log, tail } = result;
    const { scheduler, book, record } = this.#input;
    // A result that nobody waits for any more must not change what is known of the sample.
    if (!scheduler.holds(worker, task, attempt)) return;
    book.ended(result);
    const took = usage.seconds;
    const ended = { kind: "task-ended", worker, task, attempt, outcome, took } as const;
    const commands = scheduler.handle(ended, monotonic());
    const again = commands.some((command) => command.kind === "task-retried" && command.task === task);
    const event = { ...this.#name(task), task, attempt, worker, lane, outcome, usage, log, tail };
    // What a place gave back without having begun it is no attempt that anybody should hear of.
    const unbegun = again && outcome.kind === "failed" && outcome.failure.kind === "cancelled";
    if (!unbegun) record({ kind: "task-ended", ...event, next: again ? "retry" : "done" });
    // That it has failed for good has just been recorded.
    this.#carryOut(commands.filter((command) => command.kind !== "task-failed" || command.task !== task));
  }

  #perform(command: SchedulerCommand): void {
    const { book, record } = this.#input;
    switch (command.kind) {
      case "judge":
        this.#judge(command.task);
        return;
      case "assign": {
        const assignments = this.#outgoing.get(command.worker) ?? [];
        this.#outgoing.set(command.worker, assignments);
        assignments.push(book.assignment(command.task, command.attempt));
        return;
      }
      case "task-failed": {
        // Only what no result tells: a task that lost its place too often.
        const { failure, task } = command;
        if (failure.kind !== "worker-lost") return;
        const attempt = this.#input.scheduler.attemptOf(task);
        record(lostForGood(failure, { task, name: this.#name(task), attempt }));
        return;
      }
      case "sample-ended": {
        const { sample, ending, unwritten } = book.sampleEnded(command.sampleIndex, command.ending);
        if (unwritten !== null) record({ kind: "warning", ...unwrittenWarning(unwritten, sample) });
        record({ kind: "sample-ended", sample, ending, skipped: command.skipped });
        return;
      }
      case "task-retried":
      case "cancel":
        return;
      case "finished":
        this.#finish({ kind: command.why });
        return;
      default:
        never(command);
    }
  }

  #name(task: TaskId): TaskName {
    return this.#input.plan.describe(task);
  }

  #finish(ending: DriveEnding): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended.resolve(ending);
  }

  /** Whatever goes wrong inside an event ends the run with that error; thrown here, nobody would hear it. */
  #guarded(action: () => void): void {
    // What is ended together with a run that cannot go on is no news: told, it would be tried again, over and over.
    if (this.#broken) return;
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#over = true;
    this.#broken = true;
    this.#ended.reject(error);
  }
}
