// Lines on a shelf, beside a plain account of them.
import { expect, test } from "bun:test";
import { type Kept, Shelf } from "../../../src/cache/shelf.ts";
import { seeded } from "../../support/seeded.ts";

test("lines come back as they were put, whatever their length and letters", () => {
  const shelf = new Shelf();
  const lines = [
    "",
    "plain",
    "ü\u2028𝄞",
    "x".repeat(3_000_000),
    "y".repeat(700_000),
    "z".repeat(700_000),
    "ß",
  ];
  const kept = lines.map((line, index) => shelf.keep(line, index));
  expect(kept.map((one) => shelf.line(one))).toEqual(lines);
  expect(kept.map((one) => shelf.note(one))).toEqual([...lines.keys()]);
});

test("random histories: what is kept stays as it was, whatever else is dropped", () => {
  const random = seeded(5);
  const shelf = new Shelf();
  const account = new Map<Kept, { readonly line: string; readonly note: number }>();
  for (let step = 0; step < 30_000; step++) {
    const [first] = account.keys();
    if (first !== undefined && random.chance(0.45)) {
      const kept = random.pick([first, ...[...account.keys()].slice(-3)]);
      shelf.drop(kept);
      account.delete(kept);
      continue;
    }
    const line = `${step} ${random.pick(["ü", "x"]).repeat(random.pick([1, 90, 3000]))}`;
    const kept = shelf.keep(line, step);
    expect(account.has(kept)).toBe(false);
    account.set(kept, { line, note: step });
  }
  expect(account.size).toBeGreaterThan(2000);
  for (const [kept, { line, note }] of account)
    expect([shelf.line(kept), shelf.note(kept)]).toEqual([line, note]);
});

test("a line that was dropped is not there any more", () => {
  const shelf = new Shelf();
  const kept = shelf.keep("x".repeat(1 << 20), 0);
  shelf.keep("y", 1);
  shelf.drop(kept);
  expect(() => shelf.line(kept)).toThrow(`line ${kept} is not kept`);
});
