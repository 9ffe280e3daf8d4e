// Text → the parser's tables, or what is wrong with the text: file, line, column, in words of ours.

import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import type { SourceText } from "./source-text.ts";
import type { Span, TomlEntry, TomlPlaces } from "./toml-position.ts";
import { isTable, type TomlTable } from "./toml-value.ts";

/** @throws Refusal where the text is no TOML. */
export async function parseToml(source: SourceText, places: TomlPlaces): Promise<TomlTable> {
  const { parse } = await import("@iarna/toml");
  try {
    const parsed: unknown = parse(source.text);
    return isTable(parsed) ? parsed : {};
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isValid = (value: string): boolean => {
      try {
        parse(`x = ${value}`);
        return true;
      } catch {
        return false;
      }
    };
    throw refuse(complaint(error, source, { places, isValid }));
  }
}

interface Looking {
  readonly places: TomlPlaces;
  readonly isValid: (value: string) => boolean;
}

function complaint(error: Error, source: SourceText, looking: Looking): Diagnostic {
  const offset = offsetOf(error);
  // A date that the calendar does not have comes without a position.
  if (offset === null) return badDate(source, looking);
  if (/redefine|already/i.test(error.message)) {
    const twice = secondOf(source, looking.places, offset);
    if (twice !== null) return twice;
  }
  const { text } = source;
  const place = source.place({ offset: Math.min(offset, text.length), length: 1 });
  const begun = unfinished(looking.places, { offset, text });
  const hint = hintFor(place.text ?? "");
  return diagnostic("toml-syntax", inWords(error.message), {
    place,
    notes:
      begun === null ? [] : [`the value of \`${nameOf(begun)}\` begins in line ${lineOf(source, begun.key)}`],
    ...(hint === null ? {} : { hint }),
  });
}

/** The parser counts characters from 1 in `pos`, and its columns differently in the first line and the others. */
function offsetOf(error: Error): number | null {
  return "pos" in error && typeof error.pos === "number" ? Math.max(0, error.pos - 1) : null;
}

/** Without the position and the excerpt that the parser appends, and without its names of character codes. */
function inWords(message: string): string {
  const [first = ""] = message.split("\n");
  const words = first
    .replace(/ at row \d+, col \d+, pos \d+:?$/, "")
    .replace(/Unknown character "(\d+)"/, (_, code: string) => `unexpected ${characterName(Number(code))}`)
    .replace(
      /Unknown escape character: (\d+)/,
      (_, code: string) => `unknown escape \`\\${String.fromCodePoint(Number(code))}\``,
    );
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function characterName(code: number): string {
  return code >= 0x110000 ? "end of the file" : JSON.stringify(String.fromCodePoint(code));
}

/** What people write instead of TOML. */
function hintFor(line: string): string | null {
  const match = /^\s*([\w.-]+)\s*=\s*([^#]*?)\s*(?:#.*)?$/.exec(line);
  const [, key = "", value = ""] = match ?? [];
  if (/^(true|false|yes|no|on|off)$/i.test(value)) {
    return `write \`${key} = ${/^(true|yes|on)$/i.test(value) ? "true" : "false"}\``;
  }
  if (/^[\w./~][^"'[\]{}=]*$/.test(value)) return `text stands in quotes: \`${key} = "${value}"\``;
  if (/^"[^"]*\\/.test(value)) return `a backslash is an escape in "…"; write '…', or two of them`;
  return null;
}

/** The list, table or long text that the parser was still reading, where it began in an earlier line. */
function unfinished(
  places: TomlPlaces,
  { offset, text }: { readonly offset: number; readonly text: string },
): TomlEntry | null {
  const around = places.entries.find(({ value }) => {
    if (value === null || value.offset >= offset) return false;
    const end = value.offset + value.length;
    const untilEnd = text.slice(end).trim() === "" && offset >= end;
    const long = /^(\[|\{|"""|''')/.test(text.slice(value.offset, value.offset + 3));
    return long && (offset <= end || untilEnd) && text.slice(value.offset, offset).includes("\n");
  });
  return around ?? null;
}

/** A key or a table that stands twice: the second one, with the line of the first. */
function secondOf(source: SourceText, places: TomlPlaces, offset: number): Diagnostic | null {
  const before = places.entries.filter((entry) => entry.key.offset < offset);
  const second = before.findLast((entry) => typeof entry.path.at(-1) === "string");
  const path = JSON.stringify(second?.path);
  const first = before.find((entry) => JSON.stringify(entry.path) === path);
  if (second === undefined || first === undefined || first === second) return null;
  return diagnostic("toml-twice", `\`${nameOf(second)}\` is given twice`, {
    place: source.place(second.key),
    notes: [`it stands in line ${lineOf(source, first.key)} already`],
    hint: "keep one of them",
  });
}

function badDate(source: SourceText, { places, isValid }: Looking): Diagnostic {
  const found = places.entries.find(({ value }) => {
    const raw = value === null ? "" : source.text.slice(value.offset, value.offset + value.length);
    return /^\d{4}-\d\d-\d\d|^\d\d:\d\d/.test(raw) && !isValid(raw);
  });
  const place = source.place(found?.value ?? { offset: 0, length: 1 });
  return diagnostic("toml-syntax", "a date or time that does not exist", {
    place,
    hint: 'if it is meant as text, put it in quotes: `"…"`',
  });
}

const nameOf = (entry: TomlEntry): string => entry.path.filter((part) => typeof part === "string").join(".");
const lineOf = (source: SourceText, span: Span): number => source.place(span).line ?? 1;
