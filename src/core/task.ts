// A task through one run, as the scheduler and everybody who shows it sees it.
//
//   waiting ──▶ ready ──▶ judging ──▶ queued ──▶ assigned ──▶ running ──▶ succeeded | issue | failed
//      │                     │           ▲           │            │
//      │                     ▼           └── lost, or failed with an attempt left
//      │                  cached (a remembered success or issue stands)
//      └──▶ skipped (its sample stopped before)
import type { Attempt, BlockName, SampleId, TaskId } from "./ids.ts";

export type TaskState =
  | "waiting"
  | "ready"
  | "judging"
  | "queued"
  | "assigned"
  | "running"
  | "succeeded"
  | "issue"
  | "failed"
  | "cached"
  | "cached-issue"
  | "skipped";

/** The names that a task goes by outside its run; `sample` is null for a dataset block. */
export interface TaskName {
  readonly block: BlockName;
  readonly sample: SampleId | null;
}

export interface TaskAttempt extends TaskName {
  readonly task: TaskId;
  readonly attempt: Attempt;
}
