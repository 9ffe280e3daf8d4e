// Who must see what before a task begins: what others have left, as long as anybody's memory may be older.
import { expect, test } from "bun:test";
import { attempt, blockName, moment, sampleId, seconds, taskId } from "../../../src/core/ids.ts";
import type { Manifest } from "../../../src/core/manifest.ts";
import { type Outcome, succeeded } from "../../../src/core/outcome.ts";
import { defaultResources } from "../../../src/core/resources.ts";
import { freshSample, noChanges } from "../../../src/core/sample.ts";
import { blockGraph } from "../../../src/plan/graph.ts";
import type { Assignment } from "../../../src/protocol/assignment.ts";
import { Traces } from "../../../src/run/traces.ts";
import { blockSpec } from "../../support/block-specs.ts";

const specs = [
  blockSpec("A"),
  blockSpec("Left", { after: ["A"], outputs: ["left*"] }),
  blockSpec("Right", { after: ["A"], outputs: ["right*"] }),
  blockSpec("End", { after: ["Left", "Right"] }),
  blockSpec("All", { scope: "dataset" }),
];

class World {
  now = 0;
  #tasks = 0;
  readonly traces = new Traces({
    order: specs.map(({ name }) => name),
    graph: blockGraph(specs),
    now: () => seconds(this.now),
  });

  give(worker: string, block: string, sample: number | null): Assignment {
    return this.traces.given(worker, {
      ...{ task: taskId(this.#tasks++), attempt: attempt(1), block: blockName(block) },
      ...{ needs: defaultResources, environment: {}, key: null },
      target:
        sample === null
          ? { kind: "dataset", valid: [] }
          : { kind: "sample", sample: freshSample(sampleId(sample)) },
    });
  }

  end(worker: string, given: Assignment, left: Partial<Manifest>, outcome: Outcome = succeeded): void {
    const sample = given.target.kind === "sample" ? given.target.sample.id : null;
    this.traces.ended(
      worker,
      { block: given.block, sample },
      {
        ...{ task: given.task, attempt: given.attempt, outcome, changes: noChanges, log: null, tail: [] },
        manifest: { files: [], removed: [], found: [], ...left },
        usage: { seconds: seconds(0), cpuSeconds: null, peakMemory: null },
        ...{ started: moment(0), ended: moment(0) },
      },
    );
  }

  /** Gives and ends it. */
  run(worker: string, block: string, sample: number | null, left: Partial<Manifest> = {}): readonly string[] {
    const given = this.give(worker, block, sample);
    this.now += 1;
    this.end(worker, given, left);
    this.now += 1;
    return told(given);
  }
}

const file = (path: string) => ({ path, size: 1, modified: 2, sha256: "x" });
const told = ({ sees }: Assignment): readonly string[] =>
  sees === undefined ? [] : [...sees.files.map(({ path }) => path), ...sees.gone.map((path) => `-${path}`)];

test("a worker is told what others have left, once, and nothing of its own", () => {
  const world = new World();
  expect(world.run("n1", "A", 1, { files: [file("a"), file("b")], removed: ["old"] })).toEqual([]);
  expect(world.run("n1", "Left", 1, { files: [file("left")] })).toEqual([]);
  const seen = world.run("n2", "End", 1, { files: [file("b")] });
  expect(seen).toEqual(["000001/a", "000001/b", "000001/left", "-000001/old"]);
  expect(world.run("n2", "End", 1)).toEqual([]);
  expect(world.run("n1", "End", 1)).toEqual(["000001/b"]);
  expect(world.run("n1", "End", 2)).toEqual([]);
});

test("who gave a task back has seen nothing", () => {
  const world = new World();
  world.run("n1", "A", 1, { files: [file("a")] });
  const given = world.give("n2", "Left", 1);
  world.end("n2", given, {}, { kind: "failed", failure: { kind: "cancelled" } });
  expect(told(world.give("n2", "Left", 1))).toEqual(["000001/a"]);
});

test("what came while a task ran, its worker has not seen", () => {
  const world = new World();
  const given = world.give("n2", "A", 1);
  world.now += 1;
  world.traces.touched(sampleId(1), new Map([["a", file("a")]]));
  world.end("n2", given, {});
  expect(told(world.give("n2", "Left", 1))).toEqual(["000001/a"]);
});

test("what a block beside it does, it may see or not", () => {
  const world = new World();
  world.run("n1", "A", 1, { files: [file("a")] });
  world.run("n1", "Left", 1, { files: [file("left")] });
  expect(world.run("n2", "Right", 1)).toEqual(["000001/a"]);
  expect(world.run("n2", "End", 1)).toEqual(["000001/left"]);
});

test("a block over the dataset is told of all, by their paths in it", () => {
  const world = new World();
  world.run("n1", "A", 1, { files: [file("a")] });
  world.run("n1", "A", 2, { files: [file("b")] });
  world.traces.touched(sampleId(2), new Map([["b", null]]));
  world.traces.touched(null, new Map([["table", file("table")]]));
  expect(told(world.give("n2", "All", null))).toEqual(["000001/a", "table", "-000002/b"]);
});

test("after minutes everybody has forgotten what was there before", () => {
  const world = new World();
  world.run("n1", "A", 1, { files: [file("a")] });
  world.now += 200;
  expect(told(world.give("n2", "Left", 1))).toEqual([]);
});
