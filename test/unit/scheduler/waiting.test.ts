import { expect, test } from "bun:test";
import { attempt, bytes, seconds, taskId, workerId } from "../../../src/core/ids.ts";
import type { WaitingFor } from "../../../src/scheduler/waiting.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { has, need } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";

const blocks = [
  blockSpec("A_0"),
  blockSpec("B_0", { needs: need(2, { gpus: 1 }) }),
  blockSpec("Sheet_0", { scope: "dataset" }),
];
const waits = (story: Story, task: number): WaitingFor => story.scheduler.waitingFor(taskId(task));

test("a task says what it waits for, from the start of the run to its end", () => {
  const story = new Story({ blocks, samples: 2, verdicts: "by-hand" });
  expect(waits(story, 0)).toEqual({ kind: "start-of-run" });
  story.start();
  expect(waits(story, 0)).toEqual({ kind: "verdict" });
  expect(waits(story, 1)).toEqual({ kind: "predecessors", tasks: [taskId(0)] });
  expect(waits(story, 4)).toEqual({ kind: "samples", left: 2 });
  story.judged(0, "stale");
  expect(waits(story, 0)).toEqual({ kind: "no-worker" });
  story.join("small", has(1));
  expect(waits(story, 0)).toEqual({ kind: "nothing", state: "assigned" });
  story.judged(2, "stale");
  expect(waits(story, 2)).toEqual({ kind: "busy-workers", largeEnough: 1 });
  story.started("small 0");
  expect(waits(story, 0)).toEqual({ kind: "nothing", state: "running" });
  story.succeeded("small 0");
  story.judged(1, "stale");
  expect(waits(story, 1)).toMatchObject({ kind: "no-worker-large-enough" });
  story.drain();
  expect(waits(story, 1)).toEqual({ kind: "end-of-run" });
});

test("a task too large for every worker says what it needs and what there is", () => {
  const story = new Story({ blocks: [blockSpec("Large_0", { needs: need(4, { gpus: 1 }) })], samples: 3 });
  story.start();
  story.join("a", has(8, { memory: bytes(1e9) }));
  story.join("b", has(1, { gpus: 2, memory: bytes(4e9) }));
  const reason: WaitingFor = {
    kind: "no-worker-large-enough",
    need: need(4, { gpus: 1 }),
    largest: { cpus: 8, gpus: 2, memory: bytes(4e9) },
  };
  expect(waits(story, 0)).toEqual(reason);
  expect(story.scheduler.stuck()).toEqual([{ blockIndex: 0, queued: 3, reason }]);
  expect(story.join("c", has(4, { gpus: 1 }))).toEqual(["assign c 0#1"]);
  expect(story.scheduler.stuck()).toEqual([]);
  expect(story.gone("c")).toEqual(["retry 0#2"]);
  expect(story.scheduler.stuck()).toHaveLength(1);
});

test("memory counts where both sides name it", () => {
  const gigabytes = (n: number) => bytes(n * 1e9);
  const story = new Story({
    blocks: [blockSpec("A_0", { needs: need(1, { memory: gigabytes(3) }) })],
    samples: 9,
  });
  story.start();
  expect(story.join("two", has(8, { memory: gigabytes(2) }))).toEqual([]);
  expect(story.join("seven", has(8, { memory: gigabytes(7) }))).toHaveLength(2);
  expect(story.join("untold", has(3))).toHaveLength(3);
});

test("a task behind samples in progress names the first of them", () => {
  const story = new Story({
    blocks: [blockSpec("A_0"), blockSpec("B_0", { needs: need(1, { gpus: 1 }) })],
    samples: 200,
  });
  story.start();
  story.join("cpu", has(1));
  for (const sample of [0, 1, 2, 3]) story.succeeded(`cpu ${2 * sample}`);
  // One place: four samples may be in progress, and all of them wait for a GPU.
  const behind = { kind: "earlier-samples", oldest: 0, inProgress: 4, mayBeInProgress: 4 };
  expect(waits(story, 8)).toMatchObject(behind);
  expect(waits(story, 398)).toMatchObject(behind);
  expect(waits(story, 1).kind).toBe("no-worker-large-enough");
});

test("held tasks are listed with their worker, attempt and since when", () => {
  const story = new Story({ blocks: [blockSpec("A_0")], samples: 3 });
  story.start();
  story.wait(5);
  story.join("w", has(2));
  story.wait(1);
  story.started("w 1");
  expect(story.scheduler.heldTasks()).toEqual([
    { task: taskId(0), attempt: attempt(1), worker: workerId("w"), as: "given", since: seconds(5) },
    { task: taskId(1), attempt: attempt(1), worker: workerId("w"), as: "running", since: seconds(6) },
  ]);
  expect(story.scheduler.snapshot()).toMatchObject({
    samples: { total: 3, inProgress: 2 },
    workers: { count: 1, places: 2, backlogged: 0 },
  });
});
