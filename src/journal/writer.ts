// Appends records to a file that this process alone writes, many records to one sync. What is not synced yet is kept in
// memory: after a full disk it is written again, with the same numbers, and readers drop what they have already.
//
//   open ──failed write or sync──▶ poisoned ──reopen()──▶ open
//     └───────────close()────────────▶ closed ◀──close()────┘
// Nothing is lost while poisoned: append() goes on collecting.
import type { Json } from "../core/json.ts";
import { AppendFile } from "../system/append-file.ts";
import { wallClock } from "../system/clock.ts";
import { removeQuietly } from "../system/durable-folder.ts";
import { FileError, isFileError } from "../system/file-error.ts";
import { nonce } from "../system/nonce.ts";
import { firstRecord, longestLine, recordLine } from "./frame.ts";
import { headerJson } from "./header.ts";
import type { Reopened, Synced, WriterOptions } from "./writer-terms.ts";

export type { Reopened, Synced, WriterOptions } from "./writer-terms.ts";

type State =
  | { readonly kind: "open"; readonly file: AppendFile }
  | { readonly kind: "poisoned"; readonly error: FileError }
  | { readonly kind: "closed" };

const usualCommit = { milliseconds: 50, records: 256 };

export class JournalWriter {
  readonly path: string;
  /** The nonce of this writer, in each of its records. */
  readonly epoch: string;
  readonly #options: WriterOptions;
  readonly #commit: { readonly milliseconds: number; readonly records: number };
  #state: State;
  /** What is not known to be on the disk, in order; the header is number 0. */
  #unsynced: { readonly seq: number; readonly line: string }[] = [];
  /** So many of these, from the first, were handed to the operating system. */
  #written = 0;
  #next = 0;
  #durable = -1;
  /** The file cannot be shorter than this. Not its size: what was lost may still be counted in that. */
  #durableBytes = 0;
  #busy: Promise<unknown> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #ending = false;

  private constructor(path: string, options: WriterOptions) {
    this.path = path;
    this.epoch = options.writer ?? nonce();
    this.#options = options;
    this.#commit = options.commit ?? usualCommit;
    this.#state = { kind: "closed" };
    this.#push(headerJson({ ...options, writer: this.epoch, at: wallClock() }));
  }

  /**
   * Begins a journal under a name that nobody has; file, header and name are on the disk when this resolves.
   * @throws FileError, problem "exists" where the name is taken; nothing is left of a failed attempt.
   */
  static async create(path: string, options: WriterOptions): Promise<JournalWriter> {
    const writer = new JournalWriter(path, options);
    const file = AppendFile.create(path);
    try {
      return await writer.#begin(file);
    } catch (error) {
      removeQuietly(path);
      throw error;
    }
  }

  /**
   * Begins a journal in an empty file that was made for this writer and that it has claimed.
   * @throws FileError, problem "exists" where another writer's records are in it.
   */
  static async adopt(path: string, options: WriterOptions): Promise<JournalWriter> {
    const writer = new JournalWriter(path, options);
    const file = AppendFile.open(path);
    if (firstRecord(Buffer.from(file.head(longestLine))) !== null) {
      file.close();
      throw new FileError({ code: "EEXIST", path, operation: "create" });
    }
    // What an earlier attempt left for want of room is no record, and must not become part of one.
    if (file.size > 0) file.append(Buffer.from("\n"));
    return await writer.#begin(file);
  }

  get state(): "open" | "poisoned" | "closed" {
    return this.#state.kind;
  }

  /** The highest number that is on the disk, with all before it; 0 before the first record. */
  get durable(): number {
    return this.#durable;
  }

  /** How many records wait in memory: whoever makes them should pause when these grow while the writer is poisoned. */
  get waiting(): number {
    return this.#unsynced.length;
  }

  /**
   * Takes a record, anything that JSON can carry, and gives its number. It is on the disk when `sync` or `onDurable` says
   * so, not before.
   * @throws RecordTooLarge; the number is then not used up.
   */
  append(body: Json | object): number {
    return this.appendText(JSON.stringify(body));
  }

