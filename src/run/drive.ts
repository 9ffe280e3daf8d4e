// The loop between those who decide and those who act: what an executor reports goes to the scheduler, what the
// scheduler commands goes to the executor, and everything that happened goes into the record. It decides nothing
// itself; if it did, a simulated run would no longer say what a real one does.
import type { Diagnostic } from "../core/diagnostic.ts";
import type { RunEventBody } from "../core/events.ts";
import {
  type Attempt,
  type BlockName,
  type SampleId,
  type Seconds,
  seconds,
  type TaskId,
  type WorkerId,
  workerId,
} from "../core/ids.ts";
import { never } from "../core/never.ts";
import { failed, type Usage } from "../core/outcome.ts";
import type { Resources } from "../core/resources.ts";
import type { TaskName } from "../core/task.ts";
import type { Executor, ExecutorEvent, StopHow } from "../executors/executor.ts";
import type { Plan } from "../plan/plan.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { SchedulerCommand, SchedulerEvent } from "../scheduler/messages.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import { monotonic } from "../system/clock.ts";
import type { Interrupt } from "./interrupts.ts";
import type { SampleStore } from "./sample-store.ts";

export interface DriveInput {
  readonly plan: Plan;
  /** By block: what its tasks are given. */
  readonly needs: readonly Resources[];
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly samples: SampleStore;
  /** Every valid sample of the dataset, for dataset blocks; asked when this run's samples have ended. */
  readonly validSamples: () => readonly SampleId[];
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
  | { readonly kind: "complete" }
  | { readonly kind: "interrupted" }
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
  #stopping: Promise<void> | null = null;
  #valid: readonly SampleId[] | null = null;
  /** Blocks of which it was said that no place is large enough. */
  readonly #saidStuck = new Set<BlockName>();

  constructor(input: DriveInput) {
    this.#input = input;
    // Whoever waits for it hears of it; until then an early failure is nobody's unhandled one.
    this.#ended.promise.catch(() => {});
  }

  get ended(): Promise<DriveEnding> {
    return this.#ended.promise;
  }

  get endNow(): StopHow {
    return { kind: "end-now", grace: this.#input.grace };
  }

  stop(how: StopHow): Promise<void> {
    this.#stopping ??= this.#input.executor.stop(how);
    return this.#stopping;
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
        case "joined":
          this.#input.record({ ...event, kind: "worker-joined" });
          this.#tell({ kind: "worker-joined", worker: event.worker, capacity: event.capacity });
          this.#sayStuck();
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
      if (assignments.length > 0) this.#input.executor.assign(worker, assignments.splice(0));
    }
  }

  #result(worker: WorkerId, lane: number, result: TaskResult): void {
    const { task, attempt, outcome, usage, log, tail } = result;
    const { scheduler, samples, record, plan } = this.#input;
    // A result that nobody waits for any more must not change what is known of the sample.
    if (!scheduler.holds(worker, task, attempt)) return;
    const { sampleIndex } = plan.positionOf(task);
    const { block } = this.#name(task);
    if (sampleIndex !== null && outcome.kind !== "failed") {
      samples.apply(sampleIndex, block, result.changes);
      if (outcome.kind === "issue") samples.stop(sampleIndex, block, outcome.message);
    }
    const commands = scheduler.handle({ kind: "task-ended", worker, task, attempt, outcome }, monotonic());
    const again = commands.some((command) => command.kind === "task-retried" && command.task === task);
    record({
      ...{ kind: "task-ended", ...this.#name(task), task, attempt, worker, lane, outcome, usage, log, tail },
      next: again ? "retry" : "done",
    });
    this.#carryOut(commands);
  }

  #perform(command: SchedulerCommand): void {
    const { samples, record, plan } = this.#input;
    switch (command.kind) {
      case "judge":
        // Nothing is remembered across runs yet: every task runs.
        this.#queue.push({ kind: "judged", task: command.task, verdict: "stale" });
        return;
      case "assign": {
        const assignments = this.#outgoing.get(command.worker) ?? [];
        this.#outgoing.set(command.worker, assignments);
        assignments.push(this.#assignment(command.task, command.attempt));
        return;
      }
      case "task-failed": {
        // Only what no result tells: a task that lost its place too often.
        if (command.failure.kind !== "worker-lost") return;
        record({
          ...{ kind: "task-ended", ...this.#name(command.task), task: command.task, lane: 0 },
          ...{
            attempt: this.#input.scheduler.attemptOf(command.task),
            worker: workerId(command.failure.worker),
          },
          ...{ outcome: failed(command.failure), usage: noUsage, log: null, tail: [], next: "done" },
        });
        return;
      }
      case "sample-ended": {
        const sample = plan.samples[command.sampleIndex];
        if (sample === undefined) throw new RangeError(`no sample ${command.sampleIndex}`);
        samples.settle(command.sampleIndex, command.ending);
        record({ kind: "sample-ended", sample, ending: command.ending, skipped: command.skipped });
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

  /** Tasks that no place is large enough for would wait for ever in silence. */
  #sayStuck(): void {
    for (const { blockIndex, queued } of this.#input.scheduler.stuck()) {
      const name = this.#input.plan.blocks[blockIndex]?.name;
      if (name === undefined || this.#saidStuck.has(name)) continue;
      this.#saidStuck.add(name);
      const message = `${name} asks for more than any place has, so its tasks wait (${queued} by now)`;
      const hint = `lower its cpus, memory or gpus: \`[blocks.${name}]\` in pipe.toml`;
      this.#input.record({ kind: "warning", message, hint });
    }
  }

  #assignment(task: TaskId, attempt: Attempt): Assignment {
    const { plan, needs, samples, validSamples } = this.#input;
    const { sampleIndex, blockIndex } = plan.positionOf(task);
    const need = needs[blockIndex];
    if (need === undefined) throw new RangeError(`no needs of block ${blockIndex}`);
    this.#valid ??= sampleIndex === null ? validSamples() : null;
    return {
      ...{ task, attempt, block: this.#name(task).block, needs: need },
      environment: plan.blocks[blockIndex]?.environment ?? {},
      target:
        sampleIndex === null
          ? { kind: "dataset", valid: this.#valid ?? [] }
          : { kind: "sample", sample: samples.state(sampleIndex) },
    };
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
    try {
      action();
    } catch (error) {
      this.#over = true;
      this.#ended.reject(error);
    }
  }
}

const noUsage: Usage = { seconds: seconds(0), cpuSeconds: null, peakMemory: null };
