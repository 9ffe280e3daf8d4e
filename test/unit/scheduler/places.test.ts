// Places that are not all alike: kinds of them, and places whose time comes to an end.

import { describe, expect, test } from "bun:test";
import { seconds, taskId, workerId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { createScheduler } from "../../../src/scheduler/scheduler.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { calmSetup, has, need, sampleIds, steadyWorker } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";
import { SchedulerWorld } from "../../support/scheduler-world.ts";

const mesh = blockSpec("Mesh_0");
const render = blockSpec("Render_0");
const assigned = (said: readonly string[]): string[] => said.filter((line) => line.startsWith("assign"));

describe("kinds of places", () => {
  test("a task goes only to a worker of its kind", () => {
    const story = new Story({ blocks: [mesh, render], samples: 3, kinds: [0, 7] });
    story.start();
    expect(story.join("gpu", has(8), 7)).toEqual([]);
    expect(story.join("other", has(8), 2)).toEqual([]);
    expect(story.join("cpu")).toEqual(["assign cpu 0#1"]);
    expect(story.succeeded("cpu 0")).toEqual(["assign gpu 1#1", "assign cpu 2#1"]);
  });
  test("equal needs on another kind are another matter", () => {
    const story = new Story({ blocks: [mesh, render], samples: 1, kinds: [0, 1] });
    story.start();
    story.join("cpu", has(1));
    story.succeeded("cpu 0");
    expect(story.scheduler.waitingFor(taskId(1))).toEqual({ kind: "no-worker" });
    expect(story.scheduler.stuck()).toEqual([]);
  });
  test("a block is stuck only when workers of its own kind are too small", () => {
    const large = blockSpec("Large_0", { needs: need(4) });
    const story = new Story({ blocks: [large], samples: 1, kinds: [1] });
    story.start();
    story.join("cpu", has(8), 0);
    expect(story.scheduler.waitingFor(taskId(0))).toEqual({ kind: "no-worker" });
    expect(story.scheduler.stuck()).toEqual([]);
    story.join("small", has(2), 1);
    expect(story.scheduler.waitingFor(taskId(0))).toMatchObject({
      kind: "no-worker-large-enough",
      largest: { cpus: 2 },
    });
    expect(story.scheduler.stuck()).toHaveLength(1);
    story.gone("small");
    expect(story.scheduler.stuck()).toEqual([]);
  });
  test("a kind of which there is no place keeps no sample from beginning", () => {
    const story = new Story({ blocks: [mesh, render], samples: 100, kinds: [0, 1] });
    story.start();
    story.join("cpu", has(2));
    for (let sample = 0; sample < 100; sample++) story.succeeded(`cpu ${2 * sample}`);
    expect(story.scheduler.snapshot()).toMatchObject({
      blocks: [{ succeeded: 100 }, { queued: 100 }],
      samples: { inProgress: 100 },
    });
    // Once there is one, what was begun is finished first.
    expect(story.join("gpu", has(1), 1)).toEqual(["assign gpu 1#1"]);
    expect(story.succeeded("gpu 1")).toEqual(["sample 0 valid, 0 skipped", "assign gpu 3#1"]);
  });
  test("nor does it keep the launcher from finding work for the places that are there", () => {
    const story = new Story({
      ...{ blocks: [mesh, render], samples: 1000, kinds: [0, 1] },
      // The mesh of the first 500 is remembered.
      verdicts: (task) => (task % 2 === 0 && task < 1000 ? "current" : "stale"),
    });
    story.start();
    expect(story.scheduler.snapshot().blocks[1]?.queued).toBe(34);
    expect(assigned(story.join("cpu", has(2)))).toEqual(["assign cpu 1000#1", "assign cpu 1002#1"]);
    // No more are asked about than it takes.
    expect(story.scheduler.snapshot().blocks[0]?.ready).toBe(1000 - 500 - 2 - 32);
  });
  test("where there is one, however small, samples in progress are finished before new ones begin", () => {
    const world = new SchedulerWorld(
      calmSetup(createPlan([mesh, render], sampleIds(200)), {
        kinds: [0, 1],
        workers: [steadyWorker("cpu", has(8)), { ...steadyWorker("gpu", has(1)), kindOfPlace: 1 }],
        checks: "now-and-then",
      }),
    );
    world.run();
    expect(world.watch.counted.mostInProgress).toBe(9 + 2 + 2);
    expect(world.now).toBe(1 + 200);
  });
  test("a large task is not passed for ever by small ones while another kind is missing", () => {
    const small = blockSpec("Small_0");
    const large = blockSpec("Large_0", { needs: need(4) });
    const story = new Story({ blocks: [small, large, render], samples: 200, kinds: [0, 0, 1] });
    story.start();
    story.join("cpu", has(4));
    let turns = 0;
    for (; story.scheduler.stateOf(taskId(1)) === "queued" || turns === 0; turns++) {
      const [first] = story.scheduler.heldTasks();
      if (first === undefined) break;
      story.succeeded(`cpu ${first.task}`);
    }
    expect(story.scheduler.stateOf(taskId(1))).toBe("assigned");
    expect(turns).toBeLessThan(10);
  });
  test("each worker counts as many places as it has for tasks of its kind", () => {
    const story = new Story({
      ...{ blocks: [blockSpec("A_0", { needs: need(0.5) }), blockSpec("B_0", { needs: need(4) })] },
      ...{ samples: 1, kinds: [0, 1] },
    });
    const places = (): number => story.scheduler.snapshot().workers.places;
    story.join("a", has(8), 0);
    expect(places()).toBe(16);
    story.join("b", has(8), 1);
    expect(places()).toBe(18);
    story.join("nobody needs it", has(8), 2);
    expect(places()).toBe(18);
  });
  test("that cannot be are a mistake of the caller", () => {
    const setup = calmSetup(createPlan([mesh], sampleIds(1)), { workers: [] });
    for (const kinds of [[], [0, 0], [-1], [0.5]]) {
      expect(() => createScheduler({ ...setup, kinds })).toThrow(RangeError);
    }
    expect(() => createScheduler({ ...setup, lookAhead: -1 })).toThrow(RangeError);
    const story = new Story({ blocks: [mesh], samples: 1 });
    expect(() => story.join("w", has(1), -1)).toThrow(RangeError);
  });
});

describe("a worker whose time comes to an end", () => {
  const limits = [null, 60, 600].map((time, i) =>
    blockSpec(`B_${i}`, {
      ...{ outputs: ["*"], after: [] },
      needs: need(1, { time: time === null ? null : seconds(time) }),
    }),
  );
  /** Tasks 0, 1 and 2 of the one sample may take as long as they like, a minute, ten minutes. */
  const going = (): Story => {
    const story = new Story({ blocks: limits, samples: 1 });
    story.start();
    return story;
  };
  test("is given only what fits its time", () => {
    const story = going();
    const longest = seconds(60);
    const id = workerId("w");
    const said = story.tell({ kind: "worker-joined", worker: id, capacity: has(8), longest });
    expect(said).toEqual(["assign w 0#1", "assign w 1#1"]);
    expect(story.scheduler.waitingFor(taskId(2))).toMatchObject({ kind: "no-worker-long-enough", longest });
    expect(story.scheduler.stuck()).toEqual([]);
    expect(story.narrow("w", 599)).toEqual([]);
    expect(story.narrow("w", 600)).toEqual(["assign w 2#1"]);
  });
  test("is given nothing at all once nothing fits, and keeps what it has", () => {
    const story = going();
    story.join("w");
    expect(story.narrow("w", 0)).toEqual([]);
    expect(story.succeeded("w 0")).toEqual([]);
    expect(story.scheduler.waitingFor(taskId(1))).toMatchObject({ kind: "no-worker-long-enough" });
    expect(story.join("v", has(8))).toEqual(["assign v 1#1", "assign v 2#1"]);
  });
  test("may be given everything again", () => {
    const story = going();
    const worker = workerId("w");
    expect(story.tell({ kind: "worker-joined", worker, capacity: has(8), longest: seconds(0) })).toEqual([]);
    expect(story.narrow("w", null)).toEqual(["assign w 0#1", "assign w 1#1", "assign w 2#1"]);
  });
  test("that is not there, or no longer, changes nothing; a time that cannot be is refused", () => {
    const story = going();
    expect(story.narrow("w", 0)).toEqual([]);
    story.join("w", has(3));
    story.gone("w");
    expect(story.narrow("w", 0)).toEqual([]);
    expect(assigned(story.join("w", has(3)))).toHaveLength(3);
    expect(() => story.narrow("w", -1)).toThrow(RangeError);
    expect(() => story.narrow("w", Number.NaN)).toThrow(RangeError);
  });
  test("gives back what it has not begun, at nobody's cost, and another takes it at once", () => {
    const story = new Story({
      blocks: [blockSpec("A_0", { needs: need(1, { time: seconds(60) }) })],
      samples: 2,
    });
    story.start();
    story.join("old");
    story.join("young");
    story.succeeded("young 1");
    story.narrow("old", 30);
    expect(story.cancelled("old 0")).toEqual(["retry 0#2", "assign young 0#2"]);
    for (let time = 2; time < 10; time++) {
      expect(story.cancelled(`young 0#${time}`)).toEqual([
        `retry 0#${time + 1}`,
        `assign young 0#${time + 1}`,
      ]);
    }
  });
});
