// How long a task may be that a pilot is still given. Its own time comes to an end, and a task that cannot end before it is
// work for nothing.
import { type Seconds, seconds } from "../../core/ids.ts";

/**
 * Of these time limits (ascending; 0 for tasks without one) the largest that still fits; null where all do.
 * @param left seconds until the pilot's allocation ends.
 */
export function longestFor(
  limits: readonly Seconds[],
  left: number,
  of: { readonly walltime: Seconds; readonly patience: number },
): Seconds | null {
  // What the pilot keeps for itself; it knows its own end better, and declines what we get wrong by a second.
  const margin = Math.min(45 * of.patience, of.walltime / 10);
  const fitting = limits.filter((limit) => limit < left - margin);
  if (fitting.length === limits.length) return null;
  const longest = fitting.at(-1);
  // 0 takes nothing at all: tasks without a limit fit as long as there is any time.
  return longest === undefined ? seconds(0) : seconds(Math.max(longest, 0.001));
}
