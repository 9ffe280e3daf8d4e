// Asking Slurm about all jobs of the run at once, at a pace that nobody minds: the pilots' own words come by mailbox, and are
// faster. An answer that does not come says nothing about any job.
import type { Seconds } from "../../../core/ids.ts";
import { seconds } from "../../../core/ids.ts";
import type { SeenJob } from "../client/seen-job.ts";
import { partsOf } from "../client/submission-key.ts";
import { askSlurm } from "../jobs/ask-slurm.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";

export interface QueueAnswer {
  /** By slot; of several lines about one slot, that which is furthest. Slots that Slurm does not list are missing. */
  readonly seen: ReadonlyMap<string, SeenJob>;
  /** Jobs that were submitted later may be missing for that alone. */
  readonly askedAt: Seconds;
}

export interface WatchedJobs {
  /** The run keys in the names of the jobs: our own, and those of launchers before. */
  readonly runKeys: ReadonlySet<string>;
  /** Slots of which Slurm should know something. */
  readonly slots: readonly string[];
}

export class QueueWatch {
  readonly #run: SlurmRun;
  readonly #startedAt: Seconds;
  #dueAt: Seconds;
  #asking = false;
  #silentSince: Seconds | null = null;
  #toldSilence = false;

  constructor(run: SlurmRun) {
    this.#run = run;
    this.#startedAt = run.now();
    this.#dueAt = seconds(run.now() + firstLook * run.patience);
  }

  /** Somebody has a reason to ask soon: a pilot is late, a job should be running. */
  soon(): void {
    const soonest = this.#run.now() + 2 * this.#run.patience;
    this.#dueAt = seconds(Math.min(this.#dueAt, soonest));
  }

  /** Asks where it is time to. Null where it is not, or nobody has answered. Never throws. */
  async look(jobs: WatchedJobs): Promise<QueueAnswer | null> {
    const { now, patience } = this.#run;
    if (this.#asking || now() < this.#dueAt || jobs.slots.length === 0) return null;
    this.#asking = true;
    const began = now();
    const seen = await this.#ask(jobs);
    const took = now() - began;
    this.#asking = false;
    const usual = now() - this.#startedAt < 120 * patience ? 10 : 30;
    this.#dueAt = seconds(now() + Math.max(usual * patience, 20 * took));
    this.#noteSilence(seen !== null);
    return seen === null ? null : { seen, askedAt: began };
  }

  async #ask(jobs: WatchedJobs): Promise<QueueAnswer["seen"] | null> {
    return await askSlurm(this.#run, {
      belongs: ({ name, key }) =>
        jobs.runKeys.has(key === null ? (name.split(".")[1] ?? "") : partsOf(key).run),
      ...{ by: bySlot, wanted: jobs.slots },
      since: seconds(this.#run.now() - this.#startedAt + 3600),
    });
  }

  /** A controller that is away for a minute is nothing; that it is away for longer is told, once, and when it is back. */
  #noteSilence(answered: boolean): void {
    const { now, patience, warn } = this.#run;
    if (answered) {
      if (this.#toldSilence) warn("Slurm answers again", null);
      this.#silentSince = null;
      this.#toldSilence = false;
      return;
    }
    this.#silentSince ??= now();
    if (this.#toldSilence || now() - this.#silentSince < 30 * patience) return;
    this.#toldSilence = true;
    warn(
      "Slurm's controller does not answer; what runs goes on, and it is waited for",
      "`scontrol ping` asks it",
    );
  }
}

function bySlot(jobs: readonly SeenJob[]): Map<string, SeenJob> {
  const found = new Map<string, SeenJob>();
  for (const job of jobs) {
    const slot = job.key === null ? job.name.split(".").slice(2).join(".") : partsOf(job.key).slot;
    const known = found.get(slot);
    // A job that was put back into the queue has a line for its end as well.
    if (known === undefined || known.meaning.kind === "ended") found.set(slot, job);
  }
  return found;
}

/** Seconds. */
const firstLook = 3;
