// What the tasks of a run are given, and where what they give back goes: into what is known of their sample, and into
// what is remembered. The loop that drives the run asks here and decides nothing.
import type { Attempt, BlockName, SampleId, TaskId } from "../core/ids.ts";
import type { Resources } from "../core/resources.ts";
import type { SampleEnding } from "../core/sample.ts";
import type { TaskName } from "../core/task.ts";
import type { Plan } from "../plan/plan.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { Verdict } from "../scheduler/messages.ts";
import type { FileError } from "../system/file-error.ts";
import type { CacheVerdict, RunCache } from "./run-cache.ts";
import type { SampleStore } from "./sample-store.ts";
import { isOfOneSample } from "./unwritten-warning.ts";

export interface TaskBookInput {
  readonly plan: Plan;
  /** By block: what its tasks are given. */
  readonly needs: readonly Resources[];
  readonly samples: SampleStore;
  readonly cache: RunCache;
  /** Every valid sample of the dataset, for dataset blocks; asked once, when this run's samples have ended. */
  readonly validSamples: () => readonly SampleId[];
  /** Lines that a task has logged, and that are not in a log yet. */
  readonly onLogged: (task: TaskName, lines: string) => void;
}

export interface Judged {
  readonly verdict: Verdict;
  /** The remembered outcome that stands; null where the task runs, or must not. */
  readonly outcome: Extract<CacheVerdict, { kind: "current" }>["record"]["outcome"] | null;
}

export interface EndedSample {
  readonly sample: SampleId;
  /** What it counts as. */
  readonly ending: SampleEnding;
  /** Why its sample.json could not be written; null where it was. */
  readonly unwritten: FileError | null;
}

export class TaskBook {
  readonly #input: TaskBookInput;
  #valid: readonly SampleId[] | null = null;

  constructor(input: TaskBookInput) {
    this.#input = input;
  }

  assignment(task: TaskId, attempt: Attempt): Assignment {
    const { plan, needs, samples, cache } = this.#input;
    const { sampleIndex, blockIndex } = plan.positionOf(task);
    const { block, sample } = plan.describe(task);
    const need = needs[blockIndex];
    if (need === undefined) throw new RangeError(`no needs of block ${blockIndex}`);
    return {
      ...{ task, attempt, block, needs: need },
      environment: plan.blocks[blockIndex]?.environment ?? {},
      target:
        sampleIndex === null
          ? { kind: "dataset", valid: this.#beginDataset() }
          : { kind: "sample", sample: samples.stateFor(sampleIndex, this.#visible(blockIndex)) },
      key: cache.key(blockIndex, sample),
    };
  }

  /** Whether what is remembered of the task stands; its sample then goes on as if it had just been run. */
  judge(task: TaskId): Judged {
    const { plan, samples, cache } = this.#input;
    const { sampleIndex, blockIndex } = plan.positionOf(task);
    const { block, sample } = plan.describe(task);
    if (sampleIndex === null) this.#beginDataset();
    const verdict = cache.judge(blockIndex, sample);
    if (verdict.kind !== "current") return { verdict: verdict.kind, outcome: null };
    const { outcome, changes } = verdict.record;
    if (sampleIndex !== null) {
      samples.recall(sampleIndex, block, changes);
      if (outcome.kind === "issue") samples.stop(sampleIndex, block, outcome.message);
    }
    return { verdict: outcome.kind === "issue" ? "current-issue" : "current", outcome };
  }

  /** Call it before the scheduler hears of the result: what follows is judged by it. */
  ended(result: TaskResult): void {
    const { plan, samples, cache } = this.#input;
    const { sampleIndex, blockIndex } = plan.positionOf(result.task);
    const { block, sample } = plan.describe(result.task);
    const { outcome, logged } = result;
    // First: whoever was killed between this and what is remembered finds the lines there when the result comes again.
    if (logged !== undefined) this.#input.onLogged({ block, sample }, logged);
    if (outcome.kind === "failed") {
      cache.failed(blockIndex, sample, result);
      return;
    }
    cache.ended(blockIndex, sample, { ...result, outcome });
    if (sampleIndex === null) return;
    samples.apply(sampleIndex, block, result.changes);
    if (outcome.kind === "issue") samples.stop(sampleIndex, block, outcome.message);
  }

  sampleEnded(sampleIndex: number, ending: SampleEnding): EndedSample {
    const { plan, samples, cache } = this.#input;
    const sample = plan.samples[sampleIndex];
    if (sample === undefined) throw new RangeError(`no sample ${sampleIndex}`);
    let unwritten: FileError | null = null;
    try {
      samples.settle(sampleIndex, ending);
    } catch (error) {
      if (!isOfOneSample(error)) throw error;
      unwritten = error;
    }
    cache.release(sample);
    return { sample, ending: unwritten === null ? ending : "failed", unwritten };
  }

  /** All samples have ended: which of the dataset are valid is known now, and stays so. */
  #beginDataset(): readonly SampleId[] {
    if (this.#valid === null) {
      this.#valid = this.#input.validSamples();
      this.#input.cache.beginDataset(this.#valid);
    }
    return this.#valid;
  }

  #visible(block: number): readonly BlockName[] {
    const { graph, blocks } = this.#input.plan;
    return (graph.ancestors[block] ?? []).flatMap((index) => blocks[index]?.name ?? []);
  }
}
