// Keeps as many pilots as there is work for: submits, gives up what waits in vain, counts what does not come up, and stops
// asking for places where every one of them fails: an allocation is soon burned by jobs that die in their first second.
import type { Demand } from "../../../core/demand.ts";
import type { Diagnostic } from "../../../core/diagnostic.ts";
import { type Seconds, seconds } from "../../../core/ids.ts";
import { initRecordPath } from "../../../rundir/layout.ts";
import { isFileError } from "../../../system/file-error.ts";
import { cancelJobs } from "../jobs/cancel.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";
import { readInit, type Told } from "./bring-up.ts";
import { balanceFleet } from "./fleet-balance.ts";
import { standingOf } from "./fleet-standing.ts";
import { FleetTroubles, giveUpAfter } from "./fleet-troubles.ts";
import { refusedSubmission, sayCannotWork, sayLost, sayNeverCameUp } from "./fleet-words.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import type { NodeListener, PilotNode } from "./pilot-node.ts";
import type { PilotSettings } from "./pilot-settings.ts";
import type { QueueAnswer } from "./queue-watch.ts";
import { nextNumber, slotName } from "./slot-names.ts";
import { prepareJob, submitJob } from "./submissions.ts";

export interface FleetOptions {
  readonly settings: PilotSettings;
  readonly kinds: readonly PilotKind[];
  readonly listener: NodeListener;
  readonly onJob: (job: PilotJob) => void;
  /** No place will ever come. */
  readonly onUnable: (reason: Diagnostic) => void;
  /** Reads what a pilot has said that was not read yet. Whether there was something. */
  readonly listenOnce: (node: PilotNode) => boolean;
}

export class FleetKeeper {
  readonly #run: SlurmRun;
  readonly #options: FleetOptions;
  readonly #jobs = new Map<string, PilotJob>();
  readonly #begunKinds = new Set<number>();
  readonly #work = new Set<Promise<unknown>>();
  readonly #troubles: FleetTroubles;
  /** Slots that are over for us, and perhaps not for Slurm. */
  readonly #released = new Set<string>();
  /** Pilots that are being prepared, and are no jobs yet. */
  readonly #preparing = new Set<{ readonly kind: number }>();
  #demand: readonly Demand[] = [];
  #growAt: Seconds | null = null;
  #next: number;
  #open = true;

  constructor(run: SlurmRun, options: FleetOptions) {
    this.#run = run;
    this.#options = options;
    this.#troubles = new FleetTroubles(run.warn);
    this.#next = nextNumber(run.journal.slots.keys());
  }

  jobOf(slot: string): PilotJob | undefined {
    return this.#jobs.get(slot);
  }

  get openSlots(): readonly string[] {
    return this.#live.filter(({ state }) => state.kind === "submitted").map(({ slot }) => slot);
  }

  /** An earlier launcher's. */
  adopt(job: PilotJob): void {
    this.#jobs.set(job.slot, job);
    this.#begunKinds.add(job.kind.index);
    this.#next = Math.max(this.#next, nextNumber([job.slot]));
  }

  wanted(demand: readonly Demand[]): void {
    this.#demand = demand;
    this.#balance(this.#run.now());
  }

