// What has to happen before tasks can begin: nothing, or what earlier runs left of them is put away first, or they must not begin
// at all, since an attempt before this one has spoilt what they would work on.
import type { Failure } from "../core/failure.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { RunCache } from "./run-cache.ts";

/** It is not begun, and this is the answer. */
export interface Refused {
  readonly assignment: Assignment;
  readonly failure: Failure;
}

export interface Sorted {
  /** They can start as they are. */
  readonly clear: readonly Assignment[];
  readonly littered: readonly Assignment[];
  readonly spoilt: readonly Refused[];
}

/** `isInHand`: a worker of an earlier launcher is at it, or has done it by now: nothing of it may be put away. */
export function sorted(
  assignments: readonly Assignment[],
  cache: Pick<RunCache, "spoilt" | "isLittered">,
  isInHand: (assignment: Assignment) => boolean,
): Sorted {
  const clear: Assignment[] = [];
  const littered: Assignment[] = [];
  const spoilt: Refused[] = [];
  for (const assignment of assignments) {
    const inHand = isInHand(assignment);
    const failure = inHand ? null : cache.spoilt(assignment);
    if (failure !== null) spoilt.push({ assignment, failure });
    else if (inHand || !cache.isLittered(assignment)) clear.push(assignment);
    else littered.push(assignment);
  }
  return { clear, littered, spoilt };
}
