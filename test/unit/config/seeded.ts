// Random choices that a failing test can repeat.
export interface Seeded {
  /** From 0, below `limit`. */
  below(limit: number): number;
  choice<T>(of: readonly T[]): T;
}

export function seeded(seed: number): Seeded {
  let state = (seed + 1) * 0x9e3779b9;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
  return {
    below,
    choice: (of) => {
      const chosen = of[below(of.length)];
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
  };
}
