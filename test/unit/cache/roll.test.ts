// What is kept of a dataset names exactly the samples that are other ones later.
import { expect, test } from "bun:test";
import type { DatasetContent } from "../../../src/cache/dataset-content.ts";
import { digestOf, digestOfFresh } from "../../../src/cache/digest.ts";
import { rollChanges, rollIn, rollOf, rollText } from "../../../src/cache/roll.ts";
import { type SampleId, sampleFolderName, sampleId } from "../../../src/core/ids.ts";
import { seeded } from "../../support/seeded.ts";

const dataset = (
  ends: readonly (readonly [SampleId, string])[],
  files: Record<string, string>,
): DatasetContent => ({
  samples: new Map(ends.map(([id, end]) => [id, end === "" ? digestOfFresh(id) : digestOf(end)])),
  files: new Map(Object.entries(files)),
});

test("samples and files that are new, gone or changed are named, after a way through text", () => {
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const some = () =>
      Array.from(
        { length: 40 },
        (_, id) => [sampleId(id * 7), String(random.below(4) || "")] as const,
      ).filter(() => random.below(5) > 0);
    const [before, after] = [some(), some()];
    const [old, now] = [
      rollIn(rollText(rollOf(dataset(before.toReversed(), { "a.json": "x", "b.json": "y" })))),
      rollOf(dataset(after, { "b.json": "z", "c.json": "x" })),
    ];
    if (old === null) throw new Error("it is not read back");
    const [was, is] = [new Map(before), new Map(after)];
    const expected = new Set(
      [...new Set([...was.keys(), ...is.keys()])]
        .filter((id) => was.get(id) !== is.get(id))
        .map(sampleFolderName),
    );
    const found = rollChanges(old, now);
    expect(new Set(found.filter(({ what }) => what === "sample").map(({ path }) => path))).toEqual(expected);
    expect(found.filter(({ what }) => what === "file")).toEqual([
      { what: "file", path: "b.json", old: "y", new: "z" },
      { what: "file", path: "c.json", old: null, new: "x" },
      { what: "file", path: "a.json", old: "x", new: null },
    ]);
  }
});

test("of a hundred thousand samples it is short", () => {
  const ends = Array.from({ length: 100_000 }, (_, id) => [sampleId(id), String(id)] as const);
  expect(rollText(rollOf(dataset(ends, {}))).length).toBeLessThan(600_100);
});

for (const text of [
  "",
  "[]",
  "null",
  '{"v":2,"files":{},"samples":"0","ends":"AAAAAA"}',
  '{"v":1,"files":{},"samples":"0-1","ends":"AAAAAA"}',
  '{"v":1,"files":{},"samples":"1-0","ends":""}',
  '{"v":1,"files":null,"samples":"","ends":""}',
]) {
  test(`\`${text}\` is no such text`, () => expect(rollIn(text)).toBeNull());
}
