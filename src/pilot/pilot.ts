// A pilot: one process of a node that keeps as many tasks running as its allocation has room for. It hears from its inbox,
// answers in its outbox, gives tasks to a pool of worker processes, and decides for itself when to leave: its launcher may
// be long dead.
import type { Failure } from "../core/failure.ts";
import { type Seconds, seconds, type TaskId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { isOfEnding, isUnbegun, signalPatience } from "../core/of-ending.ts";
import { failed } from "../core/outcome.ts";
import type { Pool, PoolEvent } from "../pool/pool-terms.ts";
import { answerUnbegun } from "../pool/post-mortem.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { GivenAttempt, LeavingWhy, PilotRules, ToPilot } from "../protocol/mailbox.ts";
import { monotonic, wallClock } from "../system/clock.ts";
import { spaceIn } from "../system/free-space.ts";
import { HeldTasks } from "./held-tasks.ts";
import { decideLife, endMargin, hasTimeFor } from "./lifetime.ts";
import type { Outbox } from "./outbox.ts";
import { createPilotPool, type PoolSurroundings } from "./pilot-pool.ts";
import { type RefusalFacts, refusal, tooLong } from "./refusal.ts";
import { SightDesk } from "./sight-desk.ts";

export interface PilotSurroundings extends PoolSurroundings {
  readonly outbox: Outbox;
  readonly rules: PilotRules;
  /** By this process's clock; null: never. */
  readonly endsAt: Seconds | null;
  readonly note: (line: string) => void;
}

/** Whose tasks are being run: the word of one launcher. */
interface Service {
  /** The number of its inbox. */
  readonly of: number;
  readonly runFolder: string;
  readonly seed: string | number | null;
  readonly pool: Pool;
}

export class Pilot {
  readonly #around: PilotSurroundings;
  readonly #held = new HeldTasks();
  readonly #sights: SightDesk;
  readonly #left = Promise.withResolvers<LeavingWhy>();
  #service: Service | null = null;
  /** Pools of launchers before, which end what they have. */
  readonly #ending = new Map<Pool, Promise<void>>();
  /** Of tasks that fail from now on it is we who are to blame, and this is why; null while they are. */
  #endedBy: string | null = null;
  #idleSince: Seconds | null = monotonic();
  #heardAt: Seconds = monotonic();
  #keep = false;
  #nearEnd = false;
  /** It has refused a task for want of time: one that takes less may come. */
  #refusedForTime = false;
  #finished = false;
  #leaving = false;

  constructor(around: PilotSurroundings) {
    this.#around = around;
    this.#sights = new SightDesk({
      ...{ worker: around.name, patience: around.rules.patience },
      onRefused: (assignment, failure) => this.#answer(0, answerUnbegun(assignment, failure)),
    });
  }

  /** Resolves when it has nothing more to do here, all answered. */
  get left(): Promise<LeavingWhy> {
    return this.#left.promise;
  }

  /** Called when it has less than it could run: a word of the launcher may be lying there. */
  onHunger: (() => void) | null = null;

  /** What it has and has not answered, whichever launcher gave it. */
  get holding(): readonly GivenAttempt[] {
    return this.#held.attempts;
  }

  hear(of: number, message: ToPilot): void {
    this.#heardAt = monotonic();
    switch (message.kind) {
      case "serve":
        this.#serve(of, message.runFolder, message.seed);
        return;
      case "run":
        this.#take(of, message.assignments);
        return;
      case "cancel":
        for (const { own, of: from, assignment } of this.#held.all) {
          if (from === of && assignment.task === message.task) this.#cancel(own, message.grace);
        }
        return;
      case "alive":
        this.#keep = message.keep;
        return;
      case "finish":
        this.#finished = true;
        this.consider();
        return;
      case "abandoned":
        this.#finished = true;
        this.#endTasks("its launcher has given this slot up");
        this.consider();
        return;
      default:
        never(message);
    }
  }

  /** The allocation will end soon: nothing new is begun. */
  warnOfEnd(): void {
    this.#nearEnd = true;
    this.consider();
  }

  /** The job is being ended, by Slurm or by a person. */
  terminate(): void {
    const { endsAt, rules } = this.#around;
    const over = endsAt !== null && endsAt - monotonic() < endMargin(rules) + 60 * rules.patience;
    void this.#leave(over ? "walltime" : "terminated", "the job was ended by Slurm or by a person");
  }

  /** Looks at the time. Call it now and then. */
  consider(): void {
    if (this.#leaving) return;
    const now = monotonic();
    const { endsAt, rules } = this.#around;
    const left = endsAt === null ? null : seconds(endsAt - now);
    for (const { own } of this.#held.giveBack((limit) => !this.#nearEnd && hasTimeFor(limit, left, rules))) {
      this.#cancel(own, endGrace);
    }
    const decision = decideLife(
      {
        idle: this.#idleSince === null ? null : seconds(now - this.#idleSince),
        unheard: seconds(now - this.#heardAt),
        keep: this.#keep,
        left,
        nearEnd: this.#nearEnd || this.#refusedForTime,
        finished: this.#finished,
      },
      rules,
    );
    switch (decision.kind) {
      case "stay":
        return;
      case "end-tasks":
        this.#nearEnd = true;
        void this.#leave("walltime", "the walltime of its pilot ended");
        return;
      case "leave":
        void this.#leave(decision.why, "its pilot left");
        return;
      default:
        never(decision);
    }
  }

  free(): ReturnType<typeof spaceIn> {
    return this.#service === null ? null : spaceIn(this.#service.runFolder);
  }

  // ---- serving

  #serve(of: number, runFolder: string, seed: string | number | null): void {
    const before = this.#service;
    this.#finished = false;
    if (before?.runFolder === runFolder && before.seed === seed) {
      // The same bundle: its processes are warm, and what they are at stays what it is.
      this.#service = { ...before, of };
      return;
    }
    if (before !== null) this.#dismiss(before);
    const pool = createPilotPool(this.#around, { runFolder, seed }, (event) => this.#poolSays(event));
    this.#service = { of, runFolder, seed, pool };
    pool.warm(this.#around.capacity.cpus);
  }

  #dismiss(service: Service): void {
    const { pool } = service;
    const ended = pool.stop({ kind: "finish" }).finally(() => {
      this.#ending.delete(pool);
      this.consider();
    });
    this.#ending.set(pool, ended);
  }

  #take(of: number, assignments: readonly Assignment[]): void {
    const accepted: Assignment[] = [];
    for (const assignment of assignments) {
      const why = refusal(assignment, { ...this.#around, ...this.#facts(of) });
      if (why === tooLong) this.#refusedForTime = true;
      if (why !== null) {
        const { task, attempt } = assignment;
        this.#around.outbox.say({ kind: "declined", of, task, attempt, why });
        continue;
      }
      accepted.push(this.#held.add(of, assignment));
    }
    if (accepted.length === 0 || this.#service === null) return;
    this.#idleSince = null;
    this.#sights.admit(accepted, this.#service);
  }

  #facts(of: number): Omit<RefusalFacts, "endsAt" | "rules"> {
    return { isLeaving: this.#leaving, isServed: this.#service?.of === of, isNearEnd: this.#nearEnd };
  }

  #cancel(own: TaskId, grace: number): void {
    this.#sights.cancel(own);
    this.#service?.pool.cancel(own, grace);
    for (const pool of this.#ending.keys()) pool.cancel(own, grace);
  }

  #poolSays(event: PoolEvent): void {
    const { outbox } = this.#around;
    switch (event.kind) {
      case "started": {
        const held = this.#held.begun(event.task);
        if (held === null) return;
        const { task, attempt } = held.assignment;
        outbox.say({ kind: "started", of: held.of, lane: event.lane, task, attempt, at: wallClock() });
        return;
      }
      case "ended": {
        // Slurm signals every process of a job, and a task's end may be heard of before our own signal is.
        const doubtful = this.#endedBy === null && isOfEnding(event.result.outcome);
        if (doubtful) setTimeout(() => this.#answer(event.lane, event.result), signalPatience * 1000);
        else this.#answer(event.lane, event.result);
        return;
      }
      case "warning":
        outbox.say(event);
        return;
      case "unable": {
        const { message, notes } = event.diagnostic;
        outbox.say({ kind: "unfit", message: [message, ...notes].join("\n") });
        void this.#leave("unfit", message);
        return;
      }
      default:
        never(event);
    }
  }

  #answer(lane: number, result: TaskResult): void {
    const held = this.#held.take(result.task);
    if (held === null) return;
    const { of, assignment, state } = held;
    const { task, attempt } = assignment;
    if (state === "given-back" && isUnbegun(result.outcome)) {
      this.#refusedForTime = true;
      this.#around.outbox.say({ kind: "declined", of, task, attempt, why: tooLong });
    } else {
      this.#around.outbox.result({ of, lane }, { ...this.#blamed(result), task });
    }
    if (this.#held.size <= this.#around.capacity.cpus) this.onHunger?.();
    if (this.#held.size > 0) return;
    this.#idleSince = monotonic();
    if (this.#finished || this.#nearEnd) setImmediate(() => this.consider());
  }

  /** What was ended together with the pilot has done nothing wrong: the place is to blame. */
  #blamed(result: TaskResult): TaskResult {
    const why = this.#endedBy;
    if (why === null || !isOfEnding(result.outcome)) return result;
    const failure: Failure = { kind: "worker-lost", worker: this.#around.name, why };
    return { ...result, outcome: failed(failure) };
  }

  // ---- leaving

  #endTasks(why: string): void {
    this.#endedBy ??= why;
    for (const { own } of this.#held.all) this.#cancel(own, endGrace);
  }

  async #leave(why: LeavingWhy, words: string): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#endedBy ??= words;
    this.#around.note(`leaving: ${why}`);
    for (const { own } of this.#held.all) {
      this.#sights.cancel(own);
      for (const pool of this.#ending.keys()) pool.cancel(own, endGrace);
    }
    await this.#service?.pool.stop(
      this.#held.size === 0 ? { kind: "finish" } : { kind: "end-now", grace: endGrace },
    );
    await Promise.all(this.#ending.values());
    while (this.#held.size > 0) await Bun.sleep(50);
    this.#left.resolve(why);
  }
}

/** Seconds between TERM and KILL for tasks that end with the pilot. Slurm itself gives 30. */
const endGrace = 5;
