// Array mode from end to end: a prepared run whose tasks are submitted as arrays, watched to the end or left to themselves; and
// coming back to one.
import type { SlurmOptions } from "../../config/config.ts";
import { type Diagnostic, diagnostic, unable } from "../../core/diagnostic.ts";
import { seconds } from "../../core/ids.ts";
import {
  type ArraySettings,
  arraySettingsJson,
  parseArraySettings,
} from "../../executors/slurm/arrays/array-settings.ts";
import { rememberedFacts } from "../../executors/slurm/client/cluster-facts.ts";
import { slurmCommands } from "../../executors/slurm/client/command.ts";
import { parseSubmissionKey } from "../../executors/slurm/client/submission-key.ts";
import { JobsJournal } from "../../executors/slurm/jobs/jobs-journal.ts";
import { executorOptions } from "../../executors/slurm/jobs/options.ts";
import { resolveDoubt } from "../../executors/slurm/jobs/resolve-doubt.ts";
import type { SlurmRun } from "../../executors/slurm/jobs/slurm-run.ts";
import { stageExecutable } from "../../executors/slurm/jobs/staging.ts";
import { version } from "../../generated/version.ts";
import type { Plan } from "../../plan/plan.ts";
import { arraySettingsPath } from "../../rundir/layout.ts";
import type { RunFolder } from "../../rundir/runs.ts";
import { monotonic } from "../../system/clock.ts";
import { publish, readText } from "../../system/durable-file.ts";
import { nonce } from "../../system/nonce.ts";
import { watchCancelRequest } from "../cancel-request.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { lockDataset } from "../lock-dataset.ts";
import type { CheckedRequest } from "../prepare.ts";
import type { Audience, RunOutcome } from "../run-pipeline.ts";
import { patienceIn } from "../slurm-executor.ts";
import { ArrayJobs, arraysIn } from "./array-jobs.ts";
import { ArrayWatch, type WatchEnding } from "./array-watch.ts";
import type { HeldRun } from "./held-run.ts";
import { prepareRun } from "./prepare-run.ts";
import { returnToRun, takeAll } from "./return-to-run.ts";
import { refusedArray } from "./say-arrays.ts";
import { Submitter } from "./submit-batches.ts";
import { whatToSubmit } from "./what-to-submit.ts";

export interface Detached {
  readonly kind: "detached";
  readonly run: RunFolder;
  readonly jobs: readonly { readonly job: string; readonly block: string; readonly tasks: number }[];
  /** Tasks that Slurm did not take. */
  readonly unsubmitted: number;
  readonly why: string | null;
}

export type ArrayOutcome = (RunOutcome & { readonly kind: "watched" }) | Detached;

/** @throws Refusal where it could not be begun, or its record could not be written. */
export async function runArrays(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly create: Plan["samples"];
    readonly commandLine: readonly string[];
    readonly options: SlurmOptions;
    readonly stays: "to-the-end" | "until-submitted";
  },
  audience: Audience,
): Promise<ArrayOutcome> {
  const settings = arraySettings(what.options);
  const needs = what.plan.blocks.map((block) => block.needs);
  const held = await prepareRun(checked, { ...what, needs }, audience);
  try {
    publish(arraySettingsPath(held.run.path), `${JSON.stringify(arraySettingsJson(settings))}\n`, {
      durability: "synced",
    });
    return await submitAndWatch(held, settings, what.stays);
  } finally {
    await held.release();
  }
}

/** Takes over a run of arrays whose launcher is gone, and stays to its end. @throws Refusal where somebody else has it. */
export async function attachArrays(
  dataPath: string,
  of: { readonly run: RunFolder; readonly commandLine: readonly string[] },
  audience: Audience,
): Promise<RunOutcome> {
  const { run } = of;
  const text = readText(arraySettingsPath(run.path));
  const settings = text === "missing" ? null : parseArraySettings(text);
  if (settings === null) throw unable(noSettings(run));
  const lock = lockDataset(dataPath, of.commandLine);
  const held = await returnToRun(dataPath, { run, lock }, audience);
  try {
    takeAll(held);
    const outcome = await submitAndWatch(held, settings, "to-the-end");
    if (outcome.kind === "detached") throw new Error("a launcher that stays has left");
    return outcome;
  } finally {
    await held.release();
  }
}

/** Whether a run is one of arrays. */
export const isArrayRun = (run: RunFolder): boolean => readText(arraySettingsPath(run.path)) !== "missing";

export function arraySettings(options: SlurmOptions): ArraySettings {
  return {
    maxRunning: options.maxRunning,
    walltime: options.walltime,
    workerInit: options.workerInit ?? [],
    copyToNode: options.copyToNode ?? false,
    options: executorOptions(options),
  };
}

