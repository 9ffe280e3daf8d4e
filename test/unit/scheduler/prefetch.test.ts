import { describe, expect, test } from "bun:test";
import { seconds, taskId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { Durations } from "../../../src/scheduler/durations.ts";
import { defaultPrefetch, noPrefetch } from "../../../src/scheduler/scheduler.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { calmSetup, has, sampleIds, steadyWorker } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";
import { SchedulerWorld } from "../../support/scheduler-world.ts";

describe("how many tasks are sent ahead", () => {
  const depthAfter = (...durations: readonly number[]): number => {
    const known = new Durations(1, defaultPrefetch);
    for (const duration of durations) known.record(0, duration);
    return known.depth(0);
  };
  test.each([
    [[], 0],
    [[0], 32],
    [[0.005], 32],
    [[0.01], 16],
    [[0.04], 4],
    [[0.05], 0],
    [[3600], 0],
    [[0.001, 0.001, 0.001], 32],
    [[0.001, 1], 0],
    [[-1], 32],
  ])("after durations of %p s: %p", (durations, depth) => {
    expect(depthAfter(...durations)).toBe(depth);
  });
  test("follows the last sixteen or so", () => {
    expect(depthAfter(...Array(100).fill(1), ...Array(200).fill(0.001))).toBe(32);
    expect(depthAfter(...Array(1000).fill(0.001), ...Array(3).fill(2))).toBe(0);
  });
});

const short = [blockSpec("A_0")];

/** One worker of one core that has shown that its tasks are short, with the task after it in hand. */
function quick(samples: number): Story {
  const story = new Story({ blocks: short, samples, prefetch: defaultPrefetch });
  story.start();
  story.join("w");
  story.wait(0.001);
  story.succeeded("w 0");
  return story;
}

describe("tasks sent ahead", () => {
  test("are none before anybody knows how long they take, and none when they take long", () => {
    const story = new Story({ blocks: short, samples: 100, prefetch: defaultPrefetch });
    story.start();
    expect(story.join("w")).toEqual(["assign w 0#1"]);
    story.wait(1);
    expect(story.succeeded("w 0")).toEqual(["sample 0 valid, 0 skipped", "assign w 1#1"]);
  });
  test("come once a task was short, and not behind the one that was given before that was known", () => {
    const story = new Story({ blocks: short, samples: 100, prefetch: defaultPrefetch });
    story.start();
    story.join("w", has(2));
    story.wait(0.001);
    expect(story.succeeded("w 0").filter((line) => line.startsWith("assign"))).toEqual(["assign w 2#1"]);
    story.wait(0.001);
    expect(story.succeeded("w 1").filter((line) => line.startsWith("assign")).length).toBeGreaterThan(20);
  });
  test("begin no new sample whose next task takes long, or of which that is not known", () => {
    const story = new Story({
      blocks: [blockSpec("Scene_0"), blockSpec("Simulate_0")],
      samples: 100,
      prefetch: defaultPrefetch,
    });
    story.start();
    story.join("w");
    const begun = new Set<number>();
    // Every scene takes a millisecond, every simulation a second.
    for (let turn = 0; turn < 60; turn++) {
      const held = story.scheduler.heldTasks();
      for (const { task } of held) begun.add(Math.floor(task / 2));
      const [first] = held;
      if (first === undefined) break;
      story.wait(first.task % 2 === 0 ? 0.001 : 1);
      story.succeeded(`w ${first.task}`);
      const ended = story.scheduler.snapshot().samples.ended.valid;
      expect(begun.size - ended).toBeLessThanOrEqual(1 + 2 + 1);
    }
    expect(begun.size).toBeGreaterThan(20);
  });
  test("never number more than 32 for each that can run", () => {
    const story = quick(1000);
    expect(story.scheduler.snapshot().workers.backlogged).toBe(32);
    expect(story.scheduler.heldTasks().map(({ as }) => as)).toEqual([
      "given",
      ...Array.from({ length: 32 }, () => "backlog" as const),
    ]);
  });
  test("move up in order, and are replaced", () => {
    const story = quick(1000);
    expect(story.scheduler.heldTasks()[0]?.task).toBe(taskId(1));
    story.succeeded("w 1");
    expect(story.scheduler.heldTasks()[0]?.task).toBe(taskId(2));
    expect(story.scheduler.snapshot().workers.backlogged).toBe(32);
  });
  test("are shared fairly when there are few: nobody gets more than its part", () => {
    const story = new Story({ blocks: short, samples: 14, prefetch: defaultPrefetch });
    story.start();
    story.join("a");
    story.join("b");
    story.wait(0.001);
    story.succeeded("a 0");
    // 2 is given, eleven are left, two places.
    expect(story.scheduler.snapshot().workers.backlogged).toBe(5);
  });
  test("cost nothing when their worker is lost: only what ran has lost its place", () => {
    const story = new Story({ blocks: short, samples: 40, prefetch: defaultPrefetch, losses: 0 });
    story.start();
    story.join("w");
    story.wait(0.001);
    story.succeeded("w 0");
    const said = story.gone("w");
    expect(said.filter((line) => line.startsWith("failed"))).toEqual(["failed 1: worker-lost"]);
    expect(said.filter((line) => line.startsWith("retry")).length).toBeGreaterThan(20);
  });
  test("may be taken up in another order by the worker", () => {
    const story = quick(1000);
    expect(story.started("w 5")).toEqual([]);
    expect(story.succeeded("w 5").length).toBeGreaterThan(0);
    expect(story.succeeded("w 1").length).toBeGreaterThan(0);
    expect(story.scheduler.stateOf(taskId(5))).toBe("succeeded");
  });
  test("are none for a place that is to take everything in order", () => {
    const story = new Story({ blocks: short, samples: 10, prefetch: noPrefetch });
    story.start();
    story.join("w");
    expect(story.succeeded("w 0")).toEqual(["sample 0 valid, 0 skipped", "assign w 1#1"]);
  });
});

test("sending ahead hides the way to a worker: a thousand tasks of a millisecond take little more than a second", () => {
  const setup = calmSetup(createPlan(short, sampleIds(1000)), {
    workers: [steadyWorker("w", has(1))],
    duration: () => 0.001,
    latency: () => 0.004,
    checks: "now-and-then",
  });
  const time = (prefetch: typeof noPrefetch): number => {
    const world = new SchedulerWorld({ ...setup, prefetch });
    world.run();
    return world.now;
  };
  expect(time(noPrefetch)).toBeGreaterThan(4);
  expect(time(defaultPrefetch)).toBeLessThan(1.1);
});

test("nonsense is refused", () => {
  for (const wrong of [{ most: -1 }, { short: seconds(0) }, { long: seconds(0.001) }]) {
    expect(() => new Durations(1, { ...defaultPrefetch, ...wrong })).toThrow(RangeError);
  }
});
