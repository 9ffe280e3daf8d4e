// What is told at a glance must be what reading the records would tell: it may say less, never something else.
import { describe, expect, test } from "bun:test";
import { taskLine } from "../../../src/cache/checkpoint-lines.ts";
import { digestOf, digestOfFresh } from "../../../src/cache/digest.ts";
import { Glance } from "../../../src/cache/glance.ts";
import { keyOf } from "../../../src/cache/key.ts";
import type { TaskRecord } from "../../../src/cache/record.ts";
import { encodeRecord } from "../../../src/cache/record-text.ts";
import { walkShape } from "../../../src/cache/walk.ts";
import { type BlockName, moment, sampleId } from "../../../src/core/ids.ts";
import { order, record } from "./checkpoint-fixture.ts";

const sample = sampleId(42);
const chain = walkShape(order, [[], [0], [1]]);
const keys = new Map(
  order.map((name) => [
    name,
    { version: 1, options: digestOf(`options ${name}`), code: digestOf(`code ${name}`) },
  ]),
);

/** Of all three blocks, each on the sample that the one before it left. */
function records(): TaskRecord[] {
  const made: TaskRecord[] = [];
  for (const name of order) {
    const key = keys.get(name);
    if (key === undefined) throw new Error(`no key of ${name}`);
    const before = made.at(-1)?.after ?? digestOfFresh(sample);
    made.push({ ...record(name, 42), key: keyOf(key, before), outcome: { kind: "succeeded" } });
  }
  return made;
}

const glance = (all: readonly TaskRecord[], count = 3) => {
  const lines = new Map(all.map((one) => [one.block, taskLine(one.block, sample, encodeRecord(one))]));
  return Glance.of(chain, keys)?.at(sample, count, (name) => lines.get(name) ?? null) ?? null;
};

const changed = (at: number, change: Partial<TaskRecord>): TaskRecord[] =>
  records().map((one, index) => (index === at ? { ...one, ...change } : one));

describe("that all tasks of a sample stand", () => {
  test("is seen, with the files that they left", () => {
    expect(glance(records())?.files()).toEqual(records().flatMap(({ files }) => files));
    expect(glance(records().slice(0, 2), 2)?.files()).toEqual(
      records()
        .slice(0, 2)
        .flatMap(({ files }) => files),
    );
  });

  test("also where a task left nothing, or names that look like a record's own fields", () => {
    const names = [
      'a],"run":"000"',
      '],"run":"',
      '"issue":',
      ',"files":[["x",1,1,null]]',
      '\n\\"',
      "ü\u2028",
    ];
    const files = names.map((path) => ({ path, size: 1, modified: 1.5, sha256: null }));
    for (let at = 0; at < 3; at++) {
      expect(glance(changed(at, { files: [] }))?.files()?.length).toBe(2);
      expect(glance(changed(at, { files }))?.files()).toEqual(
        changed(at, { files }).flatMap((one) => one.files),
      );
      expect(glance(changed(at, { changes: { config: { a: '],"run":"' }, statistics: {} } }))).not.toBeNull();
    }
  });

  test("is not said where one is missing, is of another key, or has something about it", () => {
    const other = digestOf("other");
    for (let at = 0; at < 3; at++) {
      const key = records()[at]?.key;
      if (key === undefined) throw new Error("no record");
      const gone = records().filter((_, index) => index !== at);
      const all = [
        gone,
        changed(at, { key: { ...key, options: other } }),
        changed(at, { key: { ...key, code: other } }),
        changed(at, { key: { ...key, before: other } }),
        changed(at, { key: { ...key, version: 2 } }),
        changed(at, { outcome: { kind: "issue", message: "x" } }),
        changed(at, { removed: ["x"] }),
        changed(at, { accepted: { by: "me", at: moment(1), code: key.code } }),
      ];
      for (const records of all) expect(glance(records)).toBeNull();
    }
    for (const at of [0, 1]) expect(glance(changed(at, { after: other }))).toBeNull();
  });

  test("is left to others where two tasks wrote the same file", () => {
    const files = records()[0]?.files ?? [];
    expect(glance(changed(2, { files }))?.files()).toBeNull();
  });

  test("is left to others where a block sees what several left", () => {
    expect(Glance.of(walkShape(order, [[], [], [0, 1]]), keys)).toBeNull();
    expect(Glance.of(chain, new Map<BlockName, never>())).toBeNull();
  });
});
