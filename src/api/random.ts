// Random numbers that depend on nothing but the dataset's seed, the sample and the block: not on the machine, the order
// of tasks or the number of workers. Only +, -, *, / and sqrt are used on the way to a value, because IEEE 754 fixes
// those to the last bit, while Math.log and Math.cos differ between C libraries and even processors.
import { createHash } from "node:crypto";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { naturalLogarithm } from "./logarithm.ts";

/**
 * The random generator of one sample in one block: `sample.random`.
 *
 * The same dataset seed, sample ID and block name give the same values in the same order, on any machine and with any
 * number of workers. Two blocks, or two samples, have independent generators.
 *
 * The generator is xoroshiro128+ (Blackman and Vigna 2018, https://arxiv.org/abs/1805.01407), seeded with the first
 * 128 bits of a sha256 over seed, sample and block.
 */
export interface Random {
  /**
   * A real number, evenly distributed in [lo, hi), with 53 random bits.
   * @example sample.setConfig("stiffness", sample.random.uniform(3e3, 3e4)); // Pa
   * @throws RangeError unless lo and hi are finite and lo ≤ hi.
   */
  uniform(lo?: number, hi?: number): number;
  /**
   * A real number from the normal distribution (Marsaglia's polar method, https://doi.org/10.1137/1006063).
   * @example const noise = sample.random.normal(0, 0.5); // mm
   * @param mean default 0
   * @param sd standard deviation, not the variance; default 1
   * @throws RangeError unless both are finite and sd ≥ 0.
   */
  normal(mean?: number, sd?: number): number;
  /**
   * A whole number, every one from lo to hi (both included) equally likely.
   * @example const bumps = sample.random.integer(1, 6);
   * @throws RangeError unless both are whole numbers, lo ≤ hi, and hi - lo < 2^53.
   */
  integer(lo: number, hi: number): number;
  /**
   * One element, every one equally likely.
   * @example const organ = sample.random.choice(["liver", "kidney", "spleen"]);
   * @throws RangeError where the list is empty.
   */
  choice<T>(list: readonly T[]): T;
  /**
   * The same elements in random order, as a new array; the one given is not changed.
   * @example const order = sample.random.shuffle([0, 1, 2, 3]);
   */
  shuffle<T>(list: readonly T[]): T[];
}

/**
 * What a generator is seeded from. `sample` is null for a block over the whole dataset.
 * @internal
 */
export interface RandomSource {
  readonly seed: string | number;
  readonly sample: number | null;
  readonly block: string;
}

/** Every value depends on this text. A change of it, or of how values are drawn, makes every dataset another one. */
const canonicalText = (source: RandomSource): string =>
  JSON.stringify(["pipe-random-1", source.seed, source.sample, source.block]);

/** @internal */
export function createRandom(source: RandomSource): Random {
  const digest = createHash("sha256").update(canonicalText(source)).digest();
  const state = [0, 4, 8, 12].map((at) => digest.readInt32BE(at));
  // All bits zero is the one state that the generator never leaves.
  const generator = xoroshiro128plusFromState(state.every((word) => word === 0) ? [1, 0, 0, 0] : state);
  return new Draws(() => generator.next());
}

const twoTo26 = 2 ** 26;
const twoTo53 = 2 ** 53;

class Draws implements Random {
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  uniform(lo = 0, hi = 1): number {
    wanted(
      Number.isFinite(lo) && Number.isFinite(hi) && lo <= hi,
      "uniform(lo, hi)",
      "finite numbers with lo ≤ hi",
      [lo, hi],
    );
    const share = this.#bits53() / twoTo53;
    const value = lo * (1 - share) + hi * share;
    // Rounding may reach hi, which is not part of the interval.
    return value < hi ? Math.max(value, lo) : lo;
  }

  normal(mean = 0, sd = 1): number {
    wanted(
      Number.isFinite(mean) && Number.isFinite(sd) && sd >= 0,
      "normal(mean, sd)",
      "finite numbers with sd ≥ 0",
      [mean, sd],
    );
    for (;;) {
      const u = (this.#bits53() / twoTo53) * 2 - 1;
      const v = (this.#bits53() / twoTo53) * 2 - 1;
      const s = u * u + v * v;
      // The second value that the method offers is dropped: keeping it would tie draws to their number before.
      if (s > 0 && s < 1) return mean + sd * u * Math.sqrt((-2 * naturalLogarithm(s)) / s);
    }
  }

  integer(lo: number, hi: number): number {
    const whole = Number.isSafeInteger(lo) && Number.isSafeInteger(hi) && lo <= hi && hi - lo < twoTo53;
    wanted(whole, "integer(lo, hi)", "whole numbers with lo ≤ hi", [lo, hi]);
    const count = hi - lo + 1;
    // What does not divide evenly is drawn again: otherwise small numbers would come up more often.
    const limit = twoTo53 - (twoTo53 % count);
    for (;;) {
      const draw = this.#bits53();
      if (draw < limit) return lo + (draw % count);
    }
  }

  choice<T>(list: readonly T[]): T {
    wanted(Array.isArray(list) && list.length > 0, "choice(list)", "a list with at least one element", [
      list,
    ]);
    const [chosen] = list.slice(this.integer(0, list.length - 1));
    // The list has this element; where T allows undefined, undefined may be one.
    return chosen as T;
  }

  shuffle<T>(list: readonly T[]): T[] {
    wanted(Array.isArray(list), "shuffle(list)", "a list", [list]);
    const result = [...list];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      const kept = result[last] as T;
      result[last] = result[other] as T;
      result[other] = kept;
    }
    return result;
  }

  /** The upper bits of two draws: the lowest bits of xoroshiro128+ are its weakest. */
  #bits53(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return high * twoTo26 + low;
  }
}

function wanted(holds: boolean, call: string, what: string, given: readonly unknown[]): void {
  if (holds) return;
  throw new RangeError(`random.${call} needs ${what}, but was given ${given.map(String).join(", ")}`);
}
