// A checkpoint as version 1 wrote it: what it says must be understood for ever, or the version must change.
import { expect, test } from "bun:test";
import { copyFileSync } from "node:fs";
import { lookAtCheckpoint } from "../../../src/cache/checkpoint.ts";
import { checkpointFormat } from "../../../src/cache/checkpoint-lines.ts";
import { blockName } from "../../../src/core/ids.ts";
import { dataset, id, mesh, order, record, render, simulate } from "./checkpoint-fixture.ts";

test("version 1 is read as it was meant", () => {
  using data = dataset();
  const golden = Bun.fileURLToPath(new URL("./checkpoint.v1.golden.jsonl", import.meta.url));
  copyFileSync(golden, data.at("runinfo", "checkpoint.jsonl"));
  const { memory, findings } = lookAtCheckpoint(data.path, order);
  expect(findings).toEqual({ damaged: 0, torn: 0, unknown: 0, unreadable: [] });
  const files = Array.from({ length: 700 }, (_, i) => ({
    ...{ path: `f_${i}`, size: i, modified: i, sha256: "cd".repeat(32) },
  }));
  const accepted = { by: "ada@host", at: render(1).at, code: render(1, 2).key.code };
  expect([...memory.records()]).toEqual([
    mesh(1, 4),
    simulate(1),
    record("Overview_0", null),
    { ...render(1), files, removed: ["gone"], accepted },
  ]);
  expect(memory.past(id(1))).toEqual([mesh(1)]);
  const name = blockName("Mesh_0");
  expect([2, 3].map((sample) => memory.forgotten(name, id(sample)))).toEqual([mesh(2), null]);
  expect(memory.text(mesh(1).key.code)).toBe("class Mesh { }");
  expect(checkpointFormat.version).toBe(1);
});
