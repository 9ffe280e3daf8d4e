import { expect, test } from "bun:test";
import { taskLine, textLine } from "../../../src/cache/checkpoint-lines.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import { neededTexts } from "../../../src/cache/needed-texts.ts";
import type { TaskRecord } from "../../../src/cache/record.ts";
import { encodeRecord } from "../../../src/cache/record-text.ts";
import { Remembered } from "../../../src/cache/remembered.ts";
import { mesh, order, simulate } from "./checkpoint-fixture.ts";

const long = "x".repeat(300_000);

function remembered(records: readonly TaskRecord[], texts: readonly string[]): Remembered {
  const all = new Remembered(order);
  for (const text of texts) all.putText(digestOf(text), textLine(digestOf(text), text));
  for (const record of records) {
    all.put(
      record.block,
      record.sample ?? -1,
      taskLine(record.block, record.sample ?? -1, encodeRecord(record)),
    );
  }
  return all;
}

test("texts that a record refers to are kept, and those that they refer to; others go when they are many", () => {
  const part = `part ${long}`;
  const code = `parts: ${digestOf(part)} ${long}`;
  const options = `options ${long}`;
  const made = `the code it was made with ${long}`;
  const old = `old ${long}`;
  const gone = `gone ${long}`;
  const records = [
    { ...mesh(1, 1), key: { ...mesh(1).key, code: digestOf(old) } },
    { ...simulate(1), key: { ...simulate(1).key, options: digestOf(options) } },
    { ...mesh(1, 2), key: { ...mesh(1).key, code: digestOf(code) } },
    { ...mesh(2, 1), key: { ...mesh(2).key, code: digestOf(gone) } },
    { ...mesh(2, 2), accepted: { by: "ada@host", at: mesh(2).at, code: digestOf(made) } },
  ];
  const all = remembered(records, [part, code, options, made, old, gone]);
  const kept = (texts: readonly string[]) => texts.map((text) => textLine(digestOf(text), text)).sort();
  // Simulate_0 was made with the old one of Mesh_0.
  expect([...neededTexts(all)].sort()).toEqual(kept([part, code, options, made, old]));
  all.put(mesh(9).block, 9, taskLine(mesh(9).block, 9, "{}"));
  expect(neededTexts(all)).toHaveLength(6);
});

test("a few are kept all", () => {
  expect(neededTexts(remembered([], ["a", "b"]))).toHaveLength(2);
});
