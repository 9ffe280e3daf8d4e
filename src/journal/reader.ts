// Reads what another process appends, without ever handing out half a record. Opens the file anew for each poll: on NFS a
// held descriptor sees new data up to a minute late, a fresh one at once.
//
// Bad lines at the end are "not there yet": the same place is read again next time. Bad lines before a good one may still be
// a stale page of this machine's cache, so they get some patience first, and only then are skipped and counted.
import { closeSync, fstatSync } from "node:fs";
import type { Seconds } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { openToRead } from "../system/durable-file.ts";
import { FileError, onFile } from "../system/file-error.ts";
import { decodeLine, type Frame } from "./frame.ts";
import { type Gap, SeenNumbers } from "./gaps.ts";
import { type Header, parseJson, type Readable, type Refused, readHeader } from "./header.ts";
import { InOrder } from "./in-order.ts";
import { usualPiece, visitLines } from "./lines.ts";

export interface JournalRecord {
  /** From 1, ascending; only a record that was lost for longer than one poll comes after its successors. */
  readonly seq: number;
  /** Unchecked: whoever knows the format parses it. A text that is not even parsed where the reader asked for that. */
  readonly body: Json;
}

export type Poll =
  /** `records` were handed out, maybe none. `doubtful`: there is more, behind lines that are bad as they are seen now. */
  | { readonly kind: "read"; readonly records: number; readonly doubtful: boolean }
  /** There is no such file, as far as this machine can see. */
  | { readonly kind: "missing" }
  /** The server did not answer as it should; asking again may help. */
  | { readonly kind: "unreadable"; readonly error: FileError }
  /** Final: so will every later poll. */
  | Refused
  /** Final: the file is shorter than what was read of it, or is another one. Its writer cannot be believed any more. */
  | { readonly kind: "replaced"; readonly how: "shorter" | "other-writer" };

/** What was wrong with the file so far. All zero and empty for a healthy one. */
export interface Findings {
  /** Whole records met again; they were dropped. */
  readonly duplicates: number;
  /** Lines that are no record, before one that is. */
  readonly badLines: number;
  readonly badBytes: number;
  /** Whole records of another writer: somebody writes who must not. They were dropped. */
  readonly foreign: number;
  /** Sequence numbers that did not come; to be asked for again. */
  readonly missing: readonly Gap[];
}

/** What the last poll saw behind the last whole record. */
export interface Behind {
  /** That are ended and no records. */
  readonly lines: number;
  /** Where the last of them ends. What follows has no newline. */
  readonly offset: number;
}

export interface ReaderOptions {
  readonly reads: Readable;
  /** How long bad lines before good ones are looked at again; 0 where the writer is known to be dead. Seconds. */
  readonly patience: Seconds;
  /** Bytes read at once. */
  readonly piece?: number;
}

export class JournalReader {
  readonly path: string;
  readonly #options: ReaderOptions;
  readonly #seen = new SeenNumbers();
  readonly #order = new InOrder<JournalRecord>();
  #header: Header | null = null;
  #inode: number | null = null;
  /** End of the last whole record that was taken. */
  #offset = 0;
  #behind: Behind = { lines: 0, offset: 0 };
  #final: Poll | null = null;
  #doubt: { readonly offset: number; readonly since: Seconds } | null = null;
  #duplicates = 0;
  #badLines = 0;
  #badBytes = 0;
  #foreign = 0;

  constructor(path: string, options: ReaderOptions) {
    this.path = path;
    this.#options = options;
  }

  /** Null until a poll has seen it. */
  get header(): Header | null {
    return this.#header;
  }

  /** Where the next poll reads from: the end of the last whole record. */
  get offset(): number {
    return this.#offset;
  }

  get behind(): Behind {
    return this.#behind;
  }

  /** The highest sequence number handed out; 0 before the first. */
  get highest(): number {
    return this.#seen.highest;
  }

  get findings(): Findings {
    return {
      duplicates: this.#duplicates,
      badLines: this.#badLines,
      badBytes: this.#badBytes,
      foreign: this.#foreign,
      missing: this.#seen.gaps,
    };
  }

