// Every state of a job → what it means for whoever waits for it. Slurm gets new states with every version: one that is not
// known here means that the job may be alive, never that something failed. What a job has done is for result files to
// say, not for this: NODE_FAIL was seen of jobs that went on writing for minutes, CANCELLED of some that had finished.
import { reasonMeaning } from "./reasons.ts";

export type JobMeaning =
  | {
      readonly kind: "waiting";
      /** Slurm's own word. */
      readonly reason: string;
      /** `needs-help`: it will never start by itself. */
      readonly hope: "normal" | "needs-help";
      /** For the user: "it waits for free nodes". */
      readonly words: string;
    }
  /** Has nodes: starts, runs, is suspended, or is being wound up. */
  | { readonly kind: "alive"; readonly state: string }
  | { readonly kind: "ended"; readonly how: JobEnd; readonly words: string }
  /** A state of another version of Slurm, or one that says nothing (REVOKED): to be treated as alive. */
  | { readonly kind: "unknown"; readonly state: string };

export type JobEnd =
  /** The script ended with 0; that says nothing of tasks. */
  | "completed"
  | "failed"
  | "timeout"
  | "out-of-memory"
  /** The node is lost to Slurm; what ran there may still run. */
  | "node-fail"
  /** The node did not come up; nothing ever ran. */
  | "boot-fail"
  | "preempted"
  | "cancelled"
  | "deadline"
  /** Slurm could not start the script: nothing of ours ever ran. */
  | "cannot-start";

export interface JobStatus {
  /** As squeue's `%T` and sacct's `State` have it; `CANCELLED by 1000` is CANCELLED. */
  readonly state: string;
  /** `None` or empty where there is none. */
  readonly reason: string;
  /** Where it is known (sacct, scontrol). */
  readonly exit: ExitCode | null;
}

/** Slurm's `ExitCode`, `STATUS:SIGNAL`. Signals above 64 are codes of Slurm's own. */
export interface ExitCode {
  readonly status: number;
  readonly signal: number;
}

export function parseExitCode(text: string): ExitCode | null {
  const match = /^(\d+):(\d+)$/.exec(text.trim());
  return match === null ? null : { status: Number(match[1]), signal: Number(match[2]) };
}

export function meaningOf({ state, reason, exit }: JobStatus): JobMeaning {
  const word = firstWord(state);
  if (waitingStates.has(word)) return { kind: "waiting", ...reasonMeaning(reason) };
  const held = heldStates[word];
  if (held !== undefined) return { kind: "waiting", reason: word, hope: "needs-help", words: held };
  if (aliveStates.has(word)) return { kind: "alive", state: word };
  const ended = endStates[word];
  if (ended === undefined) return { kind: "unknown", state: word };
  return { kind: "ended", ...(ended.how === "failed" ? failedHow(reason, exit) : ended) };
}

/** `CANCELLED by 1000`, and `CANCELLED+` where a column was too narrow. */
const firstWord = (state: string): string => (/^[A-Za-z_]+/.exec(state.trim())?.[0] ?? "").toUpperCase();

const waitingStates: ReadonlySet<string> = new Set(["PENDING", "REQUEUED", "REQUEUE_FED"]);

const heldStates: Readonly<Record<string, string | undefined>> = {
  REQUEUE_HOLD: "it was put back into the queue and is held there, until `scontrol release` lets it go",
  SPECIAL_EXIT:
    "it ended in a way that a person is to look at, and is held until `scontrol release` lets it go",
};

const aliveStates: ReadonlySet<string> = new Set([
  ...["CONFIGURING", "RUNNING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING"],
  // May take minutes: processes that do not die, and results may still come.
  "COMPLETING",
  ...["STAGE_OUT", "POWER_UP_NODE", "EXPEDITING", "UPDATE_DB"],
]);

const endStates: Readonly<Record<string, { readonly how: JobEnd; readonly words: string } | undefined>> = {
  COMPLETED: { how: "completed", words: "it has ended by itself" },
  FAILED: { how: "failed", words: "it has failed" },
  TIMEOUT: { how: "timeout", words: "it has reached its time limit" },
  OUT_OF_MEMORY: { how: "out-of-memory", words: "it took more memory than it had asked for" },
  NODE_FAIL: { how: "node-fail", words: "its node does not answer any more" },
  BOOT_FAIL: { how: "boot-fail", words: "its node did not start up" },
  PREEMPTED: { how: "preempted", words: "a job of higher priority took its place" },
  CANCELLED: { how: "cancelled", words: "it was cancelled" },
  DEADLINE: { how: "deadline", words: "it could not end before its deadline" },
  LAUNCH_FAILED: { how: "cannot-start", words: "Slurm could not start it on its node" },
  RECONFIG_FAIL: { how: "boot-fail", words: "its node could not be brought into the wanted configuration" },
};

/** What FAILED is made of: a script that could not be started is no script that failed. */
function failedHow(reason: string, exit: ExitCode | null): { readonly how: JobEnd; readonly words: string } {
  if (exit !== null && exit.signal === 53) {
    return {
      how: "cannot-start",
      words:
        "Slurm could not start it: its working folder or the folder for its output is not there on the node",
    };
  }
  if (exit !== null && exit.signal === 125) {
    return { how: "out-of-memory", words: "it took more memory than it had asked for" };
  }
  if (exit !== null && exit.signal > 0 && exit.signal <= 64) {
    return { how: "failed", words: `it was ended by signal ${exit.signal}` };
  }
  if (exit !== null && exit.status === 127) {
    return { how: "failed", words: "a program in its script was not found on the node (exit status 127)" };
  }
  if (exit !== null && exit.status === 126) {
    return {
      how: "failed",
      words: "a program in its script cannot be executed on the node (exit status 126)",
    };
  }
  if (exit !== null && exit.status > 0) {
    return { how: "failed", words: `it ended with exit status ${exit.status}` };
  }
  switch (reason) {
    case "BadConstraints":
      return { how: "cannot-start", words: "no node of the partition has what it asked for" };
    case "JobLaunchFailure":
      // Up to 22.05 also said of a script that a signal ended.
      return { how: "failed", words: "it could not be started on its node, or was killed there" };
    case "OutOfMemory":
      return { how: "out-of-memory", words: "it took more memory than it had asked for" };
    case "NodeDown":
      return { how: "node-fail", words: "its node went down" };
    default:
      return { how: "failed", words: "it has failed" };
  }
}
