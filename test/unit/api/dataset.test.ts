import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "../../../src/api/dataset.ts";
import { sampleFolderName, sampleId } from "../../../src/core/ids.ts";
import { sampleRecordText } from "../../../src/core/sample-record.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

function open(ids: readonly number[]) {
  const path = mkdtempSync(join(tmpdir(), "pipe-dataset-"));
  made.push(path);
  for (const id of ids) {
    const folder = join(path, sampleFolderName(sampleId(id)));
    mkdirSync(folder);
    const state = {
      id: sampleId(id),
      config: { Scene_0: { size: id } },
      statistics: { Mesh_0: { n: id * 2 } },
      issue: null,
    };
    writeFileSync(join(folder, "sample.json"), sampleRecordText({ state, ending: "valid" }, []));
    writeFileSync(join(folder, "mesh.txt"), `mesh ${id}`);
  }
  const source = {
    path,
    valid: ids.map(sampleId),
    block: "Totals_0",
    seed: 1,
    logFile: join(path, "totals.log"),
  };
  return { path, dataset: openDataset(source).dataset };
}

test("the samples are there in order, with values and files", () => {
  const { dataset, path } = open([3, 7, 100]);
  expect(dataset.path).toBe(path);
  expect(dataset.samples.map((sample) => [sample.id, sample.path])).toEqual([
    [3, join(path, "000003")],
    [7, join(path, "000007")],
    [100, join(path, "000100")],
  ]);
  const sample = dataset.samples[1];
  expect(sample?.config).toEqual({ Scene_0: { size: 7 } });
  expect(sample?.statistics).toEqual({ Mesh_0: { n: 14 } });
  expect(sample?.files()).toEqual(["mesh.txt"]);
  expect(sample?.read("mesh.txt")).toBe("mesh 7");
  expect(() => sample?.read("../000003/mesh.txt")).toThrow("leaves the folder of sample 000007");
  expect(() => Object.assign(Object(sample?.config), { Scene_0: 1 })).toThrow(TypeError);
});

test("a sample is read only when it is looked at; then a broken record is told, not passed over", () => {
  const { dataset, path } = open([1, 2, 3]);
  writeFileSync(join(path, "000001/sample.json"), "{");
  rmSync(join(path, "000002/sample.json"));
  expect(dataset.samples[2]?.config).toEqual({ Scene_0: { size: 3 } });
  expect(() => dataset.samples[0]?.config).toThrow("000001/sample.json cannot be read");
  expect(() => dataset.samples[1]?.statistics).toThrow("000002/sample.json is missing");
});

describe("files", () => {
  test("go beside the samples", () => {
    const { dataset, path } = open([1]);
    expect(dataset.write("plots/totals.json", { samples: 1 })).toBe(join(path, "plots/totals.json"));
    expect(readFileSync(join(path, "plots/totals.json"), "utf8")).toBe('{"samples":1}\n');
  });

  for (const name of [
    "000001/x.txt",
    "000999/x.txt",
    "runinfo/x",
    "runinfo/000/events.jsonl",
    "RunInfo/x",
    "statistics.csv",
    "configs.csv",
    "history.jsonl",
    "../x",
    "/tmp/x",
  ]) {
    test(`do not go to ${name}`, () => {
      const { dataset } = open([1]);
      expect(() => dataset.write(name, "x")).toThrow(JSON.stringify(name));
    });
  }
});

test("its random numbers and its log are the block's own", () => {
  const { dataset, path } = open([]);
  expect(dataset.random.uniform()).toBe(open([1]).dataset.random.uniform());
  expect(dataset.random.uniform()).not.toBe(open([]).dataset.random.uniform());
  dataset.log("hello");
  expect(readFileSync(join(path, "totals.log"), "utf8")).toMatch(/Z Totals_0 hello\n$/);
});
