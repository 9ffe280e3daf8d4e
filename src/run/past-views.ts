// How a sample, or the dataset, looked to a task of an earlier run, for saying what is otherwise now. Contents are not stored: they
// are put together from what is remembered of the tasks before it.
import { afterTasks, type SampleContent } from "../cache/content.ts";
import type { DatasetContent } from "../cache/dataset-content.ts";
import { digestOf } from "../cache/digest.ts";
import type { Memory } from "../cache/memory.ts";
import { oldContent } from "../cache/old-content.ts";
import type { Digest, TaskRecord } from "../cache/record.ts";
import { rollIn, rollOf } from "../cache/roll.ts";
import type { SampleView } from "../cache/sample-changes.ts";
import type { Walk, WalkShape } from "../cache/walk.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import type { OwnInfo } from "./own-info.ts";

/** A block on the way of its sample (or the dataset) through the blocks; `block` counts within that way. */
export interface On<Content> {
  readonly block: number;
  readonly walk: Walk<Content>;
}

export class PastViews {
  readonly #memory: Memory;
  readonly #samples: WalkShape;
  readonly #ownInfo: OwnInfo | null;

  constructor(memory: Memory, samples: WalkShape, ownInfo: OwnInfo | null) {
    this.#memory = memory;
    this.#samples = samples;
    this.#ownInfo = ownInfo;
  }

  /** The dataset behind `KeyParts.before`; null where it is not known any more. */
  dataset(digest: Digest, { block, walk }: On<DatasetContent>): SampleView | null {
    if (walk.before(block) === digest) return { kind: "dataset", roll: rollOf(walk.contentBefore(block)) };
    const text = this.#memory.text(digest);
    const roll = text === null ? null : rollIn(text);
    return roll === null ? null : { kind: "dataset", roll };
  }

  /** A sample behind `KeyParts.before`; null where it is not known any more. */
  sample(digest: Digest, sample: SampleId, { block, walk }: On<SampleContent>): SampleView | null {
    const ownInfo = this.#ownInfo;
    if (ownInfo !== null) {
      const name = this.#name(block);
      const contents = [() => walk.contentBefore(block), ...this.#contentsOfThen(block, sample)];
      const texts = contents.values().map((content) => ownInfo(sample, name, content()));
      const text = texts.find((one) => digestOf(one) === digest);
      return text === undefined ? null : { kind: "info", text };
    }
    if (walk.before(block) === digest) return { kind: "content", content: walk.contentBefore(block) };
    const content = oldContent(sample, this.#recordsOf(sample), digest);
    return content === null ? null : { kind: "content", content };
  }

  /** By block in the order of the pipeline, of each the newest first; those of blocks that are gone come last. */
  #recordsOf(sample: SampleId): readonly TaskRecord[] {
    const memory = this.#memory;
    const past = memory.past(sample);
    const names = [...new Set([...this.#samples.names, ...memory.blocks])];
    return names.flatMap((name) => {
      const now = memory.get(name, sample);
      return [...(now === null ? [] : [now]), ...past.filter((record) => record.block === name)];
    });
  }

  /** What the task that is remembered may have seen: whether blocks that are gone since stood before it, nobody knows. */
  #contentsOfThen(block: number, sample: SampleId): readonly (() => SampleContent)[] {
    const { names, ancestors } = this.#samples;
    const then = this.#memory.stoodWith(this.#name(block), sample);
    const known = (ancestors[block] ?? []).flatMap((one) =>
      then.filter((record) => record.block === names[one]),
    );
    const gone = then.filter((record) => !names.includes(record.block));
    return [() => afterTasks(sample, known), () => afterTasks(sample, [...gone, ...known])];
  }

  #name(block: number): BlockName {
    const name = this.#samples.names[block];
    if (name === undefined) throw new RangeError(`no block ${block}`);
    return name;
  }
}
