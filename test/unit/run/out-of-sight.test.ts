// What is hidden from whom while blocks of a sample run again, alone or side by side.
import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { blockName, sampleId } from "../../../src/core/ids.ts";
import { blockGraph } from "../../../src/plan/graph.ts";
import { OutOfSight } from "../../../src/run/out-of-sight.ts";
import { sampleFolder } from "../../../src/rundir/layout.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { dataset, id, open, record } from "../cache/checkpoint-fixture.ts";

const specs = [
  blockSpec("Base_0"),
  blockSpec("Left_0", { after: ["Base_0"], outputs: ["*"] }),
  blockSpec("Right_0", { after: ["Base_0"], outputs: ["*"] }),
  blockSpec("BehindLeft_0", { after: ["Left_0"], outputs: ["*"] }),
  blockSpec("Join_0", { after: ["BehindLeft_0", "Right_0"] }),
];
const left = blockName("Left_0");
const right = blockName("Right_0");
const sample = sampleId(7);

/** Each block has left one file of its name on sample 7, and so has one that the pipeline has no more. */
async function remembered(act: (hiding: OutOfSight, names: () => readonly string[]) => void): Promise<void> {
  using data = dataset();
  const folder = sampleFolder(data.path, sample);
  mkdirSync(folder);
  const checkpoint = await open(data.path, { order: specs.map(({ name }) => name) });
  for (const name of [...specs.map((spec) => spec.name), "Gone_0"]) {
    const path = `${folder}/${name}`;
    writeFileSync(path, name);
    const { size, mtimeMs: modified } = statSync(path);
    checkpoint.put({ ...record(name, 7), files: [{ path: name, size, modified, sha256: "0" }] });
  }
  const order = specs.map((spec) => spec.name);
  const hiding = new OutOfSight({ dataPath: data.path, memory: checkpoint, order, graph: blockGraph(specs) });
  act(hiding, () => readdirSync(folder).sort());
  await checkpoint.close();
}

const everything = ["Base_0", "BehindLeft_0", "Gone_0", "Join_0", "Left_0", "Right_0"];

test("a block sees what is before it and beside it, nothing behind it and nothing of blocks that are gone", () =>
  remembered((hiding, names) => {
    expect(hiding.concerns(left, sample)).toBe(true);
    expect(hiding.hide(left, sample)).toEqual([]);
    expect(names()).toEqual(["Base_0", "Left_0", "Right_0"]);
    hiding.show(left, sample);
    expect(names()).toEqual(everything);
  }));

test("of two side by side, what neither must see comes back with the second", () =>
  remembered((hiding, names) => {
    hiding.hide(left, sample);
    hiding.hide(right, sample);
    hiding.show(left, sample);
    expect(names()).toEqual(["Base_0", "BehindLeft_0", "Left_0", "Right_0"]);
    hiding.show(right, sample);
    expect(names()).toEqual(everything);
  }));

test("an attempt that is given out again without an end hides nothing twice", () =>
  remembered((hiding, names) => {
    hiding.hide(left, sample);
    hiding.hide(left, sample);
    expect([...hiding.pathsIn(sample)].sort()).toEqual(["BehindLeft_0", "Gone_0", "Join_0"]);
    hiding.show(left, sample);
    expect(names()).toEqual(everything);
  }));

test("all comes back when nothing runs any more", () =>
  remembered((hiding, names) => {
    hiding.hide(right, sample);
    hiding.close();
    expect(names()).toEqual(everything);
  }));

test("of a sample of which nothing is remembered there is nothing to hide", () =>
  remembered((hiding) => {
    expect(hiding.concerns(blockName("Join_0"), id(8))).toBe(false);
    expect(hiding.concerns(left, id(8))).toBe(false);
  }));
