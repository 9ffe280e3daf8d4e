// A journal whose writer is dead is not appended to: a process that seems dead may still write, and behind a torn line the
// next record would be lost. A new writer begins a new file instead, `events.0002.jsonl` after `events.jsonl`, and whoever
// reads reads them all, in order. A writer that finds a higher number than its own has been replaced.
import { join } from "node:path";
import { listFolder } from "../system/durable-folder.ts";
import { isFileError } from "../system/file-error.ts";
import { JournalWriter, type WriterOptions } from "./writer.ts";

/** One file of a journal, from 1. */
export interface Segment {
  readonly number: number;
  readonly path: string;
}

/** Which journal: the folder it lies in and what the names of its files begin with. */
export interface JournalPlace {
  readonly folder: string;
  readonly stem: string;
}

/** `events.jsonl`, `events.0002.jsonl`, … */
export function segmentName(stem: string, number: number): string {
  return number === 1 ? `${stem}.jsonl` : `${stem}.${String(number).padStart(4, "0")}.jsonl`;
}

/** The number of a segment's name, or null where it is none of this journal. */
export function parseSegmentName(stem: string, name: string): number | null {
  if (name === segmentName(stem, 1)) return 1;
  const digits = name.slice(stem.length + 1, -".jsonl".length);
  if (!/^\d{4,9}$/.test(digits)) return null;
  const number = Number(digits);
  return number > 1 && segmentName(stem, number) === name ? number : null;
}

/** The files of a journal in the order in which they were begun; fresh from the server. Empty where there are none. */
export function listSegments(place: JournalPlace): readonly Segment[] {
  const names = listFolder(place.folder);
  if (names === "missing") return [];
  const segments: Segment[] = [];
  for (const name of names) {
    const number = parseSegmentName(place.stem, name);
    if (number !== null) segments.push({ number, path: join(place.folder, name) });
  }
  return segments.sort((a, b) => a.number - b.number);
}

/**
 * Begins the next segment. Of writers that do so at once each gets its own number, and the highest is the one that counts.
 * @throws FileError where the folder cannot be written.
 */
export async function beginSegment(
  place: JournalPlace,
  options: WriterOptions,
): Promise<{ readonly segment: Segment; readonly writer: JournalWriter }> {
  let number = (listSegments(place).at(-1)?.number ?? 0) + 1;
  for (;;) {
    const path = join(place.folder, segmentName(place.stem, number));
    try {
      return { segment: { number, path }, writer: await JournalWriter.create(path, options) };
    } catch (error) {
      if (!isFileError(error, "exists")) throw error;
    }
    number++;
  }
}
