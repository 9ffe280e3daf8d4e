// What the lines of a checkpoint add up to: per task the newest record, and of older ones those that a task behind them was run
// with, because only they can tell how its sample looked then. Records stay the text that they were read as: parsed, 300,000 of
// them would be half a gigabyte.
//
// A record stands from the line that put it to the line that replaced or forgot it. The older record of a block is of use as long
// as a block behind it has a record from within that time: that one was made of it.
import type { BlockName } from "../core/ids.ts";
import { forgetLine, type SampleNumber } from "./checkpoint-lines.ts";

/** An older record. */
export interface PastEntry {
  readonly block: BlockName;
  readonly line: string;
  /** The line that put it, counted from the beginning. */
  readonly from: number;
  /** The line that replaced or forgot it. */
  readonly until: number;
}

interface LiveEntry {
  readonly line: string;
  readonly from: number;
}

export class Remembered {
  readonly #live = new Map<BlockName, Map<SampleNumber, LiveEntry>>();
  readonly #past = new Map<SampleNumber, PastEntry[]>();
  readonly #texts = new Map<string, string>();
  readonly #rank: ReadonlyMap<BlockName, number>;
  #position = 0;

  /** `order`: the blocks of the pipeline as it is now. */
  constructor(order: readonly BlockName[]) {
    this.#rank = new Map(order.map((block, index) => [block, index]));
  }

  put(block: BlockName, sample: SampleNumber, line: string): void {
    const from = this.#position++;
    let samples = this.#live.get(block);
    if (samples === undefined) {
      samples = new Map();
      this.#live.set(block, samples);
    }
    const before = samples.get(sample);
    samples.set(sample, { line, from });
    if (before !== undefined) this.#bury(sample, { block, ...before, until: from });
    else this.#prune(sample);
  }

  /** Says whether there was anything to forget. */
  forget(block: BlockName, sample: SampleNumber): boolean {
    const until = this.#position++;
    const samples = this.#live.get(block);
    const before = samples?.get(sample);
    if (before === undefined) return false;
    samples?.delete(sample);
    this.#bury(sample, { block, ...before, until });
    return true;
  }

  putText(of: string, line: string): void {
    this.#position++;
    this.#texts.set(of, line);
  }

  /** The line of the newest record, or null where there is none. */
  line(block: BlockName, sample: SampleNumber): string | null {
    return this.#live.get(block)?.get(sample)?.line ?? null;
  }

  text(of: string): string | null {
    return this.#texts.get(of) ?? null;
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** Older records of a sample that are still of use, the newest first. */
  past(sample: SampleNumber): readonly PastEntry[] {
    return [...(this.#past.get(sample) ?? [])].sort((a, b) => b.from - a.from);
  }

  *lines(): IterableIterator<string> {
    for (const samples of this.#live.values()) {
      for (const { line } of samples.values()) yield line;
    }
  }

  get blocks(): readonly BlockName[] {
    return [...this.#live].filter(([, samples]) => samples.size > 0).map(([block]) => block);
  }

  /** How many lines there were, and how many of them would do. */
  get size(): { readonly lines: number; readonly kept: number } {
    let kept = this.#texts.size;
    for (const samples of this.#live.values()) kept += samples.size;
    for (const entries of this.#past.values()) kept += entries.length;
    return { lines: this.#position, kept };
  }

  /** The lines that add up to the same records, newest and older, in the order in which they have to stand. Without texts. */
  keptLines(): readonly string[] {
    const kept: { readonly at: number; readonly line: string }[] = [];
    for (const samples of this.#live.values()) {
      for (const { line, from } of samples.values()) kept.push({ at: from, line });
    }
    for (const [sample, entries] of this.#past) {
      for (const { block, line, from, until } of entries) {
        kept.push({ at: from, line });
        // What replaced it may be of no use any more: then this is what ends its time.
        const replaced =
          this.#live.get(block)?.get(sample)?.from === until ||
          entries.some((other) => other.block === block && other.from === until);
        if (!replaced) kept.push({ at: until, line: forgetLine(block, sample) });
      }
    }
    return kept.sort((a, b) => a.at - b.at).map(({ line }) => line);
  }

  #bury(sample: SampleNumber, entry: PastEntry): void {
    if (this.#isOfUse(sample, entry)) {
      const entries = this.#past.get(sample);
      if (entries === undefined) this.#past.set(sample, [entry]);
      else entries.push(entry);
    }
    this.#prune(sample);
  }

  #prune(sample: SampleNumber): void {
    const entries = this.#past.get(sample);
    if (entries === undefined) return;
    const kept = entries.filter((entry) => this.#isOfUse(sample, entry));
    if (kept.length === 0) this.#past.delete(sample);
    else if (kept.length < entries.length) this.#past.set(sample, kept);
  }

  #isOfUse(sample: SampleNumber, entry: PastEntry): boolean {
    const rank = this.#rank.get(entry.block) ?? -1;
    for (const [block, behind] of this.#rank) {
      if (behind <= rank) continue;
      const from = this.#live.get(block)?.get(sample)?.from;
      if (from !== undefined && entry.from < from && from < entry.until) return true;
    }
    return false;
  }
}
