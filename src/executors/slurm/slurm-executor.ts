// Slurm as a place where tasks run: what a run needs there is made here, the executable staged, the journal of jobs begun.
import { submitScriptsFolder } from "../../rundir/layout.ts";
import type { Environment } from "../../system/child-environment.ts";
import { makeFolder } from "../../system/durable-folder.ts";
import type { Executor } from "../executor.ts";
import { rememberedFacts } from "./client/cluster-facts.ts";
import { slurmCommands } from "./client/command.ts";
import { JobsJournal } from "./jobs/jobs-journal.ts";
import { stageExecutable } from "./jobs/staging.ts";
import { createPilotExecutor, type PilotExecutorOptions } from "./pilots/pilot-executor.ts";

export interface SlurmExecutorOptions extends Omit<PilotExecutorOptions, "run"> {
  readonly dataPath: string;
  readonly environment: Environment;
  readonly run: Omit<PilotExecutorOptions["run"], "commands" | "facts" | "journal" | "executable">;
}

/** @throws Refusal where the executable cannot be staged; FileError where the run's folder cannot be written. */
export async function createSlurmExecutor(options: SlurmExecutorOptions): Promise<Executor> {
  const { dataPath, environment, run, ...rest } = options;
  const commands = slurmCommands(environment);
  makeFolder(submitScriptsFolder(run.runFolder));
  const executable = stageExecutable(dataPath);
  const journal = await JobsJournal.begin(run.runFolder, run.version);
  return createPilotExecutor({
    ...rest,
    run: { ...run, commands, facts: rememberedFacts(commands), journal, executable },
  });
}
