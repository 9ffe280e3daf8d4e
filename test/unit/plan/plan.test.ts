import { expect, test } from "bun:test";
import { sampleId, taskId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { blockSpec } from "../../support/block-specs.ts";

const plan = createPlan(
  [
    blockSpec("A_0"),
    blockSpec("B_0"),
    blockSpec("Sheet_0", { scope: "dataset" }),
    blockSpec("Table_0", { scope: "dataset" }),
  ],
  [10, 20, 30].map(sampleId),
);

test("tasks are numbered sample by sample, dataset tasks behind them", () => {
  const names = Array.from({ length: plan.taskCount }, (_, t) => plan.describe(taskId(t)));
  expect(names.map(({ block, sample }) => `${block} ${sample}`)).toEqual([
    "A_0 10",
    "B_0 10",
    "A_0 20",
    "B_0 20",
    "A_0 30",
    "B_0 30",
    "Sheet_0 null",
    "Table_0 null",
  ]);
});

test("a task's number and its position say the same", () => {
  for (let t = 0; t < plan.taskCount; t++) {
    const { sampleIndex, blockIndex } = plan.positionOf(taskId(t));
    expect(plan.taskOf(sampleIndex, blockIndex)).toBe(taskId(t));
  }
});

test("positions outside the plan are errors", () => {
  for (const [sample, block] of [
    [0, 2],
    [null, 0],
    [3, 0],
    [-1, 0],
    [null, 4],
    [0, -1],
  ] as const) {
    expect(() => plan.taskOf(sample, block)).toThrow(RangeError);
  }
  expect(() => plan.describe(taskId(8))).toThrow(RangeError);
});

test("a plan may have no samples, or only dataset blocks", () => {
  expect(String(createPlan(plan.blocks, []).describe(taskId(0)).block)).toBe("Sheet_0");
  const only = createPlan([blockSpec("Sheet_0", { scope: "dataset" })], [sampleId(1)]);
  expect(only.taskCount).toBe(1);
  expect(only.taskOf(null, 0)).toBe(taskId(0));
});

test("the same sample twice is a mistake of the caller", () => {
  expect(() => createPlan(plan.blocks, [sampleId(1), sampleId(1)])).toThrow(RangeError);
});
