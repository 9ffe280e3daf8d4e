// Watches a scheduler from outside and fails at the first word that breaks a promise.

import type { Demand } from "../../src/core/demand.ts";
import { taskId } from "../../src/core/ids.ts";
import { never } from "../../src/core/never.ts";
import type { SchedulerCommand, SchedulerEvent } from "../../src/scheduler/messages.ts";
import type { Scheduler } from "../../src/scheduler/scheduler.ts";
import { isFinal, type ModelSample } from "./scheduler-facts.ts";
import { nobodyIdle, nothingEarlierFits, reasonIsTrue } from "./scheduler-idleness.ts";
import { type ModelSetup, SchedulerModel } from "./scheduler-model.ts";

export type Checks = "after-every-event" | "now-and-then";

export class SchedulerWatch {
  readonly model: SchedulerModel;
  readonly counted = { assigned: 0, retried: 0, failed: 0, samplesEnded: 0, mostInProgress: 0, mostAhead: 0 };
  finished: "complete" | "interrupted" | null = null;
  events = 0;
  readonly #scheduler: Scheduler;
  readonly #checks: Checks;
  #inProgress = 0;
  #demanded: readonly Demand[] = [];
  #lastLookedAt = -1;

  constructor(setup: ModelSetup, scheduler: Scheduler, checks: Checks) {
    this.#scheduler = scheduler;
    this.#checks = checks;
    this.model = new SchedulerModel(setup, (task) => scheduler.attemptOf(task));
  }

