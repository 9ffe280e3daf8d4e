// How long a task may be that a pilot is still given. Its own time comes to an end, and a task that cannot end before it is
// work for nothing.
import { type Seconds, seconds } from "../../../core/ids.ts";

/**
 * Of these time limits (ascending; 0 for tasks without one) the largest that still fits; null where all do.
 * @param left seconds until the pilot's allocation ends; null: it does not.
 * @param refused the shortest limit that it has refused: it knows its own end better than we do.
 */
export function longestFor(
  limits: readonly Seconds[],
  left: number | null,
  of: { readonly walltime: Seconds; readonly patience: number; readonly refused: Seconds | null },
): Seconds | null {
  // What the pilot keeps for itself.
  const margin = Math.min(45 * of.patience, of.walltime / 10);
  const end = Math.min(
    left === null ? Number.POSITIVE_INFINITY : left - margin,
    of.refused ?? Number.POSITIVE_INFINITY,
  );
  const fitting = limits.filter((limit) => limit < end);
  if (fitting.length === limits.length) return null;
  const longest = fitting.at(-1);
  // 0 takes nothing at all: tasks without a limit fit as long as there is any time.
  return longest === undefined ? seconds(0) : seconds(Math.max(longest, 0.001));
}
