// What may stand at the end of a journal without anybody having lost what was promised.
import { expect, test } from "bun:test";
import { encodeRecord, longestLine } from "../../../src/journal/frame.ts";
import { mayBeTorn } from "../../../src/journal/torn.ts";

const line = Buffer.from(
  encodeRecord({ seq: 12, epoch: "9f86d081884c7d65", json: '["task","Mesh_0",1,{"v":1}]' }),
);

test("a record cut before its newline, with zeros behind it or without, is torn", () => {
  for (let cut = 0; cut < line.length; cut++) {
    for (const zeros of [0, 1, 5000]) {
      const tail = Buffer.concat([line.subarray(0, cut), Buffer.alloc(zeros)]);
      expect({ cut, zeros, torn: mayBeTorn(tail) }).toEqual({ cut, zeros, torn: true });
    }
  }
});

test("what no writer leaves is damage", () => {
  const longer = Buffer.concat([line.subarray(0, -1), Buffer.from("}")]);
  for (const tail of [
    longer,
    Buffer.alloc(longestLine, 0x61),
    Buffer.from("hello"),
    Buffer.from("\0\0half"),
  ]) {
    expect(mayBeTorn(tail)).toBe(false);
  }
  const head = line.indexOf("[");
  for (let at = 0; at < head; at++) {
    const changed = Buffer.from(line.subarray(0, -1));
    changed[at] = 0xe9;
    expect(mayBeTorn(changed)).toBe(false);
  }
});
