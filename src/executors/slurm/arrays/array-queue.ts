// How the elements of our arrays stand, from one question to Slurm. An element that is not listed has not ended: Slurm forgets
// what ended five minutes ago, and knows nothing yet of what was submitted just now.
import { type Seconds, seconds } from "../../../core/ids.ts";
import { holdsIndex } from "../client/job-id.ts";
import type { SeenJob } from "../client/seen-job.ts";
import type { JobMeaning } from "../client/states.ts";
import type { SubmissionKey } from "../client/submission-key.ts";
import { askSlurm } from "../jobs/ask-slurm.ts";
import { cancelJobs } from "../jobs/cancel.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";

/** What was seen of one array. */
export class SeenArray {
  readonly #one = new Map<number, JobMeaning>();
  readonly #rest: SeenJob[] = [];

  add(job: SeenJob): void {
    const { elements, meaning } = job;
    if (elements.kind === "rest") {
      this.#rest.push(job);
      return;
    }
    const index = elements.kind === "one" ? elements.index : 0;
    const known = this.#one.get(index);
    // Of an element that was put back into the queue there is a line for its end as well.
    if (known === undefined || known.kind === "ended") this.#one.set(index, meaning);
  }

  /** Null where Slurm does not list it. */
  element(index: number): JobMeaning | null {
    const one = this.#one.get(index);
    if (one !== undefined) return one;
    return this.#rest.find(({ elements }) => holdsIndex(elements, index))?.meaning ?? null;
  }

  /** All elements that have a line of their own. */
  get elements(): ReadonlyMap<number, JobMeaning> {
    return this.#one;
  }

  /** Why those wait that have none. */
  get waiting(): readonly JobMeaning[] {
    return this.#rest.map(({ meaning }) => meaning);
  }

  get isEmpty(): boolean {
    return this.#one.size === 0 && this.#rest.length === 0;
  }
}

export type SeenArrays = ReadonlyMap<SubmissionKey, SeenArray>;

/** Null where nobody answers. `since`: how long ago the first of them was submitted. */
export async function lookAtArrays(
  run: SlurmRun,
  keys: ReadonlySet<SubmissionKey>,
  since: Seconds,
): Promise<SeenArrays | null> {
  return await askSlurm(run, {
    belongs: ({ key }) => key !== null && keys.has(key),
    ...{ by: byKey, wanted: keys, since: seconds(since + 60) },
  });
}

function byKey(jobs: readonly SeenJob[]): Map<SubmissionKey, SeenArray> {
  const seen = new Map<SubmissionKey, SeenArray>();
  for (const job of jobs) {
    if (job.key === null) continue;
    const array = seen.get(job.key) ?? new SeenArray();
    seen.set(job.key, array);
    array.add(job);
  }
  return seen;
}

/** Ends those of our elements that have not begun, or all of them. Answers why that could not be done; null where it was. */
export async function cancelArrays(
  { commands, user }: SlurmRun,
  keys: ReadonlySet<SubmissionKey>,
  which: "waiting" | "all",
): Promise<string | null> {
  const answer = await cancelJobs(commands, {
    ...{ user, onlyWaiting: which === "waiting" },
    belongs: ({ key }) => key !== null && keys.has(key),
  });
  return answer.kind === "told" ? null : answer.message;
}