async function submitAndWatch(
  held: HeldRun,
  settings: ArraySettings,
  stays: "to-the-end" | "until-submitted",
): Promise<ArrayOutcome> {
  const journal = await JobsJournal.begin(held.run.path, version);
  try {
    const run = slurmRunFor(held, journal);
    const jobs = new ArrayJobs();
    await findIntended(run);
    for (const slot of arraysIn(held.run.path, journal)) jobs.add(slot);
    const submitter = new Submitter({
      ...{ run, prepared: held.prepared, settings, jobs, most: await mostElements(run) },
    });
    submitter.want(...whatToSubmit(held, jobs));
    if (stays === "until-submitted") return await submitAndLeave(held, { jobs, submitter });
    const watch = new ArrayWatch({ held, run, jobs, submitter, settings });
    const stopListening = listenForInterrupts((how) => watch.interrupt(how));
    const every = 10 * run.patience;
    const stopLooking = watchCancelRequest(held.run.path, every, () => watch.interrupt("end-now"));
    try {
      const ending = await watch.watch();
      if (ending.kind === "complete") {
        for (const slot of jobs.slots) await journal.ended(slot.slot, "all its tasks have ended");
      }
      return { kind: "watched", ...(await outcomeOf(held, ending)) };
    } finally {
      stopLooking();
      stopListening();
    }
  } finally {
    await journal.close();
  }
}

async function outcomeOf(held: HeldRun, ending: WatchEnding): Promise<RunOutcome> {
  if (ending.kind !== "complete") held.bringBack();
  const summary = await held.finish(ending.kind);
  const problem = ending.kind === "executor-failed" ? ending.diagnostic : null;
  return { run: held.run, why: ending.kind, summary, diagnostic: problem };
}

async function submitAndLeave(
  held: HeldRun,
  { jobs, submitter }: { readonly jobs: ArrayJobs; readonly submitter: Submitter },
): Promise<ArrayOutcome> {
  const answer = held.account.open === 0 ? ({ kind: "all" } as const) : await submitter.go();
  if (answer.kind === "refused" && jobs.slots.length === 0) {
    return { kind: "watched", ...(await outcomeOf(held, failed(refusedArray(answer)))) };
  }
  if (held.account.open === 0) {
    return { kind: "watched", ...(await outcomeOf(held, { kind: "complete" })) };
  }
  held.record({ kind: "launcher-left", why: "detached" });
  await held.finish("left");
  const { blocks } = held.prepared.plan;
  return {
    ...{ kind: "detached", run: held.run, unsubmitted: submitter.waiting },
    why: answer.kind === "all" ? null : answer.message,
    jobs: jobs.slots.map(({ job, block, tasks }) => ({
      ...{ job, block: blocks[block]?.name ?? "", tasks: tasks.length },
    })),
  };
}

const failed = (problem: Diagnostic): WatchEnding => ({ kind: "executor-failed", diagnostic: problem });

/** Submissions whose answer a killed launcher never wrote down. */
async function findIntended(run: SlurmRun): Promise<void> {
  for (const { slot, key, facts, state } of [...run.journal.slots.values()]) {
    const parsed = parseSubmissionKey(key);
    if (state.kind !== "intended" || facts.mode !== "array" || parsed === null) continue;
    await resolveDoubt(
      run,
      { slot, key: parsed },
      { message: "its launcher was killed while it was submitted", isWanted: () => true },
    );
  }
}

async function mostElements(run: SlurmRun): Promise<number> {
  const answer = await run.facts();
  if (answer.kind === "unknown") return usualMost;
  const { maxArraySize, maxArrayTasks } = answer.facts;
  return Math.max(1, Math.min(maxArraySize ?? usualMost, maxArrayTasks ?? maxArraySize ?? usualMost));
}

/** Slurm's own default of MaxArraySize is 1001: indices up to 1000. */
const usualMost = 1000;

function slurmRunFor(held: HeldRun, journal: JobsJournal): SlurmRun {
  const commands = slurmCommands(process.env);
  const { prepared, run, record } = held;
  return {
    ...{ commands, facts: rememberedFacts(commands), user: process.getuid?.() ?? 0, journal },
    ...{ runKey: nonce().slice(0, 8), runFolder: run.path, version, seed: prepared.work.seed },
    ...{ executable: stageExecutable(prepared.dataPath), patience: patienceIn(process.env) },
    now: () => seconds(monotonic()),
    warn: (message, hint) => record({ kind: "warning", message, hint }),
  };
}

const noSettings = (run: RunFolder): Diagnostic =>
  diagnostic("no-arrays", `run ${run.name} was not submitted as arrays`, {
    notes: [`there is no \`${arraySettingsPath(run.path)}\``],
    hint: "its tasks are run by whoever calls them: `pipe worker --task N`",
  });
