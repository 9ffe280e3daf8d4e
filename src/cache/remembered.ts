// What the lines of a checkpoint add up to: per task the newest record, and of older ones those that a task behind them was run
// with, because only they can tell how its sample looked then. Records stay the bytes that they were read as: parsed, 300,000 of
// them would be half a gigabyte.
//
//   (none) ──put──▶ live ──forget──▶ forgotten ──put──▶ live
//                    └──────────erase──────┴──────────▶ (none)
// What is forgotten is kept until the task ends again: a launcher may have been killed before it had removed all files of it.
//
// A record stands from the line that put it to the line that replaced or forgot it. The older record of a block is of use as long
// as a block behind it has a record from within that time: that one was made of it.
import type { BlockName } from "../core/ids.ts";
import { eraseLine, forgetLine, type SampleNumber } from "./checkpoint-lines.ts";
import { LiveCodes } from "./live-codes.ts";
import { type Kept, Shelf } from "./shelf.ts";

/** A record that stands no more. */
export interface PastEntry {
  readonly block: BlockName;
  readonly line: string;
  /** The line that put it, counted from the beginning. */
  readonly from: number;
  /** The line that replaced or forgot it. */
  readonly until: number;
}

type ByTask<Entry> = Map<BlockName, Map<SampleNumber, Entry>>;

export class Remembered {
  /** The lines of records that stand, each with the position from which it does. */
  readonly #shelf = new Shelf();
  readonly #live: ByTask<Kept> = new Map();
  readonly #codes = new LiveCodes();
  readonly #forgotten: ByTask<PastEntry> = new Map();
  /** Those that were replaced. */
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
    const live = this.#ended(block, sample, from);
    const before = live ?? this.#forgotten.get(block)?.get(sample);
    if (live === undefined) this.#forgotten.get(block)?.delete(sample);
    set(this.#live, { block, sample }, this.#shelf.keep(line, from));
    this.#codes.add(block, sample, line);
    this.#settle(sample, before === undefined ? [] : [before]);
  }

