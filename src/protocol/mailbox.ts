// What a launcher and a pilot say to each other through files: the launcher appends to the pilot's inbox, the pilot to its
// outbox, each the only writer of its file. Most of it is what any launcher and worker say; the rest is about the pilot
// itself, which lives longer than its launcher may.
import type { Attempt, Seconds, TaskId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { FromWorker } from "./answer.ts";
import type { ToWorker } from "./assignment.ts";

export const inboxFormat = { format: "pipe-inbox", version: 1 } as const;
export const outboxFormat = { format: "pipe-outbox", version: 1 } as const;

export type ToPilot =
  | ToWorker
  /**
   * The first word of every launcher: whose tasks these are. A launcher that takes over writes into a new inbox, so that
   * the number of the inbox tells its tasks from those of the one before.
   */
  | {
      readonly kind: "serve";
      /** `runinfo/NNN`, absolute: the bundle that the tasks are run from. */
      readonly runFolder: string;
      readonly seed: string | number | null;
      readonly rules: PilotRules;
    }
  /** The launcher lives. `keep`: do not leave for want of work while it does. */
  | { readonly kind: "alive"; readonly keep: boolean }
  /** This slot was given up: whoever starts in it late has nothing to do. */
  | { readonly kind: "abandoned" };

/** What a pilot may take and how long it stays. */
export interface PilotRules {
  /** What its job was submitted for; the allocation may turn out to be less. */
  readonly capacity: Capacity;
  /** Its time limit, should the allocation not tell; null: none. */
  readonly walltime: Seconds | null;
  /** With nothing to do for so long it leaves. */
  readonly maxIdletime: Seconds;
  /** With nothing to do and no word of any launcher for so long it leaves as well. */
  readonly orphanTime: Seconds;
  /** All waiting times of pilot and launcher are multiplied with it: 1, but for tests. */
  readonly patience: number;
}

/** Why a pilot ends. */
export type LeavingWhy =
  /** It had nothing to do for longer than its `max_idletime`. */
  | "idle"
  /** What is left of its walltime is too little for anything. */
  | "walltime"
  /** The launcher said that nothing more will come. */
  | "finished"
  /** No launcher was heard of for longer than its `orphan_time`, and nothing was left to do. */
  | "orphaned"
  /** Slurm, or a person, ended the job. */
  | "terminated"
  /** It cannot work, as it has said. */
  | "unfit";

/** Who a pilot is and where it runs; its first word. */
export interface PilotHello {
  readonly kind: "hello";
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  readonly host: string;
  /** The job as its scheduler calls it; null where it runs in none. */
  readonly job: string | null;
  readonly capacity: Capacity;
  /** Seconds until its allocation ends; null where it does not. */
  readonly endsIn: Seconds | null;
}

/** Which attempt of which task. */
export interface TaskAttempt {
  readonly task: TaskId;
  readonly attempt: Attempt;
}

/** A task by the inbox that it came from. */
export interface GivenAttempt extends TaskAttempt {
  readonly of: number;
}

/** Words about tasks carry the number of the inbox that the task came from: `of`. */
export type FromPilot =
  | PilotHello
  | (Extract<FromWorker, { readonly kind: "started" }> & { readonly of: number; readonly lane: number })
  | (Extract<FromWorker, { readonly kind: "results" }> & { readonly of: number; readonly lane: number })
  /** It did not begin the task and will not: its time is too short, or it is leaving. */
  | (TaskAttempt & { readonly kind: "declined"; readonly of: number; readonly why: string })
  | {
      readonly kind: "beat";
      /** It has read this inbox … */
      readonly of: number;
      /** … up to this record. */
      readonly heard: number;
      /** What it has of it and has not answered. */
      readonly holding: readonly TaskAttempt[];
      /** What it has of inboxes before and has not answered. */
      readonly earlier: readonly GivenAttempt[];
      /** Bytes and files that still fit on the dataset's disk; null where that cannot be known, or is not counted. */
      readonly free: { readonly bytes: number; readonly files: number | null } | null;
    }
  | { readonly kind: "warning"; readonly message: string; readonly hint: string | null }
  | { readonly kind: "unfit"; readonly message: string }
  /** Its last word. What it was given and has not answered was never begun. */
  | { readonly kind: "leaving"; readonly why: LeavingWhy };
