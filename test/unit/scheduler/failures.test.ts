import { describe, expect, test } from "bun:test";
import { attempt, seconds, taskId, workerId } from "../../../src/core/ids.ts";
import { afterFailure } from "../../../src/scheduler/retries.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { has } from "../../support/scheduler-setups.ts";
import { Story, type StorySetup } from "../../support/scheduler-story.ts";

function running(setup: Partial<StorySetup>, ...workers: readonly string[]): Story {
  const story = new Story({ blocks: [blockSpec("A_0"), blockSpec("B_0")], samples: 1, ...setup });
  story.start();
  for (const worker of workers) story.join(worker);
  return story;
}

describe("a task that fails by its own fault", () => {
  test("has `retries` further attempts, then fails its sample", () => {
    const story = running({ blocks: [blockSpec("A_0", { retries: 2 }), blockSpec("B_0")] }, "w");
    expect(story.failed("w 0#1")).toEqual(["retry 0#2", "assign w 0#2"]);
    expect(story.failed("w 0#2")).toEqual(["retry 0#3", "assign w 0#3"]);
    expect(story.failed("w 0#3")).toEqual([
      "failed 0: exited",
      "sample 0 failed, 1 skipped",
      "finished complete",
    ]);
  });
  test("leaves other samples alone", () => {
    const story = running({ samples: 2 }, "w");
    expect(story.failed("w 0")).toEqual(["failed 0: exited", "sample 0 failed, 1 skipped", "assign w 2#1"]);
  });
});

describe("an issue", () => {
  test("is never tried again and stops its sample", () => {
    const story = running({ blocks: [blockSpec("A_0", { retries: 9 }), blockSpec("B_0")] }, "w");
    expect(story.issue("w 0")).toEqual(["sample 0 issue, 1 skipped", "finished complete"]);
  });
  test("lets siblings that run come to their end, and recalls those that have not started", () => {
    const both = { outputs: ["*"], after: [] };
    const story = new Story({
      blocks: [blockSpec("A_0", both), blockSpec("B_0", both), blockSpec("C_0", both), blockSpec("D_0")],
      samples: 1,
    });
    story.start();
    story.join("w", has(3));
    story.started("w 0");
    story.started("w 1");
    expect(story.issue("w 0")).toEqual(["cancel w 2"]);
    expect(story.cancelled("w 2")).toEqual([]);
    expect(story.succeeded("w 1")).toEqual(["sample 0 issue, 2 skipped", "finished complete"]);
  });
  test("of a sample whose other task fails meanwhile: the failure is worse, and is not tried again", () => {
    const both = { outputs: ["*"], after: [], retries: 3 };
    const story = new Story({ blocks: [blockSpec("A_0", both), blockSpec("B_0", both)], samples: 1 });
    story.start();
    story.join("w", has(2));
    story.started("w 1");
    expect(story.issue("w 0")).toEqual([]);
    expect(story.failed("w 1")).toEqual([
      "failed 1: exited",
      "sample 0 failed, 0 skipped",
      "finished complete",
    ]);
  });
});

describe("a lost worker", () => {
  test("costs its tasks one of their losses and none of their retries", () => {
    const story = running({ losses: 2 }, "a", "b", "c");
    expect(story.gone("a")).toEqual(["retry 0#2", "assign b 0#2"]);
    expect(story.gone("b")).toEqual(["retry 0#3", "assign c 0#3"]);
    expect(story.gone("c")).toEqual([
      "failed 0: worker-lost",
      "sample 0 failed, 1 skipped",
      "finished complete",
    ]);
  });
  test("that nobody knows, or that is gone already, changes nothing", () => {
    const story = running({}, "a", "b");
    expect(story.gone("x")).toEqual([]);
    expect(story.gone("b")).toEqual([]);
    expect(story.gone("b")).toEqual([]);
  });
  test("that was only believed to be gone is not listened to", () => {
    const story = running({}, "a");
    story.gone("a");
    expect(story.started("a 0")).toEqual([]);
    expect(story.succeeded("a 0")).toEqual([]);
    expect(story.scheduler.stateOf(taskId(0))).toBe("queued");
    story.join("b");
    expect(story.succeeded("a 0#1")).toEqual([]);
    expect(story.succeeded("a 0#2")).toEqual([]);
    expect(story.succeeded("b 0#1")).toEqual([]);
    expect(story.succeeded("b 0#2")).toEqual(["assign b 1#1"]);
    expect(story.succeeded("b 0#2")).toEqual([]);
  });
  test("may come back under its name, and is then another one", () => {
    const story = running({}, "a");
    story.gone("a");
    expect(story.join("a")).toEqual(["assign a 0#2"]);
    expect(story.succeeded("a 0#1")).toEqual([]);
    expect(story.succeeded("a 0#2")).toEqual(["assign a 1#1"]);
  });
  test("that joins twice is one worker", () => {
    const story = running({ samples: 3 }, "a");
    expect(story.join("a", has(9))).toEqual([]);
    expect(story.scheduler.snapshot().workers).toEqual({ count: 1, places: 1, backlogged: 0 });
  });
});

test("what is nobody's fault costs nothing, however often", () => {
  const story = running({ losses: 0 }, "w");
  for (let n = 1; n < 50; n++) {
    expect(story.cancelled(`w 0#${n}`)).toEqual([`retry 0#${n + 1}`, `assign w 0#${n + 1}`]);
  }
});

test("each budget pays only for its own", () => {
  const spent = { failures: 1, losses: 2 };
  const exception = { kind: "timeout", limit: seconds(3) } as const;
  const lost = { kind: "worker-lost", worker: "w", why: "gone" } as const;
  const cancelled = { kind: "cancelled" } as const;
  expect(afterFailure(exception, spent, { retries: 1, losses: 9 })).toEqual({ kind: "final" });
  expect(afterFailure(exception, spent, { retries: 2, losses: 0 })).toEqual({
    kind: "again",
    pays: "attempt",
  });
  expect(afterFailure(lost, spent, { retries: 9, losses: 2 })).toEqual({ kind: "final" });
  expect(afterFailure(lost, spent, { retries: 0, losses: 3 })).toEqual({ kind: "again", pays: "loss" });
  expect(afterFailure(cancelled, spent, { retries: 0, losses: 0 })).toEqual({
    kind: "again",
    pays: "nothing",
  });
});

test("a task or worker that cannot be is a mistake of the caller, not an event", () => {
  const story = running({}, "w");
  expect(() => story.succeeded("w 99")).toThrow(RangeError);
  expect(() => story.judged(99, "stale")).toThrow(RangeError);
  expect(() => story.scheduler.waitingFor(taskId(99))).toThrow(RangeError);
});

test("whose result counts can be asked before it is handed in", () => {
  const story = running({}, "a");
  const holds = (worker: string, number: number): boolean =>
    story.scheduler.holds(workerId(worker), taskId(0), attempt(number));
  expect([holds("a", 1), holds("a", 2), holds("b", 1)]).toEqual([true, false, false]);
  story.gone("a");
  expect(holds("a", 1)).toBe(false);
});
