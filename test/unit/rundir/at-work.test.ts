// What an attempt has left that could not answer, told from what its worker had written down.
import { expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { attempt, blockName, sampleId } from "../../../src/core/ids.ts";
import { emptyManifest } from "../../../src/core/manifest.ts";
import { atWork, leftByDead } from "../../../src/rundir/at-work.ts";
import { atWorkPath } from "../../../src/rundir/layout.ts";
import { concernsIn, taskFolder } from "../../../src/rundir/task-folder.ts";
import { observeFolder } from "../../../src/system/observe-folder.ts";
import { type Scratch, scratch } from "../system/scratch.ts";

const sample = sampleId(42);
const name = { block: blockName("Mesh_0"), sample, attempt: attempt(1) };

function begun(data: Scratch) {
  const place = { dataPath: data.path, sample };
  mkdirSync(data.at("000042", "found"), { recursive: true });
  writeFileSync(data.at("000042", "a file of before.txt"), "before");
  mkdirSync(data.at("worker"));
  const notes = atWork(data.at("worker"));
  notes.begin(name, observeFolder(taskFolder(place), concernsIn(place)));
  return { notes, at: { workerFolder: data.at("worker"), dataPath: data.path } };
}

test("all that appeared or changed since the attempt began is what it left", () => {
  using data = scratch();
  const { at } = begun(data);
  expect(leftByDead(name, at)).toEqual(emptyManifest);
  appendFileSync(data.at("000042", "a file of before.txt"), " and after");
  mkdirSync(data.at("000042", "made"));
  writeFileSync(data.at("000042", "made", "half.txt"), "half");
  writeFileSync(data.at("000042", "log.log"), "not its own");
  expect(leftByDead(name, at).files.map(({ path }) => path)).toEqual([
    ...["a file of before.txt", "made/", "made/half.txt"],
  ]);
});

test("nothing is told of an attempt that the worker was not at, or from notes that are torn, gone, or of a newer version", () => {
  using data = scratch();
  const { at, notes } = begun(data);
  writeFileSync(data.at("000042", "half.txt"), "half");
  expect(leftByDead(name, at).files.length).toBe(1);
  expect(leftByDead({ ...name, attempt: attempt(2) }, at)).toEqual(emptyManifest);
  expect(leftByDead({ ...name, sample: null }, at)).toEqual(emptyManifest);
  for (const text of ["", '{"format":"pipe-at-w', '{"format":"pipe-at-work","version":2}']) {
    writeFileSync(atWorkPath(data.at("worker")), text);
    expect(leftByDead(name, at)).toEqual(emptyManifest);
  }
  notes[Symbol.dispose]();
  expect(existsSync(atWorkPath(data.at("worker")))).toBe(false);
  expect(leftByDead(name, at)).toEqual(emptyManifest);
});

test("where the notes cannot be written the task goes on without them", () => {
  using data = scratch();
  const { notes, at } = begun(data);
  const nowhere = atWork(data.at("no such folder"));
  nowhere.begin(
    name,
    observeFolder(data.path, () => true),
  );
  expect(leftByDead(name, { ...at, workerFolder: data.at("no such folder") })).toEqual(emptyManifest);
  notes[Symbol.dispose]();
});
