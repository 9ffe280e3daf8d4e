// Pilots whose launcher is gone are taken over: they get a new inbox, and what they have in hand is theirs to finish. Jobs that
// were about to be submitted when the launcher died are looked for by their keys.
import type { TaskResult } from "../../../protocol/answer.ts";
import type { Assignment } from "../../../protocol/assignment.ts";
import { workerFolder } from "../../../rundir/layout.ts";
import { type FileError, isFileError } from "../../../system/file-error.ts";
import { parseJobId } from "../client/job-id.ts";
import type { SeenJob } from "../client/seen-job.ts";
import { queryJobs } from "../client/squeue.ts";
import { parseSubmissionKey, type SubmissionKey } from "../client/submission-key.ts";
import { cancelJobs } from "../jobs/cancel.ts";
import { type JobSlot, JobsJournal, openSlots, readJobs } from "../jobs/jobs-journal.ts";
import { resolveDoubt } from "../jobs/resolve-doubt.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";
import { factsOfJob, type JobFacts, jobFactsIn } from "./job-facts.ts";
import { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import { PilotMailbox } from "./pilot-mailbox.ts";
import { type NodeListener, PilotNode } from "./pilot-node.ts";
import type { PilotSettings } from "./pilot-settings.ts";
import { readMailbox } from "./read-mailbox.ts";
import { mailboxOptions, rulesFor, serve, workersOf } from "./submissions.ts";

/** A run that was left by its launcher. */
export interface EarlierRun {
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
}

export interface EarlierRuns {
  readonly runs: readonly EarlierRun[];
  /** By the folder of a pilot: so many of its answers are taken already, from the first. Asked for when it starts. */
  readonly taken: () => ReadonlyMap<string, number>;
}

export interface Adopted {
  readonly jobs: readonly PilotJob[];
  /** What their pilots have in hand. */
  readonly tasks: readonly { readonly pilot: string; readonly of: number; readonly assignment: Assignment }[];
  /** What was answered since the answers were taken, by pilots that live and by others. */
  readonly done: readonly Done[];
}

interface Done {
  readonly assignment: Assignment;
  readonly result: TaskResult;
}

interface Left extends JobSlot {
  readonly key: SubmissionKey;
  readonly facts: JobSlot["facts"];
  readonly job: JobFacts;
}

export async function adoptJobs(
  run: SlurmRun,
  from: {
    readonly earlier: EarlierRuns;
    readonly settings: PilotSettings;
    readonly kinds: readonly PilotKind[];
  },
  listener: NodeListener,
): Promise<Adopted> {
  const jobs: PilotJob[] = [];
  const tasks: Adopted["tasks"][number][] = [];
  const done: Done[] = [];
  const taken = from.earlier.taken();
  for (const { runFolder } of from.earlier.runs) {
    const left = openSlots(readJobs(runFolder)).flatMap((slot) => leftIn(slot, runFolder) ?? []);
    if (left.length === 0) continue;
    const seen = await lookUp(run, left);
    const own = runFolder === run.runFolder;
    const journal = own ? run.journal : await JobsJournal.begin(runFolder, run.version);
    for (const slot of left) {
      if (jobs.some(({ key }) => key === slot.key)) {
        // A launcher that took it over died before it had written that down here.
        await journal.ended(slot.slot, `taken over by ${run.runFolder}`);
        continue;
      }
      done.push(...doneSince(run, slot, taken));
      const known = seen?.get(slot.key) ?? null;
      const kind = from.kinds.find((one) => sameOptions(one.options, slot.job.options));
      const useless = kind === undefined || jobs.some((job) => job.slot === slot.slot);
      const over =
        known?.meaning.kind === "ended" ||
        (seen !== null && known === null && slot.state.kind === "submitted");
      if (over || useless || kind === undefined) {
        await dismiss(run, slot);
        if (!over) await cancelJobs(run.commands, { user: run.user, belongs: ({ key }) => key === slot.key });
        await journal.ended(
          slot.slot,
          over ? "ended without its launcher" : "cancelled by the next launcher",
        );
        continue;
      }
      const adopted = await adopt(run, { slot, kind, known, settings: from.settings }, listener);
      if (adopted === null) {
        await journal.ended(slot.slot, "its pilot had left");
        continue;
      }
      if (!own) {
        await run.journal.intend(slot.slot, { key: slot.key, facts: factsOfJob(slot.job) });
        if (slot.state.kind === "submitted") await run.journal.submitted(slot.slot, slot.state);
        await journal.ended(slot.slot, `taken over by ${run.runFolder}`);
      }
      jobs.push(adopted.job);
      tasks.push(...adopted.tasks);
    }
    if (!own) await journal.close();
  }
  return { jobs, tasks, done };
}

/** Before its fate is decided: a pilot that has ended in the last second has still done this. */
function doneSince(run: SlurmRun, slot: Left, taken: ReadonlyMap<string, number>): readonly Done[] {
  return workersOf(slot.slot, slot.job.nodes).flatMap((worker) => {
    const folder = workerFolder(slot.job.home, worker);
    try {
      const { answered } = readMailbox(folder);
      return answered.slice(taken.get(folder) ?? 0).filter(({ result }) => result.outcome.kind !== "failed");
    } catch (error) {
      if (!isFileError(error)) throw error;
      tellUnreadable(run, worker, error);
      return [];
    }
  });
}

/** Null where it is no job of pilots, or not understood. */
function leftIn(slot: JobSlot, runFolder: string): Left | null {
  const key = parseSubmissionKey(slot.key);
  const job = jobFactsIn(slot.facts, runFolder);
  return key === null || job === null ? null : { ...slot, key, job };
}

/** What Slurm says of them now; null where it does not answer. */
async function lookUp(run: SlurmRun, left: readonly Left[]): Promise<ReadonlyMap<string, SeenJob> | null> {
  const keys = new Set<string>(left.map(({ key }) => key));
  const answer = await queryJobs(run.commands, {
    user: run.user,
    belongs: ({ key }) => key !== null && keys.has(key),
  });
  if (answer.kind === "unknown") return null;
  return new Map(answer.jobs.flatMap((job) => (job.key === null ? [] : [[job.key, job]])));
}

async function adopt(
  run: SlurmRun,
  of: {
    readonly slot: Left;
    readonly kind: PilotKind;
    readonly known: SeenJob | null;
    readonly settings: PilotSettings;
  },
  listener: NodeListener,
): Promise<(Pick<Adopted, "tasks"> & { readonly job: PilotJob }) | null> {
  const { slot, kind, known, settings } = of;
  const nodes: PilotNode[] = [];
  const tasks: Adopted["tasks"][number][] = [];
  for (const worker of workersOf(slot.slot, slot.job.nodes)) {
    const folder = workerFolder(slot.job.home, worker);
    try {
      const box = readMailbox(folder);
      if (box.left) continue;
      const first = [serve(run, rulesFor(kind, settings, run.patience))];
      const mailbox = await PilotMailbox.takeOver(mailboxOptions(run, folder), first);
      nodes.push(
        new PilotNode(
          { worker, slot: slot.slot, mailbox, takenOver: { left: known?.left ?? null } },
          listener,
          run.now(),
        ),
      );
      for (const { of: number, assignment } of box.open)
        tasks.push({ pilot: worker, of: number, assignment });
    } catch (error) {
      if (!isFileError(error)) throw error;
      tellUnreadable(run, worker, error);
    }
  }
  if (nodes.length === 0) return null;
  const job = new PilotJob({ slot: slot.slot, key: slot.key, kind, nodes });
  if (known !== null) job.seen(known, run.now());
  const number = slot.state.kind === "submitted" ? parseJobId(slot.state.job) : (known?.submitted ?? null);
  if (number === null)
    void settleDoubt(run, job).catch((error: unknown) => run.warn(`${job.slot}: ${String(error)}`, null));
  else job.state = { kind: "submitted", job: number, at: run.now() };
  return { job, tasks };
}

/** The launcher died between writing down that it would submit this and hearing Slurm's answer. */
async function settleDoubt(run: SlurmRun, job: PilotJob): Promise<void> {
  const found = await resolveDoubt(run, job, {
    message: "its launcher died while it was submitted",
    isWanted: () => job.state.kind !== "over",
  });
  if (job.state.kind === "over") return;
  if (found.kind === "submitted") {
    job.state = { kind: "submitted", job: found.job, at: run.now() };
    return;
  }
  for (const node of job.nodes) {
    node.tell({ kind: "abandoned" });
    await node.end("it was never submitted");
  }
  job.state = { kind: "over", why: "it was never submitted" };
}

/** Should it still run, or start late: it finds that nobody waits for it. */
async function dismiss(run: SlurmRun, slot: Left): Promise<void> {
  for (const worker of workersOf(slot.slot, slot.job.nodes)) {
    const folder = workerFolder(slot.job.home, worker);
    try {
      const mailbox = await PilotMailbox.takeOver(mailboxOptions(run, folder), [{ kind: "abandoned" }]);
      await mailbox.close();
    } catch (error) {
      if (!isFileError(error)) throw error;
      tellUnreadable(run, worker, error);
    }
  }
}

const tellUnreadable = (run: SlurmRun, worker: string, error: FileError): void =>
  run.warn(
    `the mailbox of ${worker} cannot be used: ${error.code} on ${error.path}`,
    "its tasks are run again",
  );

function sameOptions(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const sorted = (options: Readonly<Record<string, string>>) =>
    JSON.stringify(Object.entries(options).sort());
  return sorted(a) === sorted(b);
}
