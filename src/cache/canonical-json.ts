// The canonical text of what is JSON already: the same as canonical.ts makes, without looking for what JSON cannot hold.
// Samples are digested by the hundred thousand.
import type { Json } from "../core/json.ts";

/** -0 is 0 in JSON. @throws RangeError for NaN and the infinities: a record would come back with null in their place. */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new RangeError(`${value} is no JSON`);
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    default:
      return value === null ? "null" : isList(value) ? jsonList(value) : jsonObject(value);
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function jsonList(list: readonly Json[]): string {
  return `[${list.map(canonicalJson).join(",")}]`;
}

function jsonObject(object: { readonly [key: string]: Json }): string {
  const fields: string[] = [];
  for (const key of Object.keys(object).sort()) {
    fields.push(`${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`);
  }
  return `{${fields.join(",")}}`;
}
