// Tasks on pilots: long jobs that take task after task. What the launcher wants goes into mailboxes, what becomes of it comes
// out of them; Slurm is only asked for places, and whether they still are.
import type { Demand } from "../../../core/demand.ts";
import { type Seconds, workerId } from "../../../core/ids.ts";
import type { TaskResult } from "../../../protocol/answer.ts";
import type { Assignment } from "../../../protocol/assignment.ts";
import type { Executor, ExecutorEvent, ExecutorListener, StopHow } from "../../executor.ts";
import { partsOf } from "../client/submission-key.ts";
import { cancelSlots } from "../jobs/cancel.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";
import { adoptJobs, type EarlierRuns } from "./adoption.ts";
import { EarlierTasks } from "./earlier-tasks.ts";
import { FleetKeeper } from "./fleet-keeper.ts";
import { PilotEars } from "./pilot-ears.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotKinds } from "./pilot-kinds.ts";
import { PilotLeases } from "./pilot-leases.ts";
import type { NodeListener, PilotNode } from "./pilot-node.ts";
import type { PilotSettings } from "./pilot-settings.ts";
import { QueueWatch } from "./queue-watch.ts";

export interface PilotExecutorOptions {
  readonly run: Omit<SlurmRun, "warn">;
  readonly settings: PilotSettings;
  readonly kinds: PilotKinds;
  /** Runs whose launchers are gone, and whose pilots may live. */
  readonly earlier: EarlierRuns;
  /** The answer for a task that is never begun. */
  readonly unbegun: (assignment: Assignment, failure: { readonly kind: "cancelled" }) => TaskResult;
}

export function createPilotExecutor(options: PilotExecutorOptions): Executor {
  return new PilotExecutor(options);
}

class PilotExecutor implements Executor {
  readonly kind = "slurm";
  readonly #options: PilotExecutorOptions;
  readonly #run: SlurmRun;
  readonly #watch: QueueWatch;
  readonly #fleet: FleetKeeper;
  readonly #leases: PilotLeases;
  readonly #earlier = new EarlierTasks();
  readonly #nodes = new Map<string, PilotNode>();
  readonly #runKeys: Set<string>;
  readonly #ears: PilotEars;
  #emit: ExecutorListener = () => {};
  #state: "open" | "stopping" | "stopped" = "open";
  #timer: ReturnType<typeof setTimeout> | null = null;
  #aliveToldAt: Seconds;

