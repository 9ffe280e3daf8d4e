import { describe, expect, test } from "bun:test";
import { taskId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { defaultLookAhead, mayBeInProgress } from "../../../src/scheduler/admission.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { calmSetup, has, need, sampleIds, steadyWorker } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";
import { SchedulerWorld, type WorldSetup } from "../../support/scheduler-world.ts";

const chain = (count: number) => Array.from({ length: count }, (_, i) => blockSpec(`B_${i}`));

/** `sample.block` of every assignment, in order. */
function assignments(setup: WorldSetup): string[] {
  const world = new SchedulerWorld({ ...setup, record: "history" });
  world.run();
  return world.history.flatMap(({ commands }) =>
    commands.flatMap((command) => {
      if (command.kind !== "assign") return [];
      const { sampleIndex, blockIndex } = setup.plan.positionOf(command.task);
      return [`${sampleIndex ?? "dataset"}.${blockIndex}`];
    }),
  );
}

describe("on a single place", () => {
  const plan = createPlan(
    [...chain(3), blockSpec("Sheet_0", { scope: "dataset" }), blockSpec("Table_0", { scope: "dataset" })],
    sampleIds(3),
  );
  const inOrder = ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "dataset.3", "dataset.4"];

  test("every sample is taken to its end before the next begins", () => {
    expect(assignments(calmSetup(plan, { workers: [steadyWorker("w", has(1))] }))).toEqual(inOrder);
  });
  test("also when verdicts take longer than tasks", () => {
    const slow = calmSetup(plan, { workers: [steadyWorker("w", has(1))], judging: () => 5 });
    expect(assignments(slow)).toEqual(inOrder);
  });
  test("a failed task is tried again before a new sample begins", () => {
    const story = new Story({ blocks: [blockSpec("A_0", { retries: 1 })], samples: 3 });
    story.start();
    story.join("w");
    expect(story.failed("w 0")).toEqual(["retry 0#2", "assign w 0#2"]);
  });
});

describe("on several places", () => {
  test("tasks of samples in progress go before new samples", () => {
    const story = new Story({ blocks: chain(2), samples: 10 });
    story.start();
    expect(story.join("a")).toEqual(["assign a 0#1"]);
    expect(story.join("b")).toEqual(["assign b 2#1"]);
    expect(story.succeeded("b 2")).toEqual(["assign b 3#1"]);
    expect(story.succeeded("a 0")).toEqual(["assign a 1#1"]);
    expect(story.succeeded("a 1")).toEqual(["sample 0 valid, 0 skipped", "assign a 4#1"]);
  });
  test("of two samples in progress the first in the list goes first", () => {
    const story = new Story({
      blocks: [blockSpec("A_0"), blockSpec("B_0", { needs: need(2) })],
      samples: 10,
    });
    story.start();
    story.join("w", has(2));
    story.succeeded("w 2");
    story.succeeded("w 4");
    expect(story.scheduler.stateOf(taskId(3))).toBe("queued");
    expect(story.succeeded("w 0").filter((line) => line.startsWith("assign"))).not.toContain("assign w 3#1");
  });
  test("samples in progress never outnumber the places by more than an eighth and two", () => {
    // One GPU for everybody: without the bound all 400 samples would be meshed before ten were rendered.
    const plan = createPlan(
      [blockSpec("Mesh_0"), blockSpec("Render_0", { needs: need(1, { gpus: 1 }) })],
      sampleIds(400),
    );
    const world = new SchedulerWorld(
      calmSetup(plan, {
        workers: [steadyWorker("gpu", has(1, { gpus: 1 })), steadyWorker("cpu", has(15))],
        checks: "now-and-then",
      }),
    );
    world.run();
    expect(world.watch.counted.mostInProgress).toBe(16 + 2 + 2);
    const load = { places: 16, backlogged: 0, begun: 0, deepest: 0, lookAhead: 0, inReach: 0 };
    expect(mayBeInProgress(load)).toBe(16 + 2 + 2);
  });
  test("a slow resource in the middle is kept busy all the time", () => {
    const plan = createPlan(
      [blockSpec("Mesh_0"), blockSpec("Render_0", { needs: need(1, { gpus: 1 }) }), blockSpec("Measure_0")],
      sampleIds(100),
    );
    const world = new SchedulerWorld(
      calmSetup(plan, {
        workers: [steadyWorker("cpu", has(8, { gpus: 1 }))],
        duration: (block) => (block === 1 ? 2 : 5),
        checks: "now-and-then",
      }),
    );
    world.run();
    // 100 renderings of 2 s one after another, one sample before and one after them.
    expect(world.now).toBe(5 + 100 * 2 + 5);
  });
  test("a task that needs everything gets its turn although small ones could always slip past it", () => {
    const plan = createPlan(
      [blockSpec("Small_0"), blockSpec("Large_0", { needs: need(4) }), blockSpec("Small_1")],
      sampleIds(200),
    );
    const setup = calmSetup(plan, {
      workers: [steadyWorker("w", has(4))],
      duration: (_, random) => 1 + random.next(),
      checks: "now-and-then",
    });
    const order = assignments(setup);
    // 4 + 2 + 1 samples may be in progress: sample 0 has been through before the eighth begins.
    expect(order.indexOf("0.1")).toBeLessThan(order.indexOf("7.0"));
    expect(order.slice(0, 7)).toEqual(["0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0"]);
  });
});

