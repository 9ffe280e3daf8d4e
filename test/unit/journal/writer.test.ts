import { describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { seconds } from "../../../src/core/ids.ts";
import type { Json } from "../../../src/core/json.ts";
import { RecordTooLarge } from "../../../src/journal/frame.ts";
import { JournalReader } from "../../../src/journal/reader.ts";
import { JournalWriter } from "../../../src/journal/writer.ts";
import { durableSteps } from "../../../src/system/durable-step.ts";
import { type FileError, isFileError } from "../../../src/system/file-error.ts";
import { canMount, scratch, tinyDisk } from "../system/scratch.ts";
import { reads, recordLine, writes } from "./seeded.ts";

function read(path: string) {
  const reader = new JournalReader(path, { reads, patience: seconds(0) });
  const bodies: Json[] = [];
  const poll = reader.poll(seconds(0), (record) => bodies.push(record.body));
  return { poll, bodies, findings: reader.findings, header: reader.header, offset: reader.offset };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a journal that is begun", () => {
  test("has its header on the disk, and its name is taken", async () => {
    using folder = scratch();
    const writer = await JournalWriter.create(folder.at("j"), { ...writes, writer: "me" });
    expect(read(folder.at("j")).header).toMatchObject({ writer: "me", tool: "0.0.0", facts: { run: "003" } });
    expect(writer.durable).toBe(0);
    expect(isFileError(await failure(JournalWriter.create(folder.at("j"), writes)), "exists")).toBe(true);
    expect(isFileError(await failure(JournalWriter.create(folder.at("no", "j"), writes)), "missing")).toBe(
      true,
    );
    await writer.close();
  });

  test("in a file that was made for it beforehand takes it over empty, and never a second time", async () => {
    using folder = scratch();
    writeFileSync(folder.at("j"), "");
    const writer = await JournalWriter.adopt(folder.at("j"), writes);
    writer.append("a");
    await writer.close();
    expect(read(folder.at("j")).bodies).toEqual(["a"]);
    expect(isFileError(await failure(JournalWriter.adopt(folder.at("j"), writes)), "exists")).toBe(true);
    expect(isFileError(await failure(JournalWriter.adopt(folder.at("none"), writes)), "missing")).toBe(true);
    writeFileSync(folder.at("torn"), "12345678 100 0 x {");
    const second = await JournalWriter.adopt(folder.at("torn"), writes);
    second.append("b");
    await second.close();
    expect(read(folder.at("torn")).bodies).toEqual(["b"]);
  });
});

describe("records", () => {
  test("are numbered from 1, and all on the disk when sync resolves", async () => {
    using folder = scratch();
    const writer = await JournalWriter.create(folder.at("j"), writes);
    expect([writer.append({ a: 1 }), writer.append(null), writer.append([true])]).toEqual([1, 2, 3]);
    expect(await writer.sync()).toEqual({ kind: "durable", seq: 3 });
    expect(read(folder.at("j")).bodies).toEqual([{ a: 1 }, null, [true]]);
    expect(writer.waiting).toBe(0);
    expect(await writer.close()).toEqual({ kind: "durable", seq: 3 });
    expect(await writer.close()).toEqual({ kind: "durable", seq: 3 });
    expect(() => writer.append(1)).toThrow("closed");
    expect(read(folder.at("j")).offset).toBe(readFileSync(folder.at("j")).length);
  });

  test("that many callers want synced at once cost one write and one sync", async () => {
    using folder = scratch();
    const writer = await JournalWriter.create(folder.at("j"), writes);
    const before = durableSteps();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        writer.append(i);
        return writer.sync();
      }),
    );
    expect(durableSteps() - before).toBe(2);
    expect(answers.every((answer) => answer.kind === "durable" && answer.seq === 100)).toBe(true);
    await writer.close();
  });

  test("that nobody asks for are synced after a while, or when enough of them wait", async () => {
    using folder = scratch();
    const acknowledged: number[] = [];
    let acknowledge = (_seq: number) => {};
    const next = () => new Promise<number>((resolve) => (acknowledge = resolve));
    const writer = await JournalWriter.create(folder.at("j"), {
      ...writes,
      commit: { milliseconds: 5, records: 10 },
      onDurable: (seq) => {
        acknowledged.push(seq);
        acknowledge(seq);
      },
    });
    writer.append("one");
    expect(acknowledged).toEqual([0]);
    expect(await next()).toBe(1);
    const full = next();
    for (let i = 0; i < 25; i++) writer.append(i);
    expect(writer.durable).toBe(1);
    expect(await full).toBe(26);
    expect(read(folder.at("j")).bodies).toHaveLength(26);
    // Nothing waits: nothing is written.
    const before = durableSteps();
    await writer.close();
    expect(durableSteps()).toBe(before);
  });

  test("that come while a sync is under way belong to the next one", async () => {
    using folder = scratch();
    const writer = await JournalWriter.create(folder.at("j"), writes);
    writer.append("first");
    const first = writer.sync();
    await null;
    await null;
    writer.append("second");
    const second = writer.sync();
    expect((await first).kind).toBe("durable");
    expect(await second).toEqual({ kind: "durable", seq: 2 });
    expect(read(folder.at("j")).bodies).toEqual(["first", "second"]);
    await writer.close();
  });

  test("that are too large are the caller's to see, and use up no number", async () => {
    using folder = scratch();
    const writer = await JournalWriter.create(folder.at("j"), writes);
    expect(() => writer.append("x".repeat(70_000))).toThrow(RecordTooLarge);
    expect(writer.append("y")).toBe(1);
    await writer.close();
    expect(read(folder.at("j")).bodies).toEqual(["y"]);
  });
});

