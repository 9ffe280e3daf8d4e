// A disk that is really full: what the running tasks bring in is still remembered, out of the reserve.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type CheckpointTrouble, lookAtCheckpoint } from "../../../src/cache/checkpoint.ts";
import { holdReserve, releaseReserve, reserveBytes, reservePath } from "../../../src/cache/reserve.ts";
import { runinfoFolder } from "../../../src/rundir/layout.ts";
import { freeSpace } from "../../../src/system/free-space.ts";
import { canMount, scratch, tinyDisk } from "../system/scratch.ts";
import { mesh, open, order } from "./checkpoint-fixture.ts";

function disk(options = "size=4m") {
  const made = tinyDisk(options);
  if (made === null) throw new Error("no disk");
  mkdirSync(runinfoFolder(made.path));
  return made;
}

/** Leaves so many bytes. */
function fill(path: string, left: number): void {
  writeFileSync(`${path}/filler`, new Uint8Array(freeSpace(path).bytes - left));
}

const known = (path: string) => [...lookAtCheckpoint(path, order).memory.records()].length;

test("the reserve is put aside once, of real bytes, and given back once", () => {
  using folder = scratch();
  mkdirSync(runinfoFolder(folder.path));
  expect(releaseReserve(folder.path)).toBe("none");
  expect([holdReserve(folder.path), holdReserve(folder.path)]).toEqual(["held", "held"]);
  const { size, blocks } = statSync(reservePath(folder.path));
  expect(size).toBe(reserveBytes);
  expect(blocks * 512).toBeGreaterThanOrEqual(reserveBytes);
  expect([releaseReserve(folder.path), releaseReserve(folder.path)]).toEqual(["released", "none"]);
});

describe.if(canMount())("on a disk that is really full", () => {
  test("the last records fit, and it is said that nothing new should be begun", async () => {
    using full = disk();
    const troubles: CheckpointTrouble[] = [];
    const checkpoint = await open(full.path, { onTrouble: (trouble) => troubles.push(trouble) });
    expect(checkpoint.reserve).toBe("held");
    fill(full.path, 10_000);
    for (let i = 0; i < 1000; i++) {
      checkpoint.put(mesh(i));
      if (i % 100 === 0) await null;
    }
    expect(await checkpoint.sync()).toMatchObject({ kind: "durable", seq: 1000 });
    expect(troubles).toMatchObject([{ kind: "reserve-used", error: { problem: "full" } }]);
    expect(existsSync(reservePath(full.path))).toBe(false);
    expect((await checkpoint.close()).kind).toBe("durable");
    expect(known(full.path)).toBe(1000);
    // With room again, the next start puts a reserve aside again.
    rmSync(full.at("filler"));
    const next = await open(full.path);
    expect(next.reserve).toBe("held");
    await next.close();
  });

  test("what does not even fit into the reserve waits, and is written when there is room at the end", async () => {
    using full = disk();
    const troubles: CheckpointTrouble[] = [];
    const checkpoint = await open(full.path, { onTrouble: (trouble) => troubles.push(trouble) });
    fill(full.path, 10_000);
    for (let i = 0; i < 5000; i++) checkpoint.put(mesh(i));
    expect((await checkpoint.sync()).kind).toBe("failed");
    expect(troubles.map(({ kind }) => kind)).toEqual(["failed"]);
    expect(checkpoint.get(mesh(4999).block, mesh(4999).sample)).toEqual(mesh(4999));
    // What fits is there for others, whole.
    expect(known(full.path)).toBeGreaterThan(1000);
    checkpoint.put(mesh(5000));
    expect((await checkpoint.sync()).kind).toBe("failed");
    rmSync(full.at("filler"));
    expect((await checkpoint.close()).kind).toBe("durable");
    expect(known(full.path)).toBe(5001);
    expect(troubles).toHaveLength(1);
  });

  test("that stays full, the end says so and what was synced before is there", async () => {
    using full = disk();
    const checkpoint = await open(full.path);
    checkpoint.put(mesh(0));
    await checkpoint.sync();
    fill(full.path, 0);
    for (let i = 1; i < 5000; i++) checkpoint.put(mesh(i));
    expect((await checkpoint.close()).kind).toBe("failed");
    expect(known(full.path)).toBeGreaterThan(1000);
  });

  test("without room for a reserve a run starts all the same", async () => {
    using full = disk();
    fill(full.path, 500_000);
    const checkpoint = await open(full.path);
    expect(checkpoint.reserve).toBe("no-room");
    checkpoint.put(mesh(1));
    expect((await checkpoint.close()).kind).toBe("durable");
    expect(readdirSync(runinfoFolder(full.path))).toEqual(["checkpoint.jsonl"]);
  });

  test("without room for a compaction all stays as it was", async () => {
    using full = disk("size=8m");
    for (let version = 1; version <= 3; version++) {
      const checkpoint = await open(full.path);
      for (let i = 0; i < 2000; i++) checkpoint.put(mesh(i, version));
      await checkpoint.close();
    }
    fill(full.path, 200_000);
    await (await open(full.path)).close();
    const names = readdirSync(runinfoFolder(full.path)).sort();
    expect(names).toEqual(["checkpoint.0002.jsonl", "checkpoint.0003.jsonl", "checkpoint.jsonl", "reserve"]);
    expect(known(full.path)).toBe(2000);
    rmSync(full.at("filler"));
    await (await open(full.path)).close();
    expect(readdirSync(runinfoFolder(full.path)).sort()).toEqual(["checkpoint.0004.jsonl", "reserve"]);
    expect(known(full.path)).toBe(2000);
    const { memory } = lookAtCheckpoint(full.path, order);
    expect(memory.get(mesh(7).block, mesh(7).sample)).toEqual(mesh(7, 3));
  });
});
