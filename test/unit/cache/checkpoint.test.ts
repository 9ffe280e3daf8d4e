import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Checkpoint, lookAtCheckpoint } from "../../../src/cache/checkpoint.ts";
import { taskLine } from "../../../src/cache/checkpoint-lines.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import { encodeRecord as recordText } from "../../../src/cache/record-text.ts";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { blockName, moment } from "../../../src/core/ids.ts";
import { encodeRecord } from "../../../src/journal/frame.ts";
import { headerJson } from "../../../src/journal/header.ts";
import { durableSteps } from "../../../src/system/durable-step.ts";
import { dataset, id, mesh, open, order, record, render, simulate } from "./checkpoint-fixture.ts";

const segments = (dataPath: string) =>
  readdirSync(`${dataPath}/runinfo`)
    .filter((name) => name.startsWith("checkpoint"))
    .sort();

const look = (dataPath: string) => lookAtCheckpoint(dataPath, order);

async function refusal(act: () => unknown): Promise<Refusal> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("what was put", () => {
  test("is there again at the next start, the newest of each task, and what was forgotten is not", async () => {
    using data = dataset();
    const first = await open(data.path);
    expect(first.find(blockName("Mesh_0"), id(1))).toEqual({ kind: "nothing" });
    first.put(mesh(1));
    first.put(mesh(2));
    first.put(record("Overview_0", null));
    expect(first.get(blockName("Mesh_0"), id(1))).toEqual(mesh(1));
    await first.close();
    const second = await open(data.path);
    second.put(mesh(1, 2));
    second.forget(blockName("Mesh_0"), id(2));
    second.forget(blockName("Mesh_0"), id(3));
    second.put(mesh(3, 4));
    await second.close();
    const { memory, findings } = look(data.path);
    expect(memory.get(blockName("Mesh_0"), id(1))).toEqual(mesh(1, 2));
    expect(memory.get(blockName("Mesh_0"), id(2))).toBeNull();
    expect(memory.get(blockName("Mesh_0"), id(3))).toEqual(mesh(3, 4));
    expect(memory.get(blockName("Overview_0"), null)).toEqual(record("Overview_0", null));
    expect([...memory.records()]).toHaveLength(3);
    expect(memory.blocks).toEqual(["Mesh_0", "Overview_0"].map(blockName));
    expect(findings).toEqual({ damaged: 0, torn: 0, unknown: 0, unreadable: [] });
    expect(segments(data.path)).toEqual(["checkpoint.0002.jsonl", "checkpoint.jsonl"]);
  });

  test("can be read by another process in the same turn of the event loop, synced or not", async () => {
    using data = dataset();
    const checkpoint = await open(data.path);
    for (let i = 0; i < 100; i++) checkpoint.put(mesh(i));
    const before = durableSteps();
    await null;
    expect(durableSteps() - before).toBe(1);
    expect([...look(data.path).memory.records()]).toHaveLength(100);
    expect(await checkpoint.sync()).toMatchObject({ kind: "durable", seq: 100 });
    await checkpoint.close();
  });

  test("survives names, values and sizes of any kind", async () => {
    using data = dataset();
    const names = ['a"b', "back\\slash", "new\nline", "null", "7", "", "Ünï", "\ud800", "x,y]", 'a","b'];
    const big = {
      ...mesh(7),
      files: Array.from({ length: 5000 }, (_, i) => ({
        path: `frames "${i}"\u0000\u{1f600}/é.png`,
        ...{ size: i, modified: i + 0.5, sha256: digestOf(String(i)) },
      })),
    };
    const checkpoint = await open(data.path);
    const records = [...names.flatMap((name) => [record(name, 1), record(name, null)]), big];
    for (const each of records) checkpoint.put(each);
    checkpoint.forget(blockName('a"b'), null);
    const text = `class Simulate { /* "\\\n */ } ${"\u0001\ud83d".repeat(100_000)}`;
    checkpoint.putText(digestOf(text), text);
    await checkpoint.close();
    const { memory, findings } = look(data.path);
    expect(findings.unknown).toBe(0);
    for (const each of records) {
      const gone = each.block === 'a"b' && each.sample === null;
      expect(memory.get(each.block, each.sample)).toEqual(gone ? null : each);
    }
    expect(memory.text(digestOf(text))).toBe(text);
    expect(memory.text(digestOf("other"))).toBeNull();
  });

  test("takes under 400 bytes a task besides the names of its files", async () => {
    using data = dataset();
    const checkpoint = await open(data.path);
    let names = 0;
    for (let i = 0; i < 1000; i++) {
      const each = { ...simulate(100_000 + i), changes: mesh(1).changes };
      for (const { path } of each.files) names += path.length;
      checkpoint.put(each);
    }
    await checkpoint.close();
    const size = readFileSync(data.at("runinfo", "checkpoint.jsonl")).length - names;
    expect(size / 1000).toBeLessThan(400);
  });

  test("is no more than was asked for: nothing is left of a run that remembered nothing", async () => {
    using data = dataset();
    await (await open(data.path)).close();
    await (await open(data.path)).close();
    expect(segments(data.path)).toEqual([]);
  });
});

