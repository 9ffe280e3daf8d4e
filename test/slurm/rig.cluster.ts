// What of the rig takes long or needs much: a site with accounts and limits, nodes that are cut off, preemption, memory.
import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterTest } from "../support/slurm/availability.ts";
import { startCluster } from "../support/slurm/cluster.ts";
import { eventually } from "../support/slurm/eventually.ts";
import { expectNothingOf } from "../support/slurm/remains.ts";

clusterTest(["slurmdbd", "mariadbd"])(
  "accounts, limits and their words, and what sacct remembers",
  async () => {
    const cluster = await startCluster({ nodes: 1, accounting: true });
    {
      await using _stops = cluster;
      const held = ["sbatch", "--parsable", "-H", "-o", "/dev/null", "--wrap", "true"];
      await cluster.accounting.limit("user", "root", "MaxSubmitJobs=1");
      await cluster.must(held);
      expect((await cluster.run(held)).stderr).toBe(
        "sbatch: error: AssocMaxSubmitJobLimit\n" +
          "sbatch: error: Batch job submission failed: " +
          "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n",
      );
      await cluster.accounting.limit("user", "root", "MaxSubmitJobs=-1");
      await cluster.accounting.limit("qos", "normal", "MaxSubmitJobsPerUser=1");
      expect((await cluster.run(held)).stderr).toContain("QOSMaxSubmitJobPerUserLimit");
      await cluster.accounting.limit("qos", "normal", "MaxSubmitJobsPerUser=-1");
      const account = await cluster.run([...held, "--account=nope"]);
      expect(account.stderr).toContain("Invalid account or account/partition combination specified");
      expect(await cluster.sbatch(["--account=lab", "-H", "--wrap", "true"])).toMatch(/^\d+$/);

      const id = await cluster.sbatch(["--comment=pipe:key", "--wrap", "exit 3"]);
      await cluster.untilJob(id, "FAILED");
      const asked = ["sacct", "-X", "-n", "-P", "-j", id, "-o", "JobIDRaw,State,ExitCode,Comment"];
      await eventually(
        "sacct knows it",
        async () => (await cluster.must(asked)) === `${id}|FAILED|3:0|pipe:key\n`,
      );
      await cluster.accounting.stop();
      expect(await cluster.run(asked)).toMatchObject({ status: 1 });
      await cluster.untilJob(await cluster.sbatch(["--wrap", "true"]), "COMPLETED");
      await cluster.accounting.start();
      await eventually("sacct answers again", async () => (await cluster.run(asked)).status === 0);
    }
    expectNothingOf(cluster);
  },
);

clusterTest(["bindfs", "ip"])(
  "a node that is cut off: its job is NODE_FAIL and goes on; healed, it ends",
  async () => {
    const cluster = await startCluster({
      nodes: 2,
      hosts: "netns",
      views: "bindfs",
      slurmdTimeout: 5,
      messageTimeout: 2,
    });
    {
      await using _stops = cluster;
      const beats = join(cluster.backing, "beats");
      const beat = `while echo beat >> ${cluster.shared}/beats; do sleep 0.1; done`;
      const id = await cluster.sbatch(["-w", "n2", "--no-requeue", "--wrap", beat]);
      await eventually("it beats", () => existsSync(beats));
      await cluster.cut("n2");
      expect((await cluster.onNode("n2", ["squeue"])).stderr).toContain("Unable to contact slurm controller");
      await cluster.untilJob(id, "NODE_FAIL", 90);
      const before = readFileSync(beats, "utf8").length;
      await eventually("it goes on", () => readFileSync(beats, "utf8").length > before);
      expect(await cluster.sbatch(["-w", "n1", "--wrap", "true"])).toMatch(/^\d+$/); // the other one is as it was
      await cluster.heal("n2");
      await cluster.untilNode("n2", "idle", 90);
      await eventually("no process of the job is left", async () => {
        const jobs = await cluster.onNode("n2", ["pgrep", "-f", `slurmstepd: \\[${id}[.]batch\\]`]);
        return jobs.stdout === "";
      });
    }
    expectNothingOf(cluster);
  },
);

clusterTest()("a job of a higher partition takes the place of a lower one", async () => {
  await using cluster = await startCluster({
    nodes: 1,
    killWait: 2,
    partitions: {
      low: "PriorityTier=1 PreemptMode=REQUEUE",
      cheap: "PriorityTier=1 PreemptMode=CANCEL",
      high: "PriorityTier=10 PreemptMode=OFF",
    },
  });
  const whole = ["-c", "4", "--wrap", "sleep 1000"];
  const low = await cluster.sbatch(["-p", "low", ...whole]);
  await cluster.untilJob(low, "RUNNING");
  const high = await cluster.sbatch(["-p", "high", ...whole]);
  await cluster.untilJob(high, "RUNNING");
  expect(await cluster.untilJob(low, "PENDING")).toMatchObject({ reason: "BeginTime" });
  await cluster.scancel(low, high);
  await cluster.untilIdle();
  const cheap = await cluster.sbatch(["-p", "cheap", ...whole]);
  await cluster.untilJob(cheap, "RUNNING");
  await cluster.sbatch(["-p", "high", ...whole]);
  await cluster.untilJob(cheap, "PREEMPTED");
});

clusterTest()("a job that takes more memory than it asked for is OUT_OF_MEMORY", async () => {
  const cluster = await startCluster({ nodes: 1, memoryLimits: true });
  {
    await using _stops = cluster;
    const taking = "python3 -c 'print(len(bytearray(200 << 20)))'";
    await cluster.untilJob(await cluster.sbatch(["--mem=50", "--wrap", taking]), "OUT_OF_MEMORY");
    await cluster.untilJob(await cluster.sbatch(["--mem=400", "--wrap", taking]), "COMPLETED");
  }
  expectNothingOf(cluster);
});

clusterTest()("limits of the controller: size of an array, number of jobs", async () => {
  await using cluster = await startCluster({ nodes: 1, maxArraySize: 11, maxJobCount: 3, minJobAge: 2 });
  const array = (last: number) =>
    cluster.run(["sbatch", "-H", "-o", "/dev/null", `--array=0-${last}%1`, "--wrap", "true"]);
  expect((await array(11)).stderr).toContain("Invalid job array specification");
  const many = Bun.spawn(["sbatch", "-o", "/dev/null", "--array=0-9", "--wrap", "sleep 1000"], {
    env: { ...cluster.env },
    stdout: "ignore",
    stderr: "pipe",
  });
  const { value } = await many.stderr.getReader().read();
  expect(new TextDecoder().decode(value)).toContain(
    "temporarily unable to accept job, sleeping and retrying",
  );
  many.kill();
  await many.exited;
});
