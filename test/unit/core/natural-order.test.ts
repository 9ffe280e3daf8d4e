import { expect, test } from "bun:test";
import { naturalOrder } from "../../../src/core/natural-order.ts";

test("numbers in names compare as numbers, however long they are", () => {
  const ordered = [
    "a_f2.stl",
    "a_f10.stl",
    "a_f123456789012345678901.stl",
    "a_f123456789012345678902.stl",
    "b_f1.stl",
  ];
  expect([...ordered].reverse().sort(naturalOrder)).toEqual(ordered);
});

test("texts compare by code units, and a beginning comes before what it begins", () => {
  expect(["b", "a", "B", "ab", ""].sort(naturalOrder)).toEqual(["", "B", "a", "ab", "b"]);
});

test("it is an order: no two different names are equal, and it agrees with itself", () => {
  const parts = ["", "a", "b", "f", "0", "00", "1", "01", "2", "10", "9", "."];
  const names = parts.flatMap((x) => parts.flatMap((y) => parts.map((z) => x + y + z)));
  const sorted = [...new Set(names)].sort(naturalOrder);
  for (let i = 1; i < sorted.length; i++) {
    expect(naturalOrder(sorted[i - 1] ?? "", sorted[i] ?? "")).toBeLessThan(0);
    expect(naturalOrder(sorted[i] ?? "", sorted[i - 1] ?? "")).toBeGreaterThan(0);
  }
  const firstAgainstAll = sorted.map((name) => Math.sign(naturalOrder(sorted[0] ?? "", name)));
  expect(new Set(firstAgainstAll.slice(1))).toEqual(new Set([-1]));
});
