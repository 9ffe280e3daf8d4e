import { expect, test } from "bun:test";
import { blockName } from "../../../src/core/ids.ts";
import type { Manifest } from "../../../src/core/manifest.ts";
import { blockGraph } from "../../../src/plan/graph.ts";
import { ownFiles } from "../../../src/run/own-files.ts";
import { blockSpec } from "../../support/block-specs.ts";

const after = (...names: string[]) => names.map(blockName);
const specs = [
  blockSpec("Base_0"),
  blockSpec("Left_0", { after: after("Base_0"), outputs: ["left/*.txt"], optionalOutputs: ["shared.txt"] }),
  blockSpec("Right_0", { after: after("Base_0"), outputs: ["right.txt", "shared.txt"] }),
  blockSpec("Join_0", { after: after("Left_0", "Right_0"), outputs: ["join.txt"] }),
];
const own = ownFiles(specs, blockGraph(specs));
const seen: Manifest = {
  files: ["left/1.txt", "notes.txt", "right.txt", "shared.txt"].map((path) => ({
    path,
    size: 1,
    modified: 1,
    sha256: "0",
  })),
  removed: ["right.txt", "old.txt"],
  found: ["left/1.txt", "right.txt"],
};
const kept = (block: number) => own(block, seen).files.map(({ path }) => path);

test("what a sibling has declared, and the block has not, is the sibling's", () => {
  expect(kept(1)).toEqual(["left/1.txt", "notes.txt", "shared.txt"]);
  expect(kept(2)).toEqual(["notes.txt", "right.txt", "shared.txt"]);
  expect(own(1, seen).removed).toEqual(["old.txt"]);
  expect([1, 2].map((block) => own(block, seen).found)).toEqual([["left/1.txt"], ["right.txt"]]);
  expect(own(2, seen).removed).toEqual(["right.txt", "old.txt"]);
});

test("a block that runs beside no other has left all that was seen", () => {
  expect(own(0, seen)).toEqual(seen);
  expect(own(3, seen)).toEqual(seen);
});
