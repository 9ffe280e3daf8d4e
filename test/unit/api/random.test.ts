import { describe, expect, test } from "bun:test";
import { naturalLogarithm } from "../../../src/api/logarithm.ts";
import { createRandom, type Random } from "../../../src/api/random.ts";

const of = (sample: number | null, block = "Scene_0", seed: string | number = 0): Random =>
  createRandom({ seed, sample, block });

const draws = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);

/** Sum of (seen - expected)² / expected over equal cells. */
function chiSquare(cells: readonly number[], total: number): number {
  const expected = total / cells.length;
  return cells.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
}

function histogram(values: readonly number[], cells: number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (const value of values)
    counts[Math.floor(value * cells)] = (counts[Math.floor(value * cells)] ?? 0) + 1;
  return counts;
}

/** Kolmogorov and Smirnov's distance, times √n: above 1.95 with a probability of 0.001 only. */
function kolmogorov(values: readonly number[], share: (value: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const distances = sorted.map((value, i) => Math.max((i + 1) / n - share(value), share(value) - i / n));
  return Math.max(...distances) * Math.sqrt(n);
}

/** The normal distribution up to x (Abramowitz and Stegun 7.1.26, within 1.5e-7). */
function normalShare(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp(-z * z)) / 2;
  return x > 0 ? 1 - tail : tail;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((x, y) => x + y, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0);
  return product(a, b, ma, mb) / Math.sqrt(product(a, a, ma, ma) * product(b, b, mb, mb));
}

// These are what every dataset was made from. If one of them changes, so does every dataset that is made again.
describe("values never change between versions:", () => {
  test("uniform, normal, integer, choice and shuffle, in this order", () => {
    const random = of(42, "RandomScene_0", 7);
    expect([random.uniform(), random.uniform(3e3, 3e4), random.uniform(-1, 1)]).toEqual([
      0.6058038801988087, 20876.465824801722, -0.9117168302317027,
    ]);
    expect([random.normal(), random.normal(10, 0.5)]).toEqual([-0.3092386518914477, 9.603266375040581]);
    expect([random.integer(1, 6), random.integer(-5, 5), random.integer(0, 2 ** 52)]).toEqual([
      6, 2, 2073843519050633,
    ]);
    expect(random.choice(["liver", "kidney", "spleen"])).toBe("spleen");
    expect(random.shuffle([0, 1, 2, 3, 4, 5, 6, 7]).join("")).toBe("67543012");
  });

  test("of a block over the dataset, and of a seed that is a text", () => {
    expect(of(null, "Totals_0", 7).uniform()).toBe(0.8008215531603046);
    expect(of(0, "A_0", "seven").uniform()).toBe(0.8528985699230877);
  });
});

describe("the same source gives the same values", () => {
  test("whatever was drawn from others in between", () => {
    const alone = draws(
      100,
      (
        (random) => () =>
          random.uniform()
      )(of(3)),
    );
    const [first, other] = [of(3), of(4)];
    const mixed = draws(100, () => {
      other.normal();
      of(5).integer(1, 10);
      return first.uniform();
    });
    expect(mixed).toEqual(alone);
  });

  test("in whatever order samples are visited", () => {
    const ids = Array.from({ length: 500 }, (_, id) => id);
    const forward = new Map(ids.map((id) => [id, of(id).uniform()]));
    const backward = new Map([...ids].reverse().map((id) => [id, of(id).uniform()]));
    for (const id of ids) expect(backward.get(id)).toBe(forward.get(id) ?? Number.NaN);
  });

  test("and a seed, a sample or a block more or less gives others", () => {
    const first = [of(1), of(11), of(null), of(1, "Scene_1"), of(1, "Scene_0", 1), of(1, "Scene_0", "0")];
    expect(new Set(first.map((random) => random.uniform())).size).toBe(first.length);
  });
});

