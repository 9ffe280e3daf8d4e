import { describe, expect, test } from "bun:test";
import { attempt, seconds, taskId, workerId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { Durations, type Prefetch } from "../../../src/scheduler/durations.ts";
import { clusterPrefetch, defaultPrefetch, noPrefetch } from "../../../src/scheduler/scheduler.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { calmSetup, has, sampleIds, steadyWorker } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";
import { SchedulerWorld, type WorldSetup } from "../../support/scheduler-world.ts";

describe("how many tasks are sent ahead", () => {
  const depthWith = (prefetch: Prefetch, durations: readonly number[]): number => {
    const known = new Durations(1, prefetch);
    for (const duration of durations) known.record(0, duration);
    return known.depth(0);
  };
  const depthAfter = (...durations: readonly number[]): number => depthWith(defaultPrefetch, durations);
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
  test.each([
    [0.001, 64],
    [0.0625, 64],
    [0.125, 32],
    [2, 2],
    [3.9, 1],
    [30, 1],
    [59.9, 1],
    [60, 0],
    [3600, 0],
  ])("on a cluster, after %p s: %p, four seconds of work or one task up to a minute", (duration, depth) => {
    expect(depthWith(clusterPrefetch, [duration])).toBe(depth);
  });
  test("of an unknown block are as many as is said, until one has ended", () => {
    const bold = { ...clusterPrefetch, unknown: 3 };
    expect([[], [0.001], [3600]].map((durations) => depthWith(bold, durations))).toEqual([3, 64, 0]);
    expect(new Durations(2, bold).deepest).toBe(3);
    expect(depthWith(clusterPrefetch, [])).toBe(0);
  });
  test("follows the last sixteen or so", () => {
    expect(depthAfter(...Array(100).fill(1), ...Array(200).fill(0.001))).toBe(32);
    expect(depthAfter(...Array(1000).fill(0.001), ...Array(3).fill(2))).toBe(0);
  });
});

const short = [blockSpec("A_0")];
const alone = [blockSpec("B_0")];
const assigned = (said: readonly string[]): string[] => said.filter((line) => line.startsWith("assign"));

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
    // One place is free of it, and 32 wait behind that one's task: half of those that are known to wait.
    expect(assigned(story.succeeded("w 0"))).toHaveLength(1 + 17);
    story.wait(0.001);
    expect(assigned(story.succeeded("w 1")).length).toBeGreaterThan(20);
    const single = new Story({ blocks: [...short, ...alone], samples: 100, prefetch: defaultPrefetch });
    single.start();
    single.join("w");
    single.wait(0.001);
    expect(assigned(single.succeeded("w 0"))).toEqual(["assign w 1#1"]);
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

describe("behind a file system", () => {
  const setup = (more: Partial<WorldSetup>): WorldSetup =>
    calmSetup(createPlan(short, sampleIds(200)), {
      workers: [steadyWorker("a", has(1)), steadyWorker("b", has(1))],
      ...{ prefetch: clusterPrefetch, latency: () => 0.5, measured: true, checks: "now-and-then" },
      ...more,
    });
  const timeOf = (more: Partial<WorldSetup>): number => {
    const world = new SchedulerWorld(setup(more));
    world.run();
    return world.now;
  };
  test("a worker does not wait for its next task, whether tasks take a tenth of a second or half a minute", () => {
    // The first one costs its way; from then on there is always one waiting.
    for (const duration of [0.1, 1, 30]) {
      expect(timeOf({ duration: () => duration })).toBeLessThan(100 * duration + 0.5 + 0.5 + 0.5);
    }
  });
  test("it is the worker's own clock that says how short tasks are", () => {
    const aheadAfter = (took?: number): number => {
      const story = new Story({ blocks: short, samples: 100, prefetch: clusterPrefetch });
      story.start();
      story.join("w");
      story.wait(0.5);
      const ids = { worker: workerId("w"), task: taskId(0), attempt: attempt(1) };
      const measured = took === undefined ? {} : { took: seconds(took) };
      story.tell({ kind: "task-ended", ...ids, outcome: { kind: "succeeded" }, ...measured });
      return story.scheduler.snapshot().workers.backlogged;
    };
    expect([aheadAfter(), aheadAfter(0.5), aheadAfter(0.1), aheadAfter(100)]).toEqual([8, 8, 40, 0]);
  });
  test("at the end tasks are not piled up at one worker while another has none", () => {
    const world = new SchedulerWorld(setup({ duration: () => 1, checks: "after-every-event" }));
    world.run();
    expect(world.now).toBeLessThan(100 + 1.5);
  });
  test("a task that takes far longer than its block does holds up no more than a few seconds' work", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const durations: number[] = [];
      const end = timeOf({
        seed,
        duration: (_, random) => {
          const drawn = random.chance(0.03) ? 200 : 0.5 + random.next();
          durations.push(drawn);
          return drawn;
        },
      });
      const work = durations.reduce((sum, one) => sum + one, 0);
      // Were nobody ever held up, it would take between half of the work and that and a long task.
      expect(end).toBeLessThan(work / 2 + 200 + 4 + 2 * 1.5);
    }
  });
  test("a worker that comes late finds work: what waits elsewhere is only what it does in a few seconds", () => {
    const late = { ...steadyWorker("b", has(1)), joins: 20 };
    const end = timeOf({ workers: [steadyWorker("a", has(1)), late], duration: () => 1 });
    expect(end).toBeLessThan(20 + 180 / 2 + 2);
  });
  test("each kind of place has its own share", () => {
    const story = new Story({
      ...{ blocks: [blockSpec("A_0"), blockSpec("B_0")], samples: 60 },
      ...{ kinds: [1, 0], prefetch: clusterPrefetch },
    });
    story.start();
    story.join("many", has(64), 0);
    story.join("one", has(1), 1);
    story.wait(0.01);
    story.succeeded("one 0");
    story.wait(0.01);
    story.succeeded("many 1");
    expect(story.scheduler.snapshot().workers.backlogged).toBeGreaterThan(20);
  });
});

test("nonsense is refused", () => {
  for (const wrong of [
    ...[{ most: -1 }, { short: seconds(0) }, { long: seconds(0.001) }],
    ...[{ least: -1 }, { least: 33 }, { unknown: 33 }, { most: 70_000 }],
  ]) {
    expect(() => new Durations(1, { ...defaultPrefetch, ...wrong })).toThrow(RangeError);
  }
});
