// A launcher that stays while arrays run: takes in how tasks end, asks Slurm now and then about those that say nothing, submits
// again what was lost. It decides nothing that the arrays could not do without it, but for that.
import { type Diagnostic, diagnostic } from "../../core/diagnostic.ts";
import { attempt, type Seconds, seconds, type TaskId, workerId } from "../../core/ids.ts";
import { cancelArrays, lookAtArrays, type SeenArrays } from "../../executors/slurm/arrays/array-queue.ts";
import type { ArraySettings } from "../../executors/slurm/arrays/array-settings.ts";
import type { JobMeaning } from "../../executors/slurm/client/states.ts";
import type { SlurmRun } from "../../executors/slurm/jobs/slurm-run.ts";
import type { Interrupt } from "../interrupts.ts";
import { type ArrayJobs, type Element, elementName } from "./array-jobs.ts";
import type { HeldRun } from "./held-run.ts";
import { LostElements } from "./lost-elements.ts";
import { ResultsWatch } from "./results-watch.ts";
import { nothingWorks, refusedArray } from "./say-arrays.ts";
import type { Submitter } from "./submit-batches.ts";
import { whatToSubmit } from "./what-to-submit.ts";

export interface WatchInput {
  readonly held: HeldRun;
  readonly run: SlurmRun;
  readonly jobs: ArrayJobs;
  readonly submitter: Submitter;
  readonly settings: ArraySettings;
}

export type WatchEnding =
  | { readonly kind: "complete" }
  | { readonly kind: "interrupted" }
  | { readonly kind: "executor-failed"; readonly diagnostic: Diagnostic };

/** Seconds, all of them multiplied with the run's patience. */
const firstQuestion = 3;
const usualQuestion = 10;
const laterQuestion = 30;
/** How long a job may wait for something that does not come by itself. */
const helpless = 600;
/** Lost one after the other without any task that ended: something is wrong with the jobs and not with the tasks. */
const hopeless = 3;

export class ArrayWatch {
  readonly #input: WatchInput;
  readonly #results: ResultsWatch;
  readonly #started = new Set<TaskId>();
  readonly #lost: LostElements;
  readonly #toldReasons = new Set<string>();
  readonly #helplessSince = new Map<string, Seconds>();
  readonly #since: Seconds;
  #questionAt: Seconds;
  #asking: Promise<void> | null = null;
  #alive = 0;
  #endings = 0;
  #stopping: Interrupt | null = null;
  #ended: WatchEnding | null = null;
  #wake: (() => void) | null = null;

