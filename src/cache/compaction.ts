// Writes what is still of use into one new segment that replaces all before it. Without it a dataset that is worked on for a year
// would be read from the first day on at every start.
//
//   write beside ─▶ sync ─▶ rename to the next number, saying `replaces: all before` ─▶ remove those
// A kill before the rename leaves a file that is no segment; a kill after it leaves segments that are not read any more.
import { basename, dirname, join } from "node:path";
import { recordLine } from "../journal/frame.ts";
import { headerJson } from "../journal/header.ts";
import { type Segment, segmentName } from "../journal/segments.ts";
import { AppendFile } from "../system/append-file.ts";
import { wallClock } from "../system/clock.ts";
import { isTemporaryName } from "../system/durable-file.ts";
import { listFolder, removeFile, removeQuietly, renameOver, syncFolder } from "../system/durable-folder.ts";
import { FileError, isOutOfSpace } from "../system/file-error.ts";
import { nonce } from "../system/nonce.ts";
import { checkpointFormat, piecesOf } from "./checkpoint-lines.ts";
import { type CheckpointRead, checkpointPlace } from "./checkpoint-read.ts";

/** Below so many lines that are of no use, nobody would notice. */
const fewLines = 1000;
/** So many segments are read one after another; on a file server each takes a while to open. */
const manySegments = 50;

export const isWorthwhile = ({ remembered, segments }: CheckpointRead): boolean => {
  const { lines, kept } = remembered.size;
  return lines - kept > Math.max(kept, fewLines) || segments.length > manySegments;
};

export interface Compacted {
  readonly segment: Segment;
  /** What it replaces: to be removed, by `removeSegments`. */
  readonly replaced: readonly Segment[];
}

/**
 * Publishes the new segment; what it replaces is still there. Only for who holds the dataset's lock.
 * @returns null where there is no room for it: all is then as it was.
 * @throws FileError
 */
export async function compact(
  dataPath: string,
  read: CheckpointRead,
  how: { readonly tool: string; readonly texts: readonly string[] },
): Promise<Compacted | null> {
  const place = checkpointPlace(dataPath);
  const number = read.highest + 1;
  const path = join(place.folder, segmentName(place.stem, number));
  const beside = join(place.folder, `.${basename(path)}.${nonce()}.tmp`);
  try {
    await write(beside, [...how.texts, ...read.remembered.keptLines()], {
      tool: how.tool,
      replaces: read.highest,
    });
    renameOver(beside, path);
    syncFolder(place.folder);
  } catch (error) {
    removeQuietly(beside);
    if (error instanceof FileError && isOutOfSpace(error)) return null;
    throw error;
  }
  return { segment: { number, path }, replaced: [...read.replaced, ...read.segments] };
}

/** Removes segments that a later one replaces, the oldest first. */
export function removeSegments(segments: readonly Segment[]): void {
  for (const { path } of segments) removeFile(path);
  const [first] = segments;
  if (first !== undefined) syncFolder(dirname(first.path));
}

/** Removes what compactions left that were cut off. Only for who holds the dataset's lock. */
export function removeUnfinished(dataPath: string): void {
  const { folder, stem } = checkpointPlace(dataPath);
  const names = listFolder(folder);
  if (names === "missing") return;
  for (const name of names) {
    if (name.startsWith(`.${stem}.`) && isTemporaryName(name)) removeFile(join(folder, name));
  }
}

async function write(
  path: string,
  lines: readonly string[],
  says: { readonly tool: string; readonly replaces: number },
): Promise<void> {
  const writer = nonce();
  const { tool, replaces } = says;
  const header = headerJson({ ...checkpointFormat, tool, facts: { replaces }, writer, at: wallClock() });
  const file = AppendFile.create(path);
  try {
    let seq = 0;
    let waiting = [recordLine({ seq, epoch: writer, json: header })];
    let bytes = 0;
    let pieces = 0;
    for (const line of lines) {
      for (const json of piecesOf(line)) {
        const record = recordLine({ seq: ++seq, epoch: writer, json });
        waiting.push(record);
        bytes += record.length;
      }
      if (bytes < atOnce) continue;
      file.append(Buffer.from(waiting.join("")));
      waiting = [];
      bytes = 0;
      if (++pieces % piecesBetween === 0) Bun.gc(true);
    }
    file.append(Buffer.from(waiting.join("")));
    await file.sync();
  } finally {
    file.close();
  }
}

const atOnce = 1 << 20;
/** Left alone, memory grows by twice the file before anything is collected. */
const piecesBetween = 32;
