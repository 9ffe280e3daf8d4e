import { expect, test } from "bun:test";
import type { Demand } from "../../../src/core/demand.ts";
import { defaultResources } from "../../../src/core/resources.ts";
import type { Executor } from "../../../src/executors/executor.ts";
import { demandTold } from "../../../src/run/told-demand.ts";

const executor: Executor = { kind: "test", start: async () => {}, assign: () => {}, stop: async () => {} };
const figures = (ready: number, ahead: number): readonly Demand[] => [
  { ...defaultResources, kindOfPlace: 0, ready, ahead },
];
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("the executor hears of its demand once in a turn of the event loop, and only of changes", async () => {
  const heard: string[] = [];
  let now = figures(0, 5);
  let open = true;
  const mayHaveChanged = demandTold({
    executor: {
      ...executor,
      demand: (demand) => heard.push(demand.map((d) => `${d.ready}+${d.ahead}`).join(" ")),
    },
    demand: () => now,
    isOpen: () => open,
  });
  mayHaveChanged();
  now = figures(2, 3);
  mayHaveChanged();
  expect(heard).toEqual([]);
  await turn();
  expect(heard).toEqual(["2+3"]);
  now = figures(2, 3);
  mayHaveChanged();
  await turn();
  expect(heard).toEqual(["2+3"]);
  now = figures(2, 0);
  mayHaveChanged();
  await turn();
  expect(heard).toEqual(["2+3", "2+0"]);
  now = figures(0, 0);
  mayHaveChanged();
  open = false;
  await turn();
  expect(heard).toEqual(["2+3", "2+0"]);
});

test("an executor whose places are simply there is not asked to care", async () => {
  let asked = 0;
  const mayHaveChanged = demandTold({
    executor,
    demand: () => {
      asked++;
      return [];
    },
    isOpen: () => true,
  });
  mayHaveChanged();
  await turn();
  expect(asked).toBe(0);
});