describe("verdicts", () => {
  test("are asked for in order, and only a bounded number ahead of what can run", () => {
    const story = new Story({ blocks: chain(2), samples: 100_000, verdicts: "by-hand" });
    const first = story.start();
    // Nobody is there: two samples could begin once somebody is.
    expect(first).toEqual(Array.from({ length: 2 + defaultLookAhead }, (_, i) => `judge ${2 * i}`));
    expect(story.join("w", has(8))).toHaveLength(9);
    expect(story.judged(0, "current")).toEqual(["judge 1"]);
    expect(story.judged(1, "current")).toEqual(["sample 0 valid, 0 skipped", `judge ${2 * 43}`]);
  });
  test("are asked for once per task, through retries and lost workers", () => {
    const asked: number[] = [];
    const story = new Story({
      blocks: [blockSpec("A_0", { retries: 5 })],
      samples: 1,
      verdicts: (task) => {
        asked.push(task);
        return "stale";
      },
    });
    story.start();
    story.join("w");
    story.failed("w 0");
    story.gone("w");
    story.join("v");
    story.failed("v 0#3");
    story.succeeded("v 0#4");
    expect(asked).toEqual([0]);
  });
  test("a run in which everything is remembered needs no worker", () => {
    const story = new Story({
      blocks: [...chain(3), blockSpec("Sheet_0", { scope: "dataset" })],
      samples: 500,
      verdicts: () => "current",
    });
    const said = story.start();
    expect(said).toHaveLength(501);
    expect(said.at(-1)).toBe("finished complete");
    expect(story.scheduler.snapshot().blocks.map((counts) => counts.cached)).toEqual([500, 500, 500, 1]);
  });
  test("a remembered issue stops its sample", () => {
    const story = new Story({
      blocks: chain(3),
      samples: 1,
      verdicts: (task) => (task === 0 ? "current" : "current-issue"),
    });
    expect(story.start()).toEqual(["sample 0 issue, 1 skipped", "finished complete"]);
  });
  test("that come twice or for a task of a stopped sample change nothing", () => {
    const both = { outputs: ["*"] };
    const story = new Story({
      blocks: [blockSpec("A_0", both), blockSpec("B_0", { ...both, after: [] })],
      samples: 1,
      verdicts: "by-hand",
    });
    expect(story.start()).toEqual(["judge 0", "judge 1"]);
    story.judged(0, "stale");
    expect(story.judged(0, "current")).toEqual([]);
    story.join("w");
    expect(story.issue("w 0")).toEqual(["sample 0 issue, 1 skipped", "finished complete"]);
    expect(story.judged(1, "stale")).toEqual([]);
  });
});
