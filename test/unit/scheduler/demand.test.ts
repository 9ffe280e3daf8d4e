import { describe, expect, test } from "bun:test";
import type { BlockSpec } from "../../../src/core/block.ts";
import { seconds } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { createScheduler } from "../../../src/scheduler/scheduler.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { calmSetup, has, need, sampleIds } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";

const chain = (count: number) => Array.from({ length: count }, (_, i) => blockSpec(`B_${i}`));
/** `ready+ahead` of each class of needs. */
const figures = (story: Story): string[] =>
  story.scheduler.demand().map(({ ready, ahead }) => `${ready}+${ahead}`);

describe("what is ready and what is ahead", () => {
  test("is no more than one task of a chain for each sample", () => {
    const story = new Story({ blocks: chain(3), samples: 100 });
    expect(figures(story)).toEqual(["0+100"]);
    story.start();
    expect(figures(story)).toEqual(["34+66"]);
    story.join("w", has(8));
    expect(figures(story)).toEqual(["43+57"]);
    story.succeeded("w 0");
    story.succeeded("w 1");
    expect(figures(story)).toEqual(["43+57"]);
    story.succeeded("w 2");
    expect(figures(story)).toEqual(["43+56"]);
    story.drain();
    expect(figures(story)).toEqual(["8+0"]);
    story.gone("w");
    expect(figures(story)).toEqual(["0+0"]);
  });
  test("is as many tasks as may run side by side", () => {
    const free = { outputs: ["*"] };
    const wide = [
      blockSpec("Root_0", free),
      ...["Left_0", "Mid_0", "Right_0"].map((name) => blockSpec(name, { ...free, after: ["Root_0"] })),
      blockSpec("Join_0", { ...free, after: ["Left_0", "Mid_0", "Right_0"] }),
    ];
    const story = new Story({ blocks: wide, samples: 10 });
    story.start();
    expect(figures(story)).toEqual(["10+20"]);
    story.join("w");
    story.succeeded("w 0");
    expect(figures(story)).toEqual(["12+18"]);
  });
  test("is told by needs, time limit and kind of place", () => {
    const blocks: BlockSpec[] = [
      blockSpec("Mesh_0"),
      blockSpec("Render_0", { needs: need(4, { gpus: 1, time: seconds(60) }) }),
      blockSpec("Measure_0"),
      blockSpec("Sheet_0", { scope: "dataset" }),
    ];
    const story = new Story({ blocks, samples: 5, kinds: [0, 1, 0, 0] });
    story.start();
    expect(story.scheduler.demand()).toEqual([
      // Five samples, and the block over the dataset once they have ended.
      { kindOfPlace: 0, cpus: 1, memory: null, gpus: 0, time: null, ready: 5, ahead: 1 },
      { kindOfPlace: 1, cpus: 4, memory: null, gpus: 1, time: seconds(60), ready: 0, ahead: 5 },
    ]);
  });
  test("of blocks that are done on all samples is nothing, though the samples go on", () => {
    const story = new Story({ blocks: [...chain(1), blockSpec("Z_0", { needs: need(2) })], samples: 3 });
    story.start();
    story.join("w", has(2));
    for (const task of [0, 2, 4]) story.succeeded(`w ${task}`);
    expect(figures(story)).toEqual(["0+0", "3+0"]);
  });
});

describe("before there is any place", () => {
  const remembered = (count: number) =>
    new Story({
      blocks: chain(2),
      samples: 1000,
      verdicts: (task) => (task < 2 * count ? "current" : "stale"),
    });
  test("a run in which everything is remembered is found to need none", () => {
    const story = remembered(1000);
    expect(story.start().at(-1)).toBe("finished complete");
    expect(figures(story)).toEqual(["0+0"]);
  });
  test("what is remembered is passed until something is found that has to run", () => {
    const story = remembered(990);
    story.start();
    expect(figures(story)).toEqual(["10+0"]);
    expect(story.scheduler.snapshot().samples.ended.valid).toBe(990);
  });
  test("as many samples are looked at as whoever asks for places could get", () => {
    const setup = calmSetup(createPlan(chain(2), sampleIds(5000)), { workers: [] });
    const asked = (lookAhead: number): number =>
      createScheduler({ ...setup, lookAhead }).handle({ kind: "start" }, seconds(0)).length;
    expect([0, 32, 640, 10_000].map(asked)).toEqual([2, 34, 642, 5000]);
  });
});
