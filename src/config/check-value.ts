// One value of pipe.toml against what its key wants: the right type, the right unit, within its range. A mistake comes
// back as words and the way to the element that is meant; the line it stands in is known to the caller.

import { resolve } from "node:path";
import { nearest } from "../core/nearest.ts";
import { never } from "../core/never.ts";
import type { KeyDeclaration } from "./keys.ts";
import type { TomlPath } from "./toml-position.ts";
import { alternatives, type Checked, described, isTable, range } from "./toml-value.ts";
import { readMeasure } from "./unit-words.ts";

/** @param folder absolute; paths are relative to it. */
export function checkValue(
  folder: string,
  declared: KeyDeclaration,
  { key, given }: { readonly key: string; readonly given: unknown },
): Checked {
  switch (declared.type) {
    case "text":
      return text(key, given);
    case "path": {
      const path = text(key, given);
      return path.kind === "ok" ? { kind: "ok", value: resolve(folder, path.value) } : path;
    }
    case "boolean":
      return typeof given === "boolean" ? ok(given) : wrongType(key, given, "true or false", "true");
    case "integer":
      return integer(key, given, declared.minimum, declared.maximum ?? Number.MAX_SAFE_INTEGER);
    case "ratio":
      return typeof given === "number" && given > 0 && given <= 1
        ? ok(given)
        : wrongType(key, given, "a number above 0 and at most 1", "0.5");
    case "choice":
      return choice(key, given, declared.choices);
    case "texts":
      return texts(key, typeof given === "string" ? [given] : given, "a text or a list of texts");
    case "command":
      return command(key, given);
    case "samples":
      return samples(key, given);
    case "seed":
      return typeof given === "string"
        ? text(key, given)
        : integer(key, given, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case "block-name":
      return blockName(key, given);
    case "duration":
    case "size":
      return measure(declared.type, key, given);
    case "environment":
      return textTable(key, given, /^[^=\0]+$/, "an environment variable");
    case "slurm-options":
      return textTable(key, given, /^[a-z][a-z0-9-]*$/, "an option of Slurm");
    default:
      return never(declared);
  }
}

const ok = <T>(value: T): Checked<T> => ({ kind: "ok", value });

function wrong(
  code: string,
  message: string,
  hint: string | null = null,
  deeper: TomlPath = [],
): Checked<never> {
  return { kind: "wrong", code, message, hint, deeper };
}

function wrongType(key: string, given: unknown, wanted: string, example: string): Checked<never> {
  return wrong(
    "wrong-type",
    `\`${key}\` is ${described(given)}, but must be ${wanted}`,
    `write for instance \`${key} = ${example}\``,
  );
}

function text(key: string, given: unknown): Checked<string> {
  if (typeof given !== "string") {
    return wrongType(key, given, "a text", textOf(given));
  }
  if (given === "") return wrong("empty-value", `\`${key}\` is empty`);
  return given.includes("\0") ? wrong("bad-text", `\`${key}\` holds a zero character`) : ok(given);
}

/** The value as it would be written as a text. */
function textOf(given: unknown): string {
  if (given instanceof Date) return JSON.stringify(given.toISOString());
  const isPlain = typeof given === "number" || typeof given === "boolean" || typeof given === "bigint";
  return isPlain ? JSON.stringify(String(given)) : '"…"';
}

function integer(key: string, given: unknown, minimum: number, maximum: number): Checked<number> {
  // Beyond 2^53 the parser gives a bigint, and beyond 2^63 one that has wrapped around.
  if (typeof given === "bigint")
    return outOfRange(key, "beyond what a number holds exactly", minimum, maximum);
  if (typeof given !== "number") {
    const meant =
      typeof given === "string" && /^[+-]?\d+$/.test(given) ? given : String(Math.max(1, minimum));
    return wrongType(key, given, "a whole number", meant);
  }
  if (!Number.isInteger(given)) {
    return wrong("wrong-type", `\`${key}\` is ${given}, but must be a whole number`);
  }
  return given >= minimum && given <= maximum ? ok(given) : outOfRange(key, String(given), minimum, maximum);
}

function outOfRange(key: string, given: string, minimum: number, maximum: number): Checked<never> {
  return wrong("out-of-range", `\`${key}\` is ${given}; it must be ${range(minimum, maximum)}`);
}

function choice(key: string, given: unknown, choices: readonly string[]): Checked<string> {
  if (typeof given !== "string") {
    return wrongType(key, given, alternatives(choices), JSON.stringify(choices[0] ?? ""));
  }
  if (choices.includes(given)) return ok(given);
  const near = nearest(given, choices);
  return wrong(
    "unknown-choice",
    `\`${key}\` is ${JSON.stringify(given)}, but must be ${alternatives(choices)}`,
    near === null ? null : `did you mean \`${JSON.stringify(near)}\`?`,
  );
}

function texts(key: string, given: unknown, wanted: string): Checked<readonly string[]> {
  if (!Array.isArray(given)) return wrongType(key, given, wanted, '["…"]');
  for (const [index, one] of given.entries()) {
    const checked = text(`${key}[${index}]`, one);
    if (checked.kind === "wrong")
      return { ...checked, hint: "each element is a text in quotes", deeper: [index] };
  }
  return ok([...given]);
}

function command(key: string, given: unknown): Checked<readonly string[]> {
  if (typeof given === "string") {
    const words = given
      .trim()
      .split(/\s+/)
      .map((word) => JSON.stringify(word));
    return wrong(
      "wrong-type",
      `\`${key}\` is a text, but must be a list: the program and each argument as an element of its own`,
      `no shell is involved; write \`${key} = [${words.join(", ")}]\``,
    );
  }
  if (Array.isArray(given) && given.length === 0) return wrong("empty-value", `\`${key}\` names no program`);
  if (!Array.isArray(given)) return wrongType(key, given, "a list of texts", '["./simulate.sh"]');
  for (const [index, one] of given.entries()) {
    // An argument may be empty; the program may not.
    if (one === "" && index > 0) continue;
    const checked = text(`${key}[${index}]`, one);
    if (checked.kind === "wrong")
      return { ...checked, hint: "each element is a text in quotes", deeper: [index] };
  }
  return ok([...given]);
}

/** Joined with commas, as `--samples` would have it; what the ranges mean is said where they are read. */
function samples(key: string, given: unknown): Checked<string> {
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  const words: string[] = [];
  for (const [index, part] of parts.entries()) {
    if (typeof part === "string" && part.trim() !== "") words.push(part);
    else if (typeof part === "number" && Number.isSafeInteger(part) && part >= 0) words.push(String(part));
    else {
      const checked = wrongType(key, part, "numbers and ranges of samples", '"0-99,120"');
      return checked.kind === "wrong" && Array.isArray(given) ? { ...checked, deeper: [index] } : checked;
    }
  }
  return words.length === 0 ? wrong("empty-value", `\`${key}\` is empty`) : ok(words.join(","));
}

function blockName(key: string, given: unknown): Checked<string> {
  const name = text(key, given);
  if (name.kind === "wrong" || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name.value)) return name;
  return wrong(
    "block-name",
    `${JSON.stringify(name.value)} cannot be the name of a block`,
    "a name is made of letters, digits and `_`, and does not begin with a digit",
  );
}

