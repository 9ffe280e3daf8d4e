// The rotation that is found in a deformation, over thousands of random ones.
import { expect, test } from "bun:test";
import { determinant, inverse, type Mat3, polar } from "../../../src/templates/deform/polar.ts";
import { seeded } from "../../support/seeded.ts";
import { turning } from "./shapes.ts";

const matrix = (entry: (index: number) => number): Mat3 => [
  entry(0),
  entry(1),
  entry(2),
  entry(3),
  entry(4),
  entry(5),
  entry(6),
  entry(7),
  entry(8),
];
const identity: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

function product(a: Mat3, b: Mat3): Mat3 {
  const entry = (i: number, j: number): number =>
    [0, 1, 2].reduce((sum, k) => sum + (a[3 * i + k] ?? 0) * (b[3 * k + j] ?? 0), 0);
  return matrix((index) => entry(Math.floor(index / 3), index % 3));
}

/** The identity with `noise` on every entry. */
const nearIdentity = (noise: () => number): Mat3 => matrix((index) => (identity[index] ?? 9) + noise());

const transposed = ([a, b, c, d, e, f, g, h, i]: Mat3): Mat3 => [a, d, g, b, e, h, c, f, i];

const off = (a: Mat3, b: Mat3): number => Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 9))));

function rotationOf(deformation: Mat3): Mat3 {
  const found = polar(deformation);
  if (found.kind === "inverted") throw new Error("taken for inverted");
  return found.rotation;
}

test("a matrix times its inverse is the identity", () => {
  const { next } = seeded(1);
  for (let round = 0; round < 2000; round++) {
    const m = nearIdentity(() => next() - 0.5);
    if (Math.abs(determinant(m)) < 0.05) continue;
    expect(off(product(m, inverse(m)), identity)).toBeLessThan(1e-12);
  }
});

test("every deformation is a rotation times a symmetric stretch", () => {
  const { next } = seeded(2);
  let checked = 0;
  for (let round = 0; round < 4000; round++) {
    const f = nearIdentity(() => 2 * next() - 1);
    if (determinant(f) < 0.02) continue;
    checked++;
    const r = rotationOf(f);
    expect(off(product(transposed(r), r), identity)).toBeLessThan(1e-10);
    expect(determinant(r)).toBeCloseTo(1, 10);
    const stretch = product(transposed(r), f);
    expect(off(stretch, transposed(stretch))).toBeLessThan(1e-9);
  }
  expect(checked).toBeGreaterThan(1000);
});

test("turning a deformation turns its rotation and nothing else", () => {
  const { next } = seeded(3);
  for (let round = 0; round < 1000; round++) {
    const f = nearIdentity(() => 0.8 * next() - 0.4);
    if (determinant(f) < 0.1) continue;
    const turn = turning([next() - 0.5, next() - 0.5, next() + 0.1], 6 * next());
    const q = transposed([...turn([1, 0, 0]), ...turn([0, 1, 0]), ...turn([0, 0, 1])]);
    expect(off(rotationOf(product(q, f)), product(q, rotationOf(f)))).toBeLessThan(1e-9);
  }
});

test("a mirrored, a flat and a broken deformation have no rotation", () => {
  const mirrored: Mat3 = [-1, 0, 0, 0, 1, 0, 0, 0, 1];
  const flat: Mat3 = [1, 0, 0, 0, 1e-4, 0, 0, 0, 1];
  const broken: Mat3 = [Number.NaN, 0, 0, 0, 1, 0, 0, 0, 1];
  for (const f of [mirrored, flat, broken]) expect(polar(f)).toEqual({ kind: "inverted" });
});
