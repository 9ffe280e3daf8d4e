// Lines by the hundred thousand, kept as bytes in a few large pieces of memory and told apart by numbers. As strings, or with an
// object for each, every garbage collection would have to visit them all.

/** Stands for a line that is kept. */
export type Kept = number;

const pieceSize = 1 << 20;

interface Piece {
  readonly bytes: Buffer;
  /** How many of the lines in it are kept. */
  lines: number;
}

export class Shelf {
  /** Null: none of its lines is kept any more. */
  readonly #pieces: (Piece | null)[] = [];
  #used = 0;
  readonly #free: Kept[] = [];
  #count = 0;
  // By line: which piece, from where, how many bytes, and a number of its keeper.
  #piece = new Uint32Array(1024);
  #start = new Uint32Array(1024);
  #size = new Uint32Array(1024);
  #note = new Uint32Array(1024);

  /** `note` is for the keeper: a whole number below 2³². */
  keep(line: string, note: number): Kept {
    const piece = this.#pieceFor(line);
    const kept = this.#free.pop() ?? this.#count++;
    if (kept >= this.#piece.length) this.#grow();
    const size = piece.bytes.write(line, this.#used, "utf8");
    piece.lines++;
    this.#piece[kept] = this.#pieces.length - 1;
    this.#start[kept] = this.#used;
    this.#size[kept] = size;
    this.#note[kept] = note;
    this.#used += size;
    return kept;
  }

  line(kept: Kept): string {
    const start = this.#start[kept] ?? 0;
    return this.#pieceOf(kept).bytes.toString("utf8", start, start + (this.#size[kept] ?? 0));
  }

  note(kept: Kept): number {
    return this.#note[kept] ?? 0;
  }

  /** Lets go of the line: its number may stand for another one from now on. */
  drop(kept: Kept): void {
    const piece = this.#pieceOf(kept);
    const index = this.#piece[kept] ?? 0;
    piece.lines--;
    if (piece.lines === 0 && index < this.#pieces.length - 1) this.#pieces[index] = null;
    this.#free.push(kept);
  }

  #pieceFor(line: string): Piece {
    const last = this.#pieces.at(-1) ?? null;
    const room = last === null ? 0 : last.bytes.length - this.#used;
    // No character takes more than three bytes for each of its units.
    if (last !== null && line.length * 3 <= room) return last;
    const size = Buffer.byteLength(line);
    if (last !== null && size <= room) return last;
    if (last?.lines === 0) this.#pieces[this.#pieces.length - 1] = null;
    const piece = { bytes: Buffer.allocUnsafeSlow(Math.max(size, pieceSize)), lines: 0 };
    this.#pieces.push(piece);
    this.#used = 0;
    return piece;
  }

  #pieceOf(kept: Kept): Piece {
    const piece = this.#pieces[this.#piece[kept] ?? -1] ?? null;
    if (piece === null) throw new RangeError(`line ${kept} is not kept`);
    return piece;
  }

  #grow(): void {
    const grown = (old: Uint32Array<ArrayBuffer>) => {
      const larger = new Uint32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.#piece = grown(this.#piece);
    this.#start = grown(this.#start);
    this.#size = grown(this.#size);
    this.#note = grown(this.#note);
  }
}
