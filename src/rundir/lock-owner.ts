// Who holds a dataset's lock, as it is written into the lock for others to read.
import { join } from "node:path";
import type { Moment } from "../core/ids.ts";
import { isoTime, parseIsoTime } from "../system/clock.ts";
import { readText } from "../system/durable-file.ts";
import { isFolder } from "../system/durable-folder.ts";
import type { ProcessIdentity } from "../system/host.ts";
import { type Fields, parseVersioned } from "./json-fields.ts";
import { lockFolder, lockOwnerName } from "./layout.ts";

export interface LockOwner {
  readonly process: ProcessIdentity;
  /** Tells this holding of the lock from every other one. */
  readonly nonce: string;
  readonly since: Moment;
  /** What the user typed. */
  readonly command: string;
  /** `003`; null until the run has a number. */
  readonly run: string | null;
}

//   1  first
const knows = { format: "pipe-lock", version: 1 };

export function lockOwnerText(owner: LockOwner): string {
  const { process, nonce, since, command, run } = owner;
  return `${JSON.stringify({ ...knows, ...process, nonce, since: isoTime(since), command, run }, null, 1)}\n`;
}

/** Null where the text is none, or of a newer version: nobody can tell then whether the owner lives. */
export function parseLockOwner(text: string): LockOwner | null {
  const parsed = parseVersioned(text, knows, readOwner);
  return parsed.kind === "parsed" ? parsed.value : null;
}

export type LockState =
  | { readonly kind: "none" }
  | { readonly kind: "owner"; readonly owner: LockOwner }
  /** There is a lock, but it does not say whose. */
  | { readonly kind: "broken" };

/** Who holds the dataset's lock now. Says nothing about whether they live. */
export function readLockOwner(dataPath: string): LockState {
  const path = join(lockFolder(dataPath), lockOwnerName);
  let text = readText(path);
  // The lock may have come between two looks; only a lock that stays without an owner is broken.
  if (text === "missing" && isFolder(lockFolder(dataPath))) text = readText(path);
  if (text === "missing") return isFolder(lockFolder(dataPath)) ? { kind: "broken" } : { kind: "none" };
  const owner = parseLockOwner(text);
  return owner === null ? { kind: "broken" } : { kind: "owner", owner };
}

function readOwner(fields: Fields): LockOwner {
  return {
    process: {
      host: fields.text("host"),
      machine: fields.textOrNull("machine"),
      boot: fields.textOrNull("boot"),
      space: fields.textOrNull("space"),
      pid: fields.number("pid"),
      started: fields.textOrNull("started"),
    },
    nonce: fields.text("nonce"),
    since: fields.as("since", parseIsoTime),
    command: fields.text("command"),
    run: fields.textOrNull("run"),
  };
}