describe("what was forgotten", () => {
  test("is known until the task has ended again, so that its files can still be removed", async () => {
    using data = dataset();
    let checkpoint = await open(data.path);
    const again = async () => {
      await checkpoint.close();
      checkpoint = await open(data.path);
    };
    const name = blockName("Mesh_0");
    checkpoint.put(mesh(1));
    checkpoint.put(mesh(2));
    expect(checkpoint.forgotten(name, id(1))).toBeNull();
    for (const sample of [1, 2]) checkpoint.forget(name, id(sample));
    await again();
    expect([1, 2, 3].map((sample) => checkpoint.get(name, id(sample)))).toEqual([null, null, null]);
    expect([1, 2, 3].map((s) => checkpoint.forgotten(name, id(s)))).toEqual([mesh(1), mesh(2), null]);
    checkpoint.put(mesh(1, 2));
    checkpoint.erase(name, id(2));
    await again();
    expect([1, 2].map((sample) => checkpoint.forgotten(name, id(sample)))).toEqual([null, null]);
    expect([1, 2].map((sample) => checkpoint.get(name, id(sample)))).toEqual([mesh(1, 2), null]);
    checkpoint.erase(name, id(1));
    checkpoint.erase(name, id(7));
    await again();
    expect([checkpoint.get(name, id(1)), checkpoint.forgotten(name, id(1))]).toEqual([null, null]);
    await checkpoint.close();
  });
});

describe("older records", () => {
  const past = ({ past }: { past: Checkpoint["past"] }, sample: number) =>
    past(id(sample)).map(({ block, key }) => [block, key.options]);

  test("are there as long as a block behind them was run with them, and no longer", async () => {
    using data = dataset();
    let checkpoint = await open(data.path);
    const again = async () => {
      await checkpoint.close();
      checkpoint = await open(data.path);
    };
    const names = () => checkpoint.past(id(1)).map(({ block, changes }) => `${block} ${changes.config.seed}`);
    for (const make of [mesh, simulate, render]) checkpoint.put(make(1));
    expect(names()).toEqual([]);
    checkpoint.forget(blockName("Mesh_0"), id(1));
    checkpoint.put(mesh(1, 2));
    await again();
    expect(names()).toEqual(["Mesh_0 1"]);
    checkpoint.put(simulate(1, 2));
    await again();
    // Render_0 was made of both.
    expect(names()).toEqual(["Simulate_0 1", "Mesh_0 1"]);
    checkpoint.put(mesh(1, 3));
    await again();
    expect(names()).toEqual(["Mesh_0 2", "Simulate_0 1", "Mesh_0 1"]);
    checkpoint.put(simulate(1, 3));
    checkpoint.put(render(1, 3));
    await again();
    expect(names()).toEqual([]);
    checkpoint.put(render(1, 4));
    expect(names()).toEqual([]);
    await checkpoint.close();
  });

  test("of a block that the pipeline has no more stay while anything was run with them", async () => {
    using data = dataset();
    const checkpoint = await open(data.path);
    checkpoint.put(record("Gone_0", 1));
    checkpoint.put(mesh(1));
    checkpoint.erase(blockName("Gone_0"), id(1));
    expect(past({ past: (sample) => checkpoint.past(sample) }, 1)).toHaveLength(1);
    checkpoint.put(mesh(1, 2));
    expect(checkpoint.past(id(1))).toEqual([]);
    await checkpoint.close();
  });
});