describe("neighbours are independent:", () => {
  const n = 8_000;
  const limit = 4 / Math.sqrt(n);
  const firstOf = (block: string, shift = 0) =>
    draws(
      n,
      (
        (id) => () =>
          of(id++, block).uniform()
      )(shift),
    );

  test("sample after sample, block beside block, seed beside seed", () => {
    const here = firstOf("Scene_0");
    expect(kolmogorov(here, (x) => x)).toBeLessThan(1.95);
    expect(Math.abs(correlation(here, firstOf("Scene_0", 1)))).toBeLessThan(limit);
    expect(Math.abs(correlation(here, firstOf("Scene_1")))).toBeLessThan(limit);
    const otherSeed = draws(
      n,
      (
        (id) => () =>
          of(id++, "Scene_0", 1).uniform()
      )(0),
    );
    expect(Math.abs(correlation(here, otherSeed))).toBeLessThan(limit);
  });

  test("one draw and the next, over samples and within one", () => {
    const pairs = Array.from({ length: n }, (_, id) => {
      const random = of(id);
      return [random.uniform(), random.uniform()] as const;
    });
    expect(
      Math.abs(
        correlation(
          pairs.map(([a]) => a),
          pairs.map(([, b]) => b),
        ),
      ),
    ).toBeLessThan(limit);
    const random = of(0);
    const long = draws(n, () => random.uniform());
    expect(Math.abs(correlation(long.slice(1), long.slice(0, -1)))).toBeLessThan(limit);
  });

  test("all normal values of neighbouring samples are normal together", () => {
    const values = Array.from({ length: n }, (_, id) => of(id).normal());
    expect(kolmogorov(values, normalShare)).toBeLessThan(1.95);
  });
});

describe("uniform", () => {
  test("is uniform, also in pairs", () => {
    const random = of(1);
    const values = draws(100_000, () => random.uniform());
    expect(kolmogorov(values, (x) => x)).toBeLessThan(1.95);
    // 99 degrees of freedom: above 149 with a probability of 0.001.
    expect(chiSquare(histogram(values, 100), values.length)).toBeLessThan(149);
    const pairs = new Array<number>(100).fill(0);
    for (let i = 0; i + 1 < values.length; i += 2) {
      const cell = Math.floor((values[i] ?? 0) * 10) * 10 + Math.floor((values[i + 1] ?? 0) * 10);
      pairs[cell] = (pairs[cell] ?? 0) + 1;
    }
    expect(chiSquare(pairs, values.length / 2)).toBeLessThan(149);
  });

  test("stays in [lo, hi), however narrow or wide", () => {
    const random = of(2);
    const intervals = [
      [0, 1],
      [-1, 1],
      [1, 1 + Number.EPSILON],
      [-Number.MAX_VALUE, Number.MAX_VALUE],
      [0, Number.MIN_VALUE],
      [-1, 0],
      [1e16, 1e16 + 2],
    ] as const;
    for (const [lo, hi] of intervals) {
      for (let i = 0; i < 1000; i++) {
        const value = random.uniform(lo, hi);
        if (!(value >= lo && value < hi)) throw new Error(`${value} is not in [${lo}, ${hi})`);
      }
    }
    expect(random.uniform(3, 3)).toBe(3);
  });

  test("uses all of its bits", () => {
    const random = of(3);
    let [ones, zeros] = [0n, 0n];
    for (let i = 0; i < 200; i++) {
      const bits = BigInt(random.uniform() * 2 ** 53);
      ones |= bits;
      zeros |= ~bits & ((1n << 53n) - 1n);
    }
    expect(ones).toBe((1n << 53n) - 1n);
    expect(zeros).toBe((1n << 53n) - 1n);
  });
});

