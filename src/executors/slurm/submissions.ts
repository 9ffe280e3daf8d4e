// From a wanted pilot to a job, or to the certainty that there is none. Everything is written down before it is done: whoever
// takes over after a kill at any line of this page finds the job by its key, or knows that there is none.
import { join } from "node:path";
import { seconds, type WorkerId, workerId } from "../../core/ids.ts";
import type { PilotRules, ToPilot } from "../../protocol/mailbox.ts";
import { initRecordPath, submitScriptsFolder, workerFolder } from "../../rundir/layout.ts";
import { monotonic, wallClock } from "../../system/clock.ts";
import { createDurable, publish } from "../../system/durable-file.ts";
import { askAgain, findByKey } from "./find-by-key.ts";
import { factsOfJob } from "./job-facts.ts";
import type { JobId } from "./job-id.ts";
import { jobScript } from "./job-script.ts";
import { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import { PilotMailbox } from "./pilot-mailbox.ts";
import { type NodeListener, PilotNode } from "./pilot-node.ts";
import type { PilotSettings } from "./pilot-settings.ts";
import { pilotOptions } from "./sbatch-options.ts";
import { keepsAccounts, type SlurmRun } from "./slurm-run.ts";
import { type SubmissionKey, submissionKey } from "./submission-key.ts";
import { type Submission, submit } from "./submit.ts";

export type Submitted =
  | { readonly kind: "submitted"; readonly job: JobId }
  /** Nowhere to be found: its slot is given up, another one may be tried. */
  | { readonly kind: "vanished"; readonly message: string }
  | Extract<Submission, { kind: "never" }>;

/** Makes everything on disk that the job's nodes will look for. @throws FileError */
export async function prepareJob(
  run: SlurmRun,
  of: { readonly slot: string; readonly kind: PilotKind; readonly settings: PilotSettings },
  listener: NodeListener,
): Promise<PilotJob> {
  const { slot, kind, settings } = of;
  const nodes: PilotNode[] = [];
  for (const worker of workersOf(slot, settings.nodesPerPilot)) {
    const folder = workerFolder(run.runFolder, worker);
    const mailbox = await PilotMailbox.prepare(mailboxOptions(run, folder), [
      serve(run, rulesFor(kind, settings, run.patience)),
    ]);
    nodes.push(new PilotNode({ worker, slot, mailbox }, listener, run.now()));
  }
  createDurable(initRecordPath(workerFolder(run.runFolder, workersOf(slot, settings.nodesPerPilot)[0])), "");
  return new PilotJob({ slot, kind, nodes, key: submissionKey(run.runKey, slot) });
}

/** Resolves when it is known what became of it; `isWanted` false ends the waiting for better times. */
export async function submitJob(
  run: SlurmRun,
  job: PilotJob,
  how: { readonly settings: PilotSettings; readonly isWanted: () => boolean },
): Promise<Submitted> {
  const { script, options } = writeScript(run, job, how.settings);
  const { nodesPerPilot: nodes } = how.settings;
  const facts = factsOfJob({ nodes, options: job.kind.options, home: run.runFolder });
  await run.journal.intend(job.slot, { key: job.key, facts });
  let told = false;
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
    const answer = await submit(run.commands, { script, options, key: job.key });
    switch (answer.kind) {
      case "submitted":
        await run.journal.submitted(job.slot, { job: answer.job, cluster: answer.cluster });
        return { kind: "submitted", job: answer.job };
      case "never":
        await run.journal.abandoned(job.slot, answer.message);
        return answer;
      case "doubtful":
        run.warn(`Slurm's answer to the submission of ${job.slot} was lost (${answer.message})`, null);
        return await resolveDoubt(run, job.slot, job.key, answer.message);
      case "later":
        if (!told) {
          run.warn(
            `Slurm does not take ${job.slot} now (${answer.message})`,
            "it is tried again until it does",
          );
        }
        told = true;
        await pauseWhile(how.isWanted, pause * run.patience);
        if (how.isWanted()) continue;
        await run.journal.abandoned(job.slot, answer.message);
        return { kind: "vanished", message: answer.message };
    }
  }
}

