// Appends a text to a file unless it is there already: for who may have been killed between doing so and the word that it was done.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { openToRead, writeFully } from "./durable-file.ts";
import { onFile } from "./file-error.ts";

/** Not synced. What was appended long ago is not found again: only the end of the file is read. @throws FileError */
export function appendOnce(path: string, text: string): void {
  const bytes = new TextEncoder().encode(text);
  if (endOf(path, bytes.length + reach).includes(Buffer.from(bytes))) return;
  const fd = onFile("open", path, () => openSync(path, "a", 0o666));
  try {
    writeFully(fd, bytes, path);
  } finally {
    closeSync(fd);
  }
}

function endOf(path: string, count: number): Buffer {
  const fd = openToRead(path);
  if (fd === "missing") return Buffer.alloc(0);
  try {
    const { size } = onFile("status", path, () => fstatSync(fd));
    const buffer = Buffer.alloc(Math.min(size, count));
    const got = onFile("read", path, () => readSync(fd, buffer, 0, buffer.length, size - buffer.length));
    return buffer.subarray(0, got);
  } finally {
    closeSync(fd);
  }
}

/** Bytes that others may have appended since. */
const reach = 1 << 16;
