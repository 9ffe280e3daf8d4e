// What each task, sample and worker must be after the events so far, worked out from the promises alone and with
// none of the scheduler's code: slow and simple where that is fast and clever.

import type { Demand } from "../../src/core/demand.ts";
import { blame } from "../../src/core/failure.ts";
import { type TaskId, taskId, type WorkerId } from "../../src/core/ids.ts";
import { never } from "../../src/core/never.ts";
import type { Resources } from "../../src/core/resources.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Prefetch } from "../../src/scheduler/durations.ts";
import type { SchedulerEvent } from "../../src/scheduler/messages.ts";
import { type Final, isFinal, type ModelSample, type ModelTask, type Place } from "./scheduler-facts.ts";
import { fitsRoom, mostAtOnce, type Room, roomOf } from "./scheduler-room.ts";

export interface ModelSetup {
  readonly plan: Plan;
  readonly needs: readonly Resources[];
  readonly retries: readonly number[];
  readonly losses: number;
  readonly prefetch: Prefetch;
  readonly kinds: readonly number[];
  readonly lookAhead: number;
}

export class SchedulerModel {
  readonly setup: ModelSetup;
  readonly tasks: readonly ModelTask[];
  readonly samples: readonly ModelSample[];
  readonly places = new Map<WorkerId, Place>();
  /** What the scheduler now has to say of retries, failures and cancelled tasks. */
  readonly expected = new Set<string>();
  started = false;
  interrupted = false;
  cancelled = false;
  /** How many tasks can run at once at most. */
  placesAtOnce = 0;
  /** Verdicts asked for in samples that have not begun, and in those that have. */
  askedAhead = 0;
  askedBegun = 0;
  held = 0;
  lost = 0;
  readonly #needs: readonly Room[];
  readonly #attemptOf: (task: TaskId) => number;

  /** `attemptOf`: where only the scheduler can know what a loss costs (see `#failure`), it is asked. */
  constructor(setup: ModelSetup, attemptOf: (task: TaskId) => number) {
    const { plan } = setup;
    const perSample = plan.graph.sampleBlockCount;
    this.setup = setup;
    this.#needs = setup.needs.map(roomOf);
    this.#attemptOf = attemptOf;
    this.tasks = Array.from({ length: plan.taskCount }, () => ({
      seen: "untouched",
      attempt: 1,
      failures: 0,
      losses: 0,
      free: 0,
      worker: null,
    }));
    this.samples = Array.from({ length: plan.samples.length + 1 }, (_, row) => ({
      left: row < plan.samples.length ? perSample : plan.blocks.length - perSample,
      skipped: 0,
      asked: 0,
      begun: false,
      issue: false,
      failed: false,
      interrupted: false,
      ended: false,
    }));
  }

