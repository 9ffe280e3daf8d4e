// What a file holds, as a hash: what tells a file that was changed from one that was only touched. Read in pieces, so that a
// result of a hundred gigabytes takes a megabyte of memory.
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from "node:fs";
import { linkPrefix } from "../core/manifest.ts";
import { onFile } from "./file-error.ts";

/** A file or link that was read: what it holds, and size and time that it had before it was read. */
export interface Content {
  /** As `FileRecord` has it. */
  readonly sha256: string;
  readonly size: number;
  /** Milliseconds since 1970, as the filesystem gives it. */
  readonly modified: number;
}

/**
 * What lies there now; "missing" where there is nothing. A link is not followed: its content is the path that it names.
 * A file that is written to meanwhile comes out with its earlier time, so that nobody takes the hash for the newer content.
 * The event loop waits for 16 MB at most.
 * @throws FileError where it cannot be read, or is neither file nor link.
 */
export async function readContent(path: string): Promise<Content | "missing"> {
  const reading = contentInTurns(path);
  for (;;) {
    const turn = reading.next();
    if (turn.done === true) return turn.value;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** As `readContent`, while everything waits: 1.6 GB take a second. */
export function readContentNow(path: string): Content | "missing" {
  const reading = contentInTurns(path);
  for (;;) {
    const turn = reading.next();
    if (turn.done === true) return turn.value;
  }
}

/** Pauses where others may want a turn. */
function* contentInTurns(path: string): Generator<void, Content | "missing"> {
  const facts = onFile("status", path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (facts === undefined) return "missing";
  if (facts.isSymbolicLink()) {
    const target = onFile("read", path, () => readlinkSync(path, "buffer"));
    const sha256 = linkPrefix + createHash("sha256").update(target).digest("hex");
    return { sha256, size: facts.size, modified: facts.mtimeMs };
  }
  const fd = onFile("open", path, () => openSync(path, noFollow));
  try {
    const { size, mtimeMs } = onFile("status", path, () => fstatSync(fd));
    return { sha256: yield* hashOf(fd, path), size, modified: mtimeMs };
  } finally {
    closeSync(fd);
  }
}

/** A link that has just taken the file's place is not followed; nobody waits for the other end of a pipe. */
const noFollow = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function* hashOf(fd: number, path: string): Generator<void, string> {
  const hash = createHash("sha256");
  const piece = takePiece();
  const read = (count: number) => onFile("read", path, () => readSync(fd, piece, 0, count, null));
  try {
    for (let pieces = 1; ; pieces++) {
      let got = read(piece.length);
      hash.update(piece.subarray(0, got));
      if (got < piece.length) {
        // Less than was asked for is the end, as a rule; only nothing is the end for certain.
        got = got === 0 ? 0 : read(1);
        if (got === 0) return hash.digest("hex");
        hash.update(piece.subarray(0, got));
      }
      if (pieces % piecesPerTurn === 0) yield;
    }
  } finally {
    spare = piece;
  }
}

const pieceSize = 1 << 20;
/** At 1.6 GB/s others wait for ten milliseconds. */
const piecesPerTurn = 16;

// Most files are small and read one after another: they share one buffer.
let spare: Uint8Array | null = null;

function takePiece(): Uint8Array {
  const taken = spare ?? new Uint8Array(pieceSize);
  spare = null;
  return taken;
}
