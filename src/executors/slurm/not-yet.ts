// Slurm is where runs go by default, and this version cannot take them there. It says so before anything is made.
import { diagnostic, type Refusal, unable } from "../../core/diagnostic.ts";

/** The refusal of a run that is meant for Slurm. */
export function slurmRefusal(): Refusal {
  const here = Bun.which("sbatch") !== null;
  return unable(
    diagnostic(
      "no-slurm",
      here
        ? "this version of pipe cannot run on Slurm yet"
        : "there is no `sbatch` on this machine, so no Slurm to run on",
      {
        notes: ["a run goes to Slurm unless it is told otherwise"],
        hint: '`--run_local` runs it in processes of this machine; `executor = "local"` under `[run]` in pipe.toml keeps it so',
      },
    ),
  );
}