  /** As `append`, for a body that is JSON text already, without a raw newline. */
  appendText(json: string): number {
    if (this.#ending) throw new Error(`append to a closed journal: ${this.path}`);
    const seq = this.#push(json);
    this.#schedule();
    return seq;
  }

  /**
   * Hands all that waits to the operating system, in one write and without a sync: it survives this process then, though not
   * the machine. Where that fails the writer is poisoned, as by a failed commit.
   */
  flush(): void {
    if (this.#state.kind !== "open" || this.#written === this.#unsynced.length) return;
    try {
      this.#writeWaiting(this.#state.file);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#poison(error);
      queueMicrotask(() => this.#options.onFailure?.(error));
    }
  }

  /** Resolves when everything appended before is on the disk, or cannot be brought there. */
  async sync(): Promise<Synced> {
    const target = this.#next - 1;
    while (this.#durable < target) {
      if (this.#state.kind === "poisoned") return { kind: "failed", error: this.#state.error };
      if (this.#state.kind === "closed") return { kind: "failed", error: this.#error("EBADF") };
      await (this.#busy ?? this.#alone(() => this.#commitAll()));
    }
    return { kind: "durable", seq: this.#durable };
  }

  /**
   * After a failure: opens the file anew, ends the line that may be torn, and writes again all that is not known to be on
   * the disk. Also what seems to be there: this machine's cache goes on showing pages that the server never got.
   */
  async reopen(): Promise<Reopened> {
    while (this.#busy !== null) await this.#busy;
    if (this.#state.kind !== "poisoned") return { kind: "reopened", repeated: 0 };
    const answer = await this.#alone(() => this.#reopenOnce());
    if (answer.kind === "reopened") this.#options.onDurable?.(this.#durable);
    return answer;
  }

  /** Syncs, then gives the file back. Takes no record any more. */
  async close(): Promise<Synced> {
    this.#ending = true;
    const synced = await this.sync();
    while (this.#busy !== null) await this.#busy;
    this.#stopTimer();
    if (this.#state.kind === "open") this.#state.file.close();
    this.#state = { kind: "closed" };
    return synced;
  }

  async #begin(file: AppendFile): Promise<JournalWriter> {
    this.#state = { kind: "open", file };
    const synced = await this.sync();
    if (synced.kind === "failed") throw synced.error;
    return this;
  }

  #push(json: string): number {
    const seq = this.#next;
    this.#unsynced.push({ seq, line: recordLine({ seq, epoch: this.epoch, json }) });
    this.#next++;
    return seq;
  }

  #schedule(): void {
    if (this.#state.kind !== "open" || this.#unsynced.length === 0 || this.#busy !== null) return;
    if (this.#unsynced.length >= this.#commit.records) {
      void this.#alone(() => this.#commitAll());
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        if (this.#busy === null) void this.#alone(() => this.#commitAll());
      }, this.#commit.milliseconds);
    }
  }

  /** Two syncs at once on one descriptor: the error would go to one of them, and the other would say that all is well. */
  async #alone<T>(act: () => Promise<T>): Promise<T> {
    const run = act();
    this.#busy = run;
    try {
      return await run;
    } finally {
      this.#busy = null;
      this.#schedule();
    }
  }

  async #commitAll(): Promise<void> {
    // Whatever is appended in this turn of the event loop belongs to the same commit, and no caller is called back
    // from inside its own call.
    await null;
    this.#stopTimer();
    const state = this.#state;
    if (state.kind !== "open" || this.#unsynced.length === 0) return;
    try {
      await this.#write(state.file);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      // A flush meanwhile may have failed, and told it.
      if (this.state === "poisoned") return;
      this.#poison(error);
      this.#options.onFailure?.(error);
      return;
    }
    this.#options.onDurable?.(this.#durable);
  }

  async #reopenOnce(): Promise<Reopened> {
    let file: AppendFile | null = null;
    try {
      file = AppendFile.open(this.path);
      // What the kernel still holds back of the failed write comes out here, not in the sync of the repetition.
      await file.sync();
      const how = this.#lostHow(file);
      if (how !== null) {
        file.close();
        return { kind: "lost", how };
      }
      const repeated = await this.#write(file, "\n");
      this.#state = { kind: "open", file };
      return { kind: "reopened", repeated };
    } catch (error) {
      file?.close();
      if (isFileError(error, "missing")) return { kind: "lost", how: "missing" };
      if (!(error instanceof FileError)) throw error;
      this.#poison(error);
      return { kind: "failed", error };
    }
  }

  #lostHow(file: AppendFile): "shorter" | "other-writer" | null {
    if (file.size < this.#durableBytes) return "shorter";
    if (this.#durable < 0) return null;
    return firstRecord(Buffer.from(file.head(longestLine)))?.epoch === this.epoch ? null : "other-writer";
  }

  /** Writes and syncs all that waits now; gives how many records that were. */
  async #write(file: AppendFile, before = ""): Promise<number> {
    this.#writeWaiting(file, before);
    const count = this.#written;
    await file.sync();
    const batch = this.#unsynced.splice(0, count);
    this.#written -= count;
    this.#durable = batch.at(-1)?.seq ?? this.#durable;
    this.#durableBytes += before.length;
    for (const record of batch) this.#durableBytes += Buffer.byteLength(record.line);
    return count;
  }

  #writeWaiting(file: AppendFile, before = ""): void {
    const lines = this.#unsynced.slice(this.#written).map((record) => record.line);
    if (before.length + lines.length === 0) return;
    file.append(Buffer.from(before + lines.join("")));
    this.#written = this.#unsynced.length;
  }

  /** All that is not synced has to be written again, also what the operating system has taken. */
  #poison(error: FileError): void {
    this.#state = { kind: "poisoned", error };
    this.#written = 0;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #error(code: string): FileError {
    return new FileError({ code, path: this.path, operation: "write" });
  }
}
