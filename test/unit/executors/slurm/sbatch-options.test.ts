// What is asked of Slurm, as its options.
import { describe, expect, test } from "bun:test";
import { bytes, seconds } from "../../../../src/core/ids.ts";
import {
  longOptions,
  resourceOptions,
  slurmTime,
} from "../../../../src/executors/slurm/jobs/sbatch-options.ts";
import { pilotOptions } from "../../../../src/executors/slurm/pilots/pilot-options.ts";
import { seeded } from "../../../support/seeded.ts";

const kind = (options: Readonly<Record<string, string>> = {}) => ({
  ...{ index: 0, options, blocks: [], limits: [] },
  perNode: { cpus: 2, memory: bytes(1), gpus: 1 },
});
const settings = {
  ...{ initPilots: 1, minPilots: 0, maxPilots: 4, nodesPerPilot: 2, parallelism: 1 },
  perNode: { cpus: 2, memory: null, gpus: null },
  ...{
    walltime: seconds(3600),
    maxIdletime: seconds(1),
    orphanTime: seconds(1),
    workerInit: [],
    copyToNode: false,
    usualCores: {},
    options: {},
  },
};

describe("a pilot's job", () => {
  test("all of it", () =>
    expect(pilotOptions(kind({ partition: "gpu" }), settings, "/data/100%j/p0001.out")).toEqual([
      ...[
        "--nodes=2",
        "--ntasks-per-node=1",
        "--cpus-per-task=2",
        "--mem=1M",
        "--gres=gpu:1",
        "--time=01:00:00",
      ],
      ...["--signal=B:USR1@120", "--output=/data/100%%j/p0001.out", "--open-mode=append", "--partition=gpu"],
    ]));
  test("what a person says for Slurm wins, and can take away", () => {
    const options = pilotOptions(kind({ gres: "gpu:a100:1", mem: "false", exclusive: "" }), settings, "/o");
    expect(options).toContain("--gres=gpu:a100:1");
    expect(options).toContain("--exclusive");
    expect(options.some((option) => option.startsWith("--mem"))).toBe(false);
    expect(options.filter((option) => option.startsWith("--gres")).length).toBe(1);
  });
  test("a short one is warned early enough, and not before it begins", () => {
    const signal = (walltime: number) =>
      pilotOptions(kind(), { ...settings, walltime: seconds(walltime) }, "/o").find((o) =>
        o.startsWith("--signal"),
      );
    expect([60, 100, 6000].map(signal)).toEqual([
      "--signal=B:USR1@12",
      "--signal=B:USR1@20",
      "--signal=B:USR1@120",
    ]);
  });
});

test("options without a value, and none", () =>
  expect(longOptions({ a: "", b: "true", c: "false", d: "x y" })).toEqual(["--a", "--b", "--d=x y"]));

test("memory never rounds down to nothing, or to less", () => {
  const random = seeded(1);
  for (let i = 0; i < 2000; i++) {
    const memory = 1 + random.below(2 ** 31);
    const megabytes = Number(
      /^(\d+)M$/.exec(
        resourceOptions({ cpus: 1, gpus: 0, time: null, memory: bytes(memory) }).mem ?? "",
      )?.[1],
    );
    expect(megabytes * 1024 * 1024).toBeGreaterThanOrEqual(memory);
    expect((megabytes - 1) * 1024 * 1024).toBeLessThan(memory);
  }
});

test("times are what Slurm reads them as", () => {
  const read = (text: string): number => {
    const [, days = "0", h = "", m = "", s = ""] = /^(?:(\d+)-)?(\d\d):(\d\d):(\d\d)$/.exec(text) ?? [];
    return Number(days) * 86_400 + Number(h) * 3600 + Number(m) * 60 + Number(s);
  };
  const random = seeded(2);
  for (let i = 0; i < 5000; i++) {
    const span = random.next() * 10 ** (1 + random.below(7));
    expect(read(slurmTime(span))).toBe(Math.max(1, Math.ceil(span)));
  }
  expect(slurmTime(90_061)).toBe("1-01:01:01");
});
