// How long to wait before looking again.
import { expect, test } from "bun:test";
import { Pace } from "../../../src/system/pace.ts";

test("quick after news, slower and slower without, never slower than is said", () => {
  const pace = new Pace({ quick: 0.004, slow: 1.5 });
  const waits: number[] = [];
  for (let i = 0; i < 30; i++) {
    waits.push(pace.wait);
    pace.calm();
  }
  expect(waits[0]).toBe(0.004);
  expect(waits.every((wait, i) => i === 0 || wait >= (waits[i - 1] ?? 0))).toBe(true);
  expect(waits.at(-1)).toBe(1.5);
  pace.hurry();
  expect(pace.wait).toBe(0.004);
});

test("a minute of nothing is a few dozen looks, not thousands", () => {
  const pace = new Pace({ quick: 0.004, slow: 1.5 });
  let looks = 0;
  for (let at = 0; at < 60; at += pace.wait) {
    looks += 1;
    pace.calm();
  }
  expect(looks).toBeLessThan(60);
});

test("where many are looked at, each is looked at less often", () => {
  const pace = new Pace({ quick: 0.004, slow: 1.5 });
  for (let i = 0; i < 50; i++) pace.calm(10);
  expect(pace.wait).toBe(10);
  pace.calm();
  expect(pace.wait).toBe(1.5);
});
