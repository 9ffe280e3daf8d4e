// The rig itself: what later tests of a real cluster rely on, seen to be so.
import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterTest } from "../support/slurm/availability.ts";
import { startCluster } from "../support/slurm/cluster.ts";
import { mountsBelow, processesOf } from "../support/slurm/remains.ts";

const onCluster = clusterTest();

onCluster("a job runs on its node, is found by its comment, and nothing is left of the cluster", async () => {
  const cluster = await startCluster({ nodes: 2 });
  {
    await using _stops = cluster;
    const output = join(cluster.shared, "out");
    const id = await cluster.sbatch([
      "-w",
      "n2",
      "--comment=pipe:key",
      "-o",
      output,
      "--wrap",
      "hostname; id -u",
    ]);
    const job = await cluster.untilJob(id, "COMPLETED");
    expect(job).toMatchObject({ id, nodes: "n2", comment: "pipe:key", partition: "main" });
    expect(readFileSync(output, "utf8")).toBe("n2\n0\n");
    // A job that hides: away from its parents, with an empty environment.
    const hiding = await cluster.sbatch(["--wrap", "env -i setsid sleep 1000"]);
    await cluster.untilJob(hiding, "RUNNING");
    expect(processesOf(cluster.name).length).toBeGreaterThan(5);
  }
  expect(processesOf(cluster.name)).toEqual([]);
  expect(mountsBelow(cluster.folder)).toEqual([]);
  expect(existsSync(cluster.folder)).toBe(false);
});

onCluster("two clusters run at the same time and know nothing of each other", async () => {
  const [first, second] = await Promise.all([startCluster({ nodes: 1 }), startCluster({ nodes: 1 })]);
  await using _first = first;
  await using _second = second;
  const id = await first.sbatch(["--wrap", "true"]);
  await first.untilJob(id, "COMPLETED");
  expect(await second.jobs()).toEqual([]);
});
