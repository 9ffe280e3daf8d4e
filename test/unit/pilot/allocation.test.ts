// What a job has given its pilot, as Slurm says it in the environment.
import { describe, expect, test } from "bun:test";
import { bytes, seconds } from "../../../src/core/ids.ts";
import { allocationIn, capacityOf } from "../../../src/pilot/allocation.ts";

const megabyte = 1024 * 1024;

describe("the environment of a job", () => {
  test("none of any", () =>
    expect(allocationIn({}, 0)).toEqual({
      ...{ job: null, restarts: 0, cpus: null, memory: null, gpus: [], endsIn: null, nodeIndex: 0 },
    }));
  test("all of it", () =>
    expect(
      allocationIn(
        {
          ...{
            SLURM_JOB_ID: "12",
            SLURM_RESTART_COUNT: "2",
            SLURM_CPUS_ON_NODE: "8",
            SLURM_MEM_PER_NODE: "500",
          },
          ...{ CUDA_VISIBLE_DEVICES: "2,3", SLURM_JOB_END_TIME: "1060", SLURM_NODEID: "1" },
        },
        1_000_000,
      ),
    ).toEqual({
      ...{ job: "12", restarts: 2, cpus: 8, memory: bytes(500 * megabyte), gpus: ["2", "3"] },
      ...{ endsIn: seconds(60), nodeIndex: 1 },
    }));
  test("an element of an array", () =>
    expect(
      allocationIn({ SLURM_ARRAY_JOB_ID: "7", SLURM_ARRAY_TASK_ID: "3", SLURM_JOB_ID: "9" }, 0).job,
    ).toBe("7_3"));
  test("memory for each core", () =>
    expect(allocationIn({ SLURM_MEM_PER_CPU: "100", SLURM_CPUS_ON_NODE: "4" }, 0).memory).toBe(
      bytes(400 * megabyte),
    ));
  test("the whole node's memory, of which nobody knows how much it is", () =>
    expect(allocationIn({ SLURM_MEM_PER_NODE: "0" }, 0).memory).toBeNull());
  test("an end that is over", () =>
    expect(allocationIn({ SLURM_JOB_END_TIME: "10" }, 20_000).endsIn).toBe(seconds(0)));
  test("what is no number says nothing", () =>
    expect(allocationIn({ SLURM_CPUS_ON_NODE: "many", SLURM_JOB_END_TIME: " " }, 0)).toMatchObject({
      ...{ cpus: null, endsIn: null },
    }));
});

describe("GPUs", () => {
  const cases: readonly [string, Record<string, string>, readonly string[]][] = [
    ["as CUDA names them", { CUDA_VISIBLE_DEVICES: "0,2" }, ["0", "2"]],
    ["by their long names", { CUDA_VISIBLE_DEVICES: "GPU-8f3, MIG-1/2/0" }, ["GPU-8f3", "MIG-1/2/0"]],
    ["none, said so", { CUDA_VISIBLE_DEVICES: "NoDevFiles", SLURM_JOB_GPUS: "1" }, []],
    ["none, empty", { CUDA_VISIBLE_DEVICES: "" }, []],
    ["up to the first that is none", { CUDA_VISIBLE_DEVICES: "1,-1,2" }, ["1"]],
    ["of another maker", { ROCR_VISIBLE_DEVICES: "1" }, ["1"]],
    ["as Slurm counts them", { SLURM_JOB_GPUS: "4,5" }, ["4", "5"]],
    ["of the step", { SLURM_STEP_GPUS: "4", SLURM_JOB_GPUS: "4,5" }, ["4"]],
    ["only how many", { SLURM_GPUS_ON_NODE: "2" }, ["0", "1"]],
  ];
  for (const [name, environment, gpus] of cases) {
    test(name, () => expect(allocationIn(environment, 0).gpus).toEqual(gpus));
  }
});

describe("what may be used", () => {
  const asked = { cpus: 4, memory: bytes(1000), gpus: 2 };
  const given = allocationIn({ SLURM_JOB_ID: "1" }, 0);
  test("what was asked for, where the job does not say", () =>
    expect(capacityOf(asked, { ...given, gpus: ["0", "1"] })).toEqual(asked));
  test("less, where the job has less", () =>
    expect(capacityOf(asked, { ...given, cpus: 2, memory: bytes(500), gpus: ["0"] })).toEqual({
      ...{ cpus: 2, memory: bytes(500), gpus: 1 },
    }));
  test("not more, where it has more", () =>
    expect(capacityOf(asked, { ...given, cpus: 64, memory: bytes(9000), gpus: ["0", "1", "2"] })).toEqual(
      asked,
    ));
  test("its memory, where nobody asked for any", () =>
    expect(capacityOf({ ...asked, memory: null }, { ...given, memory: bytes(700) }).memory).toBe(bytes(700)));
  test("outside of a job nobody takes GPUs away", () =>
    expect(capacityOf(asked, allocationIn({}, 0)).gpus).toBe(2));
});
