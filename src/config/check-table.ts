// One table of pipe.toml against its declaration: unknown keys, wrong types, wrong units, numbers out of range. All that
// is wrong is collected, each with its line; whoever mends a configuration wants to do it once.

import { camelCase } from "../core/camel-case.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import { checkValue } from "./check-value.ts";
import type { TableDeclaration, TableValues } from "./keys.ts";
import type { SourceText } from "./source-text.ts";
import type { TomlPath, TomlPlaces } from "./toml-position.ts";

/** The file being checked, and where complaints go. */
export interface CheckContext {
  readonly source: SourceText;
  readonly places: TomlPlaces;
  /** Absolute; paths in the file are relative to it. */
  readonly folder: string;
  readonly found: Diagnostic[];
}

/** The values of the table; null where something in it is wrong. */
export function checkTable<T extends TableDeclaration>(
  context: CheckContext,
  path: TomlPath,
  table: Readonly<Record<string, unknown>>,
  declaration: T,
): TableValues<T> | null {
  const before = context.found.length;
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(table)) {
    if (!Object.hasOwn(declaration, key)) complainAboutKey(context, path, key, Object.keys(declaration));
  }
  for (const [key, declared] of Object.entries(declaration)) {
    const given = Object.hasOwn(table, key) ? table[key] : undefined;
    if (given === undefined) {
      values[camelCase(key)] = null;
      if (declared.required === true) complainAboutMissing(context, path, key);
      continue;
    }
    const checked = checkValue(context.folder, declared, { key, given });
    if (checked.kind === "ok") values[camelCase(key)] = checked.value;
    else complain(context, [...path, key, ...checked.deeper], checked.code, checked.message, checked.hint);
  }
  // The loop went over the very declaration that the type is computed from.
  return context.found.length === before ? (values as TableValues<T>) : null;
}

/** `at` names the value in the file; where only its table is known, that. */
export function complain(
  context: CheckContext,
  at: TomlPath,
  code: string,
  message: string,
  hint: string | null,
): void {
  const entry = context.places.find(at);
  const meant = code === "bad-name" ? entry?.key : entry?.value;
  const place = placeNear(context, at, meant ?? entry?.key ?? null);
  context.found.push(diagnostic(code, message, { place, ...(hint === null ? {} : { hint }) }));
}

export function complainAboutKey(
  context: CheckContext,
  path: TomlPath,
  key: string,
  known: readonly string[],
): void {
  const at = [...path, key];
  const near = nearest(key.replaceAll("-", "_"), known);
  const place = placeNear(context, at, context.places.find(at)?.key ?? null);
  const table = path.length === 0 ? "" : ` in \`${tableName(path)}\``;
  context.found.push(
    diagnostic("unknown-key", `unknown key ${JSON.stringify(key).replace(/^"|"$/g, "`")}${table}`, {
      place,
      hint: near === null ? `known keys: ${known.join(", ")}` : `did you mean \`${near}\`?`,
    }),
  );
}

/** `[executor.gpu]`, `[[block]]`, as it is written in the file. */
export function tableName(path: TomlPath): string {
  const names = path.filter((part) => typeof part === "string").join(".");
  return typeof path.at(-1) === "number" ? `[[${names}]]` : `[${names}]`;
}

function complainAboutMissing(context: CheckContext, path: TomlPath, key: string): void {
  const place = placeNear(context, path, context.places.find(path)?.key ?? null);
  context.found.push(
    diagnostic("missing-key", `\`${tableName(path)}\` has no \`${key}\``, {
      place,
      hint: `add \`${key} = …\` below it`,
    }),
  );
}

/** A value of an inline table or an array may have no entry of its own: then what is around it. */
function placeNear(context: CheckContext, path: TomlPath, span: { offset: number; length: number } | null) {
  for (let length = path.length; span === null && length > 0; length--) {
    const around = context.places.find(path.slice(0, length));
    span = around?.value ?? around?.key ?? null;
  }
  return context.source.place(span ?? { offset: 0, length: 1 });
}