  constructor(input: WatchInput) {
    const { held, run } = input;
    this.#input = input;
    this.#results = new ResultsWatch(held.run.path, held.prepared.plan.taskCount, (task) =>
      held.account.isOpen(task),
    );
    this.#lost = new LostElements(input);
    this.#since = run.now();
    this.#questionAt = this.#in(firstQuestion);
  }

  interrupt(how: Interrupt): void {
    this.#stopping = how;
    this.#input.held.record({ kind: "interrupted", how });
    this.#input.submitter.stop();
    this.#questionAt = this.#input.run.now();
    this.#wake?.();
  }

  /** Until everything has come to its end. @throws Refusal, FileError where it cannot be recorded */
  async watch(): Promise<WatchEnding> {
    const { held, run, submitter } = this.#input;
    for (;;) {
      this.#take(this.#results.look(run.now()));
      if (held.account.open === 0) return { kind: "complete" };
      if (this.#ended !== null) return await this.#endAll(this.#ended);
      if (submitter.isDue()) await this.#submit();
      if (this.#asking === null && run.now() >= this.#questionAt) this.#ask();
      const pause = Math.min(this.#results.wait(run.now()), 2);
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([Bun.sleep(Math.max(1, pause * 1000)), woken, held.lost]);
    }
  }

  async #submit(): Promise<void> {
    const answer = await this.#input.submitter.go();
    if (answer.kind === "refused")
      this.#ended ??= { kind: "executor-failed", diagnostic: refusedArray(answer) };
    if (answer.kind === "waits" && !this.#toldReasons.has("waits")) {
      this.#toldReasons.add("waits");
      this.#input.run.warn(
        `Slurm does not take more now (${answer.message}); ${this.#input.submitter.waiting} tasks wait to be submitted`,
        "they are submitted when others have ended",
      );
    }
    this.#questionAt = seconds(Math.min(this.#questionAt, this.#in(firstQuestion)));
  }

  #take(endings: ReturnType<ResultsWatch["look"]>): void {
    for (const ending of endings) {
      this.#endings++;
      this.#input.held.account.take(ending);
    }
  }

  #ask(): void {
    const { run } = this.#input;
    const began = run.now();
    this.#asking = this.#question()
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        this.#ended ??= { kind: "executor-failed", diagnostic: diagnostic("cannot-watch", message) };
      })
      .finally(() => {
        const usual =
          this.#stopping === null && run.now() - this.#since > 120 * run.patience
            ? laterQuestion
            : usualQuestion;
        const pause = this.#stopping === null ? usual : firstQuestion;
        this.#questionAt = seconds(Math.max(this.#in(pause), run.now() + 20 * (run.now() - began)));
        this.#asking = null;
        this.#wake?.();
      });
  }

  async #question(): Promise<void> {
    const { run, jobs } = this.#input;
    if (this.#stopping !== null) {
      await cancelArrays(run, jobs.keys, this.#stopping === "end-now" ? "all" : "waiting");
    }
    const seen = await lookAtArrays(run, jobs.keys, seconds(run.now() - this.#since + 3600));
    if (seen === null) return;
    this.#note(seen);
    this.#take(this.#results.lookFor(this.#silent(seen)));
    this.#settleLost(seen);
    await this.#closeSlots();
    if (this.#stopping !== null && this.#alive === 0) this.#ended ??= { kind: "interrupted" };
    else this.#resubmit();
  }

  /** Who runs, and why others wait. */
  #note(seen: SeenArrays): void {
    const { held, jobs } = this.#input;
    this.#alive = 0;
    for (const slot of jobs.slots) {
      const array = seen.get(slot.key);
      for (const [index, meaning] of array?.elements ?? []) {
        const task = slot.tasks[index];
        if (meaning.kind === "waiting") this.#noteWaiting(slot.slot, meaning);
        if (meaning.kind !== "alive" || task === undefined) continue;
        this.#alive++;
        this.#results.expect(task);
        if (this.#started.has(task) || !held.account.isOpen(task) || meaning.state !== "RUNNING") continue;
        this.#started.add(task);
        const worker = workerId(elementName({ slot, index }));
        const name = held.prepared.plan.describe(task);
        held.record({ kind: "task-started", task, ...name, attempt: attempt(1), worker, lane: 0 });
      }
      for (const meaning of array?.waiting ?? []) this.#noteWaiting(slot.slot, meaning);
    }
  }

  #noteWaiting(slot: string, meaning: JobMeaning): void {
    const { run } = this.#input;
    if (
      meaning.kind !== "waiting" ||
      meaning.hope === "normal" ||
      meaning.reason === "DependencyNeverSatisfied"
    )
      return;
    const since = this.#helplessSince.get(slot) ?? run.now();
    this.#helplessSince.set(slot, since);
    const mark = `${slot} ${meaning.reason}`;
    if (!this.#toldReasons.has(mark)) {
      this.#toldReasons.add(mark);
      run.warn(
        `the jobs of ${slot} will not start by themselves: ${meaning.words} (${meaning.reason})`,
        `\`submit_scripts/${slot}.sh\` says what they ask for`,
      );
    }
    if (run.now() - since < helpless * run.patience) return;
    this.#ended ??= {
      kind: "executor-failed",
      diagnostic: diagnostic("never-starts", `the jobs of ${slot} never start: ${meaning.words}`, {
        notes: [`Slurm's reason is ${meaning.reason}`],
        hint: "change what the block asks for, then start the same command again",
      }),
    };
  }

  /** Tasks whose turn it is, and whose element does nothing any more. */
  *#silent(seen: SeenArrays): IterableIterator<TaskId> {
    for (const { task, meaning } of this.#elements(seen)) {
      if (meaning === null || meaning.kind === "ended") yield task;
    }
  }

  *#elements(seen: SeenArrays): IterableIterator<{
    readonly task: TaskId;
    readonly element: Element;
    readonly meaning: JobMeaning | null;
  }> {
    const { held, jobs } = this.#input;
    for (const slot of jobs.slots) {
      const array = seen.get(slot.key);
      for (const [index, task] of slot.tasks.entries()) {
        const element = jobs.elementOf(task);
        if (!held.account.isOpen(task) || element?.slot !== slot) continue;
        yield { task, element, meaning: array?.element(index) ?? null };
      }
    }
  }

  #settleLost(seen: SeenArrays): void {
    const { held, jobs } = this.#input;
    for (const { task, element, meaning } of [...this.#elements(seen)]) {
      if (!held.account.isOpen(task)) continue;
      const loss = this.#lost.of(task, element, meaning);
      if (loss === null) continue;
      const due = held.account.isDue(task);
      jobs.drop(task);
      // It came too early, or what it waited for was lost: it is submitted again with that, and has lost nothing.
      if (due) this.#lost.settle(task, element, loss);
    }
    if (this.#endings === 0 && this.#lost.inVain.length >= hopeless) {
      this.#ended ??= { kind: "executor-failed", diagnostic: nothingWorks(this.#lost.inVain) };
    }
  }

  /** Whatever is due, or follows on what is, and has no element. */
  #resubmit(): void {
    const { held, submitter } = this.#input;
    if (submitter.isDone) submitter.want(...whatToSubmit(held, this.#input.jobs));
  }

  async #closeSlots(): Promise<void> {
    const { held, jobs, run } = this.#input;
    for (const slot of jobs.slots) {
      if (slot.tasks.some((task) => held.account.isOpen(task) && jobs.elementOf(task)?.slot === slot))
        continue;
      jobs.remove(slot);
      await run.journal.ended(slot.slot, "nothing more is expected of it");
    }
  }

  async #endAll(ending: WatchEnding): Promise<WatchEnding> {
    const { run, jobs, submitter } = this.#input;
    submitter.stop();
    await this.#asking;
    const problem = await cancelArrays(run, jobs.keys, "all");
    if (problem === null) {
      for (const slot of jobs.slots) await run.journal.ended(slot.slot, "cancelled with its run");
    }
    return ending;
  }

  #in(pause: number): Seconds {
    const { run } = this.#input;
    return seconds(run.now() + pause * run.patience);
  }
}
