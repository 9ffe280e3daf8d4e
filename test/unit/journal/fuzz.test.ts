import { expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { seconds } from "../../../src/core/ids.ts";
import { JournalReader } from "../../../src/journal/reader.ts";
import { scratch } from "../system/scratch.ts";
import { type Dice, dice, headerLine, reads, recordLine } from "./seeded.ts";

/** One thing that a writer, a full disk, a zombie or a bad cable puts into the file; `whole` are the records that it leaves. */
function happening(random: Dice, state: { next: number }): { bytes: Uint8Array; whole: readonly number[] } {
  const line = (seq: number) => recordLine(seq, { seq, pad: "x".repeat(random(3) === 0 ? random(900) : 0) });
  const end = Buffer.from("\n");
  switch (random(9)) {
    case 0:
      return { bytes: Buffer.concat([Buffer.alloc(random(9000)), end]), whole: [] };
    case 1: {
      const torn = line(state.next);
      return { bytes: Buffer.concat([torn.subarray(0, random(torn.length - 1)), end]), whole: [] };
    }
    case 2: {
      // A repetition of the last few.
      const from = Math.max(1, state.next - random(4));
      const again = Array.from({ length: state.next - from }, (_, i) => from + i);
      return { bytes: Buffer.concat([end, ...again.map(line)]), whole: again };
    }
    case 3:
      return { bytes: recordLine(state.next, "of a zombie", "00000000000000bb"), whole: [] };
    case 4: {
      const flipped = Buffer.from(line(state.next++));
      // Not in the newline: that would take the neighbour with it, and reader.test.ts tries each of those.
      const bit = random((flipped.length - 1) * 8);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // A flip may make a newline of its own; the record is lost all the same.
      return { bytes: flipped, whole: [] };
    }
    default: {
      const seq = state.next++;
      return { bytes: line(seq), whole: [seq] };
    }
  }
}

test("whatever happens to a file, each whole record is handed out once and unchanged, and the rest is reported missing", () => {
  using folder = scratch();
  for (let seed = 0; seed < 2000; seed++) {
    const random = dice(seed);
    const path = folder.at("j");
    const state = { next: 1 };
    const whole = new Set<number>();
    const parts: Uint8Array[] = [headerLine()];
    for (let i = random(25); i > 0; i--) {
      const { bytes, whole: numbers } = happening(random, state);
      parts.push(bytes);
      for (const seq of numbers) whole.add(seq);
    }
    const last = state.next;
    parts.push(recordLine(last, { seq: last, pad: "" }));
    whole.add(last);
    const all = Buffer.concat(parts);

    const reader = new JournalReader(path, { reads, patience: seconds(0), piece: 1 + random(3000) });
    const seen: number[] = [];
    writeFileSync(path, "");
    for (let at = 0; at < all.length; ) {
      const next = Math.min(all.length, at + 1 + random(random(4) === 0 ? 60 : 4000));
      appendFileSync(path, all.subarray(at, next));
      at = next;
      reader.poll(seconds(0), ({ seq, body }) => {
        expect(body).toMatchObject({ seq });
        seen.push(seq);
      });
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([...whole].sort((a, b) => a - b));
    // Read in one go, they come in order.
    const again: number[] = [];
    const atOnce = new JournalReader(path, { reads, patience: seconds(0), piece: 1 + random(3000) });
    atOnce.poll(seconds(0), ({ seq }) => again.push(seq));
    expect(again).toEqual([...whole].sort((a, b) => a - b));
    const missing = reader.findings.missing.flatMap(({ from, to }) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    );
    const lost = Array.from({ length: last }, (_, i) => i + 1).filter((seq) => !whole.has(seq));
    expect(missing).toEqual(lost);
  }
});
