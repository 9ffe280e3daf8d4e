// Which task printed into which file, from a run's events. Looking for it in the folders would not tell which attempt
// counted, nor of a task that failed without a word.

import type { RunEvent } from "../core/events.ts";
import type { Attempt, BlockName, Moment, SampleId, Seconds } from "../core/ids.ts";
import type { Outcome } from "../core/outcome.ts";

export interface AttemptLog {
  readonly block: BlockName;
  readonly sample: SampleId | null;
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly next: "done" | "retry";
  readonly at: Moment;
  readonly seconds: Seconds;
  /** Relative to the run folder; null where it printed nothing. */
  readonly log: string | null;
}

/** What is looked for; null: any. `dataset` is a block's only task when it runs over the dataset. */
export interface LogFilter {
  readonly block: string | null;
  readonly sample: SampleId | "dataset" | null;
}

export interface LogIndex {
  apply(event: RunEvent): AttemptLog | null;
  /** Attempts that printed something or failed, in the order in which they ended; of one task: all attempts. */
  readonly attempts: readonly AttemptLog[];
  /** The samples that have been heard of, whatever the filter. */
  readonly samples: ReadonlySet<SampleId>;
  /** Of the one task that is looked for. */
  readonly state: "unknown" | "running" | "cached" | "ended";
}

export function createLogIndex(filter: LogFilter): LogIndex {
  const attempts: AttemptLog[] = [];
  const samples = new Set<SampleId>();
  const oneTask = filter.block !== null && filter.sample !== null;
  let state: LogIndex["state"] = "unknown";

  function wanted(block: BlockName, sample: SampleId | null): boolean {
    if (filter.block !== null && filter.block !== block) return false;
    return filter.sample === null || filter.sample === (sample ?? "dataset");
  }

  return {
    attempts,
    samples,
    get state() {
      return state;
    },
    apply(event) {
      switch (event.kind) {
        case "task-started":
        case "task-cached":
          if (event.sample !== null) samples.add(event.sample);
          if (wanted(event.block, event.sample)) state = event.kind === "task-cached" ? "cached" : "running";
          return null;
        case "sample-ended":
          samples.add(event.sample);
          return null;
        case "task-ended": {
          const { block, sample, attempt, outcome, next, at, usage, log } = event;
          if (sample !== null) samples.add(sample);
          if (!wanted(block, sample)) return null;
          state = "ended";
          const entry = { block, sample, attempt, outcome, next, at, seconds: usage.seconds, log };
          if (!oneTask && log === null && outcome.kind !== "failed") return null;
          attempts.push(entry);
          return entry;
        }
        default:
          return null;
      }
    },
  };
}
