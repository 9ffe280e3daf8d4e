// Elements whose job is over and whose task has left no ending: believed only after a while where Slurm itself does not know, told
// with what their job printed, and counted, task by task.
import type { Seconds, TaskId } from "../../core/ids.ts";
import { elementOutput, jobTime } from "../../executors/slurm/arrays/array-job.ts";
import type { ArraySettings } from "../../executors/slurm/arrays/array-settings.ts";
import type { JobMeaning } from "../../executors/slurm/client/states.ts";
import type { SlurmRun } from "../../executors/slurm/jobs/slurm-run.ts";
import { lastLines } from "../../executors/slurm/pilots/bring-up.ts";
import { type Element, elementName } from "./array-jobs.ts";
import type { HeldRun } from "./held-run.ts";
import { afterLoss, type Loss, sayLoss } from "./losses.ts";

/**
 * Seconds, multiplied with the run's patience: an element of which Slurm knows nothing any more, or whose node is lost to it, may
 * still be about to say how it ended.
 */
const silence = 120;
const afterNodeFail = 60;

export class LostElements {
  readonly #held: HeldRun;
  readonly #run: SlurmRun;
  readonly #settings: ArraySettings;
  readonly #losses = new Map<TaskId, number>();
  readonly #quietSince = new Map<TaskId, Seconds>();
  readonly #inVain: string[] = [];

  constructor(of: { readonly held: HeldRun; readonly run: SlurmRun; readonly settings: ArraySettings }) {
    this.#held = of.held;
    this.#run = of.run;
    this.#settings = of.settings;
  }

  /** In words, all that were lost and that nobody has cancelled. */
  get inVain(): readonly string[] {
    return this.#inVain;
  }

  /** How it was lost; null while there is hope. */
  of(task: TaskId, element: Element, meaning: JobMeaning | null): Loss | null {
    if (meaning !== null && meaning.kind !== "ended") {
      this.#quietSince.delete(task);
      return null;
    }
    const now = this.#run.now();
    const since = this.#quietSince.get(task) ?? now;
    this.#quietSince.set(task, since);
    const how = meaning?.how ?? null;
    const patience = how === null ? silence : how === "node-fail" ? afterNodeFail : 0;
    if (now - since < patience * this.#run.patience) return null;
    this.#quietSince.delete(task);
    const output = elementOutput(this.#held.run.path, element.slot.slot, element.index);
    const words =
      meaning === null ? "Slurm has forgotten its job" : `Slurm says of its job: ${meaning.words}`;
    return { how, words, job: elementName(element), printed: lastLines(output, 5) };
  }

  /** Gives the task up, or says that it is submitted again. */
  settle(task: TaskId, element: Element, loss: Loss): void {
    const { plan, work } = this.#held.prepared;
    const { block: index } = element.slot;
    const losses = (this.#losses.get(task) ?? 0) + 1;
    this.#losses.set(task, losses);
    const spec = plan.blocks[index];
    const needs = work.blocks[index]?.needs;
    if (spec === undefined || needs === undefined) throw new RangeError(`no block ${index}`);
    const { retries } = spec;
    const time = jobTime({ needs, attempts: retries + 1 }, this.#settings);
    const after = afterLoss(loss, { losses, retries, time, memory: needs.memory });
    const { block, sample } = plan.describe(task);
    const on = sample === null ? "" : ` on sample ${sample}`;
    const what = `${block}${on} (job ${loss.job}) was lost`;
    if (after.kind === "give-up") this.#held.giveUp(task, after.failure);
    else this.#run.warn(`${what} and is submitted again: ${sayLoss(loss)}`, null);
    if (loss.how !== "cancelled") this.#inVain.push(`${what}: ${sayLoss(loss)}`);
  }
}
