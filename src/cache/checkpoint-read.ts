// Reads a checkpoint: all its segments that count, in order, into what is remembered. Bad lines cost the tasks that they were
// about and nothing else; a newer program's checkpoint is refused before anything of it is believed or changed.
//
// A segment that says `replaces: 7` holds all that segments 1 to 7 held. Those are not read any more, whether they are still there
// or not: so a compaction can be cut off between any two of its steps.
import { closeSync } from "node:fs";
import { type BlockName, seconds } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { decodeLine, longestLine } from "../journal/frame.ts";
import { type Header, type Refused, readHeader } from "../journal/header.ts";
import { visitLines } from "../journal/lines.ts";
import { JournalReader } from "../journal/reader.ts";
import { type JournalPlace, listSegments, type Segment } from "../journal/segments.ts";
import { endFrom } from "../journal/torn.ts";
import { checkpointStem, runinfoFolder } from "../rundir/layout.ts";
import { openToRead } from "../system/durable-file.ts";
import { checkpointFormat, Pieces, readLine } from "./checkpoint-lines.ts";
import { cannotReadCheckpoint, otherVersion, refuseNoFile } from "./checkpoint-refusal.ts";
import { Remembered } from "./remembered.ts";

/** What was wrong with a checkpoint. All zero and empty for a healthy one. */
export interface CheckpointFindings {
  /** Lines that were damaged or lost on the disk: what they were about is run again. */
  readonly damaged: number;
  /** Segments that end in what a killed launcher was about to write, or in zeros that a machine left which went down. */
  readonly torn: number;
  /** Whole lines that mean nothing to this version. */
  readonly unknown: number;
  /** Files under a segment's name that cannot be read from their first line on. They are left alone. */
  readonly unreadable: readonly string[];
}

export interface CheckpointRead {
  readonly remembered: Remembered;
  readonly findings: CheckpointFindings;
  /** Those that count, and were read. */
  readonly segments: readonly Segment[];
  /** Those that a later one replaces: they can go. */
  readonly replaced: readonly Segment[];
  /** The highest number that a segment has; 0 where there is none. */
  readonly highest: number;
}

export const checkpointPlace = (dataPath: string): JournalPlace => ({
  folder: runinfoFolder(dataPath),
  stem: checkpointStem,
});

const readable = { ...checkpointFormat, bodies: "as-text" } as const;

/**
 * @param order the blocks of the pipeline, in their order.
 * @throws Refusal where a newer program wrote it (the user's), or where it cannot be read (the environment's).
 */
export function readCheckpoint(dataPath: string, order: readonly BlockName[]): CheckpointRead {
  for (let tries = 1; ; tries++) {
    const segments = cannotReadCheckpoint(dataPath, () => listSegments(checkpointPlace(dataPath)));
    const read = cannotReadCheckpoint(dataPath, () => readSegments(segments, order));
    // Somebody is compacting at this moment: what was listed is replaced by what was not.
    if (read !== "gone") return read;
    if (tries === 100)
      throw new Error(`segments come and go: ${segments.map(({ path }) => path).join(", ")}`);
  }
}

