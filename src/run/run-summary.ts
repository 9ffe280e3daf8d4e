// The last word on a run: the counts that its audience has kept, and the failures that came by.
import type { RunEvent, RunSummary, TaskFailure } from "../core/events.ts";
import type { Seconds } from "../core/ids.ts";
import { finalFailure, type Progress } from "../report/progress.ts";

/** Of a run in which everything fails, so many failures are listed; the counts stay exact. */
const mostListed = 10_000;

export class ListedFailures {
  readonly #found: TaskFailure[];

  /** `told`: those that earlier launchers of the run have seen. */
  constructor(told: readonly TaskFailure[] = []) {
    this.#found = [...told];
  }

  note(event: RunEvent): void {
    const failure = finalFailure(event);
    if (failure !== null && this.#found.length < mostListed) this.#found.push(failure);
  }

  /** By sample, those of the dataset last. */
  get sorted(): readonly TaskFailure[] {
    return this.#found.toSorted((a, b) => (a.sample ?? Number.MAX_VALUE) - (b.sample ?? Number.MAX_VALUE));
  }
}

export function runSummary(of: {
  /** `003` */
  readonly run: string;
  readonly dataset: string;
  readonly seconds: Seconds;
  readonly progress: Progress;
  readonly failures: ListedFailures;
}): RunSummary {
  const { run, dataset, seconds } = of;
  const { samples, tasks } = of.progress;
  const { total, ran, cached, issues, failed } = tasks;
  return {
    ...{ run, dataset, seconds },
    samples: { total: samples.total, valid: samples.valid, issues: samples.issue, failed: samples.failed },
    tasks: { total, ran, cached, issues, failed, skipped: total - ran - cached },
    failures: of.failures.sorted,
  };
}
