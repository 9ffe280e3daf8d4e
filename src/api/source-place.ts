// From a line of a stack to the line of the user's file that it means. Stacks are already mapped back to the TypeScript
// by the bundle's source map.
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Place } from "../core/diagnostic.ts";

export interface StackFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The frames of a stack that lie in files on the disk, innermost first; those inside the executable are left out. */
export function framesOf(stack: string | undefined): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const text of (stack ?? "").split("\n")) {
    const match = /^\s+at (?:.*? \()?((?:file:\/\/)?\/.+):(\d+):(\d+)\)?$/.exec(text);
    if (match === null) continue;
    const file = (match[1] ?? "").replace(/^file:\/\//, "");
    if (!isAbsolute(file) || file.startsWith("/$bunfs/")) continue;
    frames.push({ file, line: Number(match[2]), column: Number(match[3]) });
  }
  return frames;
}

/** The place with its line of text, where the file can be read. */
export function placeOf(frame: StackFrame): Place {
  return { ...frame, text: lineOf(frame), length: 1 };
}

function lineOf(frame: StackFrame): string | null {
  try {
    return readFileSync(frame.file, "utf8").split(/\r?\n/)[frame.line - 1] ?? null;
  } catch {
    // The place is named all the same; its text is only a courtesy.
    return null;
  }
}
