// Puts records into the order of their numbers, as far as one poll allows. On a full NFS disk the middle of what was written can
// be lost while its end is kept; the writer repeats all of it behind, and without this a task would have ended before it began.

interface Numbered {
  readonly seq: number;
}

/** So many records are kept back at most, for one that may never come. */
const mostHeld = 65_536;

export class InOrder<T extends Numbered> {
  #held: T[] = [];
  /** How many numbers are missing among those held. */
  #missing = 0;
  /** The numbers up to this one were handed out, or given up. */
  #handed = 0;

  /** Takes a record that was not here before; hands out what is in order by now. */
  take(record: T, highestBefore: number, each: (record: T) => void): void {
    if (this.#held.length === 0 && record.seq === highestBefore + 1) {
      this.#handed = record.seq;
      each(record);
      return;
    }
    // Missing since an earlier poll: its successors are gone already.
    if (record.seq <= this.#handed) {
      each(record);
      return;
    }
    this.#held.push(record);
    if (record.seq > highestBefore) this.#missing += record.seq - highestBefore - 1;
    else this.#missing--;
    if (this.#missing === 0 || this.#held.length >= mostHeld) this.flush(each);
  }

  /** Hands out all that is held back, in order, whatever is still missing. */
  flush(each: (record: T) => void): void {
    if (this.#held.length === 0) return;
    this.#held.sort((a, b) => a.seq - b.seq);
    this.#missing = 0;
    let done = 0;
    try {
      for (const record of this.#held) {
        done++;
        this.#handed = record.seq;
        each(record);
      }
    } finally {
      // Where `each` threw, the others are for the next time.
      this.#held.splice(0, done);
    }
  }
}
