// What the endings of tasks add up to, whoever ran them and in whatever order they are found: which records are to be
// remembered, which tasks will never run, which samples have come to rest. The launcher that watches, the one that comes back
// after days, and the task over the whole dataset on its node all count by this.
//
//   open ──its results stand──▶ stands ─┐
//     │ ──ran, and well──────▶ done ────┤ what follows becomes due
//     │ ──an issue, a failure, not to be retried──▶ stopped: what follows is skipped
//     └─ an ending that was made of another sample than is there now counts as none
import type { Checkpoint } from "../../cache/checkpoint.ts";
import type { Memory } from "../../cache/memory.ts";
import type { KeyParts, TaskRecord } from "../../cache/record.ts";
import type { Failure } from "../../core/failure.ts";
import type { SampleId, TaskId } from "../../core/ids.ts";
import { never } from "../../core/never.ts";
import type { SampleEnding } from "../../core/sample.ts";
import type { FileError } from "../../system/file-error.ts";
import type { Judging } from "../judging.ts";
import type { SampleStore } from "../sample-store.ts";
import { isOfOneSample } from "../unwritten-warning.ts";
import { type PreparedRun, sampleAt } from "./judging-of-work.ts";
import type { SampleStart } from "./remembered-samples.ts";
import type { TaskEnding } from "./task-ending.ts";

export interface AccountListener {
  /** What is remembered of it stands. */
  cached(task: TaskId, record: TaskRecord): void;
  /** It was run; the record, where there is one, is remembered by now. */
  ran(task: TaskId, ending: TaskEnding): void;
  /** It will not be tried any more, and left no ending. */
  lost(task: TaskId, failure: Failure): void;
  sampleEnded(sample: SampleId, how: SampleEnding, skipped: number, unwritten: FileError | null): void;
  /** An ending that does not fit what is there now. */
  misfit(task: TaskId, ending: TaskEnding): void;
}

export interface AccountInput {
  readonly prepared: PreparedRun;
  readonly memory: Memory & Pick<Checkpoint, "put" | "putText">;
  readonly judging: Judging;
  readonly samples: SampleStore;
  /** By index of the sample. */
  readonly start: (index: number) => SampleStart;
  /** Every valid sample of the dataset; asked once, when all samples of the run have ended. */
  readonly validSamples: () => readonly SampleId[];
  readonly listener: AccountListener;
}

const state = { open: 0, stands: 1, done: 2, issue: 3, failed: 4, notRetried: 5, skipped: 6 } as const;

export class RunAccount {
  readonly #input: AccountInput;
  readonly #states: Uint8Array;
  /** Of tasks that are open: what was found, and waits for those before it. */
  readonly #endings = new Map<TaskId, TaskEnding>();
  readonly #lost = new Map<TaskId, Failure>();
  #openSamples: number;
  #open: number;

  constructor(input: AccountInput) {
    const { plan } = input.prepared;
    this.#input = input;
    this.#states = new Uint8Array(plan.taskCount);
    this.#openSamples = plan.samples.length;
    this.#open = plan.taskCount;
  }

  /** How many tasks have not come to their end. */
  get open(): number {
    return this.#open;
  }

  get openSamples(): number {
    return this.#openSamples;
  }

  isOpen(task: TaskId): boolean {
    return this.#states[task] === state.open;
  }

