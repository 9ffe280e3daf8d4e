// The small sets and heaps that make the scheduler fast, against the slow ones that everybody understands.
import { expect, test } from "bun:test";
import { bytes, seconds, workerId } from "../../../src/core/ids.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import {
  defaultLookAhead,
  type Load,
  mayBeInProgress,
  mayBeLookedAt,
  mayLookFurther,
} from "../../../src/scheduler/admission.ts";
import { Layout } from "../../../src/scheduler/layout.ts";
import {
  amountsOf,
  fitsIn,
  leastOf,
  minus,
  needClasses,
  needOf,
  plus,
  timesIn,
} from "../../../src/scheduler/needs.ts";
import { SlotSet } from "../../../src/scheduler/slot-set.ts";
import { TaskHeap } from "../../../src/scheduler/task-heap.ts";
import { TaskTable } from "../../../src/scheduler/task-table.ts";
import { Workers } from "../../../src/scheduler/workers.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { has, need, sampleIds } from "../../support/scheduler-setups.ts";
import { seeded } from "../../support/seeded.ts";

test("a set of slots gives its smallest, at every size up to a hundred thousand", () => {
  const random = seeded(11);
  for (const size of [1, 31, 32, 33, 1023, 1024, 1025, 40_000, 100_000]) {
    const set = new SlotSet();
    const plain = new Set<number>();
    for (let step = 0; step < 400; step++) {
      const value = random.below(size);
      if (random.chance(0.55)) {
        set.add(value);
        plain.add(value);
      } else {
        set.delete(value);
        plain.delete(value);
      }
      expect(set.first()).toBe(plain.size === 0 ? -1 : Math.min(...plain));
      expect(set.has(value)).toBe(plain.has(value));
    }
    for (const value of plain) set.delete(value);
    expect(set.first()).toBe(-1);
  }
});

test("a heap of tasks gives them back in order", () => {
  const random = seeded(12);
  for (let round = 0; round < 200; round++) {
    const heap = new TaskHeap();
    let plain: number[] = [];
    for (let step = 0; step < 150; step++) {
      if (random.chance(0.6)) {
        const task = random.below(1000);
        heap.push(task);
        plain = [...plain, task].sort((a, b) => a - b);
      } else {
        heap.pop();
        plain = plain.slice(1);
      }
      expect(heap.peek()).toBe(plain[0] ?? -1);
      expect(heap.size).toBe(plain.length);
    }
    expect(heap.toArray().sort((a, b) => a - b)).toEqual(plain);
  }
});

test("taking and giving back a tenth of a core a thousand times ends where it began", () => {
  const all = amountsOf(has(1));
  const tenth = needOf(need(0.1));
  let free = all;
  for (let i = 0; i < 1000; i++) {
    for (let n = 0; n < 10; n++) free = minus(free, tenth);
    expect(fitsIn(tenth, free)).toBe(false);
    for (let n = 0; n < 10; n++) free = plus(free, tenth);
  }
  expect(free).toEqual(all);
});

test("how often a need fits is told by what runs out first", () => {
  const place = amountsOf(has(8, { gpus: 2, memory: bytes(10) }));
  expect(timesIn(needOf(need(3)), place)).toBe(2);
  expect(timesIn(needOf(need(1, { gpus: 1 })), place)).toBe(2);
  expect(timesIn(needOf(need(1, { memory: bytes(4) })), place)).toBe(2);
  expect(timesIn(needOf(need(9)), place)).toBe(0);
  expect(timesIn(needOf(need(1, { memory: bytes(4) })), amountsOf(has(8)))).toBe(8);
});

test("blocks with equal needs are one class, and the least of each need is known", () => {
  const classes = needClasses([need(2), need(1, { gpus: 1 }), need(2), need(1, { gpus: 1 })]);
  expect(classes.classOf).toEqual([0, 1, 0, 1]);
  expect(leastOf(classes.needs)).toEqual({ cpus: 1000, gpus: 0, memory: 0 });
});

test("blocks that differ in their kind of place or their time limit are of different classes", () => {
  const minute = need(1, { time: seconds(60) });
  const classes = needClasses([need(1), minute, need(1), minute, minute], [0, 0, 3, 0, 3]);
  expect(classes.classOf).toEqual([0, 1, 2, 1, 3]);
  expect(classes.kinds).toEqual([0, 0, 3, 3]);
  expect(classes.times).toEqual([0, 60, 0, 60]);
  expect(classes.resources.map(({ time }) => time)).toEqual([null, seconds(60), null, seconds(60)]);
  expect(classes.kindsInUse).toEqual([0, 3]);
});

test("a worker that takes up a task of its backlog out of turn has that much less room", () => {
  const layout = new Layout(createPlan([blockSpec("A_0"), blockSpec("B_0")], sampleIds(3)));
  const tasks = new TaskTable(layout);
  const workers = new Workers(layout, tasks, needClasses([need(1), need(2)]));
  const worker = workers.join(workerId("w"), {
    ...{ capacity: has(2), kindOfPlace: 0, longest: Number.POSITIVE_INFINITY },
  });
  for (const task of [0, 2]) workers.occupy(worker, task, { length: "short", now: 0 });
  for (const task of [1, 4]) workers.enqueue(worker, task);
  workers.release(worker, 0, 1);
  // Task 1 needs both cores and is the next in line; the worker did not wait for them.
  expect([...worker.backlog, worker.free.cpus]).toEqual([1, 4, 1000]);
  workers.beganFromBacklog(worker, 1, 1);
  expect([...worker.backlog, worker.free.cpus]).toEqual([1, 4, 1000]);
  workers.beganFromBacklog(worker, 4, 1);
  expect([...worker.backlog, worker.free.cpus, workers.census.backlogged]).toEqual([1, 0, 1]);
  workers.release(worker, 2, 2);
  workers.release(worker, 4, 3);
  expect([...worker.occupying, worker.free.cpus, workers.census.backlogged]).toEqual([1, 0, 0]);
});

test("needs that no task can have are refused", () => {
  for (const wrong of [need(0), need(-1), need(Number.NaN), need(1, { gpus: -1 })]) {
    expect(() => needOf(wrong)).toThrow(RangeError);
  }
});

test("the bounds on samples in progress and looked at are what the comments say", () => {
  const load = (places: number, begun = 0): Load => ({
    ...{ places, backlogged: 0, begun, deepest: 0 },
    ...{ lookAhead: defaultLookAhead, inReach: Number.POSITIVE_INFINITY },
  });
  expect([0, 1, 8, 64, 10_000].map((places) => mayBeInProgress(load(places)))).toEqual([2, 4, 11, 74, 11252]);
  expect(mayBeInProgress({ ...load(8), backlogged: 5 })).toBe(16);
  expect([0, 8, 11, 30].map((begun) => mayBeLookedAt(load(8, begun)))).toEqual([43, 35, 32, 32]);
  expect(mayBeLookedAt({ ...load(8, 11), deepest: 32 })).toBe(32 + 256);
  expect(mayBeLookedAt({ ...load(0), lookAhead: 640 })).toBe(642);
  expect([34, 35].map((looked) => mayLookFurther(load(8, 8), looked))).toEqual([true, false]);
  expect([31, 32].map((inReach) => mayLookFurther({ ...load(8, 8), inReach }, 35))).toEqual([true, false]);
});
