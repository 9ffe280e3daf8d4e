// A set of small numbers that gives its smallest in a handful of steps. Ten thousand workers cannot be looked
// through for each task, and a sorted list of those with room would change with every task.
//
// One bit per number, and one bit above for every word that is not empty, up to a single word.

export class SlotSet {
  #levels: Uint32Array[] = [new Uint32Array(1)];

  has(value: number): boolean {
    return (((this.#levels[0]?.[value >>> 5] ?? 0) >>> (value & 31)) & 1) === 1;
  }
  /** The smallest; -1 when there is none. */
  first(): number {
    let index = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const word = this.#levels[level]?.[index] ?? 0;
      if (word === 0) return -1;
      index = (index << 5) | (31 - Math.clz32(word & -word));
    }
    return index;
  }
  add(value: number): void {
    while (value >= capacityOf(this.#levels)) this.#levels = grown(this.#levels);
    let index = value;
    for (const words of this.#levels) {
      const before = words[index >>> 5] ?? 0;
      words[index >>> 5] = before | (1 << (index & 31));
      if (before !== 0) return;
      index >>>= 5;
    }
  }
  delete(value: number): void {
    if (!this.has(value)) return;
    let index = value;
    for (const words of this.#levels) {
      const after = (words[index >>> 5] ?? 0) & ~(1 << (index & 31));
      words[index >>> 5] = after;
      if (after !== 0) return;
      index >>>= 5;
    }
  }
}

const capacityOf = (levels: readonly Uint32Array[]): number => (levels[0]?.length ?? 0) * 32;

/** Every level 32 times as long, and the old top summed up by a new single word. */
function grown(levels: readonly Uint32Array[]): Uint32Array[] {
  const longer = levels.map((words) => {
    const wider = new Uint32Array(words.length * 32);
    wider.set(words);
    return wider;
  });
  const top = new Uint32Array(1);
  if (levels.at(-1)?.[0] !== 0) top[0] = 1;
  return [...longer, top];
}
