// What sample.json says when it is read again, and by whom it may not be read.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { sampleId } from "../../../src/core/ids.ts";
import { freshSample } from "../../../src/core/sample.ts";
import { readSampleRecord, writeSampleRecord } from "../../../src/run/sample-store.ts";
import { scratch } from "../system/scratch.ts";

const id = sampleId(3);
const record = { state: freshSample(id), ending: "valid" as const };

test("comes back as it was written; what is none, or cannot be looked into, is no record", () => {
  using place = scratch();
  mkdirSync(place.at("000003"));
  expect(readSampleRecord(place.path, id)).toBeNull();
  writeSampleRecord(place.path, record, []);
  expect(readSampleRecord(place.path, id)).toEqual(record);
  writeFileSync(place.at("000003", "sample.json"), "garbage");
  expect(readSampleRecord(place.path, id)).toBeNull();
  mkdirSync(place.at("000004", "sample.json"), { recursive: true });
  expect(readSampleRecord(place.path, sampleId(4))).toBeNull();
});

test("of a newer version is refused by its name: taken for none, it would be written over", () => {
  using place = scratch();
  mkdirSync(place.at("000003"));
  const path = place.at("000003", "sample.json");
  writeFileSync(path, JSON.stringify({ format: "pipe-sample", version: 9, id: 3 }));
  expect(() => readSampleRecord(place.path, id)).toThrow(`\`${path}\` was written by a newer pipe`);
});
