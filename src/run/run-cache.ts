// The cache in a run that goes on: asked before every task, told after it. What is remembered of a task is forgotten, on
// the disk, before anything of what it left is touched; a kill in between costs work, never a wrong result.
import type { Checkpoint } from "../cache/checkpoint.ts";
import type { KeptOutput } from "../cache/old-outputs.ts";
import type { KeyParts, TaskRecord } from "../cache/record.ts";
import { recordOf } from "../cache/remember.ts";
import type { Reasons } from "../cache/verdict.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import type { TaskName } from "../core/task.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { wallClock } from "../system/clock.ts";
import type { Judging } from "./judging.ts";
import type { Outputs, Spoilt } from "./outputs.ts";
import type { OwnFiles } from "./own-files.ts";

export interface RunCacheInput {
  readonly judging: Judging;
  readonly checkpoint: Checkpoint;
  /** Blocks at which samples stop rather than running them. */
  readonly notRetried: ReadonlySet<BlockName>;
  /** `003` */
  readonly run: string;
  readonly outputs: Outputs;
  readonly ownFiles: OwnFiles;
  /** Files of an earlier run that stay although their task runs again. */
  readonly onStale: (task: TaskName, reasons: Reasons) => void;
  readonly onKept: (kept: readonly KeptOutput[], sample: SampleId | null) => void;
  /** Other machines write into the dataset. */
  readonly shared?: {
    /** What a task left stands. */
    onCurrent(record: TaskRecord): void;
    /** Resolves when what these tasks have left is seen as they left it, or will not be. */
    inSight(records: readonly TaskRecord[]): Promise<void>;
  };
}

export type CacheVerdict =
  | { readonly kind: "current"; readonly record: TaskRecord }
  | { readonly kind: "stale" }
  | { readonly kind: "not-retried" };

/** The result of a task that is not to be run again for the same. */
export interface EndedResult extends TaskResult {
  readonly outcome: TaskRecord["outcome"];
}

export class RunCache {
  readonly #input: RunCacheInput;

  constructor(input: RunCacheInput) {
    this.#input = input;
  }

  judge(block: number, sample: SampleId | null): CacheVerdict {
    const { judging, notRetried } = this.#input;
    const verdict = judging.judge(block, sample);
    if (verdict.kind === "current") {
      judging.settle(block, verdict.record);
      this.#input.shared?.onCurrent(verdict.record);
      return verdict;
    }
    const name = judging.name(block);
    if (notRetried.has(name)) return { kind: "not-retried" };
    this.#input.onStale({ block: name, sample }, verdict.reasons);
    return { kind: "stale" };
  }

  /** What the result of a task that is about to run will be remembered under. */
  key(block: number, sample: SampleId | null): KeyParts {
    const { judging, checkpoint } = this.#input;
    const key = judging.key(block, sample);
    if (sample === null) checkpoint.putText(key.before, judging.rollBefore(block));
    return key;
  }

  /** Whether all of a sample's blocks have ended well before, and stand: then nothing of it has to go through the run. */
  stands(sample: SampleId, blocks: number): boolean {
    const { judging } = this.#input;
    if (judging.standsAtAGlance(sample, blocks)) return true;
    for (let block = 0; block < blocks; block++) {
      const verdict = judging.judge(block, sample);
      if (verdict.kind !== "current" || verdict.record.outcome.kind === "issue") {
        judging.release(sample);
        return false;
      }
      judging.settle(block, verdict.record);
    }
    judging.release(sample);
    return true;
  }

  /** The files that are remembered of a sample's blocks, by their paths in its folder. */
  filesOf(sample: SampleId, blocks: readonly BlockName[]): readonly string[] {
    const { checkpoint } = this.#input;
    return blocks.flatMap((block) => checkpoint.get(block, sample)?.files ?? []).map(({ path }) => path);
  }

  /** Whether earlier runs have left something that must be put away first. */
  isLittered(assignment: Assignment): boolean {
    const { outOfSight } = this.#input.outputs;
    return this.#recordOf(assignment) !== null || outOfSight.concerns(assignment.block, sampleOf(assignment));
  }

  /** Why a task must not be tried once more; null where it may be. */
  spoilt(assignment: Assignment): Spoilt | null {
    const { block, attempt } = assignment;
    if (attempt === 1) return null;
    return this.#input.outputs.spoiltBefore({ block, sample: sampleOf(assignment) });
  }

  /** @throws when it cannot be brought to the disk that they are forgotten: then nothing was touched. */
  async clear(assignments: readonly Assignment[]): Promise<void> {
    const { checkpoint, outputs, judging } = this.#input;
    const records = assignments.flatMap((assignment) => this.#recordOf(assignment) ?? []);
    for (const { block, sample } of records) {
      checkpoint.forget(block, sample);
      judging.changed(sample);
    }
    const synced = await checkpoint.sync();
    if (synced.kind === "failed") throw synced.error;
    await this.#input.shared?.inSight(records);
    for (const record of records) this.#tellKept(outputs.putAway(record), record.sample);
    for (const assignment of assignments) {
      const sample = sampleOf(assignment);
      this.#tellKept(outputs.outOfSight.hide(assignment.block, sample), sample);
    }
  }

  #tellKept(kept: readonly KeptOutput[], sample: SampleId | null): void {
    if (kept.length > 0) this.#input.onKept(kept, sample);
  }

  /** Remembers what became of a task. */
  ended(block: number, sample: SampleId | null, result: EndedResult): void {
    const { judging, checkpoint, run, ownFiles, outputs } = this.#input;
    outputs.outOfSight.show(judging.name(block), sample);
    const key: KeyParts = judging.key(block, sample);
    const { outcome, changes } = result;
    const name = judging.name(block);
    const manifest = outputs.whoseFound({ block: name, sample }, ownFiles(block, result.manifest));
    const at = wallClock();
    const record = recordOf(
      { block: name, sample, key, outcome, changes, manifest, run, at },
      judging.after(block, sample),
    );
    if (outcome.kind === "succeeded") judging.settle(block, record);
    checkpoint.put(record);
    judging.changed(sample);
  }

  /** Failures are never remembered, and nothing of theirs is left for the next attempt to stumble over. */
  failed(block: number, sample: SampleId | null, result: TaskResult): void {
    const { outputs, ownFiles, judging } = this.#input;
    outputs.sweep(sample, ownFiles(block, result.manifest));
    outputs.outOfSight.show(judging.name(block), sample);
  }

  release(sample: SampleId): void {
    this.#input.judging.release(sample);
    this.#input.outputs.outOfSight.showAll(sample);
  }

  beginDataset(valid: readonly SampleId[]): void {
    this.#input.judging.beginDataset(valid);
  }

  #recordOf(assignment: Assignment): TaskRecord | null {
    const { checkpoint } = this.#input;
    const { block } = assignment;
    const sample = sampleOf(assignment);
    // A launcher that was killed between forgetting and removing has left files that only the forgotten record names.
    return checkpoint.get(block, sample) ?? checkpoint.forgotten(block, sample);
  }
}

const sampleOf = ({ target }: Assignment): SampleId | null =>
  target.kind === "sample" ? target.sample.id : null;
