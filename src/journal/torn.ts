// What stands behind the last newline of a journal: mostly the beginning of a record that a killed writer was about to write, or
// zeros, where a machine went down before the bytes were on the disk. Neither was ever promised to anybody. Anything else is damage
// to something that was, and somebody should hear of it.
import { closeSync, fstatSync, readSync } from "node:fs";
import { openToRead } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";
import { longestLine } from "./frame.ts";

/** `nothing`: the file ends where its last line does. */
export type End = "nothing" | "torn" | "damaged";

/** @param offset behind the last newline. */
export function endFrom(path: string, offset: number): End {
  const fd = openToRead(path);
  if (fd === "missing") return "nothing";
  try {
    const size = onFile("status", path, () => fstatSync(fd)).size - offset;
    if (size <= 0) return "nothing";
    const tail = Buffer.alloc(Math.min(size, longestLine));
    onFile("read", path, () => readSync(fd, tail, 0, tail.length, offset));
    return mayBeTorn(tail) ? "torn" : "damaged";
  } finally {
    closeSync(fd);
  }
}

/** Whether these bytes, without a newline, may be what a writer left that did not live to write all of its record. */
export function mayBeTorn(tail: Buffer): boolean {
  const end = tail.findLastIndex((byte) => byte !== 0) + 1;
  if (end >= longestLine) return false;
  const text = tail.toString("latin1", 0, Math.min(end, longestHead));
  const head = whole.exec(text);
  if (head === null) return begun.test(text);
  const [all, length] = head;
  return end - all.length <= Number(length);
}

/** As frame.ts writes it: checksum, length of the body, number, epoch. */
const whole = /^[0-9a-f]{8} (\d{1,5}) \d{1,15} [\w-]{1,64} /;
const begun = /^(?:[0-9a-f]{0,8}|[0-9a-f]{8} (?:\d{0,5}|\d{1,5} (?:\d{0,15}|\d{1,15} (?:[\w-]{0,64}))))$/;
const longestHead = 100;
