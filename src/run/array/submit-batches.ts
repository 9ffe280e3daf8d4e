// Submitting what is to be run, array after array: each block's behind those that it waits for, in pieces that the cluster takes.
// What it does not take today waits, and goes in when others have ended.
import { type Seconds, seconds, type TaskId } from "../../core/ids.ts";
import { type ArrayJob, type Dependency, writeArrayScript } from "../../executors/slurm/arrays/array-job.ts";
import type { ArraySettings } from "../../executors/slurm/arrays/array-settings.ts";
import { submitArray } from "../../executors/slurm/arrays/array-submission.ts";
import type { SlurmRun } from "../../executors/slurm/jobs/slurm-run.ts";
import { taskTablePath } from "../../rundir/layout.ts";
import { type ArrayJobs, type ArraySlot, factsOfArray } from "./array-jobs.ts";
import { type Batch, batchesOf, halved, lastOf, type Row, waitsFor } from "./batches.ts";
import type { PreparedRun } from "./judging-of-work.ts";
import { writeTaskTable } from "./task-table.ts";

export interface Refused {
  readonly kind: "refused";
  readonly message: string;
  readonly explanation: string;
  readonly hint: string;
}

export type Submitting =
  /** Everything that was to be submitted is. */
  | { readonly kind: "all" }
  /** The rest goes in later. */
  | { readonly kind: "waits"; readonly message: string }
  | Refused;

interface Pending {
  readonly batch: Batch;
  /** What of it was submitted already, by block. */
  readonly submitted: Map<number, ArraySlot>;
}

/** Seconds between two tries when Slurm takes nothing more. */
const firstPause = 5;
const longestPause = 60;

export class Submitter {
  readonly #run: SlurmRun;
  readonly #prepared: PreparedRun;
  readonly #settings: ArraySettings;
  readonly #jobs: ArrayJobs;
  #pending: Pending[] = [];
  /** The dataset's blocks, when they are to be submitted behind everything else. */
  #dataset: number[] = [];
  /** The arrays on which nothing of their batches waits: the dataset's blocks wait for these. */
  readonly #last: ArraySlot[] = [];
  #most: number;
  #number: number;
  #pause = firstPause;
  #dueAt: Seconds = seconds(0);

  constructor(of: {
    readonly run: SlurmRun;
    readonly prepared: PreparedRun;
    readonly settings: ArraySettings;
    readonly jobs: ArrayJobs;
    /** The most elements that an array may have here. */
    readonly most: number;
  }) {
    this.#run = of.run;
    this.#prepared = of.prepared;
    this.#settings = of.settings;
    this.#jobs = of.jobs;
    this.#most = of.most;
    this.#number = of.run.journal.slots.size;
  }

