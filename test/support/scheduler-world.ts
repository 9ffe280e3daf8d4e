// A world for the scheduler: workers that take time, answer late, disappear and come back as ghosts, verdicts
// that take time, and a clock of its own. Everything follows from one seed, so that a history that fails can be
// looked at again. What the scheduler says is checked by a watch (scheduler-watch.ts) that knows none of its code.

import type { Failure } from "../../src/core/failure.ts";
import { type Attempt, type Seconds, seconds, type TaskId, type WorkerId } from "../../src/core/ids.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Capacity, Resources } from "../../src/core/resources.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Prefetch } from "../../src/scheduler/durations.ts";
import type { SchedulerCommand, SchedulerEvent, Verdict } from "../../src/scheduler/messages.ts";
import { createScheduler, type Scheduler } from "../../src/scheduler/scheduler.ts";
import { EventHeap } from "./event-heap.ts";
import { type Checks, SchedulerWatch } from "./scheduler-watch.ts";
import { type Seeded, seeded } from "./seeded.ts";

export interface WorldSetup {
  readonly seed: number;
  readonly plan: Plan;
  readonly needs: readonly Resources[];
  readonly retries: readonly number[];
  readonly losses: number;
  readonly prefetch: Prefetch;
  /** By block. */
  readonly kinds: readonly number[];
  readonly lookAhead: number;
  readonly workers: readonly WorkerLife[];
  /** Does a worker say how long a task ran there? */
  readonly measured: boolean;
  /** Seconds that a task takes, and that a verdict takes. */
  readonly duration: (block: number, random: Seeded) => number;
  readonly judging: (random: Seeded) => number;
  /** Seconds that a message takes; those of one worker never overtake each other. */
  readonly latency: (random: Seeded) => number;
  readonly chances: {
    readonly issue: number;
    readonly failure: number;
    /** Of a failure: that it is nobody's or the place's fault. */
    readonly blameless: number;
    readonly cached: number;
    readonly cachedIssue: number;
    /** That nobody says that a task has started. */
    readonly silentStart: number;
    /** That an event is said twice. */
    readonly twice: number;
  };
  readonly interrupts: readonly { readonly at: number; readonly kind: "drain" | "cancel" }[];
  readonly checks: Checks;
  readonly record: "history" | "nothing";
}

export interface WorkerLife {
  readonly id: WorkerId;
  readonly capacity: Capacity;
  /** Default 0. */
  readonly kindOfPlace?: number;
  readonly joins: number;
  /** As it says when it joins. Default null. */
  readonly longest?: Seconds | null;
  /** When it has less time or more; what waits there and is too long then, or comes later, it gives back. */
  readonly narrows?: readonly { readonly at: number; readonly longest: Seconds | null }[];
  /** null: it stays. `ghost`: it is only believed to be gone, goes on and answers. */
  readonly leaves: { readonly at: number; readonly as: "dead" | "ghost" } | null;
  /** In which order it takes up what waits there. */
  readonly takes: "first" | "whatever-fits";
}

export interface Step {
  readonly event: SchedulerEvent;
  readonly now: Seconds;
  readonly commands: readonly SchedulerCommand[];
}

interface Job {
  readonly task: TaskId;
  readonly attempt: Attempt;
}

interface SimulatedWorker {
  readonly life: WorkerLife;
  alive: boolean;
  free: { cpus: number; gpus: number; memory: number };
  longest: Seconds | null;
  waiting: Job[];
  readonly running: Map<TaskId, Job & { readonly began: number }>;
  spokenUntil: number;
}

export class SchedulerWorld {
  readonly scheduler: Scheduler;
  readonly watch: SchedulerWatch;
  readonly history: Step[] = [];
  events = 0;
  commands = 0;
  now = 0;
  readonly #setup: WorldSetup;
  readonly #random: Seeded;
  readonly #future = new EventHeap();
  readonly #workers = new Map<WorkerId, SimulatedWorker>();

