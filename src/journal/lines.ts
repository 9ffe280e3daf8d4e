// The lines of a file from an offset on, in large pieces. A journal of a million records is read in about a second and a
// megabyte of memory, and a block of zeros of any length costs no more than that.
import { readSync } from "node:fs";
import { onFile } from "../system/file-error.ts";
import { longestLine } from "./frame.ts";

/** A line without its newline is `bytes[start, end)` and lies at `offset` in the file. Only good during the visit. */
export interface Line {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** How much is read at once where nobody says otherwise. */
export const usualPiece = 1 << 20;

/**
 * Visits every whole line from `offset` to the end of the file, until `visit` says "stop"; what follows the last newline is
 * not visited. Of a line that is longer than any record only the last part is visited: it is no record anyway.
 */
export function visitLines(
  file: { readonly fd: number; readonly path: string },
  from: { readonly offset: number; readonly piece: number },
  visit: (line: Line) => "on" | "stop",
): void {
  const buffer = takeBuffer(from.piece + longestLine);
  try {
    // buffer[0, filled) is what the file has from `base` on, beginning with an unfinished line.
    let base = from.offset;
    let filled = 0;
    for (;;) {
      const at = base + filled;
      const got = onFile("read", file.path, () => readSync(file.fd, buffer, filled, from.piece, at));
      if (got === 0) return;
      let start = 0;
      let search = filled;
      filled += got;
      for (;;) {
        const newline = buffer.indexOf(0x0a, search);
        if (newline < 0 || newline >= filled) break;
        const line = { bytes: buffer, start, end: newline, offset: base + start };
        if (visit(line) === "stop") return;
        start = newline + 1;
        search = start;
      }
      const keep = Math.max(start, filled - longestLine);
      buffer.copyWithin(0, keep, filled);
      base += keep;
      filled -= keep;
    }
  } finally {
    giveBack(buffer);
  }
}

// Hundreds of journals are polled each second: they share one buffer instead of making a megabyte of garbage each.
// A visit that polls another journal finds it taken and gets its own.
let spare: Buffer | null = null;

function takeBuffer(size: number): Buffer {
  const taken = spare;
  spare = null;
  return taken !== null && taken.length >= size ? taken : Buffer.allocUnsafe(size);
}

function giveBack(buffer: Buffer): void {
  if (spare === null || spare.length < buffer.length) spare = buffer;
}
