// A configuration file's text with its lines, so that a stretch of it becomes a place that a person finds.
import type { Place } from "../core/diagnostic.ts";
import type { Span } from "./toml-position.ts";

export interface SourceText {
  /** As it is to be named in messages. */
  readonly file: string;
  /** Without a byte-order mark. */
  readonly text: string;
  /** A stretch that goes over several lines is cut to its first. */
  place(span: Span): Place;
}

export function sourceText(file: string, text: string): SourceText {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    file,
    text,
    place({ offset, length }) {
      const within = Math.min(Math.max(0, offset), text.length);
      const line = lastNotAfter(starts, within);
      const start = starts[line] ?? 0;
      const end = (starts[line + 1] ?? text.length + 1) - 1;
      const content = text.slice(start, end).replace(/\r$/, "");
      const column = Math.min(within - start, content.length);
      return {
        file,
        line: line + 1,
        column: column + 1,
        text: content,
        length: Math.max(1, Math.min(length, content.length - column)),
      };
    },
  };
}

/** Index of the last of `ascending` that is not after `value`. */
function lastNotAfter(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
