// What a pilot hears: records of the newest inbox in its folder. A launcher that takes over begins a new inbox, since the one
// before may still write into its own; from then on only the new one counts.
import { type Seconds, seconds } from "../core/ids.ts";
import { JournalReader } from "../journal/reader.ts";
import { listSegments } from "../journal/segments.ts";
import { checkToPilot } from "../protocol/check-mailbox.ts";
import { inboxFormat, type ToPilot } from "../protocol/mailbox.ts";
import { unpacked } from "../protocol/parcel.ts";
import { inboxStem } from "../rundir/layout.ts";

export type Heard =
  | { readonly kind: "messages"; readonly count: number }
  /** There is no inbox yet, as far as this machine can see, or it cannot be read now. */
  | { readonly kind: "silent" }
  /** It will never be understood: a newer launcher, another file. */
  | { readonly kind: "unusable"; readonly message: string };

export class Inbox {
  readonly #folder: string;
  #reader: JournalReader | null = null;
  /** Of the inbox that is read; 0 before there is one. */
  number = 0;
  /** The last record of it that was handed out. */
  heard = 0;
  /** A record whose parcel has not come: it and all behind it are handed out later. */
  readonly #waiting: { readonly seq: number; readonly body: unknown }[] = [];

  constructor(workerFolder: string) {
    this.#folder = workerFolder;
  }

  /** Looks whether a launcher has begun a new inbox. True where one has. @throws FileError */
  lookForNew(): boolean {
    const newest = listSegments({ folder: this.#folder, stem: inboxStem }).at(-1);
    if (newest === undefined || newest.number <= this.number) return false;
    this.#reader = new JournalReader(newest.path, { reads: inboxFormat, patience: patience });
    this.number = newest.number;
    this.heard = 0;
    this.#waiting.length = 0;
    return true;
  }

  /** Hands out what has come since. @throws FileError where waiting does not help. */
  poll(now: Seconds, each: (message: ToPilot) => void): Heard {
    const reader = this.#reader;
    if (reader === null) return { kind: "silent" };
    const poll = reader.poll(now, ({ seq, body }) => this.#waiting.push({ seq, body }));
    switch (poll.kind) {
      case "read":
        return this.#handOut(each);
      case "missing":
      case "unreadable":
        return { kind: "silent" };
      case "newer":
        return { kind: "unusable", message: `the launcher is a newer pipe (${poll.tool ?? "unknown"})` };
      case "older":
      case "foreign":
        return { kind: "unusable", message: `${reader.path} is no inbox of this version` };
      case "replaced":
        return { kind: "unusable", message: `${reader.path} was replaced by another file` };
    }
  }

  #handOut(each: (message: ToPilot) => void): Heard {
    let count = 0;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const found = unpacked(next.body, this.#folder);
      if (found.kind === "not-there") break;
      this.#waiting.shift();
      this.heard = next.seq;
      const checked = checkToPilot(found.value);
      if (checked.kind === "bad") {
        return {
          kind: "unusable",
          message: [checked.diagnostic.message, ...checked.diagnostic.notes].join("\n"),
        };
      }
      each(checked.message);
      count++;
    }
    return { kind: "messages", count };
  }
}

/** Bad lines before good ones may be a stale page of this machine's cache. */
const patience = seconds(60);
