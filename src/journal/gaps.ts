// Which sequence numbers were seen. After a full disk a writer repeats what was not acknowledged, so that a reader may meet
// a record twice, or later than its successor; without this account it would count one twice or drop one for good.

/** Sequence numbers from `from` to `to`, both included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

export class SeenNumbers {
  #highest = 0;
  #gaps: Gap[] = [];

  get highest(): number {
    return this.#highest;
  }

  /** What is missing below the highest number seen, in order. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** `next`: the one after the highest; `ahead`: some were left out; `late`: fills a gap; `duplicate`: was here before. */
  add(seq: number): "next" | "ahead" | "late" | "duplicate" {
    if (seq === this.#highest + 1) {
      this.#highest = seq;
      return "next";
    }
    if (seq > this.#highest) {
      this.#gaps.push({ from: this.#highest + 1, to: seq - 1 });
      this.#highest = seq;
      return "ahead";
    }
    const index = this.#gaps.findIndex((gap) => gap.from <= seq && seq <= gap.to);
    const gap = this.#gaps[index];
    if (gap === undefined) return "duplicate";
    const rest = [
      { from: gap.from, to: seq - 1 },
      { from: seq + 1, to: gap.to },
    ];
    this.#gaps.splice(index, 1, ...rest.filter((part) => part.from <= part.to));
    return "late";
  }
}
