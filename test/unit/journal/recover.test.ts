import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import type { Json } from "../../../src/core/json.ts";
import { cutTornTail, readJournal } from "../../../src/journal/recover.ts";
import { beginSegment, listSegments, parseSegmentName, segmentName } from "../../../src/journal/segments.ts";
import { scratch } from "../system/scratch.ts";
import { headerLine, journalOf, reads, writes } from "./seeded.ts";

function readAll(folder: string) {
  const bodies: Json[] = [];
  const read = readJournal({ folder, stem: "j" }, reads, (record) => bodies.push(record.body));
  return { read, bodies };
}

describe("segments", () => {
  test("have names that sort as they were begun and are told from other files", () => {
    expect([1, 2, 9999, 10_000].map((number) => segmentName("events", number))).toEqual([
      "events.jsonl",
      "events.0002.jsonl",
      "events.9999.jsonl",
      "events.10000.jsonl",
    ]);
    for (const number of [1, 2, 9999, 10_000]) {
      expect(parseSegmentName("events", segmentName("events", number))).toBe(number);
    }
    for (const name of [
      "events.0001.jsonl",
      "events.2.jsonl",
      "events.02.jsonl",
      "events.00002.jsonl",
      "event.0002.jsonl",
      "xevents.jsonl",
      "events.jsonl~",
    ]) {
      expect(parseSegmentName("events", name)).toBeNull();
    }
  });

  test("that are begun at once get a number each", async () => {
    using folder = scratch();
    const place = { folder: folder.path, stem: "j" };
    const begun = await Promise.all(Array.from({ length: 5 }, () => beginSegment(place, writes)));
    expect(begun.map(({ segment }) => segment.number).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(listSegments(place).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    await Promise.all(begun.map(({ writer }) => writer.close()));
  });

  test("are read in their order, each with its own numbers", async () => {
    using folder = scratch();
    for (const bodies of [["a", "b"], [], ["c"]]) {
      const { writer } = await beginSegment({ folder: folder.path, stem: "j" }, writes);
      for (const body of bodies) writer.append(body);
      await writer.close();
    }
    const { read, bodies } = readAll(folder.path);
    expect(bodies).toEqual(["a", "b", "c"]);
    expect(read.kind === "read" && read.segments.map((segment) => segment.records)).toEqual([2, 0, 1]);
    expect(readAll(folder.at("nothing"))).toEqual({ read: { kind: "read", segments: [] }, bodies: [] });
  });

  test("one of which is newer refuse the whole journal by name", () => {
    using folder = scratch();
    writeFileSync(folder.at("j.jsonl"), journalOf(2).bytes);
    writeFileSync(folder.at("j.0002.jsonl"), headerLine({ version: 2, tool: "5.0.0" }));
    expect(readAll(folder.path).read).toEqual({
      kind: "refused",
      segment: { number: 2, path: folder.at("j.0002.jsonl") },
      why: { kind: "newer", version: 2, known: 1, tool: "5.0.0" },
    });
  });
});

describe("a journal whose writer died at any byte", () => {
  const { bytes, starts, bodies } = journalOf(3);
  const wholeBefore = (cut: number) =>
    Math.max(0, starts.filter((_, line) => (starts[line + 1] ?? bytes.length) <= cut).length - 1);

  test("goes on in a new segment, and nothing is lost of either", async () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      using folder = scratch();
      writeFileSync(folder.at("j.jsonl"), bytes.subarray(0, cut));
      const { writer, segment } = await beginSegment({ folder: folder.path, stem: "j" }, writes);
      expect(segment.number).toBe(2);
      writer.append("after");
      await writer.close();
      const found = readAll(folder.path);
      expect(found.bodies).toEqual([...bodies.slice(0, wholeBefore(cut)), "after"]);
      // Not a byte of the dead writer's file was touched.
      expect(readFileSync(folder.at("j.jsonl")).length).toBe(cut);
      const torn = found.read.kind === "read" ? (found.read.segments[0]?.torn ?? -1) : -1;
      const wholeLines = starts.findLast((start) => start <= cut) ?? 0;
      expect(torn).toBe(cut === bytes.length ? 0 : cut - wholeLines);
    }
  });

  test("loses only its torn tail when that is cut", () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      using folder = scratch();
      writeFileSync(folder.at("j.jsonl"), bytes.subarray(0, cut));
      const done = cutTornTail(folder.at("j.jsonl"), reads);
      expect(done.kept + done.cut).toBe(cut);
      expect(readFileSync(folder.at("j.jsonl"))).toEqual(Buffer.from(bytes.subarray(0, done.kept)));
      expect(readAll(folder.path).bodies).toEqual(bodies.slice(0, wholeBefore(cut)));
      expect(cutTornTail(folder.at("j.jsonl"), reads).cut).toBe(0);
    }
  });

  test("is not cut where this program cannot read it", () => {
    using folder = scratch();
    const newer = Buffer.concat([headerLine({ version: 2 }), Buffer.from("a shape of tomorrow")]);
    writeFileSync(folder.at("j.jsonl"), newer);
    expect(cutTornTail(folder.at("j.jsonl"), reads)).toEqual({ kept: newer.length, cut: 0 });
    expect(cutTornTail(folder.at("none.jsonl"), reads)).toEqual({ kept: 0, cut: 0 });
  });
});
