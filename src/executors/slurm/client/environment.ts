// The environment that Slurm's commands get. Most of them take a default of every option from a variable, and inside an
// allocation there are dozens: an inherited SLURM_NTASKS=2 has made every `srun` of an inner job fail, an inherited
// SQUEUE_FORMAT makes a listing that nobody can read. So it is made, not inherited.
import { childEnvironment, type Environment } from "../../../system/child-environment.ts";

/**
 * `query`: for commands that only ask or cancel. `submit`: this becomes the job's environment, so nothing is put into it
 * that the user's programs would notice (LC_ALL=C makes a Python of today read files as ASCII).
 */
export type Purpose = "query" | "submit";

export function slurmEnvironment(inherited: Environment, purpose: Purpose): Record<string, string> {
  const inside = insideAllocation(inherited);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(childEnvironment(inherited))) {
    if (!belongsToSlurm.test(name)) {
      if (!(inside && belongsToAllocation(name, value, inherited))) environment[name] = value;
    } else if (findsTheCluster.test(name) || (!inside && wantedOutside.has(name))) {
      environment[name] = value;
    }
  }
  if (purpose === "submit") return environment;
  // Without the second, a long list of an array's waiting elements ends in `...`.
  return { ...environment, LC_ALL: "C", SLURM_BITSTR_LEN: "0" };
}

export function insideAllocation(inherited: Environment): boolean {
  return (inherited.SLURM_JOB_ID ?? inherited.SLURM_JOBID ?? "") !== "";
}

const belongsToSlurm =
  /^(?:SLURM|SLURMD|SLURMCTLD|SLURMSTEPD|SBATCH|SRUN|SALLOC|SQUEUE|SACCT|SINFO|SCANCEL|SCONTROL|SDIAG|SSTAT|SPRIO|PMI\d?|PMIX)_/;

/** How the cluster is found, and who one is there. Wiping these has cut whole sites off. */
const findsTheCluster = /^SLURM_(?:CONF|CONFIG\w*|CONF_\w+|JWT)$/;

/** A person's own defaults; inside an allocation the same names say what that allocation was made with. */
const wantedOutside: ReadonlySet<string> = new Set([
  "SLURM_CLUSTERS",
  "SBATCH_CLUSTERS",
  "SBATCH_ACCOUNT",
  "SBATCH_PARTITION",
  "SBATCH_QOS",
]);

/** What Slurm or a prologue sets for one job: another job that inherits it sees GPUs and folders that it has not. */
function belongsToAllocation(name: string, value: string, inherited: Environment): boolean {
  if (devices.has(name) || (name === "ENVIRONMENT" && value === "BATCH")) return true;
  const job = inherited.SLURM_JOB_ID ?? inherited.SLURM_JOBID ?? "";
  return folders.has(name) && new RegExp(`(?<!\\d)${job.replace(/\D/g, "")}(?!\\d)`).test(value);
}

const devices: ReadonlySet<string> = new Set([
  "CUDA_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "ZE_AFFINITY_MASK",
  "GPU_DEVICE_ORDINAL",
]);

const folders: ReadonlySet<string> = new Set(["TMPDIR", "TMP", "TEMP"]);