  constructor(options: PilotExecutorOptions) {
    this.#options = options;
    this.#run = { ...options.run, warn: (message, hint) => this.#later({ kind: "warning", message, hint }) };
    this.#runKeys = new Set([this.#run.runKey]);
    this.#watch = new QueueWatch(this.#run);
    this.#ears = new PilotEars(this.#run);
    this.#fleet = new FleetKeeper(this.#run, {
      ...{ settings: options.settings, kinds: options.kinds.kinds, listener: this.#listener },
      onJob: (job) => this.#added(job),
      onUnable: (diagnostic) => this.#later({ kind: "unable", diagnostic }),
      listenOnce: (node) => this.#ears.listenOnce(node),
    });
    const { patience, now } = this.#run;
    this.#leases = new PilotLeases({
      ...{ walltime: options.settings.walltime, patience, now },
      jobOf: (slot) => this.#fleet.jobOf(slot),
      emit: (event) => this.#later(event),
      onLate: () => this.#watch.soon(),
      onLost: (node) => {
        if (!this.#ears.listenOnce(node)) void this.#lose(node, this.#fleet.endingWords(node.slot));
      },
    });
    this.#aliveToldAt = this.#run.now();
  }

  async start(listener: ExecutorListener): Promise<void> {
    this.#emit = listener;
    const { earlier, settings, kinds } = this.#options;
    const adopted = await adoptJobs(this.#run, { earlier, settings, kinds: kinds.kinds }, this.#listener);
    for (const { pilot, of, assignment } of adopted.tasks) this.#earlier.add(pilot, of, assignment);
    for (const { assignment, result } of adopted.done) this.#earlier.addAnswered(assignment, result);
    for (const job of adopted.jobs) {
      this.#runKeys.add(partsOf(job.key).run);
      this.#fleet.adopt(job);
      this.#added(job);
    }
    if (adopted.jobs.length > 0) this.#watch.soon();
    this.#schedule();
  }

  demand(demand: readonly Demand[]): void {
    if (this.#state === "open") this.#fleet.wanted(demand);
  }

  /** Whether an earlier launcher's attempt at the same is under way, or over: nothing of it may be put away. */
  holds(assignment: Assignment): boolean {
    return this.#earlier.has(assignment);
  }

  assign(worker: string, assignments: readonly Assignment[]): void {
    const fresh: Assignment[] = [];
    for (const assignment of assignments) {
      const met = this.#earlier.meet(worker, assignment);
      if (met.kind === "none") fresh.push(assignment);
      if (met.kind === "answered") {
        const { lane, result } = met;
        this.#later({ kind: "ended", worker: workerId(worker), lane, result });
      }
    }
    this.#give(worker, fresh);
  }

  async stop(how: StopHow): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "stopping";
    this.#fleet.close();
    if (how.kind === "end-now") for (const node of this.#nodes.values()) node.cancelAll(how.grace);
    for (const node of this.#nodes.values()) node.tell({ kind: "finish" });
    const patience = how.kind === "end-now" ? how.grace + 5 : finishPatience;
    const until = this.#run.now() + Math.max(patience * this.#run.patience, patience / 2);
    this.#schedule();
    const isAnyAlive = () => [...this.#nodes.values()].some(({ state }) => state.kind === "alive");
    while (isAnyAlive() && this.#run.now() < until) await Bun.sleep(5);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#cancelRest();
    for (const node of this.#nodes.values()) await this.#endNode(node, "the run has ended", "left");
    await this.#run.journal.close();
    await new Promise((resolve) => setImmediate(resolve));
    this.#state = "stopped";
    this.#emit = () => {};
  }

  // ---- giving out

  #give(worker: string, assignments: readonly Assignment[]): void {
    if (assignments.length === 0) return;
    const node = this.#nodes.get(worker);
    if (node === undefined || node.state.kind !== "alive" || this.#state !== "open") {
      for (const assignment of assignments) this.#notBegun(worker, assignment);
      return;
    }
    node.give(assignments, this.#run.now());
    this.#schedule();
  }

  /** Nobody is to blame: the scheduler gives it to another place, if the run goes on. */
  #notBegun(worker: string, assignment: Assignment): void {
    const result = this.#options.unbegun(assignment, { kind: "cancelled" });
    this.#later({ kind: "ended", worker: workerId(worker), lane: 0, result });
  }

  // ---- what pilots say

  readonly #listener: NodeListener = {
    hello: (node, { host, capacity }) => {
      const job = this.#fleet.jobOf(node.slot);
      job?.noteHello();
      const kindOfPlace = job?.kind.index ?? 0;
      const longest = this.#leases.joined(node);
      this.#later({ kind: "joined", worker: node.worker, host, capacity, kindOfPlace, longest });
    },
    started: (node, { task, attempt, lane }) =>
      this.#later({ kind: "started", worker: node.worker, task, attempt, lane }),
    ended: (node, lane, result) => {
      this.#fleet.proved(node.slot);
      this.#later({ kind: "ended", worker: node.worker, lane, result });
    },
    declined: (node, assignment) => {
      // First said, or the scheduler would give it the same again.
      this.#leases.narrow(node);
      this.#notBegun(node.worker, assignment);
    },
    earlier: (node, of, word) => {
      if (word.kind === "declined") {
        const alias = this.#earlier.dropped(node.worker, of, word);
        if (alias !== null) this.#give(alias.worker, [alias.assignment]);
        return;
      }
      const met = this.#earlier.answered(node.worker, of, word);
      if (met === null) return;
      const { alias, result } = met;
      this.#later({ kind: "ended", worker: workerId(alias.worker), lane: word.lane, result });
    },
    holdsOfEarlier: (node, held) => {
      for (const { worker, assignment } of this.#earlier.stillHeld(node.worker, held)) {
        this.#give(worker, [assignment]);
      }
    },
    warning: (message, hint) => this.#later({ kind: "warning", message, hint }),
    unfit: (node, message) => this.#fleet.unfit(node.slot, node.worker, message),
    leaving: (node, why) => {
      const how = why === "terminated" || why === "unfit" ? "released" : "left";
      void this.#endNode(node, `it left (${why})`, how);
    },
    unusable: (node, message) => void this.#lose(node, message),
  };

  #added(job: PilotJob): void {
    for (const node of job.nodes) this.#nodes.set(node.worker, node);
    this.#schedule();
  }

  // ---- looking

  #schedule(): void {
    if (this.#state === "stopped") return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const now = this.#run.now();
    let due = now + tick;
    for (const node of this.#nodes.values()) due = Math.min(due, node.dueAt);
    this.#timer = setTimeout(() => this.#sweep(), Math.max(1, (due - now) * 1000));
  }

  #sweep(): void {
    this.#timer = null;
    const now = this.#run.now();
    const slow = Math.min(this.#nodes.size > 200 ? 10 : 5, Math.max(1.5, this.#nodes.size));
    for (const node of [...this.#nodes.values()]) {
      if (node.state.kind === "gone") this.#nodes.delete(node.worker);
      else if (node.dueAt <= now) this.#ears.listen(node, now, slow);
    }
    this.#leases.consider(this.#nodes.values(), now);
    this.#showLife(now);
    this.#fleet.consider(now);
    void this.#ask();
    this.#schedule();
  }

  async #ask(): Promise<void> {
    const answer = await this.#watch.look({ runKeys: this.#runKeys, slots: this.#fleet.openSlots });
    if (answer !== null && this.#state === "open") this.#fleet.seen(answer, this.#run.now());
  }

  #showLife(now: Seconds): void {
    const due = now - this.#aliveToldAt >= 60 * this.#run.patience;
    if (due) this.#aliveToldAt = now;
    const keep = this.#fleet.kept();
    for (const node of this.#nodes.values()) {
      if (node.state.kind === "alive" && (due || node.isKept !== keep.has(node.slot)))
        node.showLife(keep.has(node.slot));
    }
  }

  // ---- ends

  /** It has said its last word: what it has not answered was never begun. */
  async #endNode(node: PilotNode, why: string, how: "left" | "released"): Promise<void> {
    if (node.state.kind === "gone") return;
    const joined = node.state.kind === "alive";
    const left = await node.end(why);
    this.#nodes.delete(node.worker);
    for (const assignment of left) this.#notBegun(node.worker, assignment);
    this.#pilotGone(node, why, joined);
    this.#fleet.nodeGone(node.slot, why, how);
  }

  /** Nobody will hear of it any more, and nobody knows how far it came. */
  async #lose(node: PilotNode, why: string): Promise<void> {
    if (node.state.kind === "gone") return;
    const joined = node.state.kind === "alive";
    node.tell({ kind: "abandoned" });
    await node.end(why);
    this.#nodes.delete(node.worker);
    if (joined) this.#later({ kind: "warning", ...this.#fleet.sayLost(node, why) });
    this.#pilotGone(node, why, joined);
    this.#fleet.nodeGone(node.slot, why, "released");
  }

  #pilotGone(node: PilotNode, why: string, joined: boolean): void {
    this.#leases.forget(node);
    const orphans = this.#earlier.pilotGone(node.worker);
    this.#earlier.workerGone(node.worker);
    if (joined) this.#later({ kind: "gone", worker: node.worker, why });
    for (const { worker, assignment } of orphans) this.#notBegun(worker, assignment);
  }

  /** Whatever has not left by itself: jobs that wait in the queue, pilots that do not answer. */
  async #cancelRest(): Promise<void> {
    const slots = await this.#fleet.closeAll();
    const problem = await cancelSlots(this.#run, this.#runKeys, slots);
    if (problem === null) return;
    this.#emit({
      ...{ kind: "warning", message: `jobs of this run could not be cancelled: ${problem}` },
      hint: "`pipe cancel` tries again; `squeue --me` shows what is left",
    });
  }

  /** Never from inside a call: whoever decides must not be asked again while it decides. */
  #later(event: ExecutorEvent): void {
    setImmediate(() => {
      if (this.#state !== "stopped") this.#emit(event);
    });
  }
}

/** Seconds. */
const tick = 1;
const finishPatience = 20;
