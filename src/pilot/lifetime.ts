// Whether a pilot stays. Pure: a pilot that leaves too early costs a wait in the queue, one that stays too long costs
// somebody's allocation, and both can only be tested where an hour is a number.
import type { Seconds } from "../core/ids.ts";
import type { LeavingWhy, PilotRules } from "../protocol/mailbox.ts";

export interface LifeFacts {
  /** Seconds with nothing to do; null while there is something. */
  readonly idle: Seconds | null;
  /** Seconds since the last word of a launcher. */
  readonly unheard: Seconds;
  /** The launcher wants it to stay. */
  readonly keep: boolean;
  /** Seconds until the allocation ends; null where it does not. */
  readonly left: Seconds | null;
  /** A task was declined for want of time, or Slurm has warned that the end is near. */
  readonly nearEnd: boolean;
  /** The launcher has said that nothing more will come. */
  readonly finished: boolean;
}

export type LifeDecision =
  | { readonly kind: "stay" }
  | { readonly kind: "leave"; readonly why: LeavingWhy }
  /** The allocation ends: what still runs must end now, or nobody will hear how. */
  | { readonly kind: "end-tasks" };

/** Seconds before the end of the allocation at which tasks are ended: results have to be written as well. */
export function endMargin(rules: PilotRules): number {
  return Math.min(45 * rules.patience, (rules.walltime ?? Number.POSITIVE_INFINITY) / 10);
}

/** Whether a task that may take `limit` can still end. One without a limit is begun while there is any time. */
export function hasTimeFor(limit: Seconds | null, left: Seconds | null, rules: PilotRules): boolean {
  return left === null || (limit ?? 0) < left - endMargin(rules);
}

export function decideLife(facts: LifeFacts, rules: PilotRules): LifeDecision {
  const { idle, left } = facts;
  const over = left !== null && left <= endMargin(rules);
  if (idle === null) return over ? { kind: "end-tasks" } : { kind: "stay" };
  if (over) return { kind: "leave", why: "walltime" };
  if (facts.finished) return { kind: "leave", why: "finished" };
  if (facts.nearEnd && idle >= settle * rules.patience) return { kind: "leave", why: "walltime" };
  const launcherLives = facts.unheard < lifeSign * rules.patience;
  if (idle >= rules.maxIdletime && !(facts.keep && launcherLives)) return { kind: "leave", why: "idle" };
  if (facts.unheard >= rules.orphanTime) return { kind: "leave", why: "orphaned" };
  return { kind: "stay" };
}

/** Launchers give a sign of life every minute. Seconds. */
const lifeSign = 180;
/** A launcher that has heard that a task was declined may have a shorter one. Seconds. */
const settle = 10;
