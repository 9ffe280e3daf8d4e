// Asking what is remembered: records are parsed here, when somebody wants one.
import type { BlockName, SampleId } from "../core/ids.ts";
import { sampleId } from "../core/ids.ts";
import {
  forgetLine,
  readLine,
  recordIn,
  type SampleNumber,
  taskLine,
  textIn,
  wholeDataset,
} from "./checkpoint-lines.ts";
import { codeInLine } from "./live-codes.ts";
import type { Digest, TaskRecord } from "./record.ts";
import { decodeRecord, encodeRecord } from "./record-text.ts";
import type { Remembered } from "./remembered.ts";

export type Found =
  | { readonly kind: "record"; readonly record: TaskRecord }
  | { readonly kind: "nothing" }
  /** A whole line, but no record: `problem` says why. */
  | { readonly kind: "unreadable"; readonly problem: string };

export class Memory {
  protected readonly remembered: Remembered;

  constructor(remembered: Remembered) {
    this.remembered = remembered;
  }

  /** What is remembered of a task; `sample` is null for a dataset block. */
  find(block: BlockName, sample: SampleId | null): Found {
    const line = this.remembered.line(block, numberOf(sample));
    return line === null ? nothing : decoded(line, block, sample);
  }

  /** As `find`, where it does not matter why there is none. */
  get(block: BlockName, sample: SampleId | null): TaskRecord | null {
    const found = this.find(block, sample);
    return found.kind === "record" ? found.record : null;
  }

  /** What was remembered of a task that has not ended since: the files that it names may still be there. */
  forgotten(block: BlockName, sample: SampleId | null): TaskRecord | null {
    const line = this.remembered.forgotten(block, numberOf(sample));
    const found = line === null ? nothing : decoded(line, block, sample);
    return found.kind === "record" ? found.record : null;
  }

  /** The checkpoint's line of what is remembered of a task: for who can tell from it what `find` would say. */
  line(block: BlockName, sample: SampleId | null): string | null {
    return this.remembered.line(block, numberOf(sample));
  }

  /** Whether `get` or `forgotten` may have an answer; costs nothing. */
  knows(block: BlockName, sample: SampleId | null): boolean {
    return this.remembered.knows(block, numberOf(sample));
  }

  /** Older records of a sample's blocks that one of its other records was made of, the newest first. */
  past(sample: SampleId | null): readonly TaskRecord[] {
    return this.remembered.past(numberOf(sample)).flatMap(({ block, line }) => {
      const found = decoded(line, block, sample);
      return found.kind === "record" ? [found.record] : [];
    });
  }

  /** The records of the sample's other tasks, of that time, that a task's remembered result was made of; in no order. */
  stoodWith(block: BlockName, sample: SampleId): readonly TaskRecord[] {
    return [...this.#decoded(this.remembered.stoodWith(block, numberOf(sample)))];
  }

  /** All lines about one sample (null: the dataset) that a `Remembered` of its own is made of; see checkpoint-lines.ts. */
  linesOf(sample: SampleId | null, blocks: readonly BlockName[]): readonly string[] {
    const number = numberOf(sample);
    return blocks.flatMap((block) => {
      const live = this.remembered.line(block, number);
      if (live !== null) return [live];
      const forgotten = this.remembered.forgotten(block, number);
      return forgotten === null ? [] : [forgotten, forgetLine(block, number)];
    });
  }

  /** The text that a digest in a record stands for; null where it is not known any more. */
  text(of: Digest): string | null {
    const line = this.remembered.text(of);
    return line === null ? null : textIn(line);
  }

  /** The blocks that anything is remembered of, also those that the pipeline has no more. */
  get blocks(): readonly BlockName[] {
    return this.remembered.blocks;
  }

  /** Whether any record of a block that stands was made by another code than this one. Does not look at each of them. */
  hasOtherCode(block: BlockName, code: Digest): boolean {
    const codes = this.remembered.codesOf(block);
    return codes.size > (codes.has(code) ? 1 : 0);
  }

  /** The samples of those; null stands for the dataset. */
  *samplesOfOtherCode(block: BlockName, code: Digest): IterableIterator<SampleId | null> {
    for (const line of this.remembered.linesOf(block)) {
      const about = readLine(line);
      if (about.kind !== "task" || codeInLine(line, block, about.sample) === code) continue;
      yield sampleOf(about.sample);
    }
  }

  /** All records of a block that stand. */
  all(block: BlockName): readonly TaskRecord[] {
    return [...this.#decoded(this.remembered.linesOf(block))];
  }

  /** All records that stand, block by block. */
  records(): Generator<TaskRecord> {
    return this.#decoded(this.remembered.lines());
  }

  *#decoded(lines: Iterable<string>): Generator<TaskRecord> {
    for (const line of lines) {
      const about = readLine(line);
      if (about.kind !== "task") continue;
      const found = decoded(line, about.block, sampleOf(about.sample));
      if (found.kind === "record") yield found.record;
    }
  }
}

/** The checkpoint's line of a record. */
export const lineOf = (record: TaskRecord): string =>
  taskLine(record.block, numberOf(record.sample), encodeRecord(record));

export const numberOf = (sample: SampleId | null): SampleNumber => sample ?? wholeDataset;

const sampleOf = (number: SampleNumber): SampleId | null =>
  number === wholeDataset ? null : sampleId(number);

const nothing: Found = { kind: "nothing" };

function decoded(line: string, block: BlockName, sample: SampleId | null): Found {
  const found = decodeRecord(recordIn(line), { block, sample });
  if (found.kind !== "newer") return found;
  return { kind: "unreadable", problem: `it has version ${found.version}, of a newer pipe` };
}
