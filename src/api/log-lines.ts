// Lines for log.log: each with the time and the block, so that the log of a sample reads in order whoever wrote it.
// Opened for every line: what was logged before a crash is there, and another machine sees it when the file is closed.
import { closeSync, openSync } from "node:fs";
import { isoTime, wallClock } from "../system/clock.ts";
import { writeFully } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";

/** A text of several lines becomes as many lines of the log. */
export function appendLog(logFile: string, block: string, text: string): void {
  const prefix = `${isoTime(wallClock())} ${block} `;
  const lines = text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map((line) => `${prefix}${line}\n`);
  const fd = onFile("open", logFile, () => openSync(logFile, "a", 0o666));
  try {
    writeFully(fd, new TextEncoder().encode(lines.join("")), logFile);
  } finally {
    closeSync(fd);
  }
}
