// What a pilot says, in order. Results wait for each other while a sync is under way: one sync for many of them.
import { dirname } from "node:path";
import { MendedJournal } from "../journal/mended-journal.ts";
import type { TaskResult } from "../protocol/answer.ts";
import { type FromPilot, outboxFormat } from "../protocol/mailbox.ts";
import { parcelled } from "../protocol/parcel.ts";
import { type FileError, isFileError } from "../system/file-error.ts";

export interface OutboxOptions {
  readonly path: string;
  /** The nonce that the slot was claimed with. */
  readonly nonce: string;
  readonly version: string;
  readonly facts: { readonly [key: string]: string };
  /** For the job's own log. */
  readonly note: (line: string) => void;
  /** The file is gone or another writer's: nobody will hear of this pilot again. */
  readonly onLost: (how: string) => void;
}

interface Source {
  readonly of: number;
  readonly lane: number;
}

export class Outbox {
  readonly #journal: MendedJournal;
  readonly #folder: string;
  #results: { readonly source: Source; readonly list: TaskResult[] }[] = [];
  #flushing: Promise<void> | null = null;

  private constructor(journal: MendedJournal, folder: string) {
    this.#journal = journal;
    this.#folder = folder;
  }

  /** @throws FileError, problem "exists" where another process has said something here. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const journal = await MendedJournal.begin("adopt", options.path, {
      ...outboxFormat,
      ...{ tool: options.version, facts: options.facts, writer: options.nonce },
      onTrouble: (error: FileError) =>
        options.note(`cannot write ${error.path}: ${error.code}; trying again`),
      onMended: () => options.note("can write again"),
      onLost: options.onLost,
    });
    return new Outbox(journal, dirname(options.path));
  }

  get isTroubled(): boolean {
    return this.#journal.state !== "good";
  }

  say(message: FromPilot): void {
    this.#packResults();
    this.#append(message);
    this.#flush();
  }

  /** The results of one turn of the event loop, and of a sync that is under way, go together. */
  result(source: Source, result: TaskResult): void {
    const last = this.#results.at(-1);
    const same = last?.source.of === source.of && last.source.lane === source.lane;
    if (same && last.list.length < mostResults) last.list.push(result);
    else this.#results.push({ source, list: [result] });
    this.#flush();
  }

  /** Resolves when all that was said is on the disk; at once where it never will be. */
  async synced(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
  }

  async close(): Promise<void> {
    await this.synced();
    await this.#journal.close();
  }

  #flush(): void {
    this.#flushing ??= this.#flushAll().finally(() => {
      this.#flushing = null;
    });
  }

  async #flushAll(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      this.#packResults();
      await this.#journal.sync();
    } while (this.#results.length > 0);
  }

  #packResults(): void {
    const results = this.#results;
    this.#results = [];
    for (const { source, list } of results) this.#append({ kind: "results", ...source, results: list });
  }

  #append(message: FromPilot): void {
    try {
      this.#journal.append(parcelled(message, this.#folder));
    } catch (error) {
      // No room for a parcel: the launcher will find, by the next beat, that the task is not answered, and give it again.
      if (!isFileError(error)) throw error;
    }
  }
}

/** A result is a few hundred bytes; a record takes 64 kB. */
const mostResults = 64;
