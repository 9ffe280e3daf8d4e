// What an array asks of Slurm.
import { expect, test } from "bun:test";
import { blockName, bytes, seconds } from "../../../../src/core/ids.ts";
import { type ArrayJob, arrayOptions, jobTime } from "../../../../src/executors/slurm/arrays/array-job.ts";
import {
  type ArraySettings,
  arraySettingsJson,
  parseArraySettings,
} from "../../../../src/executors/slurm/arrays/array-settings.ts";

const settings: ArraySettings = {
  ...{ maxRunning: 50, walltime: seconds(3600), workerInit: ["module load x"], copyToNode: false },
  options: { partition: "short", account: "me" },
};
const job: ArrayJob = {
  ...{ slot: "a1", block: blockName("Simulate_0"), count: 200, attempts: 2 },
  needs: { cpus: 2, memory: bytes(3.5 * 1024 * 1024 * 1024), gpus: 1, time: seconds(1800) },
  options: { partition: "gpu" },
  after: { kind: "element-by-element", jobs: ["17", "18"] },
};

test("elements, their needs, what they wait for, and the block's own words over the executor's", () => {
  expect(arrayOptions(job, settings, "/r/50%a/submit_scripts/a1")).toEqual([
    "--array=0-199%50",
    "--nodes=1",
    "--ntasks=1",
    "--cpus-per-task=2",
    "--mem=3584M",
    "--gres=gpu:1",
    "--time=01:01:30",
    "--dependency=aftercorr:17:18",
    "--output=/r/50%%a/submit_scripts/a1/%a.out",
    "--open-mode=append",
    "--partition=gpu",
    "--account=me",
  ]);
});

test("one element, no throttle, nothing to wait for, the time of the executor", () => {
  const plain: ArrayJob = {
    ...job,
    count: 1,
    after: null,
    options: {},
    needs: { ...job.needs, gpus: 0, memory: null, time: null },
  };
  expect(arrayOptions(plain, { ...settings, maxRunning: null, options: {} }, "/o")).toEqual([
    ...["--array=0", "--nodes=1", "--ntasks=1", "--cpus-per-task=2", "--time=01:00:00"],
    ...["--output=/o/%a.out", "--open-mode=append"],
  ]);
  expect(arrayOptions({ ...plain, after: { kind: "all-over", jobs: ["3"] } }, settings, "/o")).toContain(
    "--dependency=afterany:3",
  );
});

test("a job has time for all attempts and what lies between; without a limit it has the partition's", () => {
  expect(jobTime(job, settings)).toBe(seconds(2 * (1800 + 15) + 60));
  expect(
    jobTime({ ...job, needs: { ...job.needs, time: null } }, { ...settings, walltime: null }),
  ).toBeNull();
});

test("settings come back from the run's folder as they were", () => {
  for (const one of [settings, { ...settings, maxRunning: null, walltime: null, options: {} }]) {
    expect(parseArraySettings(JSON.stringify(arraySettingsJson(one)))).toEqual(one);
  }
  for (const bad of ["", "[]", '{"format":"pipe-arrays","version":2}'])
    expect(parseArraySettings(bad)).toBeNull();
});