  /** Now and then. */
  consider(now: Seconds): void {
    if (!this.#open) return;
    if (this.#growAt === null || now >= this.#growAt) this.#balance(now);
    for (const job of this.#live) {
      if (job.state.kind === "submitted" && !job.cameUp) this.#lookAtEnd(job, now);
      const helpless = job.helplessFor(now);
      if (helpless !== null && helpless > giveUpAfter * this.#run.patience) this.#giveUp(job);
    }
  }

  /** Slots that are to stay with nothing to do. */
  kept(): ReadonlySet<string> {
    const alive = this.#live.filter((job) => job.nodes.some(({ state }) => state.kind === "alive"));
    return new Set(alive.slice(0, this.#options.settings.minPilots).map(({ slot }) => slot));
  }

  /** Slurm has answered. */
  seen({ seen, askedAt }: QueueAnswer, now: Seconds): void {
    for (const job of this.#live) {
      if (job.state.kind !== "submitted") continue;
      const found = seen.get(job.slot);
      if (found !== undefined) job.seen(found, now);
      else if (job.state.at < askedAt) job.notSeen(now);
      this.#troubles.waits(job);
    }
  }

  /** It has answered a task: what comes up here can work. */
  proved(slot: string): void {
    if (this.#jobs.has(slot)) this.#troubles.proved();
  }

  unfit(slot: string, worker: string, message: string): void {
    this.#failed(sayCannotWork(this.#run.runFolder, slot, { worker, message }));
  }

  /** @param how `released`: it did not leave by itself. */
  nodeGone(slot: string, why: string, how: "left" | "released"): void {
    const job = this.#jobs.get(slot);
    if (job === undefined || job.state.kind === "over") return;
    if (job.nodes.some(({ state }) => state.kind !== "gone")) return;
    this.#over(job, why);
    if (how === "released") this.#release(job);
    this.#growAt = null;
  }

  endingWords(slot: string): string {
    const meaning = this.#jobs.get(slot)?.meaning;
    return meaning?.kind === "ended" ? meaning.words : "Slurm knows nothing of it any more";
  }

  sayLost(node: PilotNode, why: string): Told {
    return sayLost(this.#run.runFolder, node, { job: this.#jobs.get(node.slot), why });
  }

  /** Nothing more is submitted. */
  close(): void {
    this.#open = false;
  }

  /** Writes down that all is over. Returns the slots that Slurm may still have; to be called before their nodes are ended. */
  async closeAll(): Promise<readonly string[]> {
    this.#open = false;
    await Promise.all(this.#work);
    const left = [...this.#live.map(({ slot }) => slot), ...this.#released];
    for (const job of this.#live) this.#over(job, "the run has ended");
    await Promise.all(this.#work);
    return left;
  }

  get #live(): readonly PilotJob[] {
    return [...this.#jobs.values()].filter(({ state }) => state.kind !== "over");
  }

  // ---- growing and shrinking

  #balance(now: Seconds): void {
    if (!this.#open) return;
    const { kinds, settings } = this.#options;
    const standings = kinds.map((kind) =>
      standingOf(kind, { jobs: this.#live, preparing: this.#preparing, begun: this.#begunKinds }),
    );
    const plan = balanceFleet({
      ...{ standings, demand: this.#demand, settings },
      mayGrow: this.#growAt === null || now >= this.#growAt,
    });
    for (const { kind, count } of plan.submit) {
      this.#begunKinds.add(kind.index);
      for (let i = 0; i < count; i++) this.#submit(kind);
    }
    for (const slot of plan.cancel) this.#cancel(slot);
    for (const slot of plan.release) {
      for (const node of this.#jobs.get(slot)?.nodes ?? []) node.tell({ kind: "finish" });
    }
    this.#growAt = seconds(now + growEvery * this.#run.patience);
  }

  #submit(kind: PilotKind): void {
    const slot = slotName(this.#next++);
    this.#track(
      this.#submitOne(slot, kind).catch((error: unknown) => {
        if (!isFileError(error)) throw error;
        this.#failed({
          message: `a pilot could not be prepared: ${error.message}`,
          hint: "see to the dataset's disk",
        });
      }),
    );
  }

  async #submitOne(slot: string, kind: PilotKind): Promise<void> {
    const { settings, listener } = this.#options;
    const coming = { kind: kind.index };
    this.#preparing.add(coming);
    const job = await prepareJob(this.#run, { slot, kind, settings }, listener).finally(() =>
      this.#preparing.delete(coming),
    );
    this.#jobs.set(slot, job);
    this.#options.onJob(job);
    const answer = await submitJob(this.#run, job, { settings, isWanted: () => this.#open });
    if (answer.kind === "submitted") {
      if (job.state.kind === "submitting")
        job.state = { kind: "submitted", job: answer.job, at: this.#run.now() };
      return;
    }
    this.#abandon(job, "its submission came to nothing");
    job.state = { kind: "over", why: answer.message };
    // Not there as far as anybody knows: looked for once more at the end.
    if (answer.kind === "vanished") this.#released.add(slot);
    else this.#never(refusedSubmission(this.#run.runFolder, slot, answer));
  }

  #cancel(slot: string): void {
    const job = this.#jobs.get(slot);
    if (job === undefined || job.dismissed) return;
    job.dismissed = true;
    this.#abandon(job, "not needed any more");
    this.#over(job, "not needed any more");
    this.#release(job);
  }

  /** Should it start all the same, it finds that nobody waits for it. */
  #abandon(job: PilotJob, why: string): void {
    for (const node of job.nodes) {
      node.tell({ kind: "abandoned" });
      this.#track(node.end(why));
    }
  }

  /** It has not left by itself: Slurm may still start it, again or for the first time. */
  #release(job: PilotJob): void {
    this.#released.add(job.slot);
    const belongs = ({ key }: { readonly key: string | null }) => key === job.key;
    this.#track(cancelJobs(this.#run.commands, { user: this.#run.user, belongs }));
  }

  // ---- trouble

  #giveUp(job: PilotJob): void {
    const reason = this.#troubles.neverStarts(job);
    this.#cancel(job.slot);
    this.#never(reason);
  }

  /** It has ended, or its script has: what it might still have said would be here by now. */
  #lookAtEnd(job: PilotJob, now: Seconds): void {
    const word = job.word(now);
    const folder = job.nodes[0]?.folder;
    const runs = job.meaning?.kind === "alive" || word.kind === "ended";
    const failed = runs && folder !== undefined && readInit(initRecordPath(folder)).kind === "failed";
    const silent = word.kind === "ended" && word.since > lastWords * this.#run.patience;
    const forgotten = word.kind === "unlisted" && word.since > 60 * this.#run.patience;
    if (!failed && !silent && !forgotten) return;
    for (const node of job.nodes) this.#options.listenOnce(node);
    if (!job.cameUp) this.#neverCameUp(job);
  }

  #neverCameUp(job: PilotJob): void {
    const told = sayNeverCameUp(this.#run, job, this.#options.settings.workerInit);
    this.#abandon(job, "it never came up");
    this.#over(job, "it never came up");
    this.#release(job);
    if (!job.dismissed) this.#failed(told);
  }

  #failed(told: Told): void {
    if (!this.#open) return;
    const enough = this.#troubles.failed(told);
    // A moment to breathe: whatever broke it may be mending itself.
    const pause = growEvery * 2 ** this.#troubles.failures;
    this.#growAt = seconds(this.#run.now() + pause * this.#run.patience);
    if (enough !== null) this.#never(enough);
  }

  /** Where others work, the run goes on with them. */
  #never(reason: Diagnostic): void {
    const others = this.#live.some((job) => job.cameUp);
    if (others) this.#run.warn([reason.message, ...reason.notes].join("\n  "), reason.hint);
    else {
      this.#open = false;
      this.#options.onUnable(reason);
    }
  }

  #over(job: PilotJob, why: string): void {
    if (job.state.kind === "over") return;
    job.state = { kind: "over", why };
    this.#track(this.#run.journal.ended(job.slot, why));
  }

  #track(work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => this.#run.warn(`a job of this run: ${String(error)}`, null))
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}

/** Seconds between two looks at whether there should be more pilots. */
const growEvery = 1;
/** Seconds that what a pilot has written may take to be seen here. */
const lastWords = 3;