function readSegments(all: readonly Segment[], order: readonly BlockName[]): CheckpointRead | "gone" {
  const chosen = choose(all);
  if (chosen === "gone") return "gone";
  const remembered = new Remembered(order);
  const pieces = new Pieces();
  let damaged = 0;
  let torn = 0;
  let unknown = 0;
  for (const segment of chosen.segments) {
    const reader = new JournalReader(segment.path, { reads: readable, patience: seconds(0) });
    const poll = reader.poll(seconds(0), ({ seq, body }) => {
      if (typeof body === "string" && !takeBody(remembered, pieces, { seq, body })) unknown++;
      // Read as strings, they are garbage when they are kept; nobody would collect it before there is twice as much.
      if (seq % manyLines === 0) Bun.gc(true);
    });
    if (poll.kind === "missing") return "gone";
    if (poll.kind === "unreadable") throw poll.error;
    if (poll.kind !== "read") throw new Error(`a segment changed while it was read: ${segment.path}`);
    pieces.end();
    const { badLines, missing } = reader.findings;
    // A lost line leaves a gap in the numbers, and mostly its remains; either is enough to know of it.
    const lost = missing.reduce((sum, gap) => sum + gap.to - gap.from + 1, 0);
    damaged += Math.max(badLines, lost) + reader.behind.lines;
    const end = endFrom(segment.path, reader.behind.offset);
    if (end === "damaged") damaged++;
    if (end === "torn") torn++;
  }
  const findings = { damaged, torn, unknown: unknown + pieces.dropped, unreadable: chosen.unreadable };
  return { ...chosen, remembered, findings, highest: all.at(-1)?.number ?? 0 };
}

/** So many lines are some 40 MB. */
const manyLines = 100_000;

function takeBody(
  remembered: Remembered,
  pieces: Pieces,
  { seq, body }: { readonly seq: number; readonly body: string },
): boolean {
  const line = readLine(body);
  switch (line.kind) {
    case "task":
      remembered.put(line.block, line.sample, body);
      return true;
    case "forget":
      remembered.forget(line.block, line.sample);
      return true;
    case "erase":
      remembered.erase(line.block, line.sample);
      return true;
    case "text":
      remembered.putText(line.of, body);
      return true;
    case "part": {
      const whole = pieces.take(line, seq);
      return whole === null || takeBody(remembered, pieces, { seq, body: whole });
    }
    case "unknown":
      return false;
    default:
      return never(line);
  }
}

type Chosen = Pick<CheckpointRead, "segments" | "replaced"> & { readonly unreadable: readonly string[] };

/** From the last segment back to one that replaces all before it. */
function choose(all: readonly Segment[]): Chosen | "gone" {
  const segments: Segment[] = [];
  const replaced: Segment[] = [];
  const unreadable: string[] = [];
  let replaces = 0;
  for (const segment of all.toReversed()) {
    const head = headOf(segment.path);
    switch (head.kind) {
      case "missing":
        return "gone";
      case "empty":
        break;
      case "garbage":
      case "foreign":
        // Ours with a first line that is damaged: of which version it is, nobody can tell any more.
        if (segment.number > replaces) unreadable.push(segment.path);
        continue;
      case "newer":
      case "older":
        if (segment.number > replaces) throw otherVersion(segment.path, head);
        continue;
      case "fits":
        if (segment.number > replaces) replaces = Math.max(replaces, replacedBy(head.header, segment));
        break;
      default:
        never(head);
    }
    if (segment.number > replaces) segments.unshift(segment);
    else replaced.unshift(segment);
  }
  return { segments, replaced, unreadable: unreadable.toReversed() };
}

function replacedBy(header: Header, segment: Segment): number {
  const { replaces } = header.facts;
  return typeof replaces === "number" && replaces < segment.number ? replaces : 0;
}

type Head =
  | { readonly kind: "missing" | "empty" | "garbage" }
  | Refused
  | { readonly kind: "fits"; readonly header: Header };

/**
 * What the first whole line says. There is none: `empty` where its writer may have died before it was written; `garbage` where
 * something stands there that no writer leaves.
 */
function headOf(path: string): Head {
  refuseNoFile(path);
  const fd = openToRead(path);
  if (fd === "missing") return { kind: "missing" };
  try {
    let head: Head | null = null;
    let lines = 0;
    visitLines({ fd, path }, { offset: 0, piece: longestLine }, (line) => {
      const frame = decodeLine(line.bytes, line.start, line.end);
      lines++;
      if (frame === null) return "on";
      head = readHeader(frame, readable);
      return "stop";
    });
    return head ?? { kind: lines === 0 && endFrom(path, 0) !== "damaged" ? "empty" : "garbage" };
  } finally {
    closeSync(fd);
  }
}
