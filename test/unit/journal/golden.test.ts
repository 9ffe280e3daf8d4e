// The shape of records on disk. If this fails because the shape was changed on purpose: raise `frameVersion`, add its line of
// history, keep the old golden file readable, and write the new one beside it.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { moment, seconds } from "../../../src/core/ids.ts";
import type { Json } from "../../../src/core/json.ts";
import { encodeRecord } from "../../../src/journal/frame.ts";
import { frameVersion, headerJson } from "../../../src/journal/header.ts";
import { JournalReader } from "../../../src/journal/reader.ts";

const writer = "9f86d081884c7d65";
const header = {
  format: "pipe-golden",
  version: 1,
  tool: "0.1.0",
  facts: { run: "003", slot: 7 },
  writer,
  at: moment(1_795_000_000_000),
};
const bodies: readonly Json[] = [
  null,
  { kind: "task-ended", task: 12, seconds: 0.125, tail: ['said "no"\n', "Ünïcode 漢 😀", "\u0000"] },
  [1e-300, -0.5, 9007199254740991, true, {}],
];
const golden = (version: number) => Bun.fileURLToPath(new URL(`./v${version}.golden.jsonl`, import.meta.url));

test("what is written now is what the golden file of this version holds, byte for byte", () => {
  const lines = [headerJson(header), ...bodies.map((body) => JSON.stringify(body))];
  const written = lines.map((json, seq) =>
    Buffer.from(encodeRecord({ seq, epoch: writer, json })).toString(),
  );
  expect(written.join("")).toBe(readFileSync(golden(frameVersion), "utf8"));
});

test("every version ever written can still be read", () => {
  const versions = readdirSync(import.meta.dir).flatMap((name) => {
    const version = /^v(\d+)\.golden\.jsonl$/.exec(name)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
  expect(versions.sort()).toEqual(Array.from({ length: frameVersion }, (_, i) => i + 1));
  for (const version of versions) {
    const reader = new JournalReader(golden(version), {
      reads: { format: "pipe-golden", version: 1 },
      patience: seconds(0),
    });
    const found: Json[] = [];
    reader.poll(seconds(0), (record) => found.push(record.body));
    expect(found).toEqual([...bodies]);
    expect(reader.header).toEqual(header);
    expect(reader.findings).toMatchObject({ badLines: 0, missing: [] });
  }
});
