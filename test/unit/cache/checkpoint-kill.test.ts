// The launcher killed before any step that it takes on the disk: what it was told is safe is there, and nothing is believed that
// was not so.
import { describe, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { lookAtCheckpoint } from "../../../src/cache/checkpoint.ts";
import { blockName } from "../../../src/core/ids.ts";
import { dataset, id, mesh, open, order, simulate } from "./checkpoint-fixture.ts";

const script = Bun.fileURLToPath(new URL("./checkpoint-kill-fixture.ts", import.meta.url));
const name = blockName("Mesh_0");

async function run(dataPath: string, what: string, killAt: number) {
  const child = Bun.spawn([process.execPath, script, dataPath, what], {
    stdout: "pipe",
    env: { ...process.env, PIPE_FAULT_KILL_AT_STEP: String(killAt) },
  });
  const told = (await new Response(child.stdout).text())
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
  const status = await child.exited;
  if (status !== 0) expect(child.signalCode).toBe("SIGKILL");
  return { told, killed: status !== 0 };
}

test("what is put is there once it was said to be, and a second later start goes on with the rest", async () => {
  using data = dataset();
  const safe = new Set<number>();
  let kills = 0;
  for (let step = 1; ; step++) {
    const { told, killed } = await run(data.path, "put", step);
    for (const sample of told) {
      expect(safe.has(sample)).toBe(false);
      safe.add(sample);
    }
    const { memory } = lookAtCheckpoint(data.path, order);
    const known = Array.from({ length: 10 }, (_, sample) => memory.get(name, id(sample)));
    for (const [sample, found] of known.entries()) {
      if (found !== null) expect(found).toEqual(mesh(sample));
      else expect(safe.has(sample)).toBe(false);
      // Written before it was synced: no later start does it again.
      if (found !== null) safe.add(sample);
    }
    if (!killed) break;
    kills++;
  }
  expect(safe.size).toBe(10);
  expect(kills).toBeGreaterThanOrEqual(10);
}, 60_000);

test("what is forgotten is not believed again, and is known as forgotten until it was done anew", async () => {
  let steps = 0;
  for (let step = 1; ; step++) {
    using data = dataset();
    const first = await open(data.path);
    for (let sample = 0; sample < 3; sample++) first.put(mesh(sample));
    await first.close();
    const { told, killed } = await run(data.path, "again", step);
    const { memory } = lookAtCheckpoint(data.path, order);
    for (let sample = 0; sample < 3; sample++) {
      const found = memory.get(name, id(sample));
      if (told.includes(sample)) expect(found).toEqual(mesh(sample, 2));
      else if (found === null) expect(memory.forgotten(name, id(sample))).toEqual(mesh(sample));
      else expect([mesh(sample), mesh(sample, 2)]).toContainEqual(found);
      // In order: while one is not begun, none behind it is.
      if (found?.changes.config.seed === 1 && sample < 2) {
        expect(memory.get(name, id(sample + 1))).toEqual(mesh(sample + 1));
      }
    }
    if (!killed) break;
    steps = step;
  }
  expect(steps).toBeGreaterThan(20);
}, 60_000);

describe("a compaction", () => {
  async function manyDeadLines() {
    const data = dataset();
    let checkpoint = await open(data.path);
    const text = "some code";
    const code = mesh(1).key.code;
    checkpoint.putText(code, text);
    checkpoint.putText(mesh(1, 9).key.options, "of no record any more");
    for (let version = 1; version < 7; version++) {
      for (let sample = 0; sample < 200; sample++) checkpoint.put(mesh(sample, version));
      await checkpoint.close();
      checkpoint = await open(data.path, { order: [] });
    }
    for (let sample = 0; sample < 10; sample++) checkpoint.put(mesh(sample, 7));
    checkpoint.put(simulate(5));
    checkpoint.put(mesh(5, 9));
    checkpoint.forget(name, id(6));
    checkpoint.erase(name, id(7));
    for (const version of [1, 2]) checkpoint.put({ ...simulate(100, version), files: manyFiles });
    await checkpoint.close();
    return { data, code, text };
  }
  const manyFiles = Array.from({ length: 2000 }, (_, i) => ({
    ...{ path: `f_${i}`, size: i, modified: i, sha256: "cd".repeat(32) },
  }));
  const stateOf = (dataPath: string) => {
    const { memory, findings } = lookAtCheckpoint(dataPath, order);
    expect(findings).toEqual({ damaged: 0, torn: 0, unknown: 0, unreadable: [] });
    return {
      records: [...memory.records()].sort((a, b) =>
        a.block === b.block ? Number(a.sample) - Number(b.sample) : a.block < b.block ? -1 : 1,
      ),
      past: memory.past(id(5)),
      forgotten: memory.forgotten(name, id(6)),
      text: memory.text(mesh(1).key.code),
    };
  };
  const files = (dataPath: string) => readdirSync(`${dataPath}/runinfo`).sort();

  test("leaves one segment with all that is of use, and the next start goes on from there", async () => {
    const { data, text } = await manyDeadLines();
    using _gone = data;
    const before = stateOf(data.path);
    expect(before.records).toHaveLength(200);
    expect(before.past).toEqual([mesh(5, 7)]);
    expect(files(data.path).length).toBe(8);
    const compacted = await open(data.path);
    compacted.put(mesh(300));
    await compacted.close();
    expect(files(data.path)).toEqual(["checkpoint.0008.jsonl", "checkpoint.0009.jsonl", "reserve"]);
    const after = stateOf(data.path);
    expect(after).toEqual({ ...before, records: expect.any(Array), text });
    expect(after.records).toHaveLength(201);
    expect(lookAtCheckpoint(data.path, order).memory.text(mesh(1, 9).key.options)).not.toBeNull();
    // Nothing more to be gained.
    await (await open(data.path)).close();
    expect(files(data.path)).toEqual(["checkpoint.0008.jsonl", "checkpoint.0009.jsonl", "reserve"]);
  });

  test("killed before any of its steps has lost nothing, and leaves nothing behind in the end", async () => {
    const { data } = await manyDeadLines();
    using _gone = data;
    const before = stateOf(data.path);
    let kills = 0;
    let published = 0;
    for (let step = 1; ; step++) {
      using copy = dataset();
      cpSync(data.path, copy.path, { recursive: true });
      const { killed } = await run(copy.path, "nothing", step);
      const { records } = stateOf(copy.path);
      expect(records).toEqual(before.records);
      if (existsSync(copy.at("runinfo", "checkpoint.0008.jsonl"))) published++;
      await (await open(copy.path)).close();
      expect(stateOf(copy.path).past).toEqual(before.past);
      expect(files(copy.path).filter((file) => /^checkpoint\.(?:jsonl|000[1-7])|tmp$/.test(file))).toEqual(
        [],
      );
      if (!killed) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(15);
    expect(published).toBeGreaterThan(5);
  }, 60_000);
});
