// Slurm is where runs go by default; where it is not there, that is said before anything is made.
import { diagnostic, type Refusal, unable } from "../../../core/diagnostic.ts";

/** The refusal of a run that is meant for Slurm on a machine that has none; null where it has. */
export function slurmRefusal(): Refusal | null {
  if (Bun.which("sbatch") !== null) return null;
  return unable(
    diagnostic("no-slurm", "there is no `sbatch` on this machine, so no Slurm to run on", {
      notes: ["a run goes to Slurm unless it is told otherwise"],
      hint: '`--run_local` runs it in processes of this machine; `executor = "local"` under `[run]` in pipe.toml keeps it so',
    }),
  );
}
