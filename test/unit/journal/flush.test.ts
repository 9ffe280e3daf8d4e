// Records that are handed over without a sync: they outlive the process, and a failure is told as any other.
import { describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { seconds } from "../../../src/core/ids.ts";
import type { Json } from "../../../src/core/json.ts";
import { JournalReader } from "../../../src/journal/reader.ts";
import { JournalWriter } from "../../../src/journal/writer.ts";
import { durableSteps } from "../../../src/system/durable-step.ts";
import type { FileError } from "../../../src/system/file-error.ts";
import { canMount, scratch, tinyDisk } from "../system/scratch.ts";
import { reads, writes } from "./seeded.ts";

function read(path: string, bodies?: "as-text") {
  const how = bodies === undefined ? reads : { ...reads, bodies };
  const reader = new JournalReader(path, { reads: how, patience: seconds(0) });
  const found: Json[] = [];
  reader.poll(seconds(0), (record) => found.push(record.body));
  return { bodies: found, findings: reader.findings };
}

const never = { milliseconds: 60_000, records: 1_000_000 };

test("what is flushed can be read at once and is written only once", async () => {
  using folder = scratch();
  const writer = await JournalWriter.create(folder.at("j"), { ...writes, commit: never });
  writer.append("a");
  writer.appendText('{"b":  1}');
  expect(read(folder.at("j")).bodies).toEqual([]);
  const before = durableSteps();
  writer.flush();
  writer.flush();
  expect(durableSteps() - before).toBe(1);
  expect(read(folder.at("j")).bodies).toEqual(["a", { b: 1 }]);
  expect([writer.durable, writer.waiting]).toEqual([0, 2]);
  writer.append("c");
  expect(await writer.sync()).toEqual({ kind: "durable", seq: 3 });
  expect(writer.waiting).toBe(0);
  await writer.close();
  const { bodies, findings } = read(folder.at("j"));
  expect(bodies).toEqual(["a", { b: 1 }, "c"]);
  expect(findings.duplicates).toBe(0);
});

test("what is flushed while a sync is under way is not taken for synced", async () => {
  using folder = scratch();
  const writer = await JournalWriter.create(folder.at("j"), { ...writes, commit: never });
  for (let round = 0; round < 50; round++) {
    writer.append("before");
    const synced = writer.sync();
    await null;
    await null;
    const seq = writer.append("during");
    writer.flush();
    const first = await synced;
    expect(first).toEqual({ kind: "durable", seq: seq - 1 });
    expect(writer.waiting).toBe(1);
    expect(await writer.sync()).toEqual({ kind: "durable", seq });
  }
  await writer.close();
  const { bodies, findings } = read(folder.at("j"));
  expect(bodies).toHaveLength(100);
  expect(findings).toMatchObject({ duplicates: 0, badLines: 0, missing: [] });
});

test("bodies are handed out as their text where they are asked for so", async () => {
  using folder = scratch();
  const writer = await JournalWriter.create(folder.at("j"), writes);
  writer.appendText('["x" , {"y":"ä"}]');
  await writer.close();
  expect(read(folder.at("j"), "as-text").bodies).toEqual(['["x" , {"y":"ä"}]']);
});

describe.if(canMount())("on a disk that is really full", () => {
  for (const [when, inFlight] of [
    ["alone", false],
    ["while a sync is under way", true],
  ] as const) {
    test(`a flush that fails ${when} is told once, and nothing is lost`, async () => {
      using disk = tinyDisk("size=256k");
      if (disk === null) throw new Error("no disk");
      const failures: FileError[] = [];
      const writer = await JournalWriter.create(disk.at("j"), {
        ...writes,
        commit: never,
        onFailure: (error) => failures.push(error),
      });
      writeFileSync(disk.at("filler"), new Uint8Array(262_144 - 8192));
      writer.append("before");
      const syncing = inFlight ? writer.sync() : null;
      await null;
      await null;
      for (let i = 0; i < 1000; i++) writer.append({ i, text: "some text to fill the page" });
      writer.flush();
      expect(writer.state).toBe("poisoned");
      expect(failures).toHaveLength(0);
      if (syncing !== null) expect((await syncing).kind).toBe("failed");
      expect((await writer.sync()).kind).toBe("failed");
      expect(failures.map(({ problem }) => problem)).toEqual(["full"]);
      writer.flush();
      rmSync(disk.at("filler"));
      expect(await writer.reopen()).toEqual({ kind: "reopened", repeated: 1001 });
      writer.append("after");
      writer.flush();
      await writer.close();
      const { bodies, findings } = read(disk.at("j"));
      expect(bodies).toHaveLength(1002);
      expect([bodies[0], bodies.at(-1)]).toEqual(["before", "after"]);
      expect(findings.missing).toEqual([]);
      expect(failures).toHaveLength(1);
    });
  }
});