  /** Says whether there was anything to forget. */
  forget(block: BlockName, sample: SampleNumber): boolean {
    const live = this.#ended(block, sample, this.#position++);
    if (live === undefined) return false;
    this.#live.get(block)?.delete(sample);
    set(this.#forgotten, { block, sample }, live);
    this.#settle(sample, []);
    return true;
  }

  /** Says whether there was anything to erase. */
  erase(block: BlockName, sample: SampleNumber): boolean {
    const forgot = this.forget(block, sample);
    const entry = this.#forgotten.get(block)?.get(sample);
    this.#forgotten.get(block)?.delete(sample);
    this.#settle(sample, entry === undefined ? [] : [entry]);
    return forgot || entry !== undefined;
  }

  putText(of: string, line: string): void {
    this.#position++;
    this.#texts.set(of, line);
  }

  /** The line of the record that stands, or null where there is none. */
  line(block: BlockName, sample: SampleNumber): string | null {
    const kept = this.#live.get(block)?.get(sample);
    return kept === undefined ? null : this.#shelf.line(kept);
  }

  /** Whether there is a record that stands, or one that was forgotten. */
  knows(block: BlockName, sample: SampleNumber): boolean {
    return this.#live.get(block)?.has(sample) === true || this.#forgotten.get(block)?.has(sample) === true;
  }

  /** The line of the record that was forgotten and not replaced since. */
  forgotten(block: BlockName, sample: SampleNumber): string | null {
    return this.#forgotten.get(block)?.get(sample)?.line ?? null;
  }

  text(of: string): string | null {
    return this.#texts.get(of) ?? null;
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#texts;
  }

  /** Records of a sample that stand no more and are still of use, the newest first. */
  past(sample: SampleNumber): readonly PastEntry[] {
    const entries = [...(this.#past.get(sample) ?? [])];
    for (const samples of this.#forgotten.values()) {
      const entry = samples.get(sample);
      if (entry !== undefined) entries.push(entry);
    }
    return entries.sort((a, b) => b.from - a.from);
  }

  /** The lines of the sample's other tasks that stood when what is remembered of this one was put: what it was made of. */
  stoodWith(block: BlockName, sample: SampleNumber): readonly string[] {
    const at = this.#liveFrom(block, sample);
    if (at === undefined) return [];
    const past = this.past(sample).filter(({ from, until }) => from < at && at < until);
    const live = [...this.#live.keys()].filter((other) => (this.#liveFrom(other, sample) ?? at) < at);
    return [...past.map(({ line }) => line), ...live.flatMap((other) => this.line(other, sample) ?? [])];
  }

  *lines(): IterableIterator<string> {
    for (const block of this.#live.keys()) yield* this.linesOf(block);
  }

  *linesOf(block: BlockName): IterableIterator<string> {
    for (const kept of this.#live.get(block)?.values() ?? []) yield this.#shelf.line(kept);
  }

  get blocks(): readonly BlockName[] {
    return [...this.#live].filter(([, samples]) => samples.size > 0).map(([block]) => block);
  }

  /** By digest of the code that they were made by: how many records of a block stand. */
  codesOf(block: BlockName): ReadonlyMap<string, number> {
    return this.#codes.of(block);
  }

  /** How many lines there were, and how many of them would do. */
  get size(): { readonly lines: number; readonly kept: number } {
    let kept = this.#texts.size;
    for (const samples of this.#live.values()) kept += samples.size;
    for (const samples of this.#forgotten.values()) kept += 2 * samples.size;
    for (const entries of this.#past.values()) kept += entries.length;
    return { lines: this.#position, kept };
  }

  /** The lines that add up to the same records, in the order in which they have to stand. Without texts. */
  keptLines(): readonly string[] {
    const kept: { readonly at: number; readonly line: string }[] = [];
    for (const samples of this.#live.values()) {
      for (const live of samples.values())
        kept.push({ at: this.#shelf.note(live), line: this.#shelf.line(live) });
    }
    for (const samples of this.#forgotten.values()) {
      for (const [sample, { block, line, from, until }] of samples) {
        kept.push({ at: from, line }, { at: until, line: forgetLine(block, sample) });
      }
    }
    for (const [sample, entries] of this.#past) {
      for (const entry of entries) {
        const { block, line, from, until } = entry;
        kept.push({ at: from, line });
        // Where what replaced it is of no use any more, this is what ends its time.
        if (!this.#isReplaced(sample, entry)) kept.push({ at: until, line: forgetLine(block, sample) });
        if (!this.#hasSuccessor(sample, entry)) kept.push({ at: until, line: eraseLine(block, sample) });
      }
    }
    return kept.sort((a, b) => a.at - b.at).map(({ line }) => line);
  }

  /** What the record that stands is from now on, if there is one; its place is for the caller to clear or to fill. */
  #ended(block: BlockName, sample: SampleNumber, until: number): PastEntry | undefined {
    const kept = this.#live.get(block)?.get(sample);
    if (kept === undefined) return undefined;
    const entry = { block, line: this.#shelf.line(kept), from: this.#shelf.note(kept), until };
    this.#shelf.drop(kept);
    this.#codes.drop(block, sample, entry.line);
    return entry;
  }

  #liveFrom(block: BlockName, sample: SampleNumber): number | undefined {
    const kept = this.#live.get(block)?.get(sample);
    return kept === undefined ? undefined : this.#shelf.note(kept);
  }

  /** Whether what ended this entry is itself among the kept lines. */
  #isReplaced(sample: SampleNumber, { block, until }: Pick<PastEntry, "block" | "until">): boolean {
    return (
      this.#liveFrom(block, sample) === until ||
      this.#forgotten.get(block)?.get(sample)?.from === until ||
      (this.#past.get(sample) ?? []).some((other) => other.block === block && other.from === until)
    );
  }

  #hasSuccessor(sample: SampleNumber, { block, from }: PastEntry): boolean {
    return (
      this.#live.get(block)?.has(sample) === true ||
      this.#forgotten.get(block)?.has(sample) === true ||
      (this.#past.get(sample) ?? []).some((other) => other.block === block && other.from > from)
    );
  }

  /** Takes what stands no more, and lets go of what is of no use any more. */
  #settle(sample: SampleNumber, ended: readonly PastEntry[]): void {
    const entries = this.#past.get(sample);
    if (entries === undefined && ended.length === 0) return;
    const kept = [...(entries ?? []), ...ended].filter((entry) => this.#isOfUse(sample, entry));
    if (kept.length === 0) this.#past.delete(sample);
    else this.#past.set(sample, kept);
  }

  #isOfUse(sample: SampleNumber, entry: PastEntry): boolean {
    const rank = this.#rank.get(entry.block) ?? -1;
    for (const [block, behind] of this.#rank) {
      if (behind <= rank) continue;
      const from = this.#liveFrom(block, sample);
      if (from !== undefined && entry.from < from && from < entry.until) return true;
    }
    return false;
  }
}

function set<Entry>(
  entries: ByTask<Entry>,
  of: { readonly block: BlockName; readonly sample: SampleNumber },
  entry: Entry,
): void {
  const samples = entries.get(of.block);
  if (samples === undefined) entries.set(of.block, new Map([[of.sample, entry]]));
  else samples.set(of.sample, entry);
}
