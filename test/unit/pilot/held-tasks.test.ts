// What a pilot has in hand.
import { expect, test } from "bun:test";
import { attempt, blockName, seconds, taskId } from "../../../src/core/ids.ts";
import { defaultResources } from "../../../src/core/resources.ts";
import { HeldTasks } from "../../../src/pilot/held-tasks.ts";
import type { Assignment } from "../../../src/protocol/assignment.ts";

const of = (task: number, time: number | null = null): Assignment => ({
  ...{
    task: taskId(task),
    attempt: attempt(1),
    block: blockName("A_0"),
    target: { kind: "dataset", valid: [] },
  },
  ...{
    needs: { ...defaultResources, time: time === null ? null : seconds(time) },
    environment: {},
    key: null,
  },
});

test("two launchers may call two tasks by one number", () => {
  const held = new HeldTasks();
  const [one, two] = [held.add(1, of(7)), held.add(2, of(7))];
  expect(one.task).not.toBe(two.task);
  expect(held.attempts).toEqual([1, 2].map((inbox) => ({ of: inbox, task: taskId(7), attempt: attempt(1) })));
  expect(held.take(one.task)?.of).toBe(1);
  expect(held.take(one.task)).toBeNull();
  expect(held.size).toBe(1);
});

test("what waits until its time is too short is given back, once; what has begun is not", () => {
  const held = new HeldTasks();
  const [short, long, begun] = [held.add(1, of(1, 5)), held.add(1, of(2, 60)), held.add(1, of(3, 60))];
  held.begun(begun.task);
  const hasTimeFor = (limit: number | null) => (limit ?? 0) < 10;
  expect(held.giveBack(hasTimeFor).map(({ own }) => own)).toEqual([long.task]);
  expect(held.giveBack(hasTimeFor)).toEqual([]);
  expect(held.begun(long.task)?.state).toBe("given-back");
  expect(held.giveBack(() => false).map(({ own }) => own)).toEqual([short.task]);
});
