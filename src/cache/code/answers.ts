// Yes or no about names, each found once. Functions that call each other are harmless if nothing else speaks against it: while
// an answer is being found it is yes. When it turns out to be no, every yes that may have rested on it is forgotten.

export class Answers {
  readonly #known = new Map<string, boolean>();
  /** Where in the trail the search for a name began. */
  readonly #open = new Map<string, number>();
  /** Names that are being looked at and were asked for meanwhile. */
  readonly #used = new Set<string>();
  /** What was found to be yes, in order. */
  readonly #trail: string[] = [];

  /** Whether no answer is being looked for: what is found now rests on nothing that may be withdrawn. */
  get settled(): boolean {
    return this.#open.size === 0;
  }

  of(name: string, find: () => boolean): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#open.has(name)) {
      this.#used.add(name);
      return true;
    }
    const began = this.#trail.length;
    this.#open.set(name, began);
    let answer = false;
    try {
      answer = find();
    } finally {
      this.#open.delete(name);
    }
    const used = this.#used.delete(name);
    if (!answer && used) for (const other of this.#trail.splice(began)) this.#known.delete(other);
    this.#known.set(name, answer);
    if (answer) this.#trail.push(name);
    return answer;
  }
}