describe("normal", () => {
  test("is normal, with the mean and the standard deviation that were asked for", () => {
    const random = of(4);
    const values = draws(100_000, () => random.normal(5, 2));
    expect(kolmogorov(values, (x) => normalShare((x - 5) / 2))).toBeLessThan(1.95);
    const beyond = values.filter((value) => Math.abs(value - 5) > 6).length;
    // 270 expected beyond three deviations.
    expect(Math.abs(beyond - 270)).toBeLessThan(4 * Math.sqrt(270));
    expect(random.normal(3, 0)).toBe(3);
  });

  test("takes its logarithm from operations that are the same everywhere, and it is right", () => {
    const random = of(5);
    for (let i = 0; i < 20_000; i++) {
      const x = random.uniform() * 10 ** random.integer(-300, 300);
      const [own, libm] = [naturalLogarithm(x), Math.log(x)];
      if (Math.abs(own - libm) > 4 * Number.EPSILON * Math.abs(libm))
        throw new Error(`ln ${x}: ${own}, not ${libm}`);
    }
    expect(naturalLogarithm(1)).toBe(0);
    expect(naturalLogarithm(Number.MIN_VALUE)).toBeCloseTo(Math.log(Number.MIN_VALUE), 10);
  });
});

describe("integer", () => {
  test("gives every number from lo to hi equally often", () => {
    const random = of(6);
    for (const [lo, hi, limit] of [
      [1, 6, 20.5],
      [-3, 3, 22.5],
      [0, 99, 149],
    ] as const) {
      const cells = new Array<number>(hi - lo + 1).fill(0);
      const n = 60_000;
      for (let i = 0; i < n; i++) {
        const cell = random.integer(lo, hi) - lo;
        cells[cell] = (cells[cell] ?? 0) + 1;
      }
      expect(cells.reduce((a, b) => a + b)).toBe(n);
      expect(chiSquare(cells, n)).toBeLessThan(limit);
    }
    expect(random.integer(7, 7)).toBe(7);
  });

  test("is unbiased where the count divides the generator's range badly", () => {
    const random = of(7);
    const count = 3 * 2 ** 51;
    const values = draws(60_000, () => random.integer(0, count - 1) / count);
    expect(chiSquare(histogram(values, 3), values.length)).toBeLessThan(13.8);
  });
});

describe("choice and shuffle", () => {
  test("choice takes every element equally often", () => {
    const random = of(8);
    const cells = new Array<number>(5).fill(0);
    for (let i = 0; i < 50_000; i++) {
      const chosen = random.choice([0, 1, 2, 3, 4] as const);
      cells[chosen] = (cells[chosen] ?? 0) + 1;
    }
    expect(chiSquare(cells, 50_000)).toBeLessThan(18.5);
  });

  test("shuffle gives every order equally often, and leaves what it is given", () => {
    const random = of(9);
    const given = Object.freeze(["a", "b", "c", "d"]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 48_000; i++) {
      const order = random.shuffle(given).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom.
    expect(chiSquare([...counts.values()], 48_000)).toBeLessThan(49.7);
    expect(random.shuffle([])).toEqual([]);
  });
});

describe("wrong arguments are told with what was given:", () => {
  const random = of(10);
  const cases: readonly (readonly [string, () => unknown])[] = [
    ["uniform(lo, hi) needs finite numbers with lo ≤ hi, but was given 2, 1", () => random.uniform(2, 1)],
    [
      "uniform(lo, hi) needs finite numbers with lo ≤ hi, but was given NaN, 1",
      () => random.uniform(Number.NaN),
    ],
    ["normal(mean, sd) needs finite numbers with sd ≥ 0, but was given 0, -1", () => random.normal(0, -1)],
    ["integer(lo, hi) needs whole numbers with lo ≤ hi, but was given 0.5, 2", () => random.integer(0.5, 2)],
    ["integer(lo, hi) needs whole numbers with lo ≤ hi, but was given 2, 1", () => random.integer(2, 1)],
    ["choice(list) needs a list with at least one element, but was given ", () => random.choice([])],
  ];
  for (const [message, act] of cases) {
    test(message, () => expect(act).toThrow(new RangeError(`random.${message}`)));
  }
});
