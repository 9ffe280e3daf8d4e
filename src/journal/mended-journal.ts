// A journal whose writer lives on a disk that may be full, or away, for a while: what could not be written is kept and
// written again until it is there. Used where the process must go on meanwhile: mailboxes, whose other side waits.
import type { FileError } from "../system/file-error.ts";
import { JournalWriter, type WriterOptions } from "./writer.ts";

export interface MendedOptions extends Omit<WriterOptions, "onFailure"> {
  /** Told once for each trouble; `mended` when it is over. */
  readonly onTrouble: (error: FileError) => void;
  readonly onMended?: () => void;
  /** The file is gone or another writer's: nothing that is appended can be read any more. */
  readonly onLost: (how: "missing" | "shorter" | "other-writer") => void;
}

export class MendedJournal {
  readonly #options: MendedOptions;
  #writer: JournalWriter | null = null;
  #mending = false;
  #lost = false;
  #closed = false;

  private constructor(options: MendedOptions) {
    this.#options = options;
  }

  /**
   * @param how `create`: under a name that nobody has; `adopt`: in an empty file that was claimed before.
   * @throws FileError where it cannot be begun.
   */
  static async begin(how: "create" | "adopt", path: string, options: MendedOptions): Promise<MendedJournal> {
    const journal = new MendedJournal(options);
    const { onTrouble: _trouble, onMended: _mended, onLost: _lost, ...rest } = options;
    journal.#writer = await JournalWriter[how](path, {
      ...rest,
      onFailure: (error) => void journal.#mend(error),
    });
    return journal;
  }

  get state(): "good" | "troubled" | "lost" {
    return this.#lost ? "lost" : this.#mending ? "troubled" : "good";
  }

  /** The number of the record. It is on the disk when `sync` has resolved. @throws RecordTooLarge */
  append(json: string): number {
    return this.#open().appendText(json);
  }

  /** Resolves when all that was appended is on the disk, or the file is lost; however long the trouble lasts. */
  async sync(): Promise<void> {
    for (;;) {
      if (this.#lost || this.#closed) return;
      const synced = await this.#open().sync();
      if (synced.kind === "durable") return;
      await Bun.sleep(firstPause * 1000);
    }
  }

  /** Syncs what can be synced now, and gives the file back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#open().close();
  }

  async #mend(error: FileError): Promise<void> {
    if (this.#mending || this.#closed) return;
    this.#mending = true;
    this.#options.onTrouble(error);
    for (let pause = firstPause; !this.#closed; pause = Math.min(longestPause, pause * 2)) {
      await Bun.sleep(pause * 1000);
      const answer = await this.#open().reopen();
      if (answer.kind === "lost") {
        this.#lost = true;
        this.#options.onLost(answer.how);
        break;
      }
      if (answer.kind === "reopened") {
        this.#options.onMended?.();
        break;
      }
    }
    this.#mending = false;
  }

  #open(): JournalWriter {
    if (this.#writer === null) throw new Error("a journal that was not begun");
    return this.#writer;
  }
}

/** Seconds. */
const firstPause = 0.5;
const longestPause = 30;
