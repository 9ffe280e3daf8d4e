// The worker's loop over a channel that the test holds, with a runner that does what the test says.
import { describe, expect, test } from "bun:test";
import { attempt, blockName, sampleId, seconds, taskId } from "../../../src/core/ids.ts";
import { succeeded } from "../../../src/core/outcome.ts";
import { defaultResources } from "../../../src/core/resources.ts";
import { freshSample } from "../../../src/core/sample.ts";
import type { FromWorker, TaskResult } from "../../../src/protocol/answer.ts";
import type { Assignment } from "../../../src/protocol/assignment.ts";
import type { Channel, Received } from "../../../src/worker/channel.ts";
import { workLoop } from "../../../src/worker/loop.ts";
import { unbegun } from "../../../src/worker/run-task.ts";
import { EndNow, type TaskRunner } from "../../../src/worker/task-runner.ts";

class TestChannel implements Channel {
  readonly sent: FromWorker[] = [];
  readonly #inbox: Received[] = [];
  #wake: (() => void) | null = null;
  #closed = false;

  deliver(message: Received): void {
    this.#inbox.push(message);
    this.#wake?.();
  }
  async receive(): Promise<Received> {
    while (this.#inbox.length === 0) {
      if (this.#closed) return { kind: "closed" };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#inbox.shift() ?? { kind: "closed" };
  }
  send(message: FromWorker): void {
    this.sent.push(message);
  }
  async flush(): Promise<void> {}
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }
  get results(): readonly TaskResult[] {
    return this.sent.flatMap((message) => (message.kind === "results" ? message.results : []));
  }
}

const assignment = (task: number, block = "B_0"): Assignment => ({
  ...{
    task: taskId(task),
    attempt: attempt(1),
    block: blockName(block),
    needs: defaultResources,
    environment: {},
    key: null,
  },
  target: { kind: "sample", sample: freshSample(sampleId(task)) },
});

/** Ends each task when the test says so, or at once. */
class TestRunner implements TaskRunner {
  condition: TaskRunner["condition"] = "good";
  readonly begun: number[] = [];
  readonly waits = new Map<number, PromiseWithResolvers<void>>();
  readonly #took: number;
  constructor(took: number) {
    this.#took = took;
  }
  hold(task: number): PromiseWithResolvers<void> {
    const wait = Promise.withResolvers<void>();
    this.waits.set(task, wait);
    return wait;
  }
  async run(one: Assignment, signal: AbortSignal): Promise<TaskResult> {
    this.begun.push(one.task);
    signal.addEventListener("abort", () => this.waits.get(one.task)?.resolve());
    await this.waits.get(one.task)?.promise;
    const result = unbegun(
      one,
      signal.aborted ? { kind: "failed", failure: { kind: "cancelled" } } : succeeded,
    );
    return { ...result, usage: { ...result.usage, seconds: seconds(this.#took) } };
  }
  async close(): Promise<void> {}
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the worker's loop", () => {
  test("answers everything it has before it leaves, in order", async () => {
    const channel = new TestChannel();
    channel.deliver({ kind: "run", assignments: [0, 1, 2].map((task) => assignment(task)) });
    channel.deliver({ kind: "finish" });
    expect(await workLoop(channel, new TestRunner(1))).toBe("finished");
    expect(channel.results.map(({ task }) => Number(task))).toEqual([0, 1, 2]);
  });

  test("says of a long task that it has begun, after all that was done before has left", async () => {
    const channel = new TestChannel();
    const runner = new TestRunner(1);
    const wait = runner.hold(1);
    channel.deliver({ kind: "run", assignments: [assignment(0), assignment(1)] });
    const loop = workLoop(channel, runner);
    while (runner.begun.length < 2) await turn();
    expect(
      channel.sent.map((message) => (message.kind === "started" ? Number(message.task) : message.kind)),
    ).toEqual([0, "results", 1]);
    wait.resolve();
    channel.deliver({ kind: "finish" });
    await loop;
  });

  test("a task that was said to have begun is answered before another one begins, short as that may be", async () => {
    const channel = new TestChannel();
    const runner = new TestRunner(0.00001);
    const wait = runner.hold(1);
    channel.deliver({ kind: "run", assignments: [assignment(0), assignment(1)] });
    const loop = workLoop(channel, runner);
    while (runner.begun.length < 2) await turn();
    // Should the second one end this process now, the first must not be taken for the one that did it.
    expect(channel.sent.map(({ kind }) => kind)).toEqual(["started", "results"]);
    wait.resolve();
    channel.deliver({ kind: "finish" });
    await loop;
  });

  test("puts the results of short tasks together", async () => {
    const channel = new TestChannel();
    channel.deliver({ kind: "run", assignments: Array.from({ length: 300 }, (_, task) => assignment(task)) });
    channel.deliver({ kind: "finish" });
    await workLoop(channel, new TestRunner(0.00001));
    expect(channel.results.length).toBe(300);
    expect(channel.sent.length).toBeLessThan(30);
    // Only of the first one nothing was known.
    expect(channel.sent.filter(({ kind }) => kind === "started").length).toBe(1);
  });

  test("a cancelled task ends; one that had not begun is answered without being run", async () => {
    const channel = new TestChannel();
    const runner = new TestRunner(1);
    runner.hold(0);
    channel.deliver({ kind: "run", assignments: [0, 1, 2].map((task) => assignment(task)) });
    const loop = workLoop(channel, runner);
    while (runner.begun.length < 1) await turn();
    channel.deliver({ kind: "cancel", task: taskId(1), grace: 1 });
    channel.deliver({ kind: "cancel", task: taskId(0), grace: 1 });
    channel.deliver({ kind: "cancel", task: taskId(77), grace: 1 });
    channel.deliver({ kind: "finish" });
    await loop;
    expect(runner.begun).toEqual([0, 2]);
    const outcomes = new Map(channel.results.map(({ task, outcome }) => [Number(task), outcome.kind]));
    expect([...outcomes].sort()).toEqual([
      [0, "failed"],
      [1, "failed"],
      [2, "succeeded"],
    ]);
  });

  test("without a launcher it ends what runs, with a short grace, and begins nothing more", async () => {
    const channel = new TestChannel();
    const runner = new TestRunner(1);
    runner.hold(0);
    let reason: unknown;
    const run = runner.run.bind(runner);
    runner.run = (one, signal) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      return run(one, signal);
    };
    channel.deliver({ kind: "run", assignments: [0, 1].map((task) => assignment(task)) });
    const loop = workLoop(channel, runner);
    while (runner.begun.length < 1) await turn();
    channel.deliver({ kind: "closed" });
    expect(await loop).toBe("closed");
    expect(runner.begun).toEqual([0]);
    expect(reason instanceof EndNow ? reason.grace : null).toBeLessThan(3);
  });

  test("after code that had to be given up it says that it leaves before it answers, and takes nothing more", async () => {
    const channel = new TestChannel();
    const runner = new TestRunner(1);
    channel.deliver({ kind: "run", assignments: [0, 1].map((task) => assignment(task)) });
    runner.condition = "spoiled";
    expect(await workLoop(channel, runner)).toBe("spoiled");
    expect(channel.sent.map(({ kind }) => kind)).toEqual(["started", "leaving", "results"]);
    expect(runner.begun).toEqual([0]);
  });
});
