// The record of a task as compact JSON and back: there are hundreds of thousands of them in a checkpoint. What does not
// have the shape it must have is no record; nothing of it is believed.
//
//   {"v":1,"key":[1,"OPTIONS","CODE","BEFORE"],"after":"DIGEST","files":[["mesh.obj",5120,1795000000123.5,"SHA256"]],
//    "run":"003","at":1795000000000,
//    "issue":"…","config":{…},"statistics":{…},"removed":["…"],"found":["…"],"accepted":["user@host",1795000000000,"CODE"]}
//
// The last six are left out where there is nothing to say (no issue, nothing set, nothing removed or found, not accepted),
// "files" where there are none. Which block and sample it is about stands in front of it, in the checkpoint's line.

import { type BlockName, moment, type SampleId } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import type { FileRecord } from "../core/manifest.ts";
import type { BlockValues } from "../core/sample.ts";
import { parseJson } from "../journal/header.ts";
import { isDigest } from "./digest.ts";
import type { Acceptance, KeyParts, RememberedOutcome, TaskRecord } from "./record.ts";

//   1  first
//   2  `found`, which an older program would remove; what has found nothing is written as before
export const recordVersion = 2;

export type DecodedRecord =
  | { readonly kind: "record"; readonly record: TaskRecord }
  | { readonly kind: "newer"; readonly version: number }
  /** `problem` names the field. */
  | { readonly kind: "unreadable"; readonly problem: string };

export interface Whose {
  readonly block: BlockName;
  readonly sample: SampleId | null;
}

/** What the text of a record with this key begins with; the digest after the task follows, and a quote. */
export const recordBegin = (key: KeyParts, version = 1): string =>
  `${keyBegin(version)}${key.version},"${key.options}","${key.code}","${key.before}"],"after":"`;

/**
 * Where the digest of the code stands in a text whose record begins at `begin`. Null where it is not where `encodeRecord` puts
 * it.
 */
export function codeInText(
  text: string,
  begin: number,
): { readonly start: number; readonly end: number } | null {
  const known = keyBegins.find((one) => text.startsWith(one, begin));
  if (known === undefined) return null;
  const options = text.indexOf(',"', begin + known.length);
  const code = options < 0 ? -1 : text.indexOf('","', options + 2);
  const end = code < 0 ? -1 : text.indexOf('"', code + 3);
  return end < 0 || !isDigest(text.slice(code + 3, end)) ? null : { start: code + 3, end };
}

/**
 * The files in the text of a record, of which `rest` is what follows the digest after the task. Null where they are not where
 * `encodeRecord` puts them.
 */
export function filesInText(rest: string): readonly FileRecord[] | null {
  if (rest.startsWith(runBegin)) return none;
  // Within a JSON text's strings a quote has a backslash before it: this is where the list ends.
  const end = rest.indexOf(`]${runBegin}`);
  return rest.startsWith(filesBegin) && end > 0
    ? filesIn(parseJson(rest.slice(filesBegin.length - 1, end + 1)))
    : null;
}

const keyBegin = (version: number): string => `{"v":${version},"key":[`;
const keyBegins = Array.from({ length: recordVersion }, (_, older) => keyBegin(older + 1));
const filesBegin = ',"files":[';
const runBegin = ',"run":"';

/** JSON without a raw newline. */
export function encodeRecord(record: TaskRecord): string {
  const { key, outcome, changes, files, removed, found, accepted } = record;
  let text = `${recordBegin(key, found.length === 0 ? 1 : recordVersion)}${record.after}"`;
  if (files.length > 0) text += `${filesBegin}${files.map(fileText).join(",")}]`;
  text += `,"run":${JSON.stringify(record.run)},"at":${record.at}`;
  if (outcome.kind === "issue") text += `,"issue":${JSON.stringify(outcome.message)}`;
  if (!isEmpty(changes.config)) text += `,"config":${JSON.stringify(changes.config)}`;
  if (!isEmpty(changes.statistics)) text += `,"statistics":${JSON.stringify(changes.statistics)}`;
  if (removed.length > 0) text += `,"removed":${JSON.stringify(removed)}`;
  if (found.length > 0) text += `,"found":${JSON.stringify(found)}`;
  if (accepted !== null) {
    text += `,"accepted":[${JSON.stringify(accepted.by)},${accepted.at},"${accepted.code}"]`;
  }
  return `${text}}`;
}

