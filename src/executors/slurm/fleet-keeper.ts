// Keeps as many pilots as there is work for: submits, gives up what waits in vain, counts what does not come up, and stops
// asking for places where every one of them fails: an allocation is soon burned by jobs that die in their first second.
import { join } from "node:path";
import type { Demand } from "../../core/demand.ts";
import { type Diagnostic, diagnostic } from "../../core/diagnostic.ts";
import { type Seconds, seconds } from "../../core/ids.ts";
import { initRecordPath, submitScriptsFolder } from "../../rundir/layout.ts";
import { isFileError } from "../../system/file-error.ts";
import { lastLines, readInit, sayBringUp } from "./bring-up.ts";
import { cancelJobs } from "./cancel.ts";
import { planFleet } from "./fleet.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import type { NodeListener } from "./pilot-node.ts";
import type { PilotSettings } from "./pilot-settings.ts";
import type { SeenJob } from "./seen-job.ts";
import type { SlurmRun } from "./slurm-run.ts";
import { jobOutputPath, prepareJob, submitJob } from "./submissions.ts";

export interface FleetOptions {
  readonly settings: PilotSettings;
  readonly kinds: readonly PilotKind[];
  readonly listener: NodeListener;
  readonly onJob: (job: PilotJob) => void;
  /** No place will ever come. */
  readonly onUnable: (reason: Diagnostic) => void;
  /** Something should be known by Slurm that we have not heard of. */
  readonly onNothing: () => void;
}

export class FleetKeeper {
  readonly #run: SlurmRun;
  readonly #options: FleetOptions;
  readonly #jobs = new Map<string, PilotJob>();
  readonly #begunKinds = new Set<number>();
  readonly #work = new Set<Promise<unknown>>();
  #demand: readonly Demand[] = [];
  #growAt: Seconds | null = null;
  #next = 1;
  #failures = 0;
  #open = true;

  constructor(run: SlurmRun, options: FleetOptions) {
    this.#run = run;
    this.#options = options;
    for (const slot of run.journal.slots.keys()) this.#next = Math.max(this.#next, numberOf(slot) + 1);
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
    this.#next = Math.max(this.#next, numberOf(job.slot) + 1);
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
      if (job.meaning?.kind === "alive" && !job.cameUp) this.#lookAtInit(job);
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
  seen(jobs: ReadonlyMap<string, SeenJob>, now: Seconds): void {
    for (const job of this.#live) {
      if (job.state.kind !== "submitted") continue;
      const found = jobs.get(job.slot);
      if (found === undefined) job.notSeen(now);
      else job.seen(found, now);
      this.#tellReason(job);
      const word = job.word(now);
      const forgotten = word.kind === "unlisted" && word.since > 60 * this.#run.patience;
      if ((word.kind === "ended" || forgotten) && !job.cameUp) this.#neverCameUp(job);
    }
  }

  /** It has answered a task: what comes up here can work. */
  proved(slot: string): void {
    if (this.#jobs.has(slot)) this.#failures = 0;
  }

  unfit(slot: string, worker: string, message: string): void {
    const [first = "", ...rest] = message.split("\n");
    this.#failed({
      message: [`${worker} cannot work: ${first}`, ...rest.map((line) => `  ${line}`)].join("\n"),
      hint: `all that it printed: ${jobOutputPath(this.#run.runFolder, slot)}`,
    });
  }

  nodeGone(slot: string, why: string): void {
    const job = this.#jobs.get(slot);
    if (job === undefined || job.state.kind === "over") return;
    if (job.nodes.some(({ state }) => state.kind !== "gone")) return;
    this.#over(job, why);
    this.#growAt = null;
  }

  endingWords(slot: string): string {
    const job = this.#jobs.get(slot);
    return job?.meaning?.kind === "ended" ? job.meaning.words : "Slurm knows nothing of it any more";
  }

  /** Nothing more is submitted. */
  close(): void {
    this.#open = false;
  }