  learn(event: SchedulerEvent): void {
    switch (event.kind) {
      case "start":
        this.started = true;
        break;
      case "worker-joined":
        if (!this.places.has(event.worker)) this.#join(event);
        break;
      case "worker-narrowed": {
        const place = this.places.get(event.worker);
        if (place !== undefined) place.longest = event.longest;
        break;
      }
      case "worker-gone":
        this.#leave(event.worker);
        break;
      case "task-started": {
        const task = this.#its(event);
        if (task?.seen === "held") task.seen = "started";
        break;
      }
      case "task-ended":
        if (this.#its(event) === null) break;
        this.give(event.task, null);
        if (event.outcome.kind === "failed") this.#failure(event.task, blame(event.outcome.failure));
        else this.settle(event.task, event.outcome.kind);
        break;
      case "judged": {
        const task = this.task(event.task);
        if (task.seen !== "asked") break;
        this.#verdictSettled(event.task);
        task.seen = "stale";
        if (event.verdict !== "stale") {
          this.settle(event.task, event.verdict === "current" ? "cached" : "cached-issue");
        }
        break;
      }
      case "drain":
        this.interrupted = true;
        break;
      case "cancel":
        this.interrupted = true;
        if (!this.cancelled) this.#expectCancels();
        this.cancelled = true;
        break;
      default:
        never(event);
    }
  }

  asked(id: TaskId): void {
    this.task(id).seen = "asked";
    const sample = this.sampleOf(id);
    sample.asked++;
    if (sample.begun) this.askedBegun++;
    else this.askedAhead++;
  }
  begin(id: TaskId): void {
    const sample = this.sampleOf(id);
    sample.begun = true;
    this.askedAhead -= sample.asked;
    this.askedBegun += sample.asked;
  }

  /** To a worker, or back from the one that has it. */
  give(id: TaskId, to: WorkerId | null): void {
    const task = this.task(id);
    const worker = to ?? task.worker;
    const place = worker === null ? undefined : this.places.get(worker);
    const need = this.needOf(id);
    const sign = to === null ? 1 : -1;
    if (place !== undefined) {
      place.free.cpus += sign * need.cpus;
      place.free.gpus += sign * need.gpus;
      place.free.memory += sign * need.memory;
      if (to === null) place.held.delete(id);
      else place.held.add(id);
    }
    this.held -= sign;
    task.worker = to;
    if (to !== null) task.seen = "held";
  }

  settle(id: TaskId, as: Final): void {
    const task = this.task(id);
    const sample = this.sampleOf(id);
    if (isFinal(task.seen)) throw new Error(`task ${id} came to an end twice: ${task.seen}, ${as}`);
    if (task.seen === "asked") this.#verdictSettled(id);
    task.seen = as;
    sample.left--;
    if (as === "skipped") sample.skipped++;
    const stoppedBefore = sample.issue || sample.failed;
    if (as === "failed") sample.failed = true;
    if (as === "issue" || as === "cached-issue") sample.issue = true;
    if (stoppedBefore || !(sample.issue || sample.failed)) return;
    for (const other of this.tasksOf(this.rowOf(id))) {
      const { seen, worker } = this.task(other);
      if (seen === "held" && worker !== null) this.expected.add(`cancel ${worker} ${other}`);
      if (seen === "untouched" || seen === "asked" || seen === "stale") this.settle(other, "skipped");
    }
  }

  hasStopped(id: TaskId): boolean {
    const sample = this.sampleOf(id);
    return sample.issue || sample.failed;
  }
  /** Does the task fit into what the place has in all, or has free, and is it of its kind? */
  fits(id: TaskId, place: Place, of: "all" | "free"): boolean {
    return this.kindOf(id) === place.kindOfPlace && fitsRoom(this.needOf(id), place[of]);
  }
  /** May the place be given it, as far as time goes? */
  inTime(id: TaskId, { longest }: Place): boolean {
    if (longest === null) return true;
    return longest > 0 && (this.setup.needs[this.blockOf(id)]?.time ?? 0) <= longest;
  }
  kindOf(id: TaskId): number {
    return this.setup.kinds[this.blockOf(id)] ?? 0;
  }
  /** Is anybody there of the kind of place that the task needs? */
  kindIsThere(id: TaskId): boolean {
    return [...this.places.values()].some((place) => place.kindOfPlace === this.kindOf(id));
  }
  /**
   * Tasks of samples in progress that are not merely waiting for a kind of place that is not there: with none of
   * these a sample does not keep others from beginning.
   */
  goingOn(): number {
    return this.tasks.filter(({ seen }, index) => {
      if (seen === "held" || seen === "started") return true;
      const id = taskId(index);
      return this.sampleOf(id).begun && (seen === "asked" || (seen === "stale" && this.kindIsThere(id)));
    }).length;
  }
  /** Tasks with these very needs that wait for a worker or have one. */
  readyFor({ kindOfPlace, cpus, gpus, memory, time }: Demand): number {
    return this.tasks.filter(({ seen }, index) => {
      if (seen !== "held" && seen !== "started" && (seen !== "stale" || this.interrupted)) return false;
      const need = this.setup.needs[this.blockOf(taskId(index))];
      const alike = need?.cpus === cpus && need.gpus === gpus && (need.memory ?? 0) === (memory ?? 0);
      return alike && need.time === time && this.kindOf(taskId(index)) === kindOfPlace;
    }).length;
  }
  /** No more tasks than this run at once at such a place. */
  atOnce({ all, kindOfPlace }: Pick<Place, "all" | "kindOfPlace">): number {
    return mostAtOnce(
      this.#needs.filter((_, block) => this.setup.kinds[block] === kindOfPlace),
      all,
    );
  }
  rowOf(id: TaskId): number {
    return this.setup.plan.positionOf(id).sampleIndex ?? this.setup.plan.samples.length;
  }
  blockOf(id: TaskId): number {
    return this.setup.plan.positionOf(id).blockIndex;
  }
  tasksOf(row: number): TaskId[] {
    const { samples, graph, blocks } = this.setup.plan;
    const perSample = graph.sampleBlockCount;
    const count = row === samples.length ? blocks.length - perSample : perSample;
    return Array.from({ length: count }, (_, i) => taskId(row * perSample + i));
  }
  task(id: TaskId): ModelTask {
    const task = this.tasks[id];
    if (task === undefined) throw new Error(`no task ${id}`);
    return task;
  }
  sampleOf(id: TaskId): ModelSample {
    const sample = this.samples[this.rowOf(id)];
    if (sample === undefined) throw new Error(`no sample of task ${id}`);
    return sample;
  }
  needOf(id: TaskId): Room {
    const need = this.#needs[this.blockOf(id)];
    if (need === undefined) throw new Error(`no needs of task ${id}`);
    return need;
  }

  #join(event: Extract<SchedulerEvent, { kind: "worker-joined" }>): void {
    const { worker, capacity, kindOfPlace = 0, longest = null } = event;
    const unlimited = { ...capacity, memory: capacity.memory ?? Number.POSITIVE_INFINITY };
    const held = new Set<TaskId>();
    const place = { all: roomOf(unlimited), free: roomOf(unlimited), held, kindOfPlace, longest };
    this.places.set(worker, place);
    this.placesAtOnce += this.atOnce(place);
  }