describe.if(canMount())("on a disk that is really full", () => {
  async function filled(room: number) {
    const disk = tinyDisk("size=256k");
    if (disk === null) throw new Error("no disk");
    const failures: FileError[] = [];
    const writer = await JournalWriter.create(disk.at("j"), {
      ...writes,
      commit: { milliseconds: 60_000, records: 1_000_000 },
      onFailure: (error) => failures.push(error),
    });
    writer.append("before");
    await writer.sync();
    writeFileSync(disk.at("filler"), new Uint8Array(262_144 - 4096 - room));
    return { disk, writer, failures, [Symbol.dispose]: () => disk[Symbol.dispose]() };
  }
  const thousand = Array.from({ length: 1000 }, (_, i) => ({ n: i, text: "some text to fill the page" }));

  test("a writer fails once, keeps what it could not write, and writes all of it when there is room", async () => {
    using full = await filled(8192);
    const { writer, disk, failures } = full;
    for (const body of thousand) writer.append(body);
    const failed = await writer.sync();
    expect(failed.kind === "failed" && failed.error.problem).toBe("full");
    expect([writer.state, writer.durable, writer.waiting, failures.length]).toEqual(["poisoned", 1, 1000, 1]);
    // The short write: records that are whole may be seen, the torn one is not.
    const seen = read(disk.at("j"));
    expect(seen.bodies.length).toBeGreaterThan(1);
    expect(seen.bodies).toEqual(["before", ...thousand].slice(0, seen.bodies.length));
    expect(seen.offset).toBeLessThan(readFileSync(disk.at("j")).length);

    // Still no room: nothing changes, and what is appended meanwhile waits, too.
    expect((await writer.reopen()).kind).toBe("failed");
    expect(writer.append("meanwhile")).toBe(1002);
    expect((await writer.sync()).kind).toBe("failed");
    expect(writer.durable).toBe(1);

    rmSync(disk.at("filler"));
    expect(await writer.reopen()).toEqual({ kind: "reopened", repeated: 1001 });
    expect(writer.state).toBe("open");
    writer.append("after");
    expect(await writer.close()).toEqual({ kind: "durable", seq: 1003 });
    const { bodies, findings } = read(disk.at("j"));
    expect(bodies).toEqual(["before", ...thousand, "meanwhile", "after"]);
    expect(findings.duplicates).toBeGreaterThan(0);
    expect(findings.badLines).toBeGreaterThan(0);
    expect(findings.missing).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  test("a reader that goes on while the writer repeats itself gets every record once", async () => {
    using full = await filled(4096);
    const { writer, disk } = full;
    const reader = new JournalReader(disk.at("j"), { reads, patience: seconds(60) });
    const bodies: Json[] = [];
    const poll = (now: number) => reader.poll(seconds(now), (record) => bodies.push(record.body));
    for (const body of thousand) writer.append(body);
    await writer.sync();
    poll(0);
    rmSync(disk.at("filler"));
    await writer.reopen();
    expect(poll(1)).toMatchObject({ doubtful: true });
    poll(61);
    expect(bodies).toEqual(["before", ...thousand]);
    expect(reader.findings.missing).toEqual([]);
    await writer.close();
  });

  test("a journal that cannot even be begun leaves nothing behind", async () => {
    using disk = tinyDisk("size=8k");
    if (disk === null) throw new Error("no disk");
    writeFileSync(disk.at("filler"), new Uint8Array(8192));
    expect(isFileError(await failure(JournalWriter.create(disk.at("j"), writes)), "full")).toBe(true);
    expect(read(disk.at("j")).poll.kind).toBe("missing");
    writeFileSync(disk.at("made before"), "");
    expect(isFileError(await failure(JournalWriter.adopt(disk.at("made before"), writes)), "full")).toBe(
      true,
    );
    rmSync(disk.at("filler"));
    const writer = await JournalWriter.adopt(disk.at("made before"), writes);
    writer.append("now");
    await writer.close();
    expect(read(disk.at("made before")).bodies).toEqual(["now"]);
  });

  test("a writer whose file was taken away meanwhile says so instead of writing into another one", async () => {
    for (const [how, act] of [
      ["missing", (path: string) => rmSync(path)],
      ["shorter", (path: string) => truncateSync(path, 10)],
      [
        "other-writer",
        (path: string) => {
          truncateSync(path, 0);
          for (let seq = 0; seq < 9; seq++) appendFileSync(path, recordLine(seq, "theirs", "other"));
        },
      ],
    ] as const) {
      using full = await filled(4096);
      const { writer, disk } = full;
      for (const body of thousand) writer.append(body);
      await writer.sync();
      rmSync(disk.at("filler"));
      act(disk.at("j"));
      expect(await writer.reopen()).toEqual({ kind: "lost", how });
      expect((await writer.close()).kind).toBe("failed");
    }
  });
});