  /** Open, and nothing before it is. */
  isDue(task: TaskId): boolean {
    const { plan } = this.#input.prepared;
    const { sampleIndex, blockIndex } = plan.positionOf(task);
    if (!this.isOpen(task) || (sampleIndex === null && this.#openSamples > 0)) return false;
    return this.#before(sampleIndex, blockIndex).every((one) => this.#isGood(one));
  }

  /** Looks at all samples once: what stands is counted, what has come to rest is written. */
  begin(): void {
    const { plan } = this.#input.prepared;
    for (let index = 0; index < plan.samples.length; index++) {
      if (this.#input.start(index).stood) this.#stood(index);
      else this.#advance(index);
    }
    if (this.#openSamples === 0) this.#advance(null);
  }

  /** How a task has ended, as it was found. */
  take(ending: TaskEnding): void {
    if (!this.isOpen(ending.task)) return;
    this.#endings.set(ending.task, ending);
    this.#advance(this.#input.prepared.plan.positionOf(ending.task).sampleIndex);
  }

  /** Nobody will run it any more. */
  giveUp(task: TaskId, failure: Failure): void {
    if (!this.isOpen(task)) return;
    this.#lost.set(task, failure);
    this.#advance(this.#input.prepared.plan.positionOf(task).sampleIndex);
  }

  /** Row by row: the blocks of a sample in their order, or those over the dataset. */
  #advance(sampleIndex: number | null): void {
    const { plan } = this.#input.prepared;
    const { sampleBlockCount } = plan.graph;
    if (sampleIndex === null && this.#openSamples > 0) return;
    if (sampleIndex === null) this.#beginDataset();
    const blocks = sampleIndex === null ? plan.blocks.length : sampleBlockCount;
    const first = sampleIndex === null ? sampleBlockCount : 0;
    let open = 0;
    let moved = sampleBlockCount === 0;
    for (let block = first; block < blocks; block++) {
      const task = plan.taskOf(sampleIndex, block);
      if (!this.isOpen(task)) continue;
      this.#look(task, sampleIndex, block);
      if (this.isOpen(task)) open++;
      else moved = true;
    }
    if (sampleIndex !== null && open === 0 && moved) this.#endSample(sampleIndex);
  }

  #look(task: TaskId, sampleIndex: number | null, block: number): void {
    const before = this.#before(sampleIndex, block);
    if (before.some((one) => !this.#isGood(one) && !this.isOpen(one))) {
      this.#move(task, state.skipped);
      return;
    }
    if (before.some((one) => this.isOpen(one))) return;
    const ending = this.#endings.get(task);
    const failure = this.#lost.get(task);
    const start = sampleIndex === null ? null : this.#input.start(sampleIndex);
    if (start?.standing.includes(block)) this.#stands(task);
    else if (start?.stops.includes(block)) this.#move(task, state.notRetried);
    else if (ending !== undefined) this.#ended(task, ending);
    else if (failure !== undefined) {
      this.#move(task, state.failed);
      this.#input.listener.lost(task, failure);
    }
  }

  #ended(task: TaskId, ending: TaskEnding): void {
    const { judging, memory, listener } = this.#input;
    const { how } = ending;
    const { sampleIndex, blockIndex } = this.#input.prepared.plan.positionOf(task);
    switch (how.kind) {
      case "stands":
        this.#stands(task);
        return;
      case "not-retried":
        this.#move(task, state.notRetried);
        return;
      case "ran": {
        const { record } = how;
        if (record === null) {
          this.#move(task, state.failed);
          listener.ran(task, ending);
          return;
        }
        if (!isSameKey(record.key, judging.key(blockIndex, record.sample))) {
          this.#endings.delete(task);
          listener.misfit(task, ending);
          return;
        }
        const known = memory.get(record.block, record.sample);
        // What a later run has remembered since is newer, and what this one has remembered need not be written again.
        const isNews = known === null || Number(known.run) < Number(record.run) || known.at < record.at;
        if (isNews && sampleIndex === null) memory.putText(record.key.before, judging.rollBefore(blockIndex));
        if (isNews) memory.put(record);
        judging.changed(record.sample);
        this.#settle(task, record);
        if (sampleIndex !== null) this.#input.samples.apply(sampleIndex, record.block, record.changes);
        listener.ran(task, ending);
        return;
      }
      default:
        never(how);
    }
  }

  /** Of a hundred thousand samples that are as they were nothing is told one by one. */
  #stood(index: number): void {
    const { plan } = this.#input.prepared;
    for (let block = 0; block < plan.graph.sampleBlockCount; block++) {
      this.#move(plan.taskOf(index, block), state.stands);
    }
    this.#openSamples--;
  }

  #stands(task: TaskId): void {
    const { plan } = this.#input.prepared;
    const { sampleIndex } = plan.positionOf(task);
    const { block, sample } = plan.describe(task);
    const record = this.#input.memory.get(block, sample);
    // It was forgotten since: then it does not stand any more, and whoever runs it will say how it ends.
    if (record === null) return;
    if (sampleIndex !== null) this.#input.samples.recall(sampleIndex, block, record.changes);
    this.#settle(task, record);
    this.#input.listener.cached(task, record);
  }

  #settle(task: TaskId, record: TaskRecord): void {
    const { sampleIndex, blockIndex } = this.#input.prepared.plan.positionOf(task);
    const { outcome } = record;
    if (outcome.kind === "issue") {
      if (sampleIndex !== null) this.#input.samples.stop(sampleIndex, record.block, outcome.message);
      this.#move(task, state.issue);
      return;
    }
    this.#input.judging.settle(blockIndex, record);
    this.#move(task, this.#endings.get(task)?.how.kind === "ran" ? state.done : state.stands);
  }

  #move(task: TaskId, to: (typeof state)[keyof typeof state]): void {
    this.#states[task] = to;
    this.#open--;
    this.#endings.delete(task);
    this.#lost.delete(task);
  }

  #endSample(index: number): void {
    const { prepared, samples, judging, listener } = this.#input;
    const { plan } = prepared;
    const sample = sampleAt(plan, index);
    const states = Array.from(
      { length: plan.graph.sampleBlockCount },
      (_, block) => this.#states[plan.taskOf(index, block)],
    );
    let how: SampleEnding = "valid";
    if (states.includes(state.failed)) how = "failed";
    else if (states.includes(state.issue)) how = "issue";
    else if (states.includes(state.notRetried)) how = "unfinished";
    const skipped = states.filter((one) => one === state.skipped || one === state.notRetried).length;
    let unwritten: FileError | null = null;
    try {
      samples.settle(index, how);
    } catch (error) {
      if (!isOfOneSample(error)) throw error;
      unwritten = error;
    }
    judging.release(sample);
    this.#openSamples--;
    listener.sampleEnded(sample, unwritten === null ? how : "failed", skipped, unwritten);
    if (this.#openSamples === 0) this.#advance(null);
  }

  #datasetBegun = false;

  #beginDataset(): void {
    const { plan } = this.#input.prepared;
    if (this.#datasetBegun || plan.blocks.length === plan.graph.sampleBlockCount) return;
    this.#datasetBegun = true;
    this.#input.judging.beginDataset(this.#input.validSamples());
  }

  #before(sampleIndex: number | null, block: number): readonly TaskId[] {
    const { plan } = this.#input.prepared;
    return (plan.graph.predecessors[block] ?? []).map((one) => plan.taskOf(sampleIndex, one));
  }

  #isGood(task: TaskId): boolean {
    const now = this.#states[task];
    return now === state.stands || now === state.done;
  }
}

function isSameKey(a: KeyParts, b: KeyParts): boolean {
  return a.version === b.version && a.options === b.options && a.code === b.code && a.before === b.before;
}
