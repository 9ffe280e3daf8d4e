// What can be known from outside of a task, a sample and a worker.

import type { TaskId, WorkerId } from "../../src/core/ids.ts";
import type { Room } from "./scheduler-room.ts";

export type Seen = "untouched" | "asked" | "stale" | "held" | "started" | Final;
export type Final = "succeeded" | "issue" | "failed" | "cached" | "cached-issue" | "skipped";

export interface ModelTask {
  seen: Seen;
  attempt: number;
  failures: number;
  losses: number;
  /** Attempts that cost nothing, or of which one cannot see from outside what they cost. */
  free: number;
  worker: WorkerId | null;
}

export interface ModelSample {
  left: number;
  skipped: number;
  asked: number;
  begun: boolean;
  issue: boolean;
  failed: boolean;
  interrupted: boolean;
  ended: boolean;
}

export interface Place {
  readonly all: Room;
  readonly kindOfPlace: number;
  /** The longest time limit of a task that it takes; null: any. */
  longest: number | null;
  readonly free: Room;
  readonly held: Set<TaskId>;
}

export function isFinal(seen: Seen): seen is Final {
  return (
    seen !== "untouched" && seen !== "asked" && seen !== "stale" && seen !== "held" && seen !== "started"
  );
}
