// Records come back from their text as they were, old ones for ever, and what is no record is told from one.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { digestOf, digestOfFresh } from "../../../src/cache/digest.ts";
import { keyVersion } from "../../../src/cache/key.ts";
import type { TaskRecord } from "../../../src/cache/record.ts";
import { decodeRecord, encodeRecord, recordVersion } from "../../../src/cache/record-text.ts";
import { blockName, moment, sampleId } from "../../../src/core/ids.ts";
import { dice } from "../journal/seeded.ts";

const whose = { block: blockName("Simulate_0"), sample: sampleId(42) };

const full: TaskRecord = {
  ...whose,
  key: { version: 1, options: digestOf("options"), code: digestOf("code"), before: digestOf("before") },
  outcome: { kind: "issue", message: 'did not "converge"\n' },
  changes: { config: { size: 0.2, list: [1, null, "x"] }, statistics: { "max displacement": -1.5e-7 } },
  files: [
    { path: "frames/", size: 0, modified: 0, sha256: "folder" },
    { path: "frames/f3.png", size: 12_345, modified: 1_795_000_000_123.4568, sha256: "ab".repeat(32) },
    { path: 'odd "name"\n.txt', size: 0, modified: -1.5, sha256: null },
    { path: "to", size: 3, modified: 0, sha256: `link:${"cd".repeat(32)}` },
  ],
  removed: ["old.obj", "é.txt"],
  found: [],
  after: digestOf("after"),
  run: "003",
  at: moment(1_795_000_000_000),
  accepted: { by: "ada@host", at: moment(1_795_000_000_001), code: digestOf("old code") },
};

const withFound: TaskRecord = { ...full, found: ["mesh.obj"] };
const smallest: TaskRecord = {
  ...whose,
  key: { ...full.key, before: digestOfFresh(whose.sample) },
  outcome: { kind: "succeeded" },
  changes: { config: {}, statistics: {} },
  files: [],
  removed: [],
  found: [],
  after: digestOfFresh(whose.sample),
  run: "000",
  at: moment(0),
  accepted: null,
};

/** What the product writes for a step with one small file and one statistic. */
const usual: TaskRecord = {
  ...smallest,
  sample: sampleId(99_999),
  key: full.key,
  changes: { config: {}, statistics: { max_displacement: 0.012345678901234567 } },
  files: [{ path: "", size: 12_345, modified: 1_795_000_000_123.4568, sha256: "ab".repeat(32) }],
  after: full.after,
  run: "003",
  at: full.at,
};

const through = (record: TaskRecord) => decodeRecord(JSON.parse(encodeRecord(record)), record);

describe("a record as text", () => {
  test("comes back as it was", () => {
    for (const record of [full, smallest, usual, { ...full, sample: null }]) {
      expect(through(record)).toEqual({ kind: "record", record });
    }
  });

  test("has no raw newline and takes less than 330 bytes besides the names of files: in a journal's line under 400", () => {
    for (const record of [full, smallest, usual]) expect(encodeRecord(record)).not.toContain("\n");
    expect(encodeRecord(usual).length).toBeLessThan(330);
  });

  test("of version 1 it is read for ever, and today's has the same shape", () => {
    const golden = readFileSync(`${import.meta.dir}/record.v1.golden.jsonl`, "utf8")
      .trimEnd()
      .split("\n");
    expect(golden.map((line) => decodeRecord(JSON.parse(line), whose))).toEqual(
      [full, smallest].map((record) => ({ kind: "record", record })),
    );
    // Whoever changes the shape: a new number in record-text.ts, and a golden file of its own beside this one.
    expect({ version: recordVersion, lines: [full, smallest].map(encodeRecord) }).toEqual({
      version: 2,
      lines: golden,
    });
  });

  test("with files that it found says so by another version, which older programs refuse", () => {
    const text = encodeRecord(withFound);
    expect(text).toStartWith('{"v":2,');
    expect(decodeRecord(JSON.parse(text), whose)).toEqual({ kind: "record", record: withFound });
  });

  test("of a newer version is not guessed at", () => {
    expect(decodeRecord({ v: recordVersion + 1, anything: true }, whose)).toEqual({
      kind: "newer",
      version: recordVersion + 1,
    });
  });

  test("without a field, or with one of another kind, it is none, and the field is named", () => {
    const optional = new Set(["files", "issue", "config", "statistics", "removed", "found", "accepted"]);
    const good: Record<string, unknown> = JSON.parse(encodeRecord(withFound));
    for (const field of Object.keys(good)) {
      const { [field]: _, ...others } = good;
      const without = decodeRecord(others, whose);
      expect([field, without.kind]).toEqual([field, optional.has(field) ? "record" : "unreadable"]);
      for (const wrong of [true, { x: 1 }, ["x"], 12, "x", null, [[1]]]) {
        if (JSON.stringify(wrong) === "12" && (field === "v" || field === "at")) continue;
        if (wrong === "x" && (field === "run" || field === "issue")) continue;
        if (Array.isArray(wrong) && wrong[0] === "x" && (field === "removed" || field === "found")) continue;
        if (JSON.stringify(wrong) === '{"x":1}' && (field === "config" || field === "statistics")) continue;
        const result = decodeRecord({ ...good, [field]: wrong }, whose);
        expect([field, wrong, result.kind]).toEqual([field, wrong, "unreadable"]);
        if (result.kind === "unreadable") expect(result.problem).toContain(`\`${field}\``);
      }
    }
    for (const none of [null, [], "x", 3, undefined])
      expect(decodeRecord(none, whose).kind).toBe("unreadable");
  });

  test("whatever stands in its place, reading it never throws, and what it gives is whole", () => {
    const roll = dice(5);
    const parts = [
      null,
      1,
      "x",
      [],
      {},
      full.after,
      ["a", 1, 2, null],
      [1, full.after, full.after, full.after],
    ];
    let whole = 0;
    for (let count = 0; count < 20_000; count++) {
      const value: Record<string, unknown> = JSON.parse(encodeRecord(full));
      for (const field of Object.keys(value)) if (roll(6) === 0) value[field] = parts[roll(parts.length)];
      const result = decodeRecord(value, whose);
      if (result.kind === "record") {
        expect(through(result.record)).toEqual(result);
        whole++;
      }
    }
    expect(whole).toBeGreaterThan(1000);
  });
});

test("the version of keys is told with every record", () => {
  expect(encodeRecord({ ...smallest, key: { ...smallest.key, version: keyVersion + 6 } })).toContain(
    `"key":[${keyVersion + 6},`,
  );
});
