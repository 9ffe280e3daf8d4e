// By which code the records that stand were made, block by block: so a start can tell whether any was made by another one than that
// of now without looking at each of them. Counted with every line that is read, hundreds of thousands of them in a row, nearly all
// by the same code as the one before: that is seen without making anything of the line.
import type { BlockName } from "../core/ids.ts";
import { type SampleNumber, taskLineBegin } from "./checkpoint-lines.ts";
import { codeInText } from "./record-text.ts";

interface BlockCodes {
  /** The length of what stands before the record in a line of sample 0. */
  readonly begin: number;
  readonly counts: Map<string, number>;
  /** Of the line before: its code with the quotes around it, and how far behind the beginning of the record that stands. */
  quoted: string;
  from: number;
  /** The number of its code, not yet in `counts`. */
  same: number;
}

export class LiveCodes {
  readonly #blocks = new Map<BlockName, BlockCodes>();

  add(block: BlockName, sample: SampleNumber, line: string): void {
    this.#count(block, sample, { line, by: 1 });
  }

  /** A line that was added. */
  drop(block: BlockName, sample: SampleNumber, line: string): void {
    this.#count(block, sample, { line, by: -1 });
  }

  /** Of records whose text is not as `encodeRecord` writes it there is nothing. */
  of(block: BlockName): ReadonlyMap<string, number> {
    const codes = this.#blocks.get(block);
    if (codes === undefined) return none;
    takeIn(codes);
    return codes.counts;
  }

  #count(
    block: BlockName,
    sample: SampleNumber,
    { line, by }: { readonly line: string; readonly by: 1 | -1 },
  ): void {
    let codes = this.#blocks.get(block);
    if (codes === undefined) {
      const begin = taskLineBegin(block, 0).length;
      codes = { begin, counts: new Map(), quoted: "", from: 0, same: 0 };
      this.#blocks.set(block, codes);
    }
    const record = codes.begin - 1 + digitsOf(sample);
    if (codes.quoted === "" || !line.startsWith(codes.quoted, record + codes.from)) {
      const place = codeInText(line, record);
      if (place === null) return;
      takeIn(codes);
      codes.from = place.start - 1 - record;
      codes.quoted = line.slice(place.start - 1, place.end + 1);
    }
    codes.same += by;
  }
}

/** By which code the record in a line was made; null where `encodeRecord` did not write it. */
export function codeInLine(line: string, block: BlockName, sample: SampleNumber): string | null {
  const place = codeInText(line, taskLineBegin(block, sample).length);
  return place === null ? null : line.slice(place.start, place.end);
}

const none: ReadonlyMap<string, number> = new Map();

function takeIn(codes: BlockCodes): void {
  if (codes.same === 0) return;
  const code = codes.quoted.slice(1, -1);
  const count = (codes.counts.get(code) ?? 0) + codes.same;
  if (count === 0) codes.counts.delete(code);
  else codes.counts.set(code, count);
  codes.same = 0;
}

/** How many characters a sample's number takes in a line. */
function digitsOf(sample: SampleNumber): number {
  if (sample < 0) return "null".length;
  let digits = 1;
  for (let rest = sample; rest >= 10; rest /= 10) digits++;
  return digits;
}
