// What a task's key is made of, with names and a version: what is not in here can change without anything being run again.
// The block's name and the sample's ID are what a record is found by.
import type { CodePartChange } from "../core/reason.ts";
import { type Canonical, canonical } from "./canonical.ts";
import { canonicalJson } from "./canonical-json.ts";
import { digestOf, isDigest } from "./digest.ts";
import type { CodePart, Digest, KeyParts } from "./record.ts";

/**
 * Must change when the same block, options, code and sample would have other texts than before, or when something new
 * counts: results of another version are run again, and that is said. A test holds the texts of this version.
 *
 *   1  options with the dataset's seed and the environment, code by its parts, the sample by content.ts
 */
export const keyVersion = 1;

export interface OptionsInput {
  /** What the block was made with; for a command its argument list and what goes with it. */
  readonly options: unknown;
  /** The dataset's: `sample.random` and PIPE_SEED come from it. */
  readonly seed: string | number;
  /** Further variables of a command. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The text behind `KeyParts.options`. Paths begin with `options.`, `environment.`, or are `seed`. */
export function optionsText(input: OptionsInput): Canonical {
  const options = canonical(input.options, "options");
  if (options.kind === "refused") return options;
  const text = `{"environment":${canonicalJson(input.environment)},"options":${options.text},"seed":${canonicalJson(input.seed)}}`;
  return { kind: "text", text };
}

/** The text behind `KeyParts.code`. The order of the parts does not count: moving a function is no change of it. */
export function codeText(parts: readonly CodePart[]): string {
  const entries = parts.map(({ name, digest }) => canonicalJson([name, digest]));
  return `[${entries.sort().join(",")}]`;
}

/** The parts in such a text, or null where it is none. */
export function codeParts(text: string): readonly CodePart[] | null {
  const value = parsed(text);
  if (!Array.isArray(value)) return null;
  const parts: CodePart[] = [];
  for (const entry of value) {
    if (!Array.isArray(entry)) return null;
    const [name, digest]: readonly unknown[] = entry;
    if (typeof name !== "string" || !isDigest(digest)) return null;
    parts.push({ name, digest });
  }
  return parts;
}

/**
 * By name; null where one of the texts is none. Several parts may have one name. What is gone and is there under another
 * name, such as a helper that lies in another file now, is no change.
 */
export function codeChanges(old: string, now: string): readonly CodePartChange[] | null {
  const [before, after] = [digestsByName(old), digestsByName(now)];
  if (before === null || after === null) return null;
  const moved = movedNames(before, after);
  const changes: CodePartChange[] = [];
  for (const name of new Set([...after.keys(), ...before.keys()])) {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is || moved.has(name)) continue;
    changes.push({ name, how: was === undefined ? "added" : is === undefined ? "removed" : "changed" });
  }
  return changes;
}

/** Each that is gone is taken for one that is new and has the same digests. */
function movedNames(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const gone = [...before].filter(([name]) => !after.has(name));
  const added = [...after].filter(([name]) => !before.has(name));
  const moved = new Set<string>();
  for (const [name, digests] of added) {
    const at = gone.findIndex((one) => one[1] === digests);
    const [from] = at < 0 ? [] : gone.splice(at, 1);
    if (from !== undefined) moved.add(name).add(from[0]);
  }
  return moved;
}

/** What is the same in the keys of all of a block's tasks. */
export type BlockKey = Omit<KeyParts, "before">;

export function blockKey(texts: { readonly options: string; readonly code: string }): BlockKey {
  return { version: keyVersion, options: digestOf(texts.options), code: digestOf(texts.code) };
}

export function keyOf(block: BlockKey, before: Digest): KeyParts {
  return { version: block.version, options: block.options, code: block.code, before };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function digestsByName(text: string): ReadonlyMap<string, string> | null {
  const parts = codeParts(text);
  if (parts === null) return null;
  const digests = new Map<string, string>();
  // The parts are sorted: those of one name always come in the same order.
  for (const { name, digest } of parts) digests.set(name, `${digests.get(name) ?? ""} ${digest}`);
  return digests;
}
