// What is submitted together, and what waits for what.
import { describe, expect, test } from "bun:test";
import { batchesOf, halved, lastOf, type Row, waitsFor } from "../../../../src/run/array/batches.ts";

const rows = (count: number, blocks: readonly number[], from = 0): Row[] =>
  Array.from({ length: count }, (_, index) => ({ index: from + index, blocks }));

describe("batches", () => {
  test("hold samples of which the same blocks are to be run, at most so many", () => {
    expect(batchesOf(rows(5, [0, 1]), 2)).toEqual([
      { rows: [0, 1], blocks: [0, 1] },
      { rows: [2, 3], blocks: [0, 1] },
      { rows: [4], blocks: [0, 1] },
    ]);
  });

  test("samples of one kind that come one by one among others share theirs; those with nothing to do have none", () => {
    const mixed: Row[] = [0, 1, 2, 3, 4, 5].map((index) => ({
      index,
      blocks: index % 3 === 2 ? [] : index % 3 === 0 ? [1] : [0, 1],
    }));
    expect(batchesOf(mixed, 10)).toEqual([
      { rows: [0, 3], blocks: [1] },
      { rows: [1, 4], blocks: [0, 1] },
    ]);
  });

  test("every task is in exactly one, whatever comes", () => {
    for (let seed = 1; seed < 200; seed++) {
      let state = seed;
      const next = (below: number) => {
        state = (state * 48271) % 2147483647;
        return state % below;
      };
      const some: Row[] = Array.from({ length: next(40) }, (_, index) => ({
        index,
        blocks: [0, 1, 2].filter(() => next(3) > 0),
      }));
      const most = 1 + next(7);
      const batches = batchesOf(some, most);
      expect(Math.max(0, ...batches.map((batch) => batch.rows.length))).toBeLessThanOrEqual(most);
      const tasks = batches.flatMap((batch) =>
        batch.rows.flatMap((row) => batch.blocks.map((block) => `${row} ${block}`)),
      );
      expect(tasks.sort()).toEqual(
        some.flatMap(({ index, blocks }) => blocks.map((block) => `${index} ${block}`)).sort(),
      );
    }
  });

  test("are halved until one sample is left", () => {
    expect(halved({ rows: [3, 4, 5], blocks: [0] })).toEqual([
      { rows: [3, 4], blocks: [0] },
      { rows: [5], blocks: [0] },
    ]);
    expect(halved({ rows: [3], blocks: [0] })).toBeNull();
  });
});

describe("in a batch", () => {
  // 0 ─▶ 1 ─▶ 3, 0 ─▶ 2 ─▶ 3
  const predecessors = [[], [0], [0], [1, 2]];

  test("a block waits for those before it that are run too", () => {
    const batch = { rows: [0], blocks: [1, 2, 3] };
    expect([1, 2, 3].map((block) => waitsFor(block, batch, predecessors))).toEqual([[], [], [1, 2]]);
  });

  test("the last ones are those on which nothing waits", () => {
    expect(lastOf({ rows: [0], blocks: [0, 1, 2, 3] }, predecessors)).toEqual([3]);
    expect(lastOf({ rows: [0], blocks: [0, 1, 2] }, predecessors)).toEqual([1, 2]);
  });
});
