// The launcher's side of one pilot's mailbox. Everything that a node will look for is made, and on the disk, before its job is
// submitted: a name that was asked for before it existed stays invisible there for half a minute.
import { join } from "node:path";
import { type Seconds, seconds } from "../../../core/ids.ts";
import { MendedJournal } from "../../../journal/mended-journal.ts";
import { JournalReader } from "../../../journal/reader.ts";
import { listSegments, segmentName } from "../../../journal/segments.ts";
import { checkFromPilot } from "../../../protocol/check-mailbox.ts";
import { type FromPilot, inboxFormat, outboxFormat, type ToPilot } from "../../../protocol/mailbox.ts";
import { parcelled, unpacked } from "../../../protocol/parcel.ts";
import { inboxStem, outboxPath } from "../../../rundir/layout.ts";
import { createDurable } from "../../../system/durable-file.ts";
import { makeFolder } from "../../../system/durable-folder.ts";
import { type FileError, isFileError } from "../../../system/file-error.ts";

export interface MailboxOptions {
  /** `workers/p0001`, absolute. */
  readonly folder: string;
  readonly version: string;
  readonly facts: { readonly [key: string]: string };
  readonly onTrouble: (error: FileError) => void;
}

export type Heard =
  | { readonly kind: "messages"; readonly count: number }
  | { readonly kind: "silent" }
  /** Final: nothing that can be understood will come any more. */
  | { readonly kind: "unusable"; readonly message: string };

export class PilotMailbox {
  readonly folder: string;
  /** Of our inbox: words of the pilot about tasks that came with another number are about an earlier launcher's. */
  readonly number: number;
  readonly #inbox: MendedJournal;
  readonly #onTrouble: (error: FileError) => void;
  readonly #outbox: JournalReader;
  readonly #waiting: unknown[] = [];
  /** The last record that we have written. */
  sent = 0;

  private constructor({ folder, onTrouble }: MailboxOptions, number: number, inbox: MendedJournal) {
    this.folder = folder;
    this.#onTrouble = onTrouble;
    this.number = number;
    this.#inbox = inbox;
    this.#outbox = new JournalReader(outboxPath(folder), { reads: outboxFormat, patience: seconds(60) });
  }

  /** For a pilot that is about to be submitted; all is on the disk when it resolves. @throws FileError */
  static async prepare(options: MailboxOptions, first: readonly ToPilot[]): Promise<PilotMailbox> {
    makeFolder(options.folder);
    createDurable(outboxPath(options.folder), "");
    return await PilotMailbox.#open(options, 1, first);
  }

  /** For one that an earlier launcher submitted: with an inbox of our own. @throws FileError */
  static async takeOver(options: MailboxOptions, first: readonly ToPilot[]): Promise<PilotMailbox> {
    const newest = listSegments({ folder: options.folder, stem: inboxStem }).at(-1)?.number ?? 0;
    return await PilotMailbox.#open(options, newest + 1, first);
  }

  static async #open(
    options: MailboxOptions,
    number: number,
    first: readonly ToPilot[],
  ): Promise<PilotMailbox> {
    const { folder, version, facts, onTrouble } = options;
    const inbox = await MendedJournal.begin("create", join(folder, segmentName(inboxStem, number)), {
      ...{ ...inboxFormat, tool: version, facts, onTrouble },
      // Nobody else writes there; a run folder that is removed under a run ends it elsewhere.
      onLost: () => {},
    });
    const mailbox = new PilotMailbox(options, number, inbox);
    for (const message of first) mailbox.tell(message);
    await inbox.sync();
    return mailbox;
  }

  /**
   * It leaves for the disk at once, together with what else is said in this turn of the event loop. What could not even be
   * parcelled is lost; the pilot's next beat will show that it does not have it.
   */
  tell(message: ToPilot): void {
    try {
      this.sent = this.#inbox.append(parcelled(message, this.folder));
    } catch (error) {
      if (!isFileError(error)) throw error;
      this.sent += 1;
      this.#onTrouble(error);
      return;
    }
    void this.#inbox.sync();
  }

  synced(): Promise<void> {
    return this.#inbox.sync();
  }

  /** Hands out what the pilot has said since. @throws FileError where waiting does not help. */
  poll(now: Seconds, each: (message: FromPilot) => void): Heard {
    const poll = this.#outbox.poll(now, ({ body }) => this.#waiting.push(body));
    switch (poll.kind) {
      case "read":
        return this.#handOut(each);
      case "missing":
      case "unreadable":
        return { kind: "silent" };
      case "newer":
      case "older":
      case "foreign":
        return { kind: "unusable", message: `${this.#outbox.path} is no outbox of this version of pipe` };
      case "replaced":
        return { kind: "unusable", message: `${this.#outbox.path} was replaced by another file` };
    }
  }

  async close(): Promise<void> {
    await this.#inbox.close();
  }

  #handOut(each: (message: FromPilot) => void): Heard {
    let count = 0;
    while (this.#waiting.length > 0) {
      const found = this.#unpack(this.#waiting[0]);
      if (found.kind === "not-there") break;
      this.#waiting.shift();
      const checked = checkFromPilot(found.value);
      if (checked.kind === "bad") {
        const { message, notes } = checked.diagnostic;
        return { kind: "unusable", message: [message, ...notes].join("\n") };
      }
      each(checked.message);
      count++;
    }
    return { kind: "messages", count };
  }

  #unpack(body: unknown) {
    try {
      return unpacked(body, this.folder);
    } catch (error) {
      if (!isFileError(error, "unreliable")) throw error;
      return { kind: "not-there" } as const;
    }
  }
}
