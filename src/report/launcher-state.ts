// Whether a run still goes on. Only the launcher's own last event says that it ended; a launcher that cannot be found is
// told as gone, and one on another machine as not to be judged from here.

import type { Moment } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { type LockOwner, type LockState, readLockOwner } from "../rundir/lock-owner.ts";
import { type ProcessIdentity, thisProcess, vitality } from "../system/host.ts";
import type { Progress } from "./progress.ts";

export type LauncherState =
  | {
      readonly kind: "ended";
      readonly at: Moment;
      readonly why: "complete" | "interrupted" | "executor-failed";
    }
  /** It works, on this machine. */
  | { readonly kind: "alive"; readonly owner: LockOwner }
  /** On another machine or in a container: only its events tell. */
  | { readonly kind: "out-of-sight"; readonly owner: LockOwner }
  /** It said that it leaves, and that nothing waits for it: the tasks are run by jobs, or by whoever calls them. */
  | { readonly kind: "left"; readonly why: "prepared" | "detached"; readonly owner: null }
  /** It has died or was killed, and will write nothing any more. `owner` is null where it left no trace. */
  | { readonly kind: "gone"; readonly owner: LockOwner | null };

/** Read the lock before the events: a launcher writes its last event and then gives the lock back. */
export const readLock = (dataPath: string): LockState => readLockOwner(dataPath);

/** `run` is its name; `newest` whether the dataset has none after it, since a launcher takes the lock before the number. */
export function launcherState(
  of: { readonly run: string; readonly newest: boolean; readonly progress: Progress },
  lock: LockState,
  here: ProcessIdentity = thisProcess(),
): LauncherState {
  const { ended, left } = of.progress;
  if (ended !== null) return { kind: "ended", at: ended.at, why: ended.why };
  // One that has come back holds the lock again before it says its first word.
  const without: LauncherState =
    left === null ? { kind: "gone", owner: null } : { kind: "left", why: left, owner: null };
  if (lock.kind !== "owner") return without;
  const { owner } = lock;
  const holds = owner.run === of.run || (owner.run === null && of.newest);
  if (!holds) return without;
  const life = vitality(owner.process, here);
  switch (life) {
    case "alive":
      return { kind: "alive", owner };
    case "dead":
      return { kind: "gone", owner };
    case "elsewhere":
    case "hidden":
      return { kind: "out-of-sight", owner };
    default:
      return never(life);
  }
}
