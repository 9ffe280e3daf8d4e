// What stands in a checkpoint, as bodies of journal records. Which task a line is about can be seen from its first bytes, so that
// a start with 300,000 lines parses only those that it is asked for.
//
//   ["task","Simulate_0",42,{…}]     the task's record, or null for the sample: a dataset block
//   ["forget","Simulate_0",42]       what was remembered of it stands no more; its files may still be there
//   ["erase","Simulate_0",42]        nor is there anything left of it
//   ["text","DIGEST","…"]            the text that a digest in a record stands for
//   ["part",1,3,"…"]                 one of three consecutive pieces of a line that is too long for a journal's record
import { type BlockName, blockName } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { largestBody } from "../journal/frame.ts";
import { parseJson } from "../journal/header.ts";
import type { Digest } from "./record.ts";

//   1  first
export const checkpointFormat = { format: "pipe-checkpoint", version: 1 };

/** A sample's number, or -1 for what belongs to the dataset as a whole. */
export type SampleNumber = number;
export const wholeDataset: SampleNumber = -1;

export type Line =
  | { readonly kind: "task"; readonly block: BlockName; readonly sample: SampleNumber }
  | { readonly kind: "forget" | "erase"; readonly block: BlockName; readonly sample: SampleNumber }
  | { readonly kind: "text"; readonly of: string }
  | { readonly kind: "part"; readonly index: number; readonly count: number; readonly piece: string }
  /** No line of this version: whole, but not to be understood. */
  | { readonly kind: "unknown" };

/** `record` is the JSON text of the task's record. */
export const taskLine = (block: BlockName, sample: SampleNumber, record: string): string =>
  `${taskLineBegin(block, sample)}${record}]`;

export const taskLineBegin = (block: BlockName, sample: SampleNumber): string =>
  `["task",${JSON.stringify(block)},${numberText(sample)},`;

export const forgetLine = (block: BlockName, sample: SampleNumber): string =>
  `["forget",${JSON.stringify(block)},${numberText(sample)}]`;

export const eraseLine = (block: BlockName, sample: SampleNumber): string =>
  `["erase",${JSON.stringify(block)},${numberText(sample)}]`;

export const textLine = (of: Digest, text: string): string =>
  `["text",${JSON.stringify(of)},${JSON.stringify(text)}]`;

const numberText = (sample: SampleNumber): string => (sample === wholeDataset ? "null" : String(sample));

export function readLine(line: string): Line {
  return readTask(line) ?? readAny(line);
}

/** The record in a line of a task, or undefined where it is no JSON. */
export function recordIn(line: string): Json | undefined {
  const parsed = parseJson(line);
  return Array.isArray(parsed) ? parsed[3] : undefined;
}

/** The text in a line of a text. */
export function textIn(line: string): string | null {
  const parsed = parseJson(line);
  const text: unknown = Array.isArray(parsed) ? parsed[2] : null;
  return typeof text === "string" ? text : null;
}

/** The journal records that a line is written as: itself, as a rule. */
export function piecesOf(line: string): readonly string[] {
  if (line.length * 3 <= largestBody || Buffer.byteLength(line) <= largestBody) return [line];
  const count = Math.ceil(line.length / pieceLength);
  return Array.from({ length: count }, (_, index) => {
    const piece = line.slice(index * pieceLength, (index + 1) * pieceLength);
    return `["part",${index},${count},${JSON.stringify(piece)}]`;
  });
}

/** However many of its characters must be escaped (`\u0000`), a piece and what is around it fit into a record. */
const pieceLength = 10_000;

/** Puts pieces together again. A piece that is missing, or out of place, costs the line that it belongs to and no other. */
export class Pieces {
  #held: string[] = [];
  #next = { index: 0, count: 0, seq: 0 };
  /** What follows belongs to a line of which a piece is missing already. */
  #broken = false;
  #dropped = 0;

  /** How many lines were begun and not completed so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The whole line, with its last piece; null before. */
  take(part: { readonly index: number; readonly count: number; readonly piece: string }, seq: number) {
    if (part.index === 0) {
      this.end();
      this.#next = { index: 0, count: part.count, seq };
    }
    const { index, count, seq: expected } = this.#next;
    if (part.index !== index || part.count !== count || seq !== expected) {
      if (!this.#broken) this.#dropped++;
      this.#broken = true;
      this.#held = [];
      this.#next = { index: 0, count: 0, seq: 0 };
      return null;
    }
    this.#held.push(part.piece);
    this.#next = { index: index + 1, count, seq: seq + 1 };
    if (index + 1 < count) return null;
    const line = this.#held.join("");
    this.#held = [];
    return line;
  }

  /** Nothing more comes that belongs to what was begun. */
  end(): void {
    if (this.#held.length > 0) this.#dropped++;
    this.#held = [];
    this.#broken = false;
    this.#next = { index: 0, count: 0, seq: 0 };
  }
}

const taskBegin = '["task","';

/** The quick way, for the names that nearly all blocks have. */
function readTask(line: string): Line | null {
  if (!line.startsWith(taskBegin)) return null;
  const quote = line.indexOf('"', taskBegin.length);
  const comma = line.indexOf(",", quote + 2);
  if (quote < 0 || comma < 0 || line[quote + 1] !== ",") return null;
  const name = line.slice(taskBegin.length, quote);
  if (name.includes("\\")) return null;
  const digits = line.slice(quote + 2, comma);
  const sample = digits === "null" ? wholeDataset : Number(digits);
  return isSampleNumber(sample) ? { kind: "task", block: blockName(name), sample } : null;
}

function readAny(line: string): Line {
  const parsed: unknown = parseJson(line);
  if (!Array.isArray(parsed)) return unknown;
  const fields: readonly unknown[] = parsed;
  const [kind, first, second, third] = fields;
  switch (kind) {
    case "task":
    case "forget":
    case "erase": {
      const sample = second === null ? wholeDataset : second;
      if (typeof first !== "string" || !isSampleNumber(sample)) return unknown;
      return { kind, block: blockName(first), sample };
    }
    case "text":
      return typeof first === "string" && typeof second === "string" ? { kind, of: first } : unknown;
    case "part":
      return isCount(first) && isCount(second) && first < second && typeof third === "string"
        ? { kind, index: first, count: second, piece: third }
        : unknown;
    default:
      return unknown;
  }
}

const unknown: Line = { kind: "unknown" };

const isSampleNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= wholeDataset;

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