/** `value` is what JSON.parse made of the text. */
export function decodeRecord(value: unknown, whose: Whose): DecodedRecord {
  if (!isObject(value)) return unreadable("it is no JSON object");
  const { v, after, run, at } = value;
  if (typeof v !== "number") return unreadable("`v` is no number");
  if (v > recordVersion) return { kind: "newer", version: v };
  const key = keyIn(value.key);
  if (key === null) return unreadable("`key` is not a version and three digests");
  if (!isDigest(after)) return unreadable("`after` is no digest");
  const files = value.files === undefined ? none : filesIn(value.files);
  if (files === null) return unreadable("`files` is no list of path, size, time and content");
  if (typeof run !== "string") return unreadable("`run` is no text");
  if (typeof at !== "number") return unreadable("`at` is no time");
  const outcome = outcomeIn(value.issue);
  if (outcome === null) return unreadable("`issue` is no text");
  const config = value.config === undefined ? nothing : value.config;
  if (!isBlockValues(config)) return unreadable("`config` is no object");
  const statistics = value.statistics === undefined ? nothing : value.statistics;
  if (!isBlockValues(statistics)) return unreadable("`statistics` is no object");
  const removed = value.removed === undefined ? none : value.removed;
  if (!isTexts(removed)) return unreadable("`removed` is no list of texts");
  const found = value.found === undefined ? none : value.found;
  if (!isTexts(found)) return unreadable("`found` is no list of texts");
  const accepted = value.accepted === undefined ? null : acceptanceIn(value.accepted);
  if (accepted === undefined) return unreadable("`accepted` is not who, when and which code");
  return {
    kind: "record",
    record: {
      block: whose.block,
      sample: whose.sample,
      key,
      outcome,
      changes: { config, statistics },
      files,
      removed,
      found,
      after,
      run,
      at: moment(at),
      accepted,
    },
  };
}

const none: readonly never[] = [];
const nothing: BlockValues = {};
const succeeded: RememberedOutcome = { kind: "succeeded" };

const unreadable = (problem: string): DecodedRecord => ({ kind: "unreadable", problem });

const fileText = (file: FileRecord): string =>
  `[${JSON.stringify(file.path)},${file.size},${file.modified},${file.sha256 === null ? "null" : `"${file.sha256}"`}]`;

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** What came out of JSON.parse is JSON all through: only its outermost shape is left to check. */
function isBlockValues(value: unknown): value is BlockValues {
  return isObject(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function keyIn(value: unknown): KeyParts | null {
  if (!Array.isArray(value) || value.length !== 4) return null;
  const [version, options, code, before]: readonly unknown[] = value;
  if (typeof version !== "number" || !isDigest(options) || !isDigest(code) || !isDigest(before)) return null;
  return { version, options, code, before };
}

function outcomeIn(issue: unknown): RememberedOutcome | null {
  if (issue === undefined) return succeeded;
  return typeof issue === "string" ? { kind: "issue", message: issue } : null;
}

function filesIn(value: unknown): readonly FileRecord[] | null {
  if (!Array.isArray(value)) return null;
  const files: FileRecord[] = [];
  for (const item of value) {
    if (!Array.isArray(item) || item.length !== 4) return null;
    const [path, size, modified, sha256]: readonly unknown[] = item;
    if (typeof path !== "string" || typeof size !== "number" || typeof modified !== "number") return null;
    if (sha256 !== null && typeof sha256 !== "string") return null;
    files.push({ path, size, modified, sha256 });
  }
  return files;
}

function acceptanceIn(value: unknown): Acceptance | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [by, at, code]: readonly unknown[] = value;
  if (typeof by !== "string" || typeof at !== "number" || !isDigest(code)) return undefined;
  return { by, at: moment(at), code };
}
