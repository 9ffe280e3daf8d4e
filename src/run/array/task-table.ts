// Which task each element of an array is. Indices of arrays begin at 0 and have to stay small (MaxArraySize, a thousand on many
// clusters), task numbers do not. Lines of one length, so that an element reads its own and no other.
import { closeSync, readSync } from "node:fs";
import { type TaskId, taskId } from "../../core/ids.ts";
import { createDurable, openToRead } from "../../system/durable-file.ts";
import { isFileError, onFile } from "../../system/file-error.ts";

const digits = 11;
const lineBytes = digits + 1;

/** A table is never written over: a job may be reading it. @throws FileError */
export function writeTaskTable(path: string, tasks: readonly TaskId[]): "written" | "exists" {
  try {
    createDurable(path, tasks.map((task) => `${String(task).padStart(digits, " ")}\n`).join(""));
    return "written";
  } catch (error) {
    if (isFileError(error, "exists")) return "exists";
    throw error;
  }
}

/** Null where the table has no such element, or is none. */
export function readTaskTable(path: string, element: number): TaskId | null {
  const fd = openToRead(path);
  if (fd === "missing") return null;
  try {
    const line = Buffer.alloc(lineBytes);
    const got = onFile("read", path, () => readSync(fd, line, 0, lineBytes, element * lineBytes));
    const text = line.toString("latin1").trim();
    return got === lineBytes && /^\d+$/.test(text) ? taskId(Number(text)) : null;
  } finally {
    closeSync(fd);
  }
}

/** All of it, in the order of the elements. */
export function readWholeTable(text: string): readonly TaskId[] {
  return text.split("\n").flatMap((line) => (/^\s*\d+$/.test(line) ? [taskId(Number(line))] : []));
}
