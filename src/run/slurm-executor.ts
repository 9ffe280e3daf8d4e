// A Slurm executor for this run: what it has to be given of the run, of this machine, and of launchers before.
import { failed } from "../core/outcome.ts";
import type { Executor } from "../executors/executor.ts";
import { executorKinds } from "../executors/registry.ts";
import type { EarlierRuns } from "../executors/slurm/pilots/adoption.ts";
import type { PilotKinds } from "../executors/slurm/pilots/pilot-kinds.ts";
import type { PilotSettings } from "../executors/slurm/pilots/pilot-settings.ts";
import { version } from "../generated/version.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { monotonic } from "../system/clock.ts";
import { nonce } from "../system/nonce.ts";
import { unbegun } from "../worker/run-task.ts";

export async function slurmExecutor(of: {
  readonly pilots: PilotSettings;
  readonly kinds: PilotKinds;
  readonly dataPath: string;
  readonly seed: string | number;
  readonly run: RunFolder;
  readonly earlier: EarlierRuns;
}): Promise<Executor> {
  return await executorKinds.slurm({
    settings: of.pilots,
    kinds: of.kinds,
    earlier: of.earlier,
    dataPath: of.dataPath,
    environment: process.env,
    run: {
      user: process.getuid?.() ?? 0,
      runKey: nonce().slice(0, 8),
      runFolder: of.run.path,
      version,
      seed: of.seed,
      patience: patienceIn(process.env),
      now: monotonic,
    },
    unbegun: (assignment, failure) => unbegun(assignment, failed(failure)),
  });
}

/** `PIPE_PATIENCE=0.1`: all waiting times of pilots and launcher a tenth of what they are. For tests and demonstrations. */
export function patienceIn(environment: Readonly<Record<string, string | undefined>>): number {
  const value = Number(environment.PIPE_PATIENCE ?? "1");
  return Number.isFinite(value) && value > 0 ? value : 1;
}
