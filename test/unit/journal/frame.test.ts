import { describe, expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import {
  decodeLine,
  encodeRecord,
  firstRecord,
  largestBody,
  RecordTooLarge,
} from "../../../src/journal/frame.ts";
import { dice } from "./seeded.ts";

const epoch = "9f86d081884c7d65";

function whole(line: Uint8Array) {
  const buffer = Buffer.from(line);
  return decodeLine(buffer, 0, buffer.length - 1);
}

describe("a record on its line", () => {
  test("is checksum, length, number, writer and JSON, readable with the usual tools", () => {
    const line = Buffer.from(encodeRecord({ seq: 4, epoch, json: '{"kind":"started"}' })).toString();
    const rest = `18 4 ${epoch} {"kind":"started"}`;
    expect(line).toBe(`${crc32(rest).toString(16).padStart(8, "0")} ${rest}\n`);
  });

  test("comes back as it was, whatever text it holds", () => {
    const random = dice(1);
    const alphabet = [
      '"',
      "\\",
      "\n",
      "\r",
      "\0",
      " ",
      "é",
      "漢",
      "😀",
      "\ud800",
      "\u2028",
      "a",
      "{",
      "}",
      "\x7f",
    ];
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: random(30) }, () => alphabet[random(alphabet.length)]).join("");
      const record = { seq: random(2 ** 40), epoch, json: JSON.stringify({ [text]: [text, round, null] }) };
      const line = encodeRecord(record);
      expect(line.indexOf(0x0a)).toBe(line.length - 1);
      expect(whole(line)).toEqual(record);
    }
  });

  test("is not taken for one with any of its bits flipped", () => {
    const line = Buffer.from(encodeRecord({ seq: 7, epoch, json: '{"a":[1,2.5,"Ünicode"],"b":null}' }));
    for (let bit = 0; bit < (line.length - 1) * 8; bit++) {
      line[bit >> 3] = (line[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeLine(line, 0, line.length - 1)).toBeNull();
      line[bit >> 3] = (line[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    }
    expect(decodeLine(line, 0, line.length - 1)).not.toBeNull();
  });

  test("is not taken for one when cut, doubled, shifted, or when it is zeros", () => {
    const line = Buffer.from(encodeRecord({ seq: 7, epoch, json: '{"a":1}' }));
    const end = line.length - 1;
    for (let cut = 0; cut < end; cut++) {
      expect(decodeLine(line, 0, cut)).toBeNull();
      if (cut > 0) expect(decodeLine(line, cut, end)).toBeNull();
    }
    const twice = Buffer.concat([line.subarray(0, end), line]);
    expect(decodeLine(twice, 0, twice.length - 1)).toBeNull();
    expect(decodeLine(Buffer.alloc(4096), 0, 4096)).toBeNull();
  });

  test("with a right checksum around a wrong inside is none", () => {
    for (const rest of [
      "7 1 e {}",
      "2 -1 e {}",
      "02 1 e {}",
      "2 01 e {}",
      "2 1 {}",
      "2 1  {}x",
      "2 1e3 e {}",
      " 2 1 e {}",
    ]) {
      const line = Buffer.from(`${crc32(rest).toString(16).padStart(8, "0")} ${rest}\n`);
      expect(decodeLine(line, 0, line.length - 1)).toBeNull();
    }
  });

  test("may have the largest body, and a byte more is an error with its size", () => {
    const json = JSON.stringify("x".repeat(largestBody - 2));
    expect(whole(encodeRecord({ seq: 1, epoch, json }))?.json).toBe(json);
    expect(() => encodeRecord({ seq: 1, epoch, json: `${json} ` })).toThrow(RecordTooLarge);
    // Bytes count, not characters.
    expect(() => encodeRecord({ seq: 1, epoch, json: JSON.stringify("é".repeat(largestBody / 2)) })).toThrow(
      new RecordTooLarge(largestBody + 2),
    );
  });
});

test("the first record is found behind lines that are none, and only where one is whole", () => {
  const line = encodeRecord({ seq: 0, epoch, json: "{}" });
  expect(firstRecord(Buffer.concat([Buffer.from("torn\n\n\0\0\n"), line]))?.seq).toBe(0);
  expect(firstRecord(Buffer.from(line.subarray(0, -1)))).toBeNull();
  expect(firstRecord(Buffer.alloc(0))).toBeNull();
});
