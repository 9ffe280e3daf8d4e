// What is wrong with something that a person wrote, as text: what happened, where, the line itself, what to type next.
// The only place that makes these sentences' layout, so that every command complains in the same voice.

import type { Diagnostic, Place } from "../core/diagnostic.ts";
import { type Palette, palette } from "./colour.ts";
import { widthOf } from "./columns.ts";
import { printable, shortened } from "./printable.ts";

/** One complaint as lines, without a newline at its end. */
export function sayDiagnostic(diagnostic: Diagnostic, colours: Palette = palette(false)): string {
  return [...complaint(diagnostic, colours), ...hintLines(diagnostic.hint, colours)].join("\n");
}

/** All that was found, a blank line between; a hint that several share is said once, by the last of them. */
export function sayDiagnostics(
  diagnostics: readonly Diagnostic[],
  colours: Palette = palette(false),
): string {
  return diagnostics
    .map((diagnostic, i) => {
      const repeated = diagnostics.slice(i + 1).some((later) => later.hint === diagnostic.hint);
      return [
        ...complaint(diagnostic, colours),
        ...hintLines(repeated ? null : diagnostic.hint, colours),
      ].join("\n");
    })
    .join("\n\n");
}

/** `pipe.toml:14:8`, or as much of it as is known. */
export function sayPlace(place: Place): string {
  const numbers = [place.line, place.line === null ? null : place.column].filter((n) => n !== null);
  return printable([place.file, ...numbers].join(":"));
}

function complaint(diagnostic: Diagnostic, colours: Palette): string[] {
  const { place, message, notes } = diagnostic;
  const where = place === null ? "" : `${colours.strong(sayPlace(place))}  `;
  return [
    `${colours.error("error:")} ${where}${shortened(printable(message), 2000)}`,
    ...(place === null ? [] : sourceLines(place, colours)),
    ...notes.flatMap((note) => note.split("\n")).map((line) => `  ${printable(line)}`),
  ];
}

function hintLines(hint: string | null, colours: Palette): string[] {
  return hint === null ? [] : [`  ${colours.hint("hint:")} ${printable(hint)}`];
}

const longestExcerpt = 100;

/** The line and a caret under what is meant. A very long line is cut to a window around it. */
function sourceLines(place: Place, colours: Palette): string[] {
  if (place.line === null || place.text === null) return [];
  const number = String(place.line).padStart(6);
  const start = Math.min(Math.max(0, (place.column ?? 1) - 1), place.text.length);
  const from = start <= longestExcerpt / 2 ? 0 : start - longestExcerpt / 2;
  const before = place.text.slice(from, start);
  const meant = place.text.slice(start, Math.min(start + place.length, from + longestExcerpt));
  const after = place.text.slice(start + meant.length, from + longestExcerpt);
  const lead = `${from > 0 ? "…" : ""}${printable(before)}`;
  const trail = from + longestExcerpt < place.text.length ? "…" : "";
  const lines = [`${colours.faint(`${number} |`)} ${lead}${printable(meant)}${printable(after)}${trail}`];
  if (place.column !== null) {
    const carets = "^".repeat(Math.max(1, widthOf(printable(meant))));
    lines.push(`${colours.faint(`${" ".repeat(6)} |`)} ${" ".repeat(widthOf(lead))}${colours.error(carets)}`);
  }
  return lines;
}
