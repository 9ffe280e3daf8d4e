// What is remembered, asked task by task: the cache's parts put together for one pipeline on one dataset. The launcher,
// `--dry_run` and `explain` ask the same object, so that what is explained is what is done.

import type { SampleContent } from "../cache/content.ts";
import { type DatasetContent, walkDataset } from "../cache/dataset-content.ts";
import { digestOf } from "../cache/digest.ts";
import { Glance } from "../cache/glance.ts";
import { type BlockKey, keyOf } from "../cache/key.ts";
import type { Found, Memory } from "../cache/memory.ts";
import { overwrittenBy, toRestore } from "../cache/overwritten.ts";
import type { Digest, KeyParts, OutputReason, TaskRecord } from "../cache/record.ts";
import { rollOf, rollText } from "../cache/roll.ts";
import { type BlockPolicy, judge, type Verdict } from "../cache/verdict.ts";
import { type Before, type Walk, type WalkShape, walkSample, walkShape } from "../cache/walk.ts";
import { wholeChain } from "../cache/whole-chain.ts";
import type { BlockSpec } from "../core/block.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import type { FileRecord } from "../core/manifest.ts";
import type { BlockGraph } from "../plan/graph.ts";
import type { OwnInfo } from "./own-info.ts";
import { PastViews } from "./past-views.ts";

export interface JudgingInput {
  readonly memory: Memory;
  readonly specs: readonly BlockSpec[];
  readonly graph: BlockGraph;
  readonly keys: ReadonlyMap<BlockName, BlockKey>;
  /** Behind the digests of options and code as they are now. */
  readonly texts: ReadonlyMap<Digest, string>;
  readonly policies: ReadonlyMap<BlockName, BlockPolicy>;
  /** What is wrong with the files of a task; `later`: the tasks behind it on the sample, which may have written over them. */
  readonly outputs: (record: TaskRecord, later: readonly TaskRecord[]) => readonly OutputReason[];
  /** Whether all of these files of a sample lie there exactly as they were left, times included. */
  readonly areAsLeft: (sample: SampleId, files: () => readonly FileRecord[] | null) => boolean;
  readonly ownInfo: OwnInfo | null;
  /** The run that is gone on with: what it was told to do anew, and has done, is not done a second time. */
  readonly goesOn?: string | null;
}

const standing: BlockPolicy = { kind: "as-remembered", issues: "stand" };

export class Judging {
  readonly #input: JudgingInput;
  readonly #samples: WalkShape;
  readonly #dataset: WalkShape;
  readonly #views: PastViews;
  /** Null where nobody can tell at a glance. */
  readonly #glance: Glance | null;
  readonly #walks = new Map<SampleId, Walk<SampleContent>>();
  /** By sample: the blocks that have ended well in this run, or whose results stand. */
  readonly #settled = new Map<SampleId, Set<number>>();
  #latest: { readonly sample: SampleId; readonly found: readonly Found[] } | null = null;
  #datasetWalk: Walk<DatasetContent> | null = null;

