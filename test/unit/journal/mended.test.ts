// A mailbox on a disk that is full for a while: what was said meanwhile is there afterwards, in order and once.
import { describe, expect, test } from "bun:test";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { seconds } from "../../../src/core/ids.ts";
import { MendedJournal } from "../../../src/journal/mended-journal.ts";
import { JournalReader } from "../../../src/journal/reader.ts";
import { freeSpace } from "../../../src/system/free-space.ts";
import { canMount, scratch, tinyDisk } from "../system/scratch.ts";

const format = { format: "test", version: 1 };

async function begin(path: string) {
  const told: string[] = [];
  const journal = await MendedJournal.begin("create", path, {
    ...{ ...format, tool: "t", facts: {} },
    onTrouble: ({ problem }) => told.push(problem),
    onMended: () => told.push("mended"),
    onLost: (how) => told.push(how),
  });
  return { journal, told };
}

function read(path: string): number[] {
  const found: number[] = [];
  new JournalReader(path, { reads: format, patience: seconds(0) }).poll(seconds(0), ({ body }) => {
    if (typeof body === "object" && body !== null && "n" in body) found.push(Number(body.n));
  });
  return found;
}

const record = (n: number) => JSON.stringify({ n, text: "x".repeat(500) });
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test("where nothing is wrong it is a journal", async () => {
  using folder = scratch();
  const path = folder.at("box.jsonl");
  const { journal, told } = await begin(path);
  for (const n of upTo(100)) journal.append(record(n));
  await journal.sync();
  expect(read(path)).toEqual(upTo(100));
  await journal.close();
  await journal.close();
  expect(told).toEqual([]);
});

describe.if(canMount())("on a disk that is really full", () => {
  test("all is there, once and in order, when there is room again; the trouble is told once", async () => {
    using disk = tinyDisk("size=1m") ?? scratch();
    const path = disk.at("box.jsonl");
    const { journal, told } = await begin(path);
    for (const n of upTo(50)) journal.append(record(n));
    await journal.sync();
    writeFileSync(disk.at("filler"), new Uint8Array(freeSpace(disk.path).bytes));
    for (let n = 50; n < 300; n++) {
      journal.append(record(n));
      if (n % 50 === 0) await Bun.sleep(5);
    }
    await Bun.sleep(700);
    expect(journal.state).toBe("troubled");
    expect(read(path)).toEqual(upTo(read(path).length));
    const waiting = journal.sync();
    rmSync(disk.at("filler"));
    await waiting;
    expect(journal.state).toBe("good");
    expect(read(path)).toEqual(upTo(300));
    expect(told).toEqual(["full", "mended"]);
    await journal.close();
  });

  test("a file that is taken away meanwhile is lost, and said to be", async () => {
    using disk = tinyDisk("size=1m") ?? scratch();
    const path = disk.at("box.jsonl");
    const { journal, told } = await begin(path);
    journal.append(record(0));
    await journal.sync();
    writeFileSync(disk.at("filler"), new Uint8Array(freeSpace(disk.path).bytes));
    for (let n = 1; n < 50; n++) journal.append(record(n));
    await Bun.sleep(50);
    renameSync(path, disk.at("elsewhere"));
    rmSync(disk.at("filler"));
    await journal.sync();
    expect(told).toEqual(["full", "missing"]);
    expect(journal.state).toBe("lost");
    await journal.close();
  });
});
