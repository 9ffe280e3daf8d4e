// What is remembered across the runs of a dataset, in one place for everybody who asks or tells. A result is with the operating
// system before this turn of the event loop ends, and on the disk a moment later: a launcher that is killed loses at most what
// was just arriving.
//
// Only for who holds the dataset's lock; whoever only looks uses `lookAtCheckpoint`. Every launcher writes into a segment of its
// own: one that seems dead may still write into its.
import type { BlockName, SampleId } from "../core/ids.ts";
import { beginSegment } from "../journal/segments.ts";
import type { JournalWriter, Synced } from "../journal/writer.ts";
import { datasetRefusal } from "../rundir/dataset-refusal.ts";
import { removeQuietly } from "../system/durable-folder.ts";
import { FileError, isOutOfSpace } from "../system/file-error.ts";
import { checkpointFormat, eraseLine, forgetLine, piecesOf, textLine } from "./checkpoint-lines.ts";
import { type CheckpointFindings, checkpointPlace, readCheckpoint } from "./checkpoint-read.ts";
import { compact, isWorthwhile, removeSegments, removeUnfinished } from "./compaction.ts";
import { lineOf, Memory, numberOf } from "./memory.ts";
import { neededTexts } from "./needed-texts.ts";
import { PrivateMemory } from "./private-memory.ts";
import type { Digest, TaskRecord } from "./record.ts";
import type { Remembered } from "./remembered.ts";
import { holdReserve, releaseReserve } from "./reserve.ts";

export interface CheckpointOptions {
  readonly dataPath: string;
  /** Version of this program. */
  readonly tool: string;
  /** The run that writes: `003`. */
  readonly run: string;
  /** The blocks of the pipeline, in their order: it decides which older records are kept for explaining. */
  readonly order: readonly BlockName[];
  /** Called once for each, never from inside a call. */
  readonly onTrouble?: (trouble: CheckpointTrouble) => void;
}

export type CheckpointTrouble =
  /** The disk is full. The reserve was given back, and all that came in so far is on the disk: begin nothing new. */
  | { readonly kind: "reserve-used"; readonly error: FileError }
  /** What comes in cannot be brought to the disk. It waits in memory until `close` tries once more. */
  | { readonly kind: "failed"; readonly error: FileError };

export interface CheckpointLook {
  readonly memory: PrivateMemory;
  readonly findings: CheckpointFindings;
}

/** What is remembered, for who changes nothing and holds no lock. @throws Refusal as `openCheckpoint`. */
export function lookAtCheckpoint(dataPath: string, order: readonly BlockName[]): CheckpointLook {
  const { remembered, findings } = readCheckpoint(dataPath, order);
  return { memory: new PrivateMemory(remembered), findings };
}

/**
 * Reads what is remembered, and begins a segment for what this run adds.
 * @throws Refusal where a newer program wrote it: the user's, and nothing was changed; where it cannot be read or written.
 */
export async function openCheckpoint(options: CheckpointOptions): Promise<Checkpoint> {
  const { dataPath, tool, run } = options;
  const read = readCheckpoint(dataPath, options.order);
  try {
    removeUnfinished(dataPath);
    removeSegments(read.replaced);
    const reserve = holdReserve(dataPath);
    if (isWorthwhile(read)) {
      const done = await compact(dataPath, read, { tool, texts: neededTexts(read.remembered) });
      if (done !== null) removeSegments(done.replaced);
    }
    let checkpoint: Checkpoint | null = null;
    const { writer } = await beginSegment(checkpointPlace(dataPath), {
      ...{ ...checkpointFormat, tool, facts: { run } },
      onFailure: (error) => checkpoint?.recover(error),
    });
    checkpoint = new Checkpoint(read.remembered, writer, { ...options, findings: read.findings, reserve });
    return checkpoint;
  } catch (error) {
    throw error instanceof FileError ? datasetRefusal(dataPath, error) : error;
  }
}

type Opened = CheckpointOptions & {
  readonly findings: CheckpointFindings;
  readonly reserve: "held" | "no-room";
};

export class Checkpoint extends Memory {
  /** What was wrong with it when it was read. */
  readonly findings: CheckpointFindings;
  /** Whether room is put aside for the last records on a full disk. */
  readonly reserve: "held" | "no-room";
  readonly #writer: JournalWriter;
  readonly #options: CheckpointOptions;
  #flushing = false;
  #recovering: Promise<void> | null = null;

  constructor(remembered: Remembered, writer: JournalWriter, opened: Opened) {
    super(remembered);
    this.findings = opened.findings;
    this.reserve = opened.reserve;
    this.#writer = writer;
    this.#options = opened;
  }

  /** Remembers a task. On the disk when a later `sync` says so, 50 ms later at the latest. */
  put(record: TaskRecord): void {
    const line = lineOf(record);
    this.remembered.put(record.block, numberOf(record.sample), line);
    this.#write(line);
  }

  /**
   * What is remembered of the task stands no more, and becomes `forgotten`. To be synced before anything that it says is
   * changed on the disk.
   */
  forget(block: BlockName, sample: SampleId | null): void {
    const number = numberOf(sample);
    if (this.remembered.forget(block, number)) this.#write(forgetLine(block, number));
  }

  /** As `forget`, and nothing is left of its files either: no later run has to look for them. */
  erase(block: BlockName, sample: SampleId | null): void {
    const number = numberOf(sample);
    if (this.remembered.erase(block, number)) this.#write(eraseLine(block, number));
  }

  /** Remembers the text that a digest stands for, once. */
  putText(of: Digest, text: string): void {
    if (this.remembered.text(of) !== null) return;
    const line = textLine(of, text);
    this.remembered.putText(of, line);
    this.#write(line);
  }

  /** Resolves when all that was put and forgotten before is on the disk, or cannot be brought there. */
  async sync(): Promise<Synced> {
    for (;;) {
      const synced = await this.#writer.sync();
      if (synced.kind === "durable" || this.#recovering === null) return synced;
      await this.#recovering;
      if (this.#writer.state === "poisoned") return synced;
    }
  }

  /** Syncs what is left; takes nothing any more. Nothing is left of a segment into which nothing was written. */
  async close(): Promise<Synced> {
    await this.#recovering;
    if (this.#writer.state === "poisoned") await this.#writer.reopen();
    const synced = await this.#writer.close();
    if (synced.kind === "durable" && synced.seq === 0) removeQuietly(this.#writer.path);
    return synced;
  }

  /** For the writer alone: what it could not write it still has. */
  recover(error: FileError): void {
    this.#recovering = this.#reopen(error).finally(() => {
      this.#recovering = null;
    });
  }

  async #reopen(error: FileError): Promise<void> {
    const { dataPath, onTrouble } = this.#options;
    const reopened =
      isOutOfSpace(error) && releaseReserve(dataPath) === "released" ? await this.#writer.reopen() : null;
    await null;
    if (reopened?.kind === "reopened") onTrouble?.({ kind: "reserve-used", error });
    else onTrouble?.({ kind: "failed", error: reopened?.kind === "failed" ? reopened.error : error });
  }

  #write(line: string): void {
    for (const piece of piecesOf(line)) this.#writer.appendText(piece);
    if (this.#flushing) return;
    this.#flushing = true;
    // One write for all that comes in with the same message.
    queueMicrotask(() => {
      this.#flushing = false;
      this.#writer.flush();
    });
  }
}