  #leave(worker: WorkerId): void {
    const place = this.places.get(worker);
    if (place === undefined) return;
    this.placesAtOnce -= this.atOnce(place);
    const lost = [...place.held];
    for (const id of lost) this.give(id, null);
    for (const id of lost) {
      this.lost++;
      const began = this.task(id).seen === "started";
      this.#failure(id, began || this.setup.prefetch.most === 0 ? "place" : "place-or-backlog");
    }
    this.places.delete(worker);
  }

  #failure(id: TaskId, who: "task" | "place" | "place-or-backlog" | "nobody"): void {
    const { retries, losses, prefetch } = this.setup;
    const task = this.task(id);
    const goesOn = !this.interrupted && !this.hasStopped(id);
    const left =
      who === "nobody" ||
      (who === "task"
        ? task.failures < (retries[this.blockOf(id)] ?? 0)
        : // From outside a task in a backlog looks like one about to start, and only the latter's loss costs something.
          prefetch.most > 0
          ? this.#attemptOf(id) > task.attempt
          : task.losses < losses);
    if (who === "task") task.failures++;
    else if (who === "place") task.losses++;
    else task.free++;
    if (goesOn && left) {
      task.attempt++;
      task.seen = "stale";
      this.expected.add(`retry ${id} ${task.attempt}`);
    } else if (goesOn || who === "task") {
      this.expected.add(`fail ${id}`);
      this.settle(id, "failed");
    } else {
      this.sampleOf(id).interrupted = true;
      this.settle(id, "skipped");
    }
  }

  #expectCancels(): void {
    for (const [worker, place] of this.places) {
      for (const task of place.held) this.expected.add(`cancel ${worker} ${task}`);
    }
  }

  #verdictSettled(id: TaskId): void {
    const sample = this.sampleOf(id);
    sample.asked--;
    if (sample.begun) this.askedBegun--;
    else this.askedAhead--;
  }

  /** The task, if the worker has this very attempt of it. */
  #its(event: {
    readonly worker: WorkerId;
    readonly task: TaskId;
    readonly attempt: number;
  }): ModelTask | null {
    const task = this.task(event.task);
    return task.worker === event.worker && task.attempt === event.attempt ? task : null;
  }
}