  /** To be submitted from now on. `dataset`: its blocks that are to be run, behind everything. */
  want(rows: Iterable<Row>, dataset: readonly number[]): void {
    for (const batch of batchesOf(rows, this.#most)) this.#pending.push({ batch, submitted: new Map() });
    this.#dataset = [...new Set([...this.#dataset, ...dataset])].sort((a, b) => a - b);
  }

  /** Nothing more is to be submitted. */
  stop(): void {
    this.#pending = [];
    this.#dataset = [];
  }

  get isDone(): boolean {
    return this.#pending.length === 0 && this.#dataset.length === 0;
  }

  /** How many tasks wait to be submitted. */
  get waiting(): number {
    const ofSamples = this.#pending.reduce(
      (sum, { batch, submitted }) => sum + batch.rows.length * (batch.blocks.length - submitted.size),
      0,
    );
    return ofSamples + this.#dataset.length;
  }

  isDue(): boolean {
    return !this.isDone && this.#run.now() >= this.#dueAt;
  }

  /** Submits as much as is taken. @throws FileError */
  async go(): Promise<Submitting> {
    for (let pending = this.#pending[0]; pending !== undefined; pending = this.#pending[0]) {
      const answer = await this.#batch(pending);
      if (answer !== null) return answer;
    }
    for (let block = this.#dataset[0]; block !== undefined; block = this.#dataset[0]) {
      const jobs = this.#last.map(({ job }) => job);
      const task = this.#prepared.plan.taskOf(null, block);
      const after: Dependency | null = jobs.length === 0 ? null : { kind: "all-over", jobs };
      const answer = await this.#array(block, [task], after);
      if (!("slot" in answer)) return answer;
      this.#dataset.shift();
      // They run one after another.
      this.#last.splice(0, this.#last.length, answer);
    }
    return { kind: "all" };
  }

  /** Null when all of it is submitted. */
  async #batch(pending: Pending): Promise<Submitting | null> {
    const { batch, submitted } = pending;
    const { plan } = this.#prepared;
    const { predecessors } = plan.graph;
    for (const block of batch.blocks) {
      if (submitted.has(block)) continue;
      const jobs = waitsFor(block, batch, predecessors).flatMap((one) => submitted.get(one)?.job ?? []);
      const after: Dependency | null = jobs.length === 0 ? null : { kind: "element-by-element", jobs };
      const tasks = batch.rows.map((index) => plan.taskOf(index, block));
      const answer = await this.#array(block, tasks, after);
      if ("slot" in answer) {
        submitted.set(block, answer);
        continue;
      }
      const halves = answer.kind === "waits" && answer.tooMany && submitted.size === 0 ? halved(batch) : null;
      // While nothing of ours is queued, waiting would make no room.
      if (halves === null || this.#jobs.slots.length > 0) return answer;
      this.#most = halves[0].rows.length;
      this.#pending.splice(0, 1, ...halves.map((half) => ({ batch: half, submitted: new Map() })));
      this.#dueAt = seconds(0);
      return null;
    }
    this.#pending.shift();
    for (const block of lastOf(batch, predecessors)) {
      const slot = submitted.get(block);
      if (slot !== undefined) this.#last.push(slot);
    }
    return null;
  }

  /** Its table is there when this returns. A launcher that was killed may have made one for a job that never came to be. */
  #nextSlot(tasks: readonly TaskId[]): string {
    for (;;) {
      const slot = `a${++this.#number}`;
      if (this.#run.journal.slots.has(slot)) continue;
      if (writeTaskTable(taskTablePath(this.#run.runFolder, slot), tasks) === "written") return slot;
    }
  }

  async #array(
    block: number,
    tasks: readonly TaskId[],
    after: Dependency | null,
  ): Promise<ArraySlot | Refused | { kind: "waits"; message: string; tooMany: boolean }> {
    const run = this.#run;
    const spec = this.#prepared.plan.blocks[block];
    const needs = this.#prepared.work.blocks[block]?.needs;
    if (spec === undefined || needs === undefined) throw new RangeError(`no block ${block}`);
    const slot = this.#nextSlot(tasks);
    const job: ArrayJob = {
      ...{ slot, block: spec.name, count: tasks.length, needs, attempts: spec.retries + 1, after },
      options: spec.executorOptions,
    };
    const { script, options } = writeArrayScript(run.runFolder, {
      ...{ job, settings: this.#settings, executable: run.executable },
    });
    const facts = factsOfArray({ block, name: spec.name, count: tasks.length });
    const answer = await submitArray(run, { slot, script, options, facts });
    switch (answer.kind) {
      case "submitted": {
        this.#pause = firstPause;
        const made: ArraySlot = { slot, key: answer.key, job: answer.job, block, tasks };
        this.#jobs.add(made);
        return made;
      }
      case "later":
        this.#dueAt = seconds(run.now() + this.#pause * run.patience);
        this.#pause = Math.min(longestPause, this.#pause * 2);
        return { kind: "waits", message: answer.message, tooMany: answer.reason === "submit-limit" };
      case "never":
        // What it was to wait for is over and forgotten: its tasks look themselves whether that ended well.
        if (after !== null && /dependency/i.test(answer.message))
          return await this.#array(block, tasks, null);
        return {
          ...{ kind: "refused", message: answer.message },
          ...{ explanation: answer.explanation, hint: answer.hint },
        };
    }
  }
}
