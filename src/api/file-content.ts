// What write() puts into a file and read() makes of it: by the extension, so that both sides agree without being told.
import type { Json } from "../core/json.ts";
import { BadValue, jsonCopy } from "./bad-value.ts";

/** How read() is to take a file, where its extension says otherwise. */
export type ReadAs = "text" | "bytes" | "json";

/**
 * Text and bytes as they are; anything else as JSON on one line.
 * @internal
 */
export function contentOf(data: unknown, name: string): Uint8Array | string {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) {
    throw new BadValue(name, `is a ${data.constructor.name}; for its bytes write new Uint8Array(it.buffer)`);
  }
  return `${JSON.stringify(jsonCopy(data, name))}\n`;
}

/**
 * @throws Error where a JSON file holds none.
 * @internal
 */
export function contentFrom(
  bytes: Uint8Array,
  name: string,
  as: ReadAs | undefined,
): string | Uint8Array | Json {
  switch (as ?? kindByExtension(name)) {
    case "bytes":
      return bytes;
    case "text":
      return asText(bytes, name);
    case "json":
      return asJson(asText(bytes, name), name);
    default:
      throw new TypeError(`read(${JSON.stringify(name)}, …) takes "text", "bytes" or "json"`);
  }
}

const textExtensions: ReadonlySet<string> = new Set(
  "txt csv tsv md log jsonl ndjson xml html svg yaml yml toml ini cfg py sh ts js obj off mtl scn".split(" "),
);

function kindByExtension(name: string): ReadAs {
  const extension = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  if (extension === "json") return "json";
  return textExtensions.has(extension) ? "text" : "bytes";
}

function asText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${JSON.stringify(name)} is no UTF-8 text; read it with read(name, "bytes")`);
  }
}

function asJson(text: string, name: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch (error) {
    throw new Error(`${JSON.stringify(name)} is no JSON: ${error instanceof Error ? error.message : "?"}`);
  }
}