  constructor(input: JudgingInput) {
    this.#input = input;
    const { sampleBlockCount, predecessors } = input.graph;
    const names = input.specs.map((spec) => spec.name);
    this.#samples = sampleShape(names, input.graph);
    this.#dataset = walkShape(
      names.slice(sampleBlockCount),
      predecessors.slice(sampleBlockCount).map((all) => all.map((block) => block - sampleBlockCount)),
    );
    this.#views = new PastViews(input.memory, this.#samples, input.ownInfo);
    const asRemembered = [...input.policies.values()].every(({ kind }) => kind === "as-remembered");
    this.#glance = asRemembered && input.ownInfo === null ? Glance.of(this.#samples, input.keys) : null;
  }

  /** Whether the first so many blocks stand on this sample, where that is plain to see; if not, ask `judge`. */
  standsAtAGlance(sample: SampleId, blocks: number): boolean {
    const { memory, areAsLeft } = this.#input;
    const glanced = this.#glance?.at(sample, blocks, (block) => memory.line(block, sample)) ?? null;
    return glanced !== null && areAsLeft(sample, glanced.files);
  }

  /** `block` is its position in the pipeline; `sample` null for a dataset block. */
  judge(block: number, sample: SampleId | null): Verdict {
    const walk = sample === null ? null : this.#walk(sample);
    const verdict = this.#ask(block, sample, { before: this.before(block, sample), walk });
    if (verdict.kind !== "current" || sample === null) return verdict;
    const lost = this.#lostTo(block, sample, verdict.record);
    return lost.length === 0
      ? verdict
      : { kind: "stale", reasons: [{ kind: "output-changed", files: lost }] };
  }

  /** `walk`: the sample on the way on which it is asked; null for the dataset. */
  #ask(
    block: number,
    sample: SampleId | null,
    { before, walk }: { readonly before: Before; readonly walk: Walk<SampleContent> | null },
  ): Verdict {
    const { memory, keys, texts, policies, outputs } = this.#input;
    const name = this.name(block);
    const key = keys.get(name);
    const policy = policies.get(name);
    if (key === undefined || policy === undefined) throw new Error(`${name} has no key`);
    const remembered = this.#found(block, sample);
    const { goesOn } = this.#input;
    const isOwn = remembered.kind === "record" && remembered.record.run === goesOn;
    return judge({
      ...{ remembered, policy: isOwn ? standing : policy, block: key, before },
      outputs: (record) => outputs(record, sample === null ? [] : this.#behind(block, sample)),
      past: {
        text: (of) => texts.get(of) ?? memory.text(of),
        sample: (of) =>
          sample === null || walk === null
            ? this.#views.dataset(of, { block: this.#inDataset(block), walk: this.#walkOfDataset() })
            : this.#views.sample(of, sample, { block, walk }),
      },
    });
  }

  /** Files that a block behind it wrote over, which is to run again and needs them as they were before it. */
  #lostTo(block: number, sample: SampleId, record: TaskRecord): readonly string[] {
    if (overwrittenBy(record, this.#behind(block, sample)).size === 0) return [];
    const trial = walkSample(sample, this.#samples);
    const restored = toRestore({
      ...{ shape: this.#samples, records: this.#foundAll(sample).map(recordIn), trial },
      settled: (other) => this.#settled.get(sample)?.has(other) === true,
      areAsLeft: (one, files) => this.#input.outputs({ ...one, files }, []).length === 0,
      stands: (other, _record, before) => {
        // Behind `--until` nothing runs that could need the files.
        if (!this.#input.policies.has(this.name(other))) return true;
        const own = this.#ownBefore(other, sample, { before, walk: trial });
        return this.#ask(other, sample, { before: own, walk: trial }).kind === "current";
      },
    });
    return [...(restored.get(block)?.keys() ?? [])];
  }

  #behind(block: number, sample: SampleId): readonly TaskRecord[] {
    return this.#foundAll(sample)
      .slice(block + 1)
      .flatMap((found) => recordIn(found) ?? []);
  }

  #found(block: number, sample: SampleId | null): Found {
    const found = sample === null ? undefined : this.#foundAll(sample)[block];
    return found ?? this.#input.memory.find(this.name(block), sample);
  }

  /** The records of one sample are asked for again and again, and parsing them is what costs. */
  #foundAll(sample: SampleId): readonly Found[] {
    if (this.#latest?.sample !== sample) {
      const found = this.#samples.names.map((name) => this.#input.memory.find(name, sample));
      this.#latest = { sample, found };
    }
    return this.#latest.found;
  }

  /** What is remembered of this sample has changed. */
  changed(sample: SampleId | null): void {
    if (this.#latest?.sample === sample) this.#latest = null;
  }

  /** The sample (or dataset) as the block is to see it. */
  before(block: number, sample: SampleId | null): Before {
    if (sample === null) return this.#walkOfDataset().before(this.#inDataset(block));
    const walk = this.#walk(sample);
    return this.#ownBefore(block, sample, { before: walk.before(block), walk });
  }

  /** What the pipeline's own info makes of it, where it has one. */
  #ownBefore(
    block: number,
    sample: SampleId,
    { before, walk }: { readonly before: Before; readonly walk: Walk<SampleContent> },
  ): Before {
    const { ownInfo } = this.#input;
    if (typeof before !== "string" || ownInfo === null) return before;
    return digestOf(ownInfo(sample, this.name(block), walk.contentBefore(block)));
  }

  /** The key of a task that is about to run. @throws Error where a block before it has not ended. */
  key(block: number, sample: SampleId | null): KeyParts {
    const key = this.#input.keys.get(this.name(block));
    const before = this.before(block, sample);
    if (key === undefined || typeof before !== "string") throw new Error(`${this.name(block)} is not ready`);
    return keyOf(key, before);
  }

  /** What comes after a task that has just left this. */
  after(
    block: number,
    sample: SampleId | null,
  ): (left: Parameters<Walk<SampleContent>["afterLeft"]>[1]) => Digest {
    if (sample !== null) return (left) => this.#walk(sample).afterLeft(block, left);
    return (left) => this.#walkOfDataset().afterLeft(this.#inDataset(block), left);
  }

  /** The task has ended well, or what is remembered of it stands. */
  settle(block: number, record: TaskRecord): void {
    if (record.sample !== null) {
      this.#walk(record.sample).settle(block, record);
      const settled = this.#settled.get(record.sample) ?? new Set();
      this.#settled.set(record.sample, settled.add(block));
    } else this.#walkOfDataset().settle(this.#inDataset(block), record);
  }

  /** Nothing more is asked of this sample. */
  release(sample: SampleId): void {
    this.#walks.delete(sample);
    this.#settled.delete(sample);
  }

  /** The dataset blocks come now: these samples are valid. */
  beginDataset(valid: readonly SampleId[]): void {
    const ends = new Map<SampleId, Digest>();
    for (const sample of valid) ends.set(sample, this.#endOf(sample));
    this.#datasetWalk = walkDataset(ends, this.#dataset);
  }

  /** Whether all of its blocks are remembered to have ended well, one on what the others left. */
  isWhole(sample: SampleId): boolean {
    return wholeChain(sample, { memory: this.#input.memory, shape: this.#samples }) !== null;
  }

  /** By what is remembered of all its blocks; a sample that was left by another pipeline is as good as its name. */
  #endOf(sample: SampleId): Digest {
    const walk = walkSample(sample, this.#samples);
    for (const [block, name] of this.#samples.names.entries()) {
      const record = this.#input.memory.get(name, sample);
      if (record === null) return digestOf(`sample ${sample}, not remembered`);
      walk.settle(block, record);
    }
    return walk.end();
  }

  /** What a block over the dataset is about to see, to be kept behind `KeyParts.before`: nothing else would tell it later. */
  rollBefore(block: number): string {
    return rollText(rollOf(this.#walkOfDataset().contentBefore(this.#inDataset(block))));
  }

  #walk(sample: SampleId): Walk<SampleContent> {
    let walk = this.#walks.get(sample);
    if (walk === undefined) {
      walk = walkSample(sample, this.#samples);
      this.#walks.set(sample, walk);
    }
    return walk;
  }

  #walkOfDataset(): Walk<DatasetContent> {
    if (this.#datasetWalk === null) throw new Error("a dataset block before its samples have ended");
    return this.#datasetWalk;
  }

  /** Its position among the blocks over the dataset. */
  #inDataset(block: number): number {
    return block - this.#input.graph.sampleBlockCount;
  }

  name(block: number): BlockName {
    const spec = this.#input.specs[block];
    if (spec === undefined) throw new RangeError(`no block ${block}`);
    return spec.name;
  }
}

/** The blocks of a sample, of these of the pipeline. */
export function sampleShape(order: readonly BlockName[], graph: BlockGraph): WalkShape {
  const { sampleBlockCount, predecessors } = graph;
  return walkShape(order.slice(0, sampleBlockCount), predecessors.slice(0, sampleBlockCount));
}

const recordIn = (found: Found): TaskRecord | null => (found.kind === "record" ? found.record : null);
