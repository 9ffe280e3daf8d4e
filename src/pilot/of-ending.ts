// How tasks end that are ended from outside: by the pilot, or by the signal that Slurm sends to every process of a job. Taken
// for the task's own failures they would use up its retries, and a walltime that ended would look like a crash.
import type { Outcome } from "../core/outcome.ts";

export function isOfEnding(outcome: Outcome): boolean {
  if (outcome.kind !== "failed") return false;
  switch (outcome.failure.kind) {
    case "cancelled":
    case "killed":
    case "command-signal":
    case "persistent-died":
    case "exited":
      return true;
    default:
      return false;
  }
}

/** It was ended before it began, or told so soon that this is as good. */
export const isUnbegun = (outcome: Outcome): boolean =>
  outcome.kind === "failed" && outcome.failure.kind === "cancelled";
