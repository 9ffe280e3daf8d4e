// The rig itself: what the tests of a real cluster rely on, seen to be so. What takes longer is in rig.cluster.ts.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterTest, missingForCluster } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { eventually } from "../support/slurm/eventually.ts";
import { removeAbandoned } from "../support/slurm/records.ts";
import { expectNothingOf } from "../support/slurm/remains.ts";
import { Wrappers } from "../support/slurm/wrappers.ts";

const onCluster = clusterTest();

onCluster("nothing is left of a cluster, whatever its jobs did to hide", async () => {
  const cluster = await startCluster({ nodes: 1 });
  {
    await using _stops = cluster;
    const pid = join(cluster.shared, "pid");
    // Away from its parents, with an empty environment.
    await cluster.sbatch(["--wrap", `env -i setsid sh -c 'echo $$ > ${pid}; exec sleep 1000'`]);
    await eventually("the job runs", () => existsSync(pid) && readFileSync(pid, "utf8").endsWith("\n"));
    await using other = await startCluster({ nodes: 1 }); // at the same time
    expect(await other.jobs()).toEqual([]);
  }
  expectNothingOf(cluster);
});

clusterTest(["bindfs", "ip"])("what a killed test run left is removed by the next start", async () => {
  const entry = join(import.meta.dir, "../support/slurm/abandoned-entry.ts");
  const child = Bun.spawn([process.execPath, entry], { stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  const abandoned: { name: string; folder: string } = JSON.parse(new TextDecoder().decode(value));
  child.kill("SIGKILL");
  await child.exited;
  expect(() => expectNothingOf(abandoned)).toThrow("left running");
  await removeAbandoned();
  expectNothingOf(abandoned);
});

describe("one cluster", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    if (missingForCluster().length > 0) return;
    const partitions = { short: "MaxTime=1", down: "State=DOWN" };
    cluster = await startCluster({
      nodes: 2,
      gpus: 2,
      partitions,
      slurmdTimeout: 2,
      messageTimeout: 2,
      killWait: 1,
    });
  });
  afterAll(() => cluster?.stop());

  onCluster(
    "a job runs as root on a node that has a name of its own, and is found by its comment",
    async () => {
      const output = join(cluster.shared, "out");
      const args = ["-w", "n2", "--comment=pipe:key", "-o", output, "--wrap", "hostname; id -u"];
      const id = await cluster.sbatch(args);
      const job = await cluster.untilJob(id, "COMPLETED");
      expect(job).toMatchObject({ id, nodes: "n2", comment: "pipe:key", partition: "main" });
      expect(readFileSync(output, "utf8")).toBe("n2\n0\n");
    },
  );

  onCluster("four jobs of one core share a node of four cores, and GPUs go by number", async () => {
    const output = join(cluster.shared, "gpus-%a");
    const wait = `echo $CUDA_VISIBLE_DEVICES; while [ ! -e ${cluster.shared}/go ]; do sleep 0.05; done`;
    const id = await cluster.sbatch([
      "-w",
      "n1",
      "--gres=gpu:1",
      "--array=0-1",
      "-o",
      output,
      "--wrap",
      wait,
    ]);
    const rest = await cluster.sbatch(["-w", "n1", "--array=0-1", "--wrap", wait]);
    for (const job of [id, rest]) {
      for (const element of [0, 1]) await cluster.untilJob(`${job}_${element}`, "RUNNING");
    }
    writeFileSync(join(cluster.shared, "go"), "");
    await cluster.untilIdle();
    const told = [0, 1].map((element) => readFileSync(join(cluster.shared, `gpus-${element}`), "utf8"));
    expect(told.sort()).toEqual(["0\n", "1\n"]);
  });

  onCluster("jobs that never start say why", async () => {
    const late = await cluster.sbatch(["-p", "short", "-t", "10", "--wrap", "true"]);
    const down = await cluster.sbatch(["-p", "down", "--wrap", "true"]);
    await cluster.untilReason(late, "PartitionTimeLimit");
    await cluster.untilReason(down, "PartitionDown");
    await cluster.scancel(late, down);
    const nowhere = cluster.sbatch(["-p", "nope", "--wrap", "true"]);
    await expect(nowhere).rejects.toThrow("invalid partition specified: nope");
  });

  onCluster("the controller away, asked in vain, and back with what it knew", async () => {
    const id = await cluster.sbatch(["--wrap", "sleep 1000"]);
    await cluster.untilJob(id, "RUNNING");
    await cluster.stopController();
    const { status, stderr } = await cluster.run(["squeue"]);
    expect({ status, stderr }).toMatchObject({ status: 1 });
    expect(stderr).toContain("Unable to contact slurm controller");
    await cluster.startController();
    expect(await cluster.job(id)).toMatchObject({ state: "RUNNING" });
    await cluster.scancel(id);
    await cluster.untilIdle();
  });

  onCluster("a node that stops to answer fails its job, which goes on; a new slurmd ends it", async () => {
    const beats = join(cluster.shared, "beats");
    const beat = `while echo beat >> ${beats}; do sleep 0.1; done`;
    const id = await cluster.sbatch(["-w", "n1", "--no-requeue", "--wrap", beat]);
    await cluster.untilJob(id, "RUNNING");
    await cluster.killNode("n1");
    await cluster.untilJob(id, "NODE_FAIL");
    expect(await cluster.untilNode("n1", /^down/)).toBeDefined();
    const before = readFileSync(beats, "utf8").length;
    await eventually("it goes on", () => readFileSync(beats, "utf8").length > before);
    await cluster.startNode("n1");
    const quiet = async () => {
      const length = readFileSync(beats, "utf8").length;
      await Bun.sleep(500); // five beats long: silence cannot be waited for otherwise
      return readFileSync(beats, "utf8").length === length;
    };
    await eventually("it is ended", quiet);
  });

  onCluster("a job that is requeued starts again under its number", async () => {
    const starts = join(cluster.shared, "starts");
    const id = await cluster.sbatch(["--wrap", `echo "\${SLURM_RESTART_COUNT:-0}" >> ${starts}; sleep 1000`]);
    await eventually("it has started", () => existsSync(starts) && readFileSync(starts, "utf8") === "0\n");
    await cluster.must(["scontrol", "requeue", id]);
    await cluster.untilJob(id, "PENDING");
    // Slurm lets a requeued job wait for two minutes.
    await eventually("it may start at once", async () => {
      const { status } = await cluster.run(["scontrol", "update", `JobId=${id}`, "StartTime=now"]);
      return status === 0;
    });
    await eventually("it has started again", () => readFileSync(starts, "utf8") === "0\n1\n");
    await cluster.scancel(id);
    await cluster.untilIdle();
  });

  onCluster("a folder that only the launcher has", async () => {
    const folder = await cluster.launcherOnly();
    writeFileSync(join(folder, "data"), "");
    expect((await cluster.onNode("n1", ["ls", folder])).stdout).toBe("");
    await cluster.killNode("n2");
    await cluster.startNode("n2");
    expect((await cluster.onNode("n2", ["ls", folder])).stdout).toBe("");
  });

  onCluster("commands that misbehave, and whose calls are counted", async () => {
    const wrapped = new Wrappers(cluster);
    const sbatch = (...args: string[]) =>
      cluster.run(["sbatch", "--parsable", "-H", "-o", "/dev/null", ...args, "--wrap", "true"], {
        env: wrapped.env,
      });
    wrapped.next("sbatch", { kind: "lose-answer" }, { kind: "fail", stderr: "no luck", status: 3 });
    expect(await sbatch("--comment=lost one")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n",
    });
    const [lost] = (await cluster.jobs()).filter(({ comment }) => comment === "lost one");
    expect(lost).toMatchObject({ state: "PENDING" });
    expect(await sbatch()).toMatchObject({ status: 3, stdout: "", stderr: "no luck\n" });
    wrapped.next("sbatch", { kind: "die", real: "made" });
    expect(await sbatch("--comment=died")).toMatchObject({ status: null });
    expect((await cluster.jobs()).map(({ comment }) => comment)).toContain("died");
    wrapped.always("squeue", { kind: "hang", real: "not made" });
    const hanging = Bun.spawn(["squeue"], { env: { ...wrapped.env }, stdout: "ignore" });
    await eventually("squeue is called", () => wrapped.calls("squeue").length === 1);
    hanging.kill();
    await hanging.exited;
    expect(hanging.signalCode).toBe("SIGTERM");
    wrapped.next("sbatch", { kind: "kill-caller" });
    const caller = Bun.spawn(
      ["sh", "-c", "sbatch -H -o /dev/null --comment=orphan --wrap true; echo never"],
      {
        env: { ...wrapped.env },
        stdout: "pipe",
      },
    );
    expect(await caller.stdout.text()).toBe("");
    expect((await cluster.jobs()).map(({ comment }) => comment)).toContain("orphan");
    const id = (await sbatch()).stdout.trim();
    expect(await cluster.job(id)).toMatchObject({ state: "PENDING" });
    const calls = wrapped.calls("sbatch");
    expect(calls.length).toBe(5);
    expect(calls[0]?.args).toContain("--comment=lost one");
    expect(calls[0]?.env).toMatchObject({ SLURM_CONF: cluster.env.SLURM_CONF });
    await cluster.scancel("--user=root");
    await cluster.untilIdle();
  });
});

clusterTest(["bindfs"])(
  "through bindfs a node sees late what the launcher wrote, and the other way round",
  async () => {
    await using cluster = await startCluster({ nodes: 1, views: "bindfs" });
    const [asked, answer] = [join(cluster.shared, "asked"), join(cluster.shared, "answer")];
    // Looked for before it is there: the name stays unseen for as long as the views believe themselves.
    expect(existsSync(answer)).toBe(false);
    const look = `ls ${asked}; echo waiting > ${answer}; until [ -e ${asked} ]; do sleep 0.05; done`;
    const id = await cluster.sbatch(["--wrap", look]);
    await eventually("the node has answered", () => existsSync(join(cluster.backing, "answer")));
    const answered = performance.now();
    expect(existsSync(answer)).toBe(false);
    writeFileSync(asked, "");
    await cluster.untilJob(id, "COMPLETED");
    expect(performance.now() - answered).toBeGreaterThan(1500);
    await eventually("the answer is seen", () => existsSync(answer));
  },
);
