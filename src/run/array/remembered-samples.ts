// What is remembered of each sample of a prepared run, in a file from which one sample's part can be read without the others:
// of 100,000 samples each task needs one. Written once, before anything reads it.
//
//   remembered.jsonl     {"format":"pipe-remembered","version":1}
//                        {"sample":42,"standing":[0,1],"stops":[],"stood":false,"lines":[["task","Mesh_0",42,{…}],["forget",…]]}
//   remembered.offsets   where the line of the first sample of the plan begins, of the second, …: fifteen digits each
import { closeSync, readSync } from "node:fs";
import { readLine } from "../../cache/checkpoint-lines.ts";
import { PrivateMemory } from "../../cache/private-memory.ts";
import { Remembered } from "../../cache/remembered.ts";
import { type BlockName, type SampleId, sampleId } from "../../core/ids.ts";
import { rememberedOffsetsPath, rememberedPath } from "../../rundir/layout.ts";
import { openToRead, publish } from "../../system/durable-file.ts";
import { FileError, onFile } from "../../system/file-error.ts";

/** How far a sample was when the run was prepared; blocks by their position. */
export interface SampleStart {
  /** Their results stood: these are not run. */
  readonly standing: readonly number[];
  /** They are not to run, and what follows on them is not either: `--do_not_retry_blocks`, or an issue that stands. */
  readonly stops: readonly number[];
  /** All of it stood, its sample.json too: nothing of it goes through the run. */
  readonly stood: boolean;
}

export const untouched: SampleStart = { standing: [], stops: [], stood: false };

export interface RememberedSample extends SampleStart {
  readonly sample: SampleId;
  /** As in a checkpoint. */
  readonly lines: readonly string[];
}

const header = `${JSON.stringify({ format: "pipe-remembered", version: 1 })}\n`;
const digits = 15;
const entryBytes = digits + 1;

/** @param samples those of the plan, in its order. @throws FileError */
export function writeRemembered(run: string, samples: Iterable<RememberedSample>): void {
  const parts: string[] = [header];
  const offsets: string[] = [];
  let offset = header.length;
  for (const { sample, standing, stops, stood, lines } of samples) {
    const start = JSON.stringify({ sample, standing, stops, stood });
    const line = `${start.slice(0, -1)},"lines":[${lines.join(",")}]}\n`;
    offsets.push(`${String(offset).padStart(digits, "0")}\n`);
    parts.push(line);
    offset += Buffer.byteLength(line);
  }
  offsets.push(`${String(offset).padStart(digits, "0")}\n`);
  publish(rememberedPath(run), parts.join(""), { durability: "synced" });
  publish(rememberedOffsetsPath(run), offsets.join(""), { durability: "synced" });
}

/** The part of one sample, by its index in the plan. @throws FileError */
export function readRemembered(run: string, index: number): RememberedSample {
  const entry = sliceOf(rememberedOffsetsPath(run), index * entryBytes, 2 * entryBytes);
  const [from = Number.NaN, to = Number.NaN] = entry.split("\n").map(Number);
  return parsed(sliceOf(rememberedPath(run), from, to - from), rememberedPath(run));
}

/** All of them, in the order of the plan. @throws FileError */
export function* readAllRemembered(run: string): IterableIterator<RememberedSample> {
  const path = rememberedPath(run);
  const fd = opened(path);
  try {
    let rest = "";
    let first = true;
    const decoder = new TextDecoder();
    const piece = Buffer.allocUnsafe(1 << 20);
    for (;;) {
      const got = onFile("read", path, () => readSync(fd, piece));
      if (got === 0) return;
      const lines = (rest + decoder.decode(piece.subarray(0, got), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (!first) yield parsed(line, path);
        first = false;
      }
    }
  } finally {
    closeSync(fd);
  }
}

/** What is remembered of one sample, asked as the whole checkpoint is. */
export function memoryOf(remembered: RememberedSample, order: readonly BlockName[]): PrivateMemory {
  const lines = new Remembered(order);
  for (const line of remembered.lines) {
    const about = readLine(line);
    if (about.kind === "task") lines.put(about.block, about.sample, line);
    else if (about.kind === "forget") lines.forget(about.block, about.sample);
  }
  return new PrivateMemory(lines);
}

function parsed(line: string, path: string): RememberedSample {
  const value: unknown = JSON.parse(line);
  const broken = () => new FileError({ code: "EIO", path, operation: "read" });
  if (typeof value !== "object" || value === null) throw broken();
  const { sample, standing, stops, stood, lines } = value as Record<string, unknown>;
  if (typeof sample !== "number" || typeof stood !== "boolean" || !Array.isArray(lines)) throw broken();
  return {
    sample: sampleId(sample),
    standing: numbersIn(standing),
    stops: numbersIn(stops),
    stood,
    lines: lines.map((one) => JSON.stringify(one)),
  };
}

const numbersIn = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value.filter((block) => typeof block === "number") : [];

function sliceOf(path: string, from: number, length: number): string {
  const fd = opened(path);
  try {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const at = done;
      const got = onFile("read", path, () => readSync(fd, bytes, at, length - at, from + at));
      if (got === 0) throw new FileError({ code: "EIO", path, operation: "read" });
      done += got;
    }
    return bytes.toString("utf8");
  } finally {
    closeSync(fd);
  }
}

function opened(path: string): number {
  const fd = openToRead(path);
  if (fd === "missing") throw new FileError({ code: "ENOENT", path, operation: "open" });
  return fd;
}
