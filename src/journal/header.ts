// The first record of a journal says what it is, in which version, and who writes it. Without it a newer file would be
// misread, and two files of the same name could not be told apart.
//
// A promise to the future: line 1 keeps the shape of frame 1 for ever, so that every build can at least read which version
// it cannot read. What `frame` names may change from line 2 on.
import { type Moment, moment } from "../core/ids.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Frame } from "./frame.ts";

//   1  first
export const frameVersion = 1;

/** What the writer says about its journal. */
export interface JournalFormat {
  /** `pipe-events`, `pipe-checkpoint`, … */
  readonly format: string;
  /** Of the bodies; raised with each change that an older reader would misunderstand. */
  readonly version: number;
  /** Version of the program that writes. */
  readonly tool: string;
  /** Whatever else a reader should know before the first record: run, slot, build. */
  readonly facts: JsonObject;
}

export interface Header extends JournalFormat {
  /** The nonce of the writer: the epoch of all its records. */
  readonly writer: string;
  /** When the file was begun, by the writer's clock. */
  readonly at: Moment;
}

/** What a reader can read. */
export interface Readable {
  readonly format: string;
  /** The newest version it knows. */
  readonly version: number;
  /** Older versions that it can still read. */
  readonly older?: readonly number[];
  /** Bodies are handed out as their text, for a reader with too many of them to parse each one before it is asked for. */
  readonly bodies?: "as-text";
}

/** Why a journal is not read. Nothing of it has been handed out. */
export type Refused =
  /** Written by a newer program: only that one can read it. */
  | { readonly kind: "newer"; readonly version: number; readonly known: number; readonly tool: string | null }
  /** Too old for this program. */
  | { readonly kind: "older"; readonly version: number; readonly known: number; readonly tool: string | null }
  /** Not this kind of journal; `format` is null where it says nothing that can be understood. */
  | { readonly kind: "foreign"; readonly format: string | null };

export function headerJson(header: Header): string {
  return JSON.stringify({
    format: header.format,
    version: header.version,
    frame: frameVersion,
    checksum: "crc32",
    writer: header.writer,
    tool: header.tool,
    at: header.at,
    facts: header.facts,
  });
}

export function readHeader(
  frame: Frame,
  readable: Readable,
): Refused | { readonly kind: "fits"; readonly header: Header } {
  const value = parseJson(frame.json);
  if (frame.seq !== 0 || !isObject(value) || typeof value.format !== "string")
    return { kind: "foreign", format: null };
  const { format, version, writer } = value;
  if (format !== readable.format) return { kind: "foreign", format };
  if (typeof version !== "number" || !Number.isSafeInteger(version)) return { kind: "foreign", format };
  const tool = typeof value.tool === "string" ? value.tool : null;
  const newerFrame = typeof value.frame !== "number" || value.frame > frameVersion;
  if (version > readable.version || newerFrame) {
    return { kind: "newer", version, known: readable.version, tool };
  }
  if (version < readable.version && readable.older?.includes(version) !== true) {
    return { kind: "older", version, known: readable.version, tool };
  }
  if (writer !== frame.epoch || typeof value.at !== "number" || !isObject(value.facts)) {
    return { kind: "foreign", format };
  }
  const header = { format, version, tool: tool ?? "", facts: value.facts, writer: frame.epoch };
  return { kind: "fits", header: { ...header, at: moment(value.at) } };
}

/** The body of a record, or undefined where it is no JSON. What it means is for the reader's room to check. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
