// How tasks end that are ended from outside: by their worker, or by the signal that Slurm sends to every process of a job. Taken
// for the task's own failures they would use up its retries, and a walltime that ended would look like a crash.
import type { Outcome } from "./outcome.ts";

export function isOfEnding(outcome: Outcome): boolean {
  if (outcome.kind !== "failed") return false;
  switch (outcome.failure.kind) {
    case "cancelled":
    case "killed":
    case "command-signal":
    case "persistent-died":
    case "exited":
      return true;
    case "command-status":
      // What a shell says of a program that was ended by a signal.
      return signalStatuses.has(outcome.failure.status);
    default:
      return false;
  }
}

/** 128 and the number of INT, KILL, TERM. */
const signalStatuses: ReadonlySet<number> = new Set([130, 137, 143]);

/**
 * Seconds that a worker waits, after such an end, for the signal to itself: a task's processes may get theirs before, and be heard
 * of first.
 */
export const signalPatience = 0.25;

/** It was ended before it began, or told so soon that this is as good. */
export const isUnbegun = (outcome: Outcome): boolean =>
  outcome.kind === "failed" && outcome.failure.kind === "cancelled";