function measure(kind: "duration" | "size", key: string, given: unknown): Checked<number> {
  const example = kind === "duration" ? '"30m"' : '"4G"';
  if (typeof given === "number") {
    const measured = readMeasure(kind, String(given));
    const meant = measured.kind === "bad" ? JSON.stringify(measured.example) : example;
    return wrong("toml-unit", `\`${key}\` is ${given}, which has no unit`, unitHint(kind, key, meant));
  }
  if (typeof given !== "string") return wrongType(key, given, `a ${kind} with its unit`, example);
  const measured = readMeasure(kind, given);
  if (measured.kind === "bad") {
    const hint = unitHint(kind, key, JSON.stringify(measured.example));
    return wrong("toml-unit", `\`${key}\` is ${JSON.stringify(given)}, ${measured.problem}`, hint);
  }
  return measured.value > 0 ? ok(measured.value) : wrong("out-of-range", `\`${key}\` must be more than 0`);
}

function unitHint(kind: "duration" | "size", key: string, example: string): string {
  const units = kind === "duration" ? "s, m, h, d" : "K, M, G, T";
  return `write \`${key} = ${example}\` (units: ${units})`;
}

function textTable(
  key: string,
  given: unknown,
  names: RegExp,
  what: string,
): Checked<Readonly<Record<string, string>>> {
  if (!isTable(given)) return wrongType(key, given, "a table of texts", '{ NAME = "value" }');
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!names.test(name))
      return wrong("bad-name", `${JSON.stringify(name)} is not the name of ${what}`, null, [name]);
    const isNumber = typeof value === "number" && Number.isFinite(value);
    if (!isNumber && (typeof value !== "string" || value.includes("\0"))) {
      const checked = wrongType(`${key}.${name}`, value, "a text or a number", '"value"');
      return checked.kind === "wrong" ? { ...checked, deeper: [name] } : checked;
    }
    Object.defineProperty(values, name, { value: String(value), enumerable: true });
  }
  return ok(values);
}
