// Reading what is there when its writers are known to be dead: nothing more will come, so what is bad now stays bad.
import { seconds } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { cutFile, sizeOf } from "../system/durable-file.ts";
import type { FileError } from "../system/file-error.ts";
import type { Header, Readable, Refused } from "./header.ts";
import { type Findings, JournalReader, type JournalRecord } from "./reader.ts";
import { type JournalPlace, listSegments, type Segment } from "./segments.ts";

/** One segment as it was found. */
export interface SegmentRead extends Segment {
  /** Null where its writer died before the header was whole: then there are no records either. */
  readonly header: Header | null;
  readonly records: number;
  readonly findings: Findings;
  /** Bytes behind the last whole record: what its writer was about to write. */
  readonly torn: number;
}

export type JournalRead =
  /** All that can be read was handed out. No segments: there is no such journal. */
  | { readonly kind: "read"; readonly segments: readonly SegmentRead[] }
  /** A segment is not for this program. Those before it were handed out: do not use what you were given. */
  | { readonly kind: "refused"; readonly segment: Segment; readonly why: Refused }
  /** The server does not answer as it should. As above; trying again later may help. */
  | { readonly kind: "unreadable"; readonly segment: Segment; readonly error: FileError };

/**
 * Hands out every record of a journal, segment after segment, within a segment in the order of their numbers.
 */
export function readJournal(
  place: JournalPlace,
  reads: Readable,
  each: (record: JournalRecord, header: Header) => void,
): JournalRead {
  const segments: SegmentRead[] = [];
  for (const segment of listSegments(place)) {
    const read = readSegment(segment, reads, each);
    if (read.kind !== "read") return read;
    segments.push(read.segment);
  }
  return { kind: "read", segments };
}

/**
 * Cuts what follows the last whole record, so that the file ends as it should. Only where nobody else can hold the file open:
 * its writer is dead, and dead on this machine. Even then a new writer begins a new segment.
 */
export function cutTornTail(path: string, reads: Readable): { readonly kept: number; readonly cut: number } {
  const read = readSegment({ number: 1, path }, reads, () => {});
  const size = sizeOf(path);
  if (read.kind !== "read" || size === "missing" || read.segment.torn === 0) {
    return { kept: size === "missing" ? 0 : size, cut: 0 };
  }
  const kept = size - read.segment.torn;
  cutFile(path, kept);
  return { kept, cut: read.segment.torn };
}

type OneRead =
  | { readonly kind: "read"; readonly segment: SegmentRead }
  | Exclude<JournalRead, { readonly kind: "read" }>;

function readSegment(
  segment: Segment,
  reads: Readable,
  each: (record: JournalRecord, header: Header) => void,
): OneRead {
  const reader = new JournalReader(segment.path, { reads, patience: seconds(0) });
  const poll = reader.poll(seconds(0), (record) => {
    if (reader.header !== null) each(record, reader.header);
  });
  switch (poll.kind) {
    case "newer":
    case "older":
    case "foreign":
      return { kind: "refused", segment, why: poll };
    case "unreadable":
      return { kind: "unreadable", segment, error: poll.error };
    case "read":
    case "missing":
    case "replaced": {
      const size = sizeOf(segment.path);
      const records = poll.kind === "read" ? poll.records : 0;
      const torn = size === "missing" ? 0 : size - reader.offset;
      const { header, findings } = reader;
      return { kind: "read", segment: { ...segment, header, records, findings, torn } };
    }
    default:
      return never(poll);
  }
}
