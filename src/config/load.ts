// pipe.toml from the disk to checked values. All mistakes are told together; a Config that exists is right in itself.

import { dirname, isAbsolute, relative, resolve } from "node:path";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { checkFile } from "./check-file.ts";
import type { CheckContext } from "./check-table.ts";
import type { Config } from "./config.ts";
import { parseToml } from "./parse-toml.ts";
import { sourceText } from "./source-text.ts";
import { tomlPlaces } from "./toml-position.ts";

/**
 * @param path of the file, relative to the working directory or absolute.
 * @throws Refusal with everything that is wrong in it.
 */
export async function loadConfig(path: string): Promise<Config> {
  const file = resolve(path);
  const named = shortName(file);
  let bytes: Uint8Array;
  try {
    bytes = await Bun.file(file).bytes();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw refuse(diagnostic("cannot-read", `cannot read \`${named}\`: ${code}`));
  }
  return await parseConfig(decode(bytes, named), { file, named });
}

/** `named` is how messages call it, `file` its absolute path. */
export async function parseConfig(
  text: string,
  where: { readonly file: string; readonly named: string },
): Promise<Config> {
  // The parser refuses a byte-order mark, and the carriage return of a comment's Windows line end.
  const source = sourceText(where.named, text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n"));
  const places = tomlPlaces(source.text);
  const top = await parseToml(source, places);
  const context: CheckContext = { source, places, folder: dirname(where.file), found: [] };
  const config = checkFile(context, top);
  if (context.found.length > 0) throw refuse(...context.found.sort(byPlace));
  return {
    ...config,
    origin: { file: where.file, folder: context.folder },
    placeOf: (path) => {
      const entry = places.find(path);
      return entry === null ? null : source.place(entry.value ?? entry.key);
    },
  };
}

/** As a person here would write it: relative where it lies below the working directory. */
export function shortName(file: string): string {
  const short = relative(process.cwd(), file);
  return short === "" || short.startsWith("..") || isAbsolute(short) ? file : short;
}

function decode(bytes: Uint8Array, named: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const place = { file: named, line: firstBadLine(bytes), column: null, text: null, length: 0 };
    throw refuse(
      diagnostic("not-utf-8", "this is not UTF-8 text", { place, hint: "save the file as UTF-8" }),
    );
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return 1;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
