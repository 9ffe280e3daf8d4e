// What a task printed, out of the one file that its process prints to, into a log of its own. Most tasks print nothing:
// for them there is no file, and a run of 100,000 tasks does not leave 100,000 empty logs on a shared filesystem.
import {
  closeSync,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

export interface TakenOutput {
  /** Whether there is a log now; false where nothing was printed or the disk would not take it. */
  readonly kept: boolean;
  /** The last lines, long ones cut: enough for a message. */
  readonly tail: readonly string[];
}

export const nothingPrinted: TakenOutput = { kept: false, tail: [] };

/**
 * Copies all that is in `output` to `log`, empties `output`, and returns the last lines.
 * Whoever still has `output` open with O_APPEND goes on writing at its new end. Never throws: a log that cannot be
 * kept must not turn a task that went well into one that failed.
 */
export function takeOutput(output: string, log: string): TakenOutput {
  let size: number;
  try {
    size = statSync(output).size;
  } catch {
    return nothingPrinted;
  }
  if (size === 0) return nothingPrinted;
  const tail = lastLines(output, size);
  const kept = copyTo(output, log);
  empty(output);
  return { kept, tail };
}

/** The last lines of a file that may be large, or that may not be there at all. */
export function tailOf(path: string): readonly string[] {
  try {
    return lastLines(path, statSync(path).size);
  } catch {
    return [];
  }
}

/** A progress bar overwrites its line by a carriage return: only what would be seen in the end counts. */
export function linesForPeople(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => {
    const visible = line.replace(/\r+$/, "");
    return shortened(visible.slice(visible.lastIndexOf("\r") + 1));
  });
  while (lines.at(-1) === "") lines.pop();
  return lines.slice(-mostLines);
}

const mostLines = 20;
const mostCharacters = 500;
const tailBytes = 16 * 1024;

const shortened = (line: string): string =>
  line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters)}…`;

function lastLines(path: string, size: number): readonly string[] {
  const from = Math.max(0, size - tailBytes);
  const buffer = Buffer.alloc(size - from);
  const fd = openSync(path, "r");
  try {
    const length = readSync(fd, buffer, 0, buffer.length, from);
    const text = buffer.toString("utf8", 0, length);
    // The first line of a part begins in the middle, unless it is the only one.
    const cut = from > 0 && text.includes("\n") ? text.indexOf("\n") + 1 : 0;
    return linesForPeople(text.slice(cut));
  } finally {
    closeSync(fd);
  }
}

function copyTo(output: string, log: string): boolean {
  try {
    mkdirSync(dirname(log), { recursive: true });
    copyFileSync(output, log);
    return true;
  } catch {
    return false;
  }
}

function empty(path: string): void {
  try {
    const fd = openSync(path, "r+");
    try {
      if (fstatSync(fd).size > 0) ftruncateSync(fd, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // It then comes once more, with the next task's output: better twice than never.
  }
}
