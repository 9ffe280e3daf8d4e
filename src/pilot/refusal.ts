// Why a pilot does not begin a task that it was given. It goes to another place then, and nobody pays for it.
import { type Seconds, seconds } from "../core/ids.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { PilotRules } from "../protocol/mailbox.ts";
import { monotonic } from "../system/clock.ts";
import { hasTimeFor } from "./lifetime.ts";

export interface RefusalFacts {
  readonly rules: PilotRules;
  /** By this process's clock; null: never. */
  readonly endsAt: Seconds | null;
  readonly isLeaving: boolean;
  /** Whether the launcher that gave it is the one that is served. */
  readonly isServed: boolean;
  readonly isNearEnd: boolean;
}

export const tooLong = "what is left of the walltime is too short";

export function refusal({ needs }: Assignment, facts: RefusalFacts): string | null {
  if (facts.isLeaving) return "the pilot is leaving";
  if (!facts.isServed) return "its launcher has been replaced";
  const left = facts.endsAt === null ? null : seconds(facts.endsAt - monotonic());
  return facts.isNearEnd || !hasTimeFor(needs.time, left, facts.rules) ? tooLong : null;
}