/**
 * Whether there is a job with this key. A request may still lie in the controller's queue, so one that is absent is asked for
 * again before that is believed.
 */
export async function resolveDoubt(
  run: SlurmRun,
  slot: string,
  key: SubmissionKey,
  message: string,
): Promise<Extract<Submitted, { kind: "submitted" | "vanished" }>> {
  const since = run.now();
  for (let absent = 0; absent < 2; ) {
    const found = await findByKey(run.commands, {
      ...{ key, user: run.user, now: wallClock(), accounting: await keepsAccounts(run) },
      since: seconds(run.now() - since + 60),
    });
    if (found.kind === "found") {
      const [first] = found.jobs;
      if (first !== undefined) {
        await run.journal.submitted(slot, { job: first.submitted, cluster: null });
        return { kind: "submitted", job: first.submitted };
      }
    }
    if (found.kind === "absent") absent += 1;
    if (absent < 2) await Bun.sleep(askAgain * run.patience * 1000);
  }
  await run.journal.abandoned(slot, message);
  return { kind: "vanished", message };
}

export function workersOf(slot: string, nodes: number): readonly [WorkerId, ...WorkerId[]] {
  if (nodes === 1) return [workerId(slot)];
  const [first = workerId(slot), ...rest] = Array.from({ length: nodes }, (_, i) => workerId(`${slot}.${i}`));
  return [first, ...rest];
}

export const mailboxOptions = (run: SlurmRun, folder: string) => ({
  folder,
  version: run.version,
  facts: { launcher: run.runKey },
  onTrouble: (error: { readonly code: string; readonly path: string }) =>
    run.warn(`cannot write to ${error.path}: ${error.code}`, "make room; it is tried again until it works"),
});

export const serve = (run: SlurmRun, rules: PilotRules): ToPilot => ({
  ...{ kind: "serve", runFolder: run.runFolder, seed: run.seed, rules },
});

export function rulesFor(kind: PilotKind, settings: PilotSettings, patience: number): PilotRules {
  const { walltime, maxIdletime, orphanTime } = settings;
  return { capacity: kind.perNode, walltime, maxIdletime, orphanTime, patience };
}

/** The output file is made here: a folder that is missing makes a job fail without a word. */
function writeScript(
  run: SlurmRun,
  job: PilotJob,
  settings: PilotSettings,
): { readonly script: string; readonly options: readonly string[] } {
  const folder = submitScriptsFolder(run.runFolder);
  const output = jobOutputPath(run.runFolder, job.slot);
  const options = pilotOptions(job.kind, settings, output);
  const several = settings.nodesPerPilot > 1;
  const [first] = workersOf(job.slot, settings.nodesPerPilot);
  const { path, sha256, size, build } = run.executable;
  const text = jobScript({
    about: [`a pilot of pipe for ${run.runFolder}: it runs ${job.kind.blocks.join(", ")}`],
    options,
    init: settings.workerInit,
    initRecord: initRecordPath(workerFolder(run.runFolder, first)),
    worker: [
      ...[path, "worker", "--run_dir", run.runFolder, "--slot", job.slot, "--build", build],
      ...(several ? ["--by_node"] : []),
    ],
    through: several ? [...srun, `--nodes=${settings.nodesPerPilot}`] : [],
    local: settings.copyToNode ? { folder: "/tmp", sha256, size } : null,
  });
  const script = join(folder, `${job.slot}.sh`);
  publish(script, text, { durability: "synced" });
  createDurable(output, "");
  return { script, options };
}

/** So many seconds, fewer where nobody wants the job any more. */
async function pauseWhile(isWanted: () => boolean, seconds: number): Promise<void> {
  const until = monotonic() + seconds;
  for (let left = seconds; left > 0 && isWanted(); left = until - monotonic()) {
    await Bun.sleep(Math.min(left, 0.1) * 1000);
  }
}

/** Standard output and error of the job. */
export const jobOutputPath = (runFolder: string, slot: string): string =>
  join(submitScriptsFolder(runFolder), `${slot}.out`);

const srun = ["srun", "--ntasks-per-node=1", "--kill-on-bad-exit=0", "--export=ALL"] as const;

/** Seconds. */
const firstPause = 5;
const longestPause = 120;
