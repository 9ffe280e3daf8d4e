// Reading logs, which may be gigabytes, a piece at a time; and their ends, from behind. Opened anew for every look: a
// descriptor that is kept sees what another machine writes up to a minute late.

import { closeSync, fstatSync, readSync } from "node:fs";
import { openToRead } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";

const piece = 1 << 16;

/**
 * Hands out what the file has from an offset on, `most` bytes or all of it, and answers with how far that went; null
 * where there is no such file.
 */
export function readFrom(
  path: string,
  range: { readonly from: number; readonly most?: number },
  each: (bytes: Uint8Array) => void,
): number | null {
  return withFile(path, (fd) => {
    let at = range.from;
    const end = at + (range.most ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const buffer = new Uint8Array(piece);
      const from = at;
      const wanted = Math.min(piece, end - at);
      const got = wanted === 0 ? 0 : onFile("read", path, () => readSync(fd, buffer, 0, wanted, from));
      if (got === 0) return at;
      each(buffer.subarray(0, got));
      at += got;
    }
  });
}

/** Where the last `lines` lines begin; null where there is no such file. */
export function offsetOfLast(path: string, lines: number): number | null {
  return withFile(path, (fd) => {
    const size = onFile("status", path, () => fstatSync(fd).size);
    if (lines === 0) return size;
    const buffer = Buffer.alloc(piece);
    // A newline at the very end ends the last line and begins none.
    let missing = lines + 1;
    let end = size;
    let last = true;
    while (end > 0) {
      const start = Math.max(0, end - piece);
      const length = end - start;
      const got = onFile("read", path, () => readSync(fd, buffer, 0, length, start));
      for (let i = got - 1; i >= 0; i--) {
        const isNewline = buffer[i] === 0x0a;
        if (last && !isNewline) missing--;
        last = false;
        if (isNewline && --missing === 0) return start + i + 1;
      }
      end = start;
    }
    return 0;
  });
}

function withFile<T>(path: string, use: (fd: number) => T): T | null {
  const fd = openToRead(path);
  if (fd === "missing") return null;
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
