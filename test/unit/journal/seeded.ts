// Random numbers that are the same in every run of the tests (mulberry32), and a journal made of bytes.
import { moment } from "../../../src/core/ids.ts";
import type { Json } from "../../../src/core/json.ts";
import { encodeRecord } from "../../../src/journal/frame.ts";
import { headerJson } from "../../../src/journal/header.ts";

export type Dice = (below: number) => number;

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

export const epoch = "00000000000000aa";
export const reads = { format: "pipe-test", version: 1 };
export const writes = { format: "pipe-test", version: 1, tool: "0.0.0", facts: { run: "003" } };

export function headerLine(change: Record<string, unknown> = {}, of = epoch): Uint8Array {
  const json = JSON.parse(headerJson({ ...writes, writer: of, at: moment(1_795_000_000_000) }));
  return encodeRecord({ seq: 0, epoch: of, json: JSON.stringify({ ...json, ...change }) });
}

export const recordLine = (seq: number, body: Json, of = epoch): Uint8Array =>
  encodeRecord({ seq, epoch: of, json: JSON.stringify(body) });

/** A healthy journal of so many records; `starts[i]` is where line i begins, the header being line 0. */
export function journalOf(count: number): { bytes: Uint8Array; starts: readonly number[]; bodies: Json[] } {
  const lines = [headerLine()];
  const bodies: Json[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const body = { n: seq, text: "zwölf Boxkämpfer ".repeat(seq % 4) };
    bodies.push(body);
    lines.push(recordLine(seq, body));
  }
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length;
  }
  return { bytes: Buffer.concat(lines), starts, bodies };
}
