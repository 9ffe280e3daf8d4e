// Which lost element is submitted again, and under which name it fails when it is not.
import { expect, test } from "bun:test";
import { bytes, seconds } from "../../../../src/core/ids.ts";
import { afterLoss, type Loss, mostLosses } from "../../../../src/run/array/losses.ts";

const loss = (how: Loss["how"], printed: readonly string[] = []): Loss => ({
  ...{ how, words: "it has failed", job: "17_3", printed },
});
const budget = { retries: 1, time: seconds(120), memory: bytes(1e9) };

test("a lost place costs the task nothing for three times", () => {
  for (const how of [
    "failed",
    "completed",
    "node-fail",
    "boot-fail",
    "preempted",
    "cannot-start",
    null,
  ] as const) {
    for (let losses = 1; losses <= mostLosses; losses++) {
      expect(afterLoss(loss(how), { ...budget, losses })).toEqual({ kind: "again" });
    }
    expect(
      afterLoss(loss(how, ["module: command not found"]), { ...budget, losses: mostLosses + 1 }),
    ).toEqual({
      kind: "give-up",
      failure: {
        ...{ kind: "worker-lost", worker: "17_3" },
        why: "it has failed; it printed: module: command not found",
      },
    });
  }
});

test("too long and too large are the task's own, and are tried as often as its block says", () => {
  expect(afterLoss(loss("timeout"), { ...budget, losses: 1 })).toEqual({ kind: "again" });
  expect(afterLoss(loss("timeout"), { ...budget, losses: 2 })).toMatchObject({
    failure: { kind: "timeout", limit: 120 },
  });
  expect(afterLoss(loss("timeout"), { ...budget, time: null, losses: 2 })).toMatchObject({
    failure: { kind: "worker-lost" },
  });
  expect(afterLoss(loss("out-of-memory"), { ...budget, losses: 2 })).toMatchObject({
    failure: { kind: "out-of-memory", limit: 1e9, peak: null },
  });
});

test("what somebody cancelled is not begun again", () => {
  expect(afterLoss(loss("cancelled"), { ...budget, losses: 1 })).toMatchObject({
    ...{ kind: "give-up", failure: { kind: "worker-lost", worker: "17_3" } },
  });
});
