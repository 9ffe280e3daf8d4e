// What Slurm's commands get to see of the environment, in an allocation and outside.
import { describe, expect, test } from "bun:test";
import { slurmEnvironment } from "../../../../src/executors/slurm/client/environment.ts";
import { submissionKey } from "../../../../src/executors/slurm/client/submission-key.ts";
import { submitWords } from "../../../../src/executors/slurm/client/submit.ts";

const outside = {
  ...{ PATH: "/bin", HOME: "/home/u", LANG: "de_DE.UTF-8", CUDA_VISIBLE_DEVICES: "0", TMPDIR: "/scratch/u" },
  ...{ SLURM_CONF: "/etc/x.conf", SLURM_CONFIG_DIR: "/etc/x", SLURM_CONF_SERVER: "ctl", SLURM_JWT: "secret" },
  ...{ SLURM_CLUSTERS: "big", SBATCH_ACCOUNT: "a", SBATCH_PARTITION: "p", SBATCH_QOS: "q" },
};
const inside = { ...outside, SLURM_JOB_ID: "417", TMPDIR: "/scratch/slurm.417", ENVIRONMENT: "BATCH" };
const leaks = {
  ...{ SLURM_NTASKS: "2", SLURM_NPROCS: "2", SLURM_EXPORT_ENV: "NONE", SLURM_TIME_FORMAT: "relative" },
  ...{
    SLURMD_NODENAME: "n1",
    SRUN_DEBUG: "3",
    PMI_RANK: "0",
    PMI2_FD: "4",
    PMIX_RANK: "0",
    SBATCH_TIMELIMIT: "1",
  },
  ...{ SQUEUE_FORMAT: "%i", SACCT_FORMAT: "jobid", SINFO_FORMAT: "%P", SALLOC_X: "1", SCANCEL_USER: "root" },
  ...{ PIPE_SAMPLE: "/x", BUN_OPTIONS: "--x", BUN_BE_BUN: "1" },
};

describe("the environment", () => {
  test("loses what would change what a command does, and keeps what finds the cluster", () => {
    expect(slurmEnvironment({ ...outside, ...leaks }, "submit")).toEqual(outside);
    expect(slurmEnvironment({ ...outside, ...leaks }, "query")).toEqual({
      ...outside,
      LC_ALL: "C",
      SLURM_BITSTR_LEN: "0",
    });
  });
  test("inside an allocation, what was meant for that one does not go on", () => {
    const kept = slurmEnvironment({ ...inside, ...leaks }, "submit");
    expect(Object.keys(kept).sort()).toEqual(
      ["HOME", "LANG", "PATH", "SLURM_CONF", "SLURM_CONFIG_DIR", "SLURM_CONF_SERVER", "SLURM_JWT"].sort(),
    );
  });
  test("a folder whose name only resembles the allocation's stays", () => {
    const kept = slurmEnvironment({ ...inside, TMPDIR: "/scratch/14170" }, "submit");
    expect(kept.TMPDIR).toBe("/scratch/14170");
  });
  test("a user's own names that only look alike stay", () => {
    const own = { SLURMISH: "1", MY_SLURM_CONF: "2", PMIXED: "3", PATH: "/bin" };
    expect(slurmEnvironment(own, "submit")).toEqual(own);
  });
});

describe("the words of a submission", () => {
  const key = submissionKey("ab", "p1");
  test("carry the key, and no requeue", () => {
    expect(submitWords({ script: "/x.sh", key, options: ["--time=60"] })).toEqual([
      ...[
        "--parsable",
        "--job-name=pipe.ab.p1",
        `--comment=pipe:${key}`,
        "--no-requeue",
        "--time=60",
        "/x.sh",
      ],
    ]);
  });
  test("with a dependency, a job that can never start does not stay", () => {
    const words = submitWords({
      script: "/x.sh",
      key,
      options: ["--dependency=aftercorr:7"],
      requeue: "by-slurm",
    });
    expect(words).toContain("--kill-on-invalid-dep=yes");
    expect(words).toContain("--requeue");
  });
});