describe("a checkpoint of another version", () => {
  function plant(path: string, change: Record<string, unknown>, body: string) {
    const header = JSON.parse(
      headerJson({
        ...{ format: "pipe-checkpoint", version: 1, tool: "9.1.0", facts: { run: "000" } },
        ...{ writer: "00000000000000aa", at: moment(0) },
      }),
    );
    const line = (seq: number, json: string) => encodeRecord({ seq, epoch: "00000000000000aa", json });
    writeFileSync(path, line(0, JSON.stringify({ ...header, ...change })));
    appendFileSync(path, line(1, body));
  }
  const contents = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => [name, name.includes(".") ? readFileSync(`${folder}/${name}`, "base64") : ""]);

  test("newer: is refused, by name, before anything is changed", async () => {
    for (const change of [{ version: 2 }, { frame: 2 }]) {
      using data = dataset();
      const first = await open(data.path);
      first.put(mesh(1));
      await first.close();
      plant(data.at("runinfo", "checkpoint.0002.jsonl"), change, '["new","thing"]');
      writeFileSync(data.at("runinfo", ".checkpoint.0003.jsonl.0123456789abcdef.tmp"), "x");
      const before = contents(data.path);
      for (const act of [() => open(data.path), () => look(data.path)]) {
        const refused = await refusal(act);
        expect(refused.fault).toBe("user");
        expect(refused.diagnostics[0]).toMatchObject({
          code: "newer-checkpoint",
          message: expect.stringContaining("9.1.0"),
        });
      }
      expect(contents(data.path)).toEqual(before);
    }
  });

  test("a file of something else under a segment's name is left alone and said", async () => {
    using data = dataset();
    const path = data.at("runinfo", "checkpoint.0002.jsonl");
    plant(path, { format: "other" }, "1");
    const text = readFileSync(path, "utf8");
    const checkpoint = await open(data.path);
    expect(checkpoint.findings.unreadable).toEqual([path]);
    checkpoint.put(mesh(1));
    await checkpoint.close();
    expect(segments(data.path)).toEqual(["checkpoint.0002.jsonl", "checkpoint.0003.jsonl"]);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(look(data.path).memory.get(blockName("Mesh_0"), id(1))).toEqual(mesh(1));
  });

  test("lines that mean nothing are counted; records that cannot be read say why", async () => {
    using data = dataset();
    const path = data.at("runinfo", "checkpoint.jsonl");
    plant(path, {}, '["new","thing"]');
    const line = (seq: number, json: string) =>
      appendFileSync(path, encodeRecord({ seq, epoch: "00000000000000aa", json }));
    line(2, '["task","Mesh_0",1,{"v":1}]');
    line(3, '["task","Mesh_0",2,{"v":7}]');
    line(4, '["task","Mesh_0",-3,{}]');
    line(5, taskLine(blockName("Mesh_0"), 3, recordText(mesh(3))));
    line(6, '["part",1,2,"x"]');
    line(7, '{"a":1}');
    const { memory, findings } = look(data.path);
    expect(findings).toMatchObject({ unknown: 4, damaged: 0 });
    const found = [1, 2, 3].map((sample) => memory.find(blockName("Mesh_0"), id(sample)));
    expect(found).toMatchObject([
      { kind: "unreadable", problem: expect.any(String) },
      { kind: "unreadable", problem: expect.stringContaining("newer") },
      { kind: "record", record: mesh(3) },
    ]);
    expect([...memory.records()]).toEqual([mesh(3)]);
  });

  test("that cannot be read at all is the environment's or the user's to mend, and nothing is changed", async () => {
    using data = dataset();
    const { mkdirSync } = await import("node:fs");
    mkdirSync(data.at("runinfo", "checkpoint.jsonl"));
    expect((await refusal(() => open(data.path))).diagnostics[0]).toMatchObject({
      code: "checkpoint-unreadable",
    });
    expect(existsSync(data.at("runinfo", "reserve"))).toBe(false);
  });
});
