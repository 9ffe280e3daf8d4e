import { describe, expect, test } from "bun:test";
import type { TaskState } from "../../../src/core/task.ts";
import { createPlan } from "../../../src/plan/plan.ts";
import { Layout } from "../../../src/scheduler/layout.ts";
import { phase, SampleRows } from "../../../src/scheduler/sample-rows.ts";
import { isFinal, state, stateNames, TaskTable, ways } from "../../../src/scheduler/task-table.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { has, randomSetup, sampleIds } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";
import { SchedulerWorld } from "../../support/scheduler-world.ts";

const layout = new Layout(createPlan([blockSpec("A_0"), blockSpec("B_0")], sampleIds(1)));
/** A table whose task 1 (it waits for task 0) has been taken along a path. */
function taken(path: readonly TaskState[]): TaskTable {
  const table = new TaskTable(layout);
  for (const name of path) table.move(1, state[name]);
  return table;
}
/** A shortest path from waiting to each state, along the chart. */
function pathTo(target: TaskState): readonly TaskState[] {
  const paths = new Map<TaskState, readonly TaskState[]>([["waiting", []]]);
  for (const [name, path] of paths) {
    for (const next of ways[name]) if (!paths.has(next)) paths.set(next, [...path, next]);
  }
  const found = paths.get(target);
  if (found === undefined) throw new Error(`no way leads to ${target}`);
  return found;
}

describe("the chart of a task", () => {
  test("has a way to every state, and the codes are in the order of the names", () => {
    for (const name of stateNames) {
      expect(taken(pathTo(name)).state(1)).toBe(state[name]);
      expect(stateNames[state[name]]).toBe(name);
    }
  });
  test("allows every way that it draws and no other, 144 pairs", () => {
    for (const from of stateNames) {
      for (const to of stateNames) {
        const walk = () => taken(pathTo(from)).move(1, state[to]);
        if (ways[from].includes(to)) expect(walk).not.toThrow();
        else expect(walk).toThrow(`from ${from} to ${to}`);
      }
    }
  });
  test("ends where it has no way on", () => {
    for (const name of stateNames) expect(isFinal(state[name])).toBe(ways[name].length === 0);
  });
  test("keeps its counts on every way", () => {
    const table = taken(["ready", "judging", "queued", "assigned", "running", "queued", "assigned"]);
    expect([table.open, table.held, table.count(1, state.assigned), table.count(1, state.waiting)]).toEqual([
      2, 1, 1, 0,
    ]);
    table.move(1, state.failed);
    expect([table.open, table.held, table.count(1, state.failed)]).toEqual([1, 0, 1]);
  });
  test("is walked along every one of its ways by random histories", () => {
    const walked = new Set<string>();
    const original = TaskTable.prototype.move;
    TaskTable.prototype.move = function (task, to) {
      walked.add(`${stateNames[this.state(task)]} ${stateNames[to]}`);
      original.call(this, task, to);
    };
    const drawn = stateNames.flatMap((from) => ways[from].map((to) => `${from} ${to}`));
    try {
      for (let seed = 0; seed < 1_000 && walked.size < drawn.length; seed++) {
        new SchedulerWorld(randomSetup(seed)).run();
      }
    } finally {
      TaskTable.prototype.move = original;
    }
    expect([...walked].sort()).toEqual(drawn.sort());
  }, 60_000);
});

test("the chart of a sample: untouched, open, begun, ended, or from open to its end", () => {
  const rows = new SampleRows(new Layout(createPlan([blockSpec("A_0")], sampleIds(2))));
  expect(rows.phase(0)).toBe(phase.untouched);
  rows.open(0);
  rows.open(1);
  expect([rows.phase(0), rows.openCount, rows.begunCount]).toEqual([phase.open, 2, 0]);
  rows.begin(0);
  expect([rows.phase(0), rows.openCount, rows.begunCount, rows.oldest()]).toEqual([phase.begun, 1, 1, 0]);
  expect(rows.end(0)).toBe("valid");
  expect(rows.end(1)).toBe("valid");
  expect([rows.openCount, rows.begunCount, rows.endedSamples, rows.oldest()]).toEqual([0, 0, 2, 2]);
});

describe("the chart of the scheduler", () => {
  const fresh = (): Story => new Story({ blocks: [blockSpec("A_0")], samples: 1 });
  const going = (): Story => {
    const story = fresh();
    story.start();
    story.join("w", has(1));
    return story;
  };
  test("going, every task at its end: complete", () => {
    expect(going().succeeded("w 0").at(-1)).toBe("finished complete");
  });
  test("idle, drained or cancelled: interrupted", () => {
    expect(fresh().drain()).toEqual(["finished interrupted"]);
    expect(fresh().cancel()).toEqual(["finished interrupted"]);
  });
  test("going, drained: waits for the last task; drained once more changes nothing", () => {
    const story = going();
    expect([story.drain(), story.drain(), story.start()]).toEqual([[], [], []]);
    expect(story.succeeded("w 0").at(-1)).toBe("finished interrupted");
  });
  test("draining, cancelled: ends the last task; there is no way back to draining", () => {
    const story = going();
    story.drain();
    expect([story.cancel(), story.cancel(), story.drain()]).toEqual([["cancel w 0"], [], []]);
    expect(story.cancelled("w 0").at(-1)).toBe("finished interrupted");
  });
  test("going, cancelled", () => {
    const story = going();
    expect(story.cancel()).toEqual(["cancel w 0"]);
    expect(story.gone("w").at(-1)).toBe("finished interrupted");
  });
});