  saw(event: SchedulerEvent, commands: readonly SchedulerCommand[]): void {
    this.events++;
    if (this.finished !== null) {
      if (commands.length > 0) this.#fail("something was said after `finished`");
      return;
    }
    const { model } = this;
    model.learn(event);
    for (const command of commands) this.#check(command, commands);
    if (model.expected.size > 0) this.#fail(`nobody said ${[...model.expected].join(", ")}`);
    const often = this.#checks === "after-every-event";
    const broken = this.#scheduler.violations(often || this.events % 1_000_000 === 0 ? "full" : "quick");
    if (broken.length > 0) this.#fail(broken.join("; "));
    if (often) this.#checkDemand();
    if (!often || this.finished !== null || !model.started || model.interrupted) return;
    const idle =
      nobodyIdle(model, this.#inProgress) ??
      reasonIsTrue(model, this.#scheduler, this.events % Math.max(1, model.tasks.length));
    if (idle !== null) this.#fail(idle);
  }

  /** Every task has come to exactly one end, and the scheduler says the same of each. */
  atTheEnd(): void {
    const { model } = this;
    const { retries, losses } = model.setup;
    if (this.finished === null) this.#fail(`never finished: ${JSON.stringify(this.#scheduler.stuck())}`);
    const tally = new Map<string, number>();
    model.tasks.forEach((task, index) => {
      const said = this.#scheduler.stateOf(taskId(index));
      // In an interrupted run nothing is said of samples that were never reached.
      const seen = isFinal(task.seen) ? task.seen : "skipped";
      const block = model.blockOf(taskId(index));
      if (said !== seen) this.#fail(`task ${index} is ${said} and was seen ${task.seen}`);
      if (task.failures > (retries[block] ?? 0) + 1) this.#fail(`task ${index} failed too often`);
      if (task.losses > losses + 1) this.#fail(`task ${index} was lost too often`);
      if (task.attempt > 1 + task.failures + task.losses + task.free) this.#fail(`task ${index}: attempts`);
      const key = `${block} ${said}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    });
    const { blocks, samples } = this.#scheduler.snapshot();
    blocks.forEach((counts, block) => {
      for (const [name, count] of Object.entries(counts)) {
        if ((tally.get(`${block} ${name}`) ?? 0) !== count) this.#fail(`block ${block}: ${count} ${name}`);
      }
    });
    const { valid, issue, failed, unfinished } = samples.ended;
    if (valid + issue + failed + unfinished !== samples.total) this.#fail("samples do not add up");
    if (this.finished === "complete" && unfinished > 0) this.#fail("complete with unfinished samples");
    if (this.finished === "complete" && this.counted.samplesEnded !== samples.total) {
      this.#fail(`${this.counted.samplesEnded} of ${samples.total} samples were said to have ended`);
    }
  }

  /** It names what waits and runs, and has foreseen at every moment whatever came after. */
  #checkDemand(): void {
    const before = this.#demanded;
    this.#demanded = this.#scheduler.demand();
    this.#demanded.forEach((now, index) => {
      const which = `demand of ${now.cpus} cores on kind ${now.kindOfPlace}`;
      const ready = this.finished === null ? this.model.readyFor(now) : 0;
      if (now.ready !== ready) this.#fail(`${which}: ${now.ready} ready, not ${ready}`);
      const { ready: wasReady, ahead } = before[index] ?? { ready: Number.POSITIVE_INFINITY, ahead: 0 };
      if (now.ready + now.ahead > wasReady + ahead)
        this.#fail(`${which} was ${wasReady} + ${ahead} and grew`);
      if (this.finished !== null && now.ahead > 0) this.#fail(`${which}, and all is over`);
    });
  }

  #check(command: SchedulerCommand, all: readonly SchedulerCommand[]): void {
    const { model } = this;
    if (this.finished !== null) this.#fail(`${command.kind} after \`finished\``);
    switch (command.kind) {
      case "judge":
        this.#checkJudge(command);
        break;
      case "assign":
        this.#checkAssign(command);
        break;
      case "task-retried":
        this.counted.retried++;
        if (!model.expected.delete(`retry ${command.task} ${command.attempt}`)) this.#unexpected(command);
        break;
      case "task-failed":
        this.counted.failed++;
        if (!model.expected.delete(`fail ${command.task}`)) this.#unexpected(command);
        break;
      case "sample-ended":
        if (model.interrupted) this.#skipRest(command.sampleIndex, all);
        this.#checkSampleEnded(command);
        break;
      case "cancel":
        if (!model.expected.delete(`cancel ${command.worker} ${command.task}`)) this.#unexpected(command);
        break;
      case "finished":
        this.finished = command.why;
        if (command.why !== (model.interrupted ? "interrupted" : "complete")) this.#unexpected(command);
        if (model.held > 0) this.#fail("finished while workers have tasks");
        if (!model.interrupted && !model.tasks.every((task) => isFinal(task.seen))) this.#unexpected(command);
        break;
      default:
        never(command);
    }
  }

  #checkJudge(command: Extract<SchedulerCommand, { kind: "judge" }>): void {
    const { model } = this;
    const id = command.task;
    const row = model.rowOf(id);
    if (!model.started || model.interrupted) this.#fail(`task ${id} judged out of time`);
    if (model.task(id).seen !== "untouched") this.#fail(`task ${id} judged again`);
    if (model.hasStopped(id)) this.#fail(`task ${id} judged in a stopped sample`);
    this.#checkPredecessors(command);
    const inOrder = row <= this.#lastLookedAt + 1 || model.setup.plan.graph.sampleBlockCount === 0;
    if (!inOrder) this.#fail(`sample ${row} looked at before those in front of it`);
    this.#lastLookedAt = Math.max(this.#lastLookedAt, row);
    model.asked(id);
    if (model.askedAhead === 0) return;
    this.counted.mostAhead = Math.max(this.counted.mostAhead, model.askedAhead);
    const { prefetch, plan } = model.setup;
    const most =
      (this.#bound() + model.placesAtOnce * prefetch.most + model.setup.lookAhead) * plan.blocks.length;
    // Where no place of some kind is, as many more are asked about as it takes to find work for those that are.
    if (model.askedAhead > most && !this.#lacksKinds())
      this.#fail(`${model.askedAhead} verdicts asked for ahead`);
  }

  #checkAssign(command: Extract<SchedulerCommand, { kind: "assign" }>): void {
    const { model } = this;
    const id = command.task;
    const task = model.task(id);
    const sample = model.sampleOf(id);
    const place = model.places.get(command.worker);
    this.counted.assigned++;
    if (model.interrupted) this.#fail(`task ${id} begun after the end was near`);
    if (task.seen !== "stale") this.#fail(`task ${id} given away while it is ${task.seen}`);
    if (task.attempt !== command.attempt) this.#fail(`task ${id}: ${command.attempt}, not ${task.attempt}`);
    if (model.hasStopped(id) || sample.ended) this.#fail(`task ${id} begins after its sample stopped`);
    this.#checkPredecessors(command);
    if (place === undefined) throw new Error(`task ${id} given to ${command.worker}, who is not there`);
    if (!model.fits(id, place, "all"))
      this.#fail(`task ${id} is larger than ${command.worker}, or not for it`);
    if (!model.inTime(id, place)) this.#fail(`${command.worker} has no time for task ${id}`);
    const { most } = model.setup.prefetch;
    if (most === 0 && !model.fits(id, place, "free"))
      this.#fail(`${command.worker} is given more than it can run`);
    if (place.held.size >= model.atOnce(place) * (most + 1)) this.#fail(`${command.worker} hoards tasks`);
    if (most === 0 && this.#checks === "after-every-event") {
      const earlier = nothingEarlierFits(model, id, place);
      if (earlier !== null) this.#fail(earlier);
    }
    if (!sample.begun) {
      // In large histories nobody counts what each sample waits for.
      const full = this.#inProgress >= this.#bound();
      if (full && (this.#checks === "now-and-then" || model.goingOn() >= this.#bound()))
        this.#fail(`${this.#inProgress} samples in progress, and one more`);
      model.begin(id);
      this.#inProgress++;
      this.counted.mostInProgress = Math.max(this.counted.mostInProgress, this.#inProgress);
    }
    model.give(id, command.worker);
  }

  #checkSampleEnded(command: Extract<SchedulerCommand, { kind: "sample-ended" }>): void {
    const { sampleIndex, ending, skipped } = command;
    const sample = this.model.samples[sampleIndex];
    if (sample === undefined || sampleIndex === this.model.setup.plan.samples.length) {
      throw new Error(`no sample ${sampleIndex}`);
    }
    if (sample.ended) this.#fail(`sample ${sampleIndex} ended twice`);
    if (sample.left > 0) this.#fail(`sample ${sampleIndex} ended with ${sample.left} tasks left`);
    if (ending !== endingOf(sample)) this.#fail(`sample ${sampleIndex}: ${ending}, not ${endingOf(sample)}`);
    if (skipped !== sample.skipped) this.#fail(`sample ${sampleIndex}: ${skipped} skipped`);
    if (sample.begun) this.#inProgress--;
    sample.ended = true;
    this.counted.samplesEnded++;
  }

  #checkPredecessors({ task: id }: { readonly task: ReturnType<typeof taskId> }): void {
    const { plan } = this.model.setup;
    const { sampleIndex, blockIndex } = plan.positionOf(id);
    for (const before of plan.graph.predecessors[blockIndex] ?? []) {
      const { seen } = this.model.task(plan.taskOf(sampleIndex, before));
      if (seen !== "succeeded" && seen !== "cached") this.#fail(`task ${id} before what it depends on`);
    }
    if (sampleIndex === null && this.counted.samplesEnded < plan.samples.length) {
      this.#fail(`dataset task ${id} goes before the samples have ended`);
    }
  }

  /** The end of an interrupted run: what had not begun counts as skipped. */
  #skipRest(row: number, all: readonly SchedulerCommand[]): void {
    for (const id of this.model.tasksOf(row)) {
      const task = this.model.task(id);
      if (isFinal(task.seen)) continue;
      if (task.worker !== null || all.at(-1)?.kind !== "finished") this.#fail(`sample ${row} ends too early`);
      const sample = this.model.samples[row];
      if (sample !== undefined) sample.interrupted = true;
      this.model.settle(id, "skipped");
    }
  }

  #lacksKinds(): boolean {
    const { setup, places } = this.model;
    return setup.kinds.some((kind) => [...places.values()].every((place) => place.kindOfPlace !== kind));
  }

  /** Fewer samples than this are in progress when another begins. */
  #bound(): number {
    const { placesAtOnce, setup } = this.model;
    return placesAtOnce + 2 + Math.ceil(placesAtOnce / 8) + placesAtOnce * setup.prefetch.most;
  }

  #unexpected(command: SchedulerCommand): never {
    return this.#fail(`nobody expected ${JSON.stringify(command)}`);
  }

  #fail(what: string): never {
    throw new Error(`event ${this.events}: ${what}`);
  }
}

function endingOf(sample: ModelSample) {
  if (sample.failed) return "failed";
  if (sample.issue) return "issue";
  return sample.interrupted ? "unfinished" : "valid";
}
