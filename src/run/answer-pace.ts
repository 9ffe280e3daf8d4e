// Whether the filesystem is asked for many files at once before they are looked at one by one: tried where its answers are slow,
// and kept up where that helps. On a disk of this machine it would only cost, and a mount may forget at once what it was told.

/** Seconds for one file, above which it is a server that answers. A disk of this machine takes a tenth of that. */
const slowAnswer = 0.0002;

export class AnswerPace {
  /** Seconds for one file, asked for alone. */
  #alone: number | null = null;
  #wantsAhead = false;
  #isKnown = false;

  /** Whether the next files are to be asked for ahead. */
  get wantsAhead(): boolean {
    return this.#wantsAhead;
  }

  /** Whether that stays so. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** So long it took, in seconds, to look at so many files in the way that was wanted. */
  took(seconds: number, files: number): void {
    const each = seconds / files;
    if (this.#alone === null) {
      this.#alone = each;
      this.#wantsAhead = each > slowAnswer;
      this.#isKnown = !this.#wantsAhead;
      return;
    }
    this.#wantsAhead = each < this.#alone * 0.8;
    this.#isKnown = true;
  }
}
