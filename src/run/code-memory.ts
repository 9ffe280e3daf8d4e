// What the code of the blocks was when the same bundle was looked at before. A large library takes a second to look through,
// and most starts are starts of the same pipeline.

import { type BlockClass, type BlockCode, codeVersion } from "../cache/code/identity.ts";
import { digestOf, isDigest } from "../cache/digest.ts";
import type { CodePart, Digest } from "../cache/record.ts";
import { blockName } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import { commit, version } from "../generated/version.ts";
import { publish, readText } from "../system/durable-file.ts";
import { isFileError } from "../system/file-error.ts";

/** One answer, the last: a file beside the checkpoint, which may be deleted at any time. */
export interface CodeMemory {
  readonly path: string;
  /** Whether new answers are written there. */
  readonly keeps: "new" | "nothing";
}

/** @param look finds out what the codes are. */
export async function rememberedCode(
  question: { readonly bundle: string; readonly classes: readonly BlockClass[] },
  memory: CodeMemory | null,
  look: () => Promise<readonly BlockCode[]>,
): Promise<readonly BlockCode[]> {
  if (memory === null) return await look();
  const asked = JSON.stringify([codeVersion, version, commit, question.classes]);
  const of = digestOf(`${asked}\n${question.bundle}`);
  const known = read(memory.path, of);
  if (known !== null) return known;
  const codes = await look();
  if (memory.keeps === "new") keep(memory.path, { of, codes });
  return codes;
}

function read(path: string, of: Digest): readonly BlockCode[] | null {
  try {
    const text = readText(path);
    const value: unknown = text === "missing" ? null : JSON.parse(text);
    if (!isObject(value) || value.format !== format || value.of !== of) return null;
    return Array.isArray(value.codes) ? allOf(value.codes, blockCodeIn) : null;
  } catch {
    return null; // it is found out again
  }
}

/** Nothing depends on it: a full disk is told by what must be written. */
function keep(path: string, answer: { readonly of: Digest; readonly codes: readonly BlockCode[] }): void {
  try {
    publish(path, `${JSON.stringify({ format, ...answer })}\n`, { durability: "unsynced" });
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

const format = "pipe-code 1";

function blockCodeIn(value: unknown): BlockCode | null {
  if (!isObject(value)) return null;
  const { block, digest, parts } = value;
  const found = Array.isArray(parts) ? allOf(parts, partIn) : null;
  if (typeof block !== "string" || !isDigest(digest) || found === null) return null;
  return { block: blockName(block), digest, parts: found };
}

function partIn(value: unknown): CodePart | null {
  if (!isObject(value)) return null;
  const { name, digest } = value;
  return typeof name === "string" && isDigest(digest) ? { name, digest } : null;
}

/** Null where one of them is none. */
function allOf<T>(values: readonly unknown[], parse: (value: unknown) => T | null): readonly T[] | null {
  const found = values.map(parse).filter((value) => value !== null);
  return found.length === values.length ? found : null;
}