  constructor(setup: WorldSetup) {
    this.#setup = setup;
    this.#random = seeded(setup.seed);
    this.scheduler = createScheduler(setup);
    this.watch = new SchedulerWatch(setup, this.scheduler, setup.checks);
    this.#at(0, () => this.#tellMaybeTwice({ kind: "start" }));
    for (const life of setup.workers) {
      this.#at(life.joins, () => this.#join(life));
      for (const { at, longest } of life.narrows ?? []) this.#at(at, () => this.#narrow(life.id, longest));
      const { leaves } = life;
      if (leaves !== null) this.#at(leaves.at, () => this.#leave(life.id, leaves.as));
    }
    for (const { at, kind } of setup.interrupts) this.#at(at, () => this.#tellMaybeTwice({ kind }));
  }

  /** Until nothing happens any more, long after `finished`: what comes late must change nothing. */
  run(): void {
    for (let next = this.#future.pop(); next !== null; next = this.#future.pop()) {
      this.now = Math.max(this.now, next.at);
      next.act();
    }
    this.watch.atTheEnd();
  }

  #at(time: number, act: () => void): void {
    this.#future.push(time, act);
  }

  #tell(event: SchedulerEvent): void {
    const now = seconds(this.now);
    const commands = this.scheduler.handle(event, now);
    this.events++;
    this.commands += commands.length;
    if (this.#setup.record === "history") this.history.push({ event, now, commands });
    this.watch.saw(event, commands);
    for (const command of commands) this.#carryOut(command);
  }

  #carryOut(command: SchedulerCommand): void {
    switch (command.kind) {
      case "judge": {
        const verdict = this.#verdict();
        const { task } = command;
        this.#at(this.now + this.#setup.judging(this.#random), () =>
          this.#tellMaybeTwice({ kind: "judged", task, verdict }),
        );
        break;
      }
      case "assign": {
        const worker = this.#workers.get(command.worker);
        if (worker === undefined) break;
        worker.waiting.push({ task: command.task, attempt: command.attempt });
        this.#giveBackTooLong(worker);
        this.#takeUp(worker);
        break;
      }
      case "cancel":
        this.#endEarly(command.worker, command.task);
        break;
    }
  }

  #join(life: WorkerLife): void {
    const { id, capacity, kindOfPlace = 0, longest = null } = life;
    const { cpus, gpus, memory } = capacity;
    this.#workers.set(life.id, {
      life,
      alive: true,
      free: { cpus, gpus, memory: memory ?? Number.POSITIVE_INFINITY },
      longest,
      waiting: [],
      running: new Map(),
      spokenUntil: this.now,
    });
    this.#tellMaybeTwice({ kind: "worker-joined", worker: id, capacity, kindOfPlace, longest });
  }

  #narrow(id: WorkerId, longest: Seconds | null): void {
    const worker = this.#workers.get(id);
    if (worker === undefined || !worker.alive) return;
    worker.longest = longest;
    this.#say(worker, { kind: "worker-narrowed", worker: id, longest });
    this.#giveBackTooLong(worker);
  }

  #leave(id: WorkerId, as: "dead" | "ghost"): void {
    const worker = this.#workers.get(id);
    if (worker === undefined) return;
    if (as === "dead") worker.alive = false;
    this.#tellMaybeTwice({ kind: "worker-gone", worker: id, why: as });
  }

  #takeUp(worker: SimulatedWorker): void {
    const left: Job[] = [];
    let stuck = false;
    for (const job of worker.waiting) {
      const need = this.#needOf(job.task);
      const { free } = worker;
      const fits =
        need.cpus <= free.cpus + 1e-9 && need.gpus <= free.gpus && (need.memory ?? 0) <= free.memory;
      if (fits && !(stuck && worker.life.takes === "first")) this.#begin(worker, job, need);
      else {
        stuck = true;
        left.push(job);
      }
    }
    worker.waiting = left;
  }

  #begin(worker: SimulatedWorker, job: Job, need: Resources): void {
    const random = this.#random;
    worker.free.cpus -= need.cpus;
    worker.free.gpus -= need.gpus;
    worker.free.memory -= need.memory ?? 0;
    const running = { ...job, began: this.now };
    worker.running.set(job.task, running);
    const { id } = worker.life;
    if (!random.chance(this.#setup.chances.silentStart)) {
      this.#say(worker, { kind: "task-started", worker: id, task: job.task, attempt: job.attempt });
    }
    const outcome = this.#outcome(id);
    const { blockIndex } = this.#setup.plan.positionOf(job.task);
    this.#at(this.now + this.#setup.duration(blockIndex, random), () => {
      if (worker.running.get(job.task) === running) this.#end(worker, running, outcome);
    });
  }

  #end(worker: SimulatedWorker, job: Job & { readonly began: number }, outcome: Outcome): void {
    if (!worker.alive) return;
    const need = this.#needOf(job.task);
    worker.running.delete(job.task);
    worker.free.cpus += need.cpus;
    worker.free.gpus += need.gpus;
    worker.free.memory += need.memory ?? 0;
    const { id } = worker.life;
    const { task, attempt, began } = job;
    const took = this.#setup.measured ? { took: seconds(this.now - began) } : {};
    this.#say(worker, { kind: "task-ended", worker: id, task, attempt, outcome, ...took });
    this.#takeUp(worker);
  }

  /** Some are over before the word arrives. */
  #endEarly(id: WorkerId, task: TaskId): void {
    const worker = this.#workers.get(id);
    const cancelled: Outcome = { kind: "failed", failure: { kind: "cancelled" } };
    const running = worker?.running.get(task);
    if (worker === undefined || !worker.alive || this.#giveBack(worker, task)) return;
    if (running !== undefined && this.#random.chance(0.8)) {
      this.#end(worker, running, cancelled);
    }
  }

  #giveBackTooLong(worker: SimulatedWorker): void {
    const longest = worker.longest ?? Number.POSITIVE_INFINITY;
    const tooLong = worker.waiting.filter(
      ({ task }) => longest === 0 || (this.#needOf(task).time ?? 0) > longest,
    );
    for (const { task } of tooLong) this.#giveBack(worker, task);
  }

  /** Not begun, it goes back unbegun; false where it is not waiting there. */
  #giveBack(worker: SimulatedWorker, task: TaskId): boolean {
    const job = worker.waiting.find((waiting) => waiting.task === task);
    if (job === undefined) return false;
    worker.waiting = worker.waiting.filter((waiting) => waiting !== job);
    this.#say(worker, {
      ...{ kind: "task-ended", worker: worker.life.id, task, attempt: job.attempt },
      outcome: { kind: "failed", failure: { kind: "cancelled" } },
    });
    return true;
  }

  /** Arrives later; after whatever this worker has said before. */
  #say(worker: SimulatedWorker, event: SchedulerEvent): void {
    const at = Math.max(worker.spokenUntil, this.now + this.#setup.latency(this.#random));
    worker.spokenUntil = at;
    this.#at(at, () => this.#tellMaybeTwice(event));
  }

  #tellMaybeTwice(event: SchedulerEvent): void {
    this.#tell(event);
    if (this.#random.chance(this.#setup.chances.twice)) this.#tell(event);
  }

  #needOf(task: TaskId): Resources {
    const need = this.#setup.needs[this.#setup.plan.positionOf(task).blockIndex];
    if (need === undefined) throw new Error(`no needs for task ${task}`);
    return need;
  }

  #verdict(): Verdict {
    const { cached, cachedIssue } = this.#setup.chances;
    const drawn = this.#random.next();
    if (drawn < cached) return "current";
    return drawn < cached + cachedIssue ? "current-issue" : "stale";
  }

  #outcome(worker: WorkerId): Outcome {
    const { issue, failure, blameless } = this.#setup.chances;
    const drawn = this.#random.next();
    if (drawn < issue) return { kind: "issue", message: "did not converge" };
    if (drawn >= issue + failure) return { kind: "succeeded" };
    const failures: readonly Failure[] = this.#random.chance(blameless)
      ? [{ kind: "cancelled" }, { kind: "worker-lost", worker, why: "preempted" }]
      : [
          { kind: "exited", status: 3 },
          { kind: "killed", signal: "SIGSEGV" },
          { kind: "timeout", limit: seconds(60) },
        ];
    return { kind: "failed", failure: this.#random.pick(failures) };
  }
}
