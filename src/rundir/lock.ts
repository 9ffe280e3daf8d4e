// One launcher at a time works on a dataset. The lock is a folder that appears and disappears whole, by rename, with its owner
// in it: there is no instant in which a kill leaves a lock that says nothing about who held it.
//
//   (none) ──rename of a prepared folder──▶ held ──release──▶ (none)
//                                            │ owner dead: one taker gets the right to put it away
//                                            └──claim lock.takeover.NONCE──▶ (none)
//
// A late taker must not put away the lock of the next owner: the right is for one owner's nonce, one taker gets it, and
// looks again who the owner is when it has it. A taker that dies with the right is itself taken over by its own nonce.
import { join } from "node:path";
import { wallClock } from "../system/clock.ts";
import { claim, createDurable, publish } from "../system/durable-file.ts";
import {
  listFolder,
  makeFolder,
  removeFile,
  removeFolder,
  renameOver,
  syncFolder,
} from "../system/durable-folder.ts";
import { isFileError } from "../system/file-error.ts";
import { thisProcess, vitality } from "../system/host.ts";
import { nonce } from "../system/nonce.ts";
import { lockFolder, lockOwnerName, runinfoFolder, takeoverStem } from "./layout.ts";
import { type LockOwner, lockOwnerText, parseLockOwner, readLockOwner } from "./lock-owner.ts";

export type { LockOwner } from "./lock-owner.ts";

export interface LockRequest {
  /** What the user typed, for whoever finds the dataset locked. */
  readonly command: string;
  /** The nonce of an owner that a person says is dead, where nobody can see that from here. */
  readonly vouchedDead?: string;
}

export interface HeldLock {
  readonly kind: "acquired";
  readonly owner: LockOwner;
  /** The dead owner that held it before, for a word to the user; null where it was free. */
  readonly tookOver: LockOwner | null;
  /** Writes into the lock which run it is for. */
  announce(run: string): void;
  /** Gives it back, if it is still ours. */
  release(): "released" | "not-ours";
}

export type LockAnswer =
  | HeldLock
  | {
      readonly kind: "held";
      /** Null where the lock says nothing that can be understood: a person must remove `path`. */
      readonly owner: LockOwner | null;
      /** `alive`: it works, here. `elsewhere`, `hidden`: nobody can see from here whether it lives. */
      readonly why: "alive" | "elsewhere" | "hidden" | "unknown";
      readonly path: string;
    };

/**
 * Takes the dataset's lock. The lock of a process that has died on this machine is taken over.
 * @throws FileError where runinfo/ cannot be written.
 */
export function acquireLock(dataPath: string, request: LockRequest): LockAnswer {
  const mine: LockOwner = {
    process: thisProcess(),
    nonce: nonce(),
    since: wallClock(),
    command: request.command,
    run: null,
  };
  const prepared = asideName(dataPath, mine.nonce);
  makeFolder(prepared);
  try {
    createDurable(join(prepared, lockOwnerName), lockOwnerText(mine));
    let tookOver: LockOwner | null = null;
    for (;;) {
      if (install(dataPath, { prepared, mine })) {
        clearTakeovers(dataPath);
        return held(dataPath, mine, tookOver);
      }
      const owner = readLockOwner(dataPath);
      if (owner.kind === "none") continue;
      const path = lockFolder(dataPath);
      if (owner.kind === "broken") return { kind: "held", owner: null, why: "unknown", path };
      const state = owner.owner.nonce === request.vouchedDead ? "dead" : vitality(owner.owner.process);
      if (state !== "dead") return { kind: "held", owner: owner.owner, why: state, path };
      const done = putAway(dataPath, owner.owner, mine);
      if (done.kind === "busy") return { kind: "held", owner: done.taker, why: done.why, path };
      if (done.kind === "put-away") tookOver = owner.owner;
    }
  } finally {
    removeFolder(prepared);
  }
}

/** Puts the prepared folder in the lock's place; impossible while one with an owner is there. */
function install(dataPath: string, what: { readonly prepared: string; readonly mine: LockOwner }): boolean {
  try {
    renameOver(what.prepared, lockFolder(dataPath));
  } catch (error) {
    if (isFileError(error, "exists")) return false;
    // A lost reply makes NFS repeat the rename, and the repetition finds no source.
    if (!(isFileError(error, "missing") && isOwner(dataPath, what.mine.nonce))) throw error;
  }
  syncFolder(runinfoFolder(dataPath));
  return true;
}

function held(dataPath: string, owner: LockOwner, tookOver: LockOwner | null): HeldLock {
  return {
    kind: "acquired",
    owner,
    tookOver,
    announce(run) {
      if (!isOwner(dataPath, owner.nonce)) return;
      const path = join(lockFolder(dataPath), lockOwnerName);
      publish(path, lockOwnerText({ ...owner, run }), { durability: "synced" });
    },
    release() {
      if (!isOwner(dataPath, owner.nonce)) return "not-ours";
      moveAway(dataPath);
      return "released";
    },
  };
}

type PutAway =
  | { readonly kind: "put-away" }
  /** It was no longer that owner's: look again. */
  | { readonly kind: "changed" }
  /** Somebody who lives, or who cannot be judged, is about to do it. */
  | {
      readonly kind: "busy";
      readonly taker: LockOwner | null;
      readonly why: "alive" | "elsewhere" | "hidden" | "unknown";
    };

function putAway(dataPath: string, dead: LockOwner, mine: LockOwner): PutAway {
  // The right to act on the dead owner; where its holder died as well, the right to act on that one, and so on.
  let over = dead.nonce;
  for (;;) {
    const right = claim(join(runinfoFolder(dataPath), takeoverStem + over), lockOwnerText(mine));
    if (right.kind === "claimed") break;
    // A claim that is gone again: another taker has just finished.
    if (right.content.length === 0) return { kind: "changed" };
    const taker = parseLockOwner(new TextDecoder().decode(right.content));
    if (taker === null) return { kind: "busy", taker: null, why: "unknown" };
    const state = vitality(taker.process);
    if (state !== "dead") return { kind: "busy", taker, why: state };
    over = taker.nonce;
  }
  const stillThere = isOwner(dataPath, dead.nonce);
  if (stillThere) moveAway(dataPath);
  removeFile(join(runinfoFolder(dataPath), takeoverStem + over));
  return { kind: stillThere ? "put-away" : "changed" };
}

/** By rename first, so that nobody ever sees half a lock. */
function moveAway(dataPath: string): void {
  const gone = asideName(dataPath, nonce());
  renameOver(lockFolder(dataPath), gone);
  syncFolder(runinfoFolder(dataPath));
  removeFolder(gone);
}

const asideName = (dataPath: string, by: string): string => join(runinfoFolder(dataPath), `.lock.${by}.tmp`);

function isOwner(dataPath: string, ours: string): boolean {
  const read = readLockOwner(dataPath);
  return read.kind === "owner" && read.owner.nonce === ours;
}

/** Rights to act on owners of before mean nothing once there is a new one: whoever gets one sees that and stops. */
function clearTakeovers(dataPath: string): void {
  const names = listFolder(runinfoFolder(dataPath));
  if (names === "missing") return;
  for (const name of names) {
    if (name.startsWith(takeoverStem)) removeFile(join(runinfoFolder(dataPath), name));
  }
}