  /** Writes down that all is over. Returns the slots that Slurm may still have. */
  async closeAll(): Promise<readonly string[]> {
    this.#open = false;
    await Promise.all(this.#work);
    const left = this.#live.map(({ slot }) => slot);
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
    let room = settings.maxPilots - this.#live.length;
    for (const kind of kinds) {
      const mine = this.#live.filter((job) => job.kind.index === kind.index);
      const waiting = mine.filter((job) => job.isWaiting && job.state.kind === "submitted").reverse();
      const phase = this.#begunKinds.has(kind.index) ? "later" : "first";
      if (phase === "later" && this.#growAt !== null && now < this.#growAt) continue;
      const standing = { waiting: waiting.map(({ slot }) => slot), running: mine.length - waiting.length };
      const plan = planFleet(kind, { wanted: this.#demand, standing, settings, room, phase });
      room -= plan.submit;
      for (let i = 0; i < plan.submit; i++) this.#submit(kind);
      if (plan.submit > 0) this.#begunKinds.add(kind.index);
      for (const slot of plan.cancel) this.#cancel(slot);
    }
    this.#growAt = seconds(now + growEvery * this.#run.patience);
  }

  #submit(kind: PilotKind): void {
    const slot = `p${String(this.#next++).padStart(4, "0")}`;
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
    const job = await prepareJob(this.#run, { slot, kind, settings }, listener);
    this.#jobs.set(slot, job);
    this.#options.onJob(job);
    const answer = await submitJob(this.#run, job, { settings, isWanted: () => this.#open });
    if (answer.kind === "submitted") {
      if (job.state.kind === "submitting")
        job.state = { kind: "submitted", job: answer.job, at: this.#run.now() };
      return;
    }
    for (const node of job.nodes) {
      node.tell({ kind: "abandoned" });
      await node.end("its submission came to nothing");
    }
    job.state = { kind: "over", why: answer.message };
    if (answer.kind === "vanished") return;
    const script = join(submitScriptsFolder(this.#run.runFolder), `${slot}.sh`);
    this.#never(
      diagnostic("submission-refused", `Slurm refuses the job of a pilot: ${answer.message}`, {
        notes: [`what it means: ${answer.explanation}`, `the script: ${script}`],
        hint: answer.hint,
      }),
    );
  }

  #cancel(slot: string): void {
    const job = this.#jobs.get(slot);
    if (job === undefined || job.dismissed) return;
    job.dismissed = true;
    for (const node of job.nodes) node.tell({ kind: "abandoned" });
    const belongs = ({ key }: { readonly key: string | null }) => key === job.key;
    this.#track(cancelJobs(this.#run.commands, { user: this.#run.user, belongs }));
    this.#over(job, "not needed any more");
  }

  // ---- trouble

  #tellReason(job: PilotJob): void {
    const { meaning } = job;
    if (meaning?.kind !== "waiting" || meaning.reason === job.toldReason) return;
    job.toldReason = meaning.reason;
    if (meaning.hope === "normal") return;
    const where = job.state.kind === "submitted" ? ` (job ${job.state.job})` : "";
    this.#run.warn(
      `the pilot ${job.slot}${where} will not start by itself: ${meaning.words} (${meaning.reason})`,
      `it is given up after ${Math.round(giveUpAfter / 60)} minutes; mend the executor's options in pipe.toml`,
    );
  }

  #giveUp(job: PilotJob): void {
    const words = job.meaning?.kind === "waiting" ? `${job.meaning.words} (${job.meaning.reason})` : "";
    this.#cancel(job.slot);
    this.#never(
      diagnostic("never-starts", `a pilot waits in the queue for what will not come: ${words}`, {
        notes: [`options: ${JSON.stringify(job.kind.options)}`],
        hint: "mend the executor's options in pipe.toml; `pipe doctor` tries them",
      }),
    );
  }

  #lookAtInit(job: PilotJob): void {
    const folder = job.nodes[0]?.folder;
    if (folder === undefined) return;
    if (readInit(initRecordPath(folder)).kind === "failed") this.#neverCameUp(job);
  }

  #neverCameUp(job: PilotJob): void {
    if (job.state.kind === "over") return;
    const { runFolder } = this.#run;
    const folder = job.nodes[0]?.folder ?? "";
    const output = jobOutputPath(runFolder, job.slot);
    const told = sayBringUp({
      ...{ slot: job.slot, nodes: job.where, meaning: job.meaning, output },
      job: job.state.kind === "submitted" ? job.state.job : null,
      init: readInit(initRecordPath(folder)),
      workerInit: this.#options.settings.workerInit,
      printed: lastLines(output, 10),
      script: join(submitScriptsFolder(runFolder), `${job.slot}.sh`),
    });
    for (const node of job.nodes) {
      node.tell({ kind: "abandoned" });
      this.#track(node.end("it never came up"));
    }
    this.#over(job, "it never came up");
    if (!job.dismissed) this.#failed(told);
  }

  #failed(told: { readonly message: string; readonly hint: string }): void {
    this.#failures += 1;
    this.#run.warn(told.message, told.hint);
    // A moment to breathe: whatever broke it may be mending itself.
    this.#growAt = seconds(this.#run.now() + growEvery * this.#run.patience * 2 ** this.#failures);
    if (this.#failures < mostFailures) return;
    const [first = "", ...notes] = told.message.split("\n");
    this.#never(
      diagnostic("no-pilot", `${this.#failures} pilots in a row did not come up; the last: ${first}`, {
        ...{ notes, hint: told.hint },
      }),
    );
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

const numberOf = (slot: string): number => Number(/^p(\d+)$/.exec(slot)?.[1] ?? 0);

/** Seconds between two looks at whether there should be more pilots. */
const growEvery = 1;
/** Seconds. */
const giveUpAfter = 600;
const mostFailures = 3;
