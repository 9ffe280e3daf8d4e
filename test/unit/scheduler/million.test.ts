// The size that the tables are made for: a million tasks on ten thousand workers, with everything that can happen.

import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { workerId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { createScheduler } from "../../../src/scheduler/scheduler.ts";
import { SlotSet } from "../../../src/scheduler/slot-set.ts";
import { TaskHeap } from "../../../src/scheduler/task-heap.ts";
import { TaskTable } from "../../../src/scheduler/task-table.ts";
import { Workers } from "../../../src/scheduler/workers.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { calmSetup, has, need, sampleIds } from "../../support/scheduler-setups.ts";
import { SchedulerWorld, type WorkerLife } from "../../support/scheduler-world.ts";
import { seeded } from "../../support/seeded.ts";

const declared = { outputs: ["*"], retries: 2 };
/** Five blocks with a diamond in the middle. */
const blocks = [
  blockSpec("Scene_0", declared),
  blockSpec("Mesh_0", { ...declared, needs: need(2) }),
  blockSpec("Left_0", { ...declared, after: ["Mesh_0"] }),
  blockSpec("Right_0", { ...declared, after: ["Mesh_0"] }),
  blockSpec("Join_0", { after: ["Left_0", "Right_0"], retries: 1, needs: need(4) }),
];

test("a million tasks on ten thousand workers, with failures, issues, lost workers and remembered results", () => {
  const random = seeded(5);
  const workers = Array.from(
    { length: 10_000 },
    (_, i): WorkerLife => ({
      id: workerId(`w${i}`),
      capacity: has(4),
      joins: random.chance(0.5) ? 0 : random.next() * 50,
      leaves: random.chance(0.2)
        ? { at: 60 + random.next() * 300, as: random.pick(["dead", "ghost"]) }
        : null,
      takes: "first",
    }),
  );
  const world = new SchedulerWorld(
    calmSetup(createPlan(blocks, sampleIds(200_000)), {
      seed: 3,
      workers,
      duration: (_, r) => 5 + 10 * r.next(),
      judging: (r) => 0.2 * r.next(),
      latency: (r) => 0.1 * r.next(),
      chances: {
        issue: 0.01,
        failure: 0.02,
        blameless: 0.3,
        cached: 0.1,
        cachedIssue: 0.002,
        silentStart: 0.1,
        twice: 0.001,
      },
      checks: "now-and-then",
    }),
  );
  const before = process.cpuUsage();
  world.run();
  const { user, system } = process.cpuUsage(before);
  const { counted, model } = world.watch;
  expect(world.watch.finished).toBe("complete");
  expect(world.events).toBeGreaterThan(2_500_000);
  expect(model.lost).toBeGreaterThan(1_000);
  expect(counted.retried).toBeGreaterThan(15_000);
  expect(counted.samplesEnded).toBe(200_000);
  expect(counted.mostInProgress).toBeLessThanOrEqual(40_000 + 2 + 5_000);
  // With the world, the watch and a look at the sums after each event. Four times what it takes on a slow machine.
  expect((user + system) / 1e6).toBeLessThan(60);
}, 240_000);

test("a task takes less than forty bytes", () => {
  const plan = createPlan(blocks, sampleIds(200_000));
  const memory = (): number => {
    Bun.gc(true);
    return heapStats().heapSize;
  };
  const before = memory();
  const scheduler = createScheduler(calmSetup(plan, { workers: [] }));
  const used = memory() - before;
  expect(scheduler.snapshot().samples.total).toBe(200_000);
  expect(used / plan.taskCount).toBeGreaterThan(20);
  expect(used / plan.taskCount).toBeLessThan(40);
});

test("an event takes as many steps with a hundred times the tasks and workers", () => {
  // Counted and not timed: whoever looks through tasks or workers has to use these doors.
  let steps = 0;
  const { state } = TaskTable.prototype;
  const { at, all } = Workers.prototype;
  const { push } = TaskHeap.prototype;
  const { first } = SlotSet.prototype;
  TaskTable.prototype.state = function (task) {
    steps++;
    return state.call(this, task);
  };
  Workers.prototype.at = function (slot) {
    steps++;
    return at.call(this, slot);
  };
  Workers.prototype.all = function () {
    steps += this.count;
    return all.call(this);
  };
  TaskHeap.prototype.push = function (task) {
    steps++;
    push.call(this, task);
  };
  SlotSet.prototype.first = function () {
    steps++;
    return first.call(this);
  };
  const stepsPerEvent = (scale: number): number => {
    const worker = (_: unknown, i: number): WorkerLife => ({
      id: workerId(`w${i}`),
      capacity: has(1),
      joins: 0,
      leaves: i % 10 === 0 ? { at: 7, as: "dead" } : null,
      takes: "first",
    });
    const world = new SchedulerWorld(
      calmSetup(createPlan([blockSpec("A_0"), blockSpec("B_0")], sampleIds(1_000 * scale)), {
        workers: Array.from({ length: 50 * scale }, worker),
        duration: (_, r) => 1 + r.next(),
        checks: "now-and-then",
      }),
    );
    steps = 0;
    world.run();
    return steps / world.events;
  };
  try {
    const few = stepsPerEvent(1);
    expect(few).toBeLessThan(40);
    expect(stepsPerEvent(100)).toBeLessThan(few * 1.1);
  } finally {
    TaskTable.prototype.state = state;
    Object.assign(Workers.prototype, { at, all });
    TaskHeap.prototype.push = push;
    SlotSet.prototype.first = first;
  }
}, 60_000);
