// What the TOML parser hands over, in words and as facts: dates, wrapped integers, tables with keys of its own.
import type { TomlPath } from "./toml-position.ts";

export type Checked<T = unknown> =
  | { readonly kind: "ok"; readonly value: T }
  /** `deeper` leads from the key to the element that is meant. */
  | {
      readonly kind: "wrong";
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
      readonly deeper: TomlPath;
    };

export type TomlTable = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** `"30"`, `a list`, `a date`: short enough for a message. */
export function described(value: unknown): string {
  if (typeof value === "string") {
    const quoted = JSON.stringify(value);
    return quoted.length > 60 ? `${quoted.slice(0, 60)}…` : quoted;
  }
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (value instanceof Date) return "a date";
  return Array.isArray(value) ? "a list" : "a table";
}

/** `"a", "b" or "c"`. */
export function alternatives(words: readonly string[]): string {
  const quoted = words.map((word) => JSON.stringify(word));
  return quoted.length < 2 ? (quoted[0] ?? "") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

export function range(minimum: number, maximum: number): string {
  if (maximum === Number.MAX_SAFE_INTEGER && minimum === Number.MIN_SAFE_INTEGER)
    return "between -2^53 and 2^53";
  const open = maximum === Number.MAX_SAFE_INTEGER;
  return open && minimum !== Number.MIN_SAFE_INTEGER
    ? `at least ${minimum}`
    : `between ${minimum} and ${maximum}`;
}