  /**
   * Hands out what came since the last poll. `now` is any clock that does not go back.
   * @throws FileError where waiting does not help (forbidden, a folder); what `each` throws, its record taken.
   */
  poll(now: Seconds, each: (record: JournalRecord) => void): Poll {
    if (this.#final !== null) return this.#final;
    let fd: number | "missing" = "missing";
    try {
      fd = openToRead(this.path);
      if (fd === "missing") return { kind: "missing" };
      return this.#read(fd, now, each);
    } catch (error) {
      if (error instanceof FileError && error.path === this.path && error.problem === "unreliable") {
        return { kind: "unreadable", error };
      }
      throw error;
    } finally {
      if (fd !== "missing") closeSync(fd);
    }
  }

  #read(fd: number, now: Seconds, each: (record: JournalRecord) => void): Poll {
    const facts = onFile("status", this.path, () => fstatSync(fd));
    if (facts.size < this.#offset) {
      return this.#stillDoubtful(facts.size, now) ? nothing : this.#end({ kind: "replaced", how: "shorter" });
    }
    if (this.#header !== null && this.#inode !== facts.ino) {
      const writer = this.#writerNow(fd);
      if (writer === null && this.#stillDoubtful(0, now)) return nothing;
      if (writer !== this.#header.writer) return this.#end({ kind: "replaced", how: "other-writer" });
    }
    this.#inode = facts.ino;
    const piece = this.#options.piece ?? Math.min(usualPiece, Math.max(4096, facts.size - this.#offset));
    let records = 0;
    const handOut = (record: JournalRecord) => {
      records++;
      each(record);
    };
    let bad = 0;
    let last = this.#offset;
    let stopped: Poll | "doubtful" | null = null;
    visitLines({ fd, path: this.path }, { offset: this.#offset, piece }, (line) => {
      const end = line.offset + line.end - line.start + 1;
      last = end;
      // An empty line ends what a failed write left; it is nothing by itself.
      if (line.start === line.end) {
        if (bad === 0) this.#offset = end;
        return "on";
      }
      const frame = decodeLine(line.bytes, line.start, line.end);
      const body = frame === null ? undefined : this.#bodyOf(frame);
      if (frame === null || body === undefined) {
        bad++;
        return "on";
      }
      if (bad > 0) {
        if (this.#stillDoubtful(this.#offset, now)) {
          stopped = "doubtful";
          return "stop";
        }
        this.#badLines += bad;
        this.#badBytes += line.offset - this.#offset;
        bad = 0;
      }
      this.#doubt = null;
      this.#offset = end;
      const refused = this.#header === null ? this.#begin(frame) : null;
      if (refused !== null) {
        stopped = this.#end(refused);
        return "stop";
      }
      const before = this.#seen.highest;
      if (this.#isNew(frame)) this.#order.take({ seq: frame.seq, body }, before, handOut);
      return "on";
    });
    this.#behind = { lines: bad, offset: last };
    this.#order.flush(handOut);
    return finished(stopped, records);
  }

  #bodyOf(frame: Frame): Json | undefined {
    return this.#options.reads.bodies === "as-text" ? frame.json : parseJson(frame.json);
  }

  /** Takes the header; anything else as the first whole record is not our journal. */
  #begin(frame: Frame): Refused | null {
    const read = readHeader(frame, this.#options.reads);
    if (read.kind !== "fits") return read;
    this.#header = read.header;
    return null;
  }

  #isNew(frame: Frame): boolean {
    if (frame.epoch !== this.#header?.writer) {
      this.#foreign++;
      return false;
    }
    // The header itself, maybe for the second time.
    if (frame.seq === 0) return false;
    if (this.#seen.add(frame.seq) !== "duplicate") return true;
    this.#duplicates++;
    return false;
  }

  /** Another inode under the name: a copy of the same journal will do, another writer's will not. */
  #writerNow(fd: number): string | null {
    let writer: string | null = null;
    visitLines({ fd, path: this.path }, { offset: 0, piece: 4096 }, (line) => {
      writer = decodeLine(line.bytes, line.start, line.end)?.epoch ?? null;
      return writer === null ? "on" : "stop";
    });
    return writer;
  }

  /** A stale cache mends itself; so what looks wrong at one place is believed only after it has looked so for a while. */
  #stillDoubtful(offset: number, now: Seconds): boolean {
    if (this.#doubt === null || this.#doubt.offset !== offset) this.#doubt = { offset, since: now };
    return now - this.#doubt.since < this.#options.patience;
  }

  #end(poll: Poll): Poll {
    this.#final = poll;
    return poll;
  }
}

const nothing: Poll = { kind: "read", records: 0, doubtful: true };

function finished(stopped: Poll | "doubtful" | null, records: number): Poll {
  if (stopped === null || stopped === "doubtful") {
    return { kind: "read", records, doubtful: stopped === "doubtful" };
  }
  return stopped;
}
