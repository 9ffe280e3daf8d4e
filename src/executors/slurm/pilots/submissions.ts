// From a wanted pilot to a job, or to the certainty that there is none. Everything is written down before it is done: whoever
// takes over after a kill at any line of this page finds the job by its key, or knows that there is none.
import { join } from "node:path";
import { type WorkerId, workerId } from "../../../core/ids.ts";
import type { PilotRules, ToPilot } from "../../../protocol/mailbox.ts";
import { initRecordPath, submitScriptsFolder, workerFolder } from "../../../rundir/layout.ts";
import { createDurable, publish } from "../../../system/durable-file.ts";
import { submissionKey } from "../client/submission-key.ts";
import { type Submission, submit } from "../client/submit.ts";
import { jobScript } from "../jobs/job-script.ts";
import { pauseWhile, type Resolved, resolveDoubt } from "../jobs/resolve-doubt.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";
import { factsOfJob } from "./job-facts.ts";
import { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import { PilotMailbox } from "./pilot-mailbox.ts";
import { type NodeListener, PilotNode } from "./pilot-node.ts";
import { pilotOptions } from "./pilot-options.ts";
import type { PilotSettings } from "./pilot-settings.ts";

export type Submitted = Resolved | Extract<Submission, { kind: "never" }>;

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
        return await resolveDoubt(run, job, { message: answer.message, isWanted: how.isWanted });
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

/** Standard output and error of the job. */
export const jobOutputPath = (runFolder: string, slot: string): string =>
  join(submitScriptsFolder(runFolder), `${slot}.out`);

const srun = ["srun", "--ntasks-per-node=1", "--kill-on-bad-exit=0", "--export=ALL"] as const;

/** Seconds. */
const firstPause = 5;
const longestPause = 120;
