// Array mode on a real cluster: the same bytes as at home, chains that Slurm carries on alone, launchers that leave, die and come
// back.
import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { measuring } from "../support/pipelines.ts";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";

const onCluster = clusterTest();

const notTiming = (path: string) =>
  path.startsWith("runinfo/") || path.endsWith("log.log") || path === "history.jsonl";

const toml = (more = "") => `[executor.arrays]
kind = "slurm"
mode = "array"
${more}
`;

/** Everything that waits, a tenth of its time. */
const envOf = (cluster: Cluster) => ({ env: { ...cluster.env, PIPE_PATIENCE: "0.1" } });

describe("array mode", () => {
  onCluster("leaves the same bytes as a local run, and says the same of it", async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await using play = new Playground();
    play.write({ "pipeline.ts": measuring, "pipe.toml": toml() });
    await play.pipe(["run", "--run_local", "--num_samples", "8", "--data_path", "local"]);
    const ending = await play.pipe(
      ["run", "--executor", "arrays", "--num_samples", "8", "--json"],
      envOf(cluster),
    );
    expect(ending).toMatchObject({ status: 0 });
    const report = asReport(ending.stdout);
    expect(report.samples).toEqual({ total: 8, valid: 6, issues: 2, failed: 0 });
    expect(report.tasks).toEqual({ total: 25, ran: 23, cached: 0, issues: 2, failed: 0, skipped: 2 });
    expect(play.tree("data", notTiming)).toEqual(play.tree("local", notTiming));
    expect(existsSync(play.path("data/runinfo/lock"))).toBe(false);
    // Three arrays and the block over the dataset; nothing is left of elements that had nothing to say.
    const submitted = readdirSync(play.path("data/runinfo/000/submit_scripts"));
    expect(submitted.filter((name) => name.endsWith(".sh"))).toHaveLength(4);
    const again = await play.pipe(["run", "--executor", "arrays", "--json"], envOf(cluster));
    expect(asReport(again.stdout).tasks).toEqual({
      ...{ total: 25, ran: 0, cached: 23, issues: 2, failed: 0, skipped: 2 },
    });
    expect(await cluster.jobs()).toHaveLength(25);
  });

  onCluster("goes on without a launcher, and whoever comes later takes everything in", async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await using play = new Playground();
    play.write({ "pipeline.ts": measuring, "pipe.toml": toml() });
    await play.pipe(["run", "--run_local", "--num_samples", "6", "--data_path", "local"]);
    const left = await play.pipe(
      ["run", "--executor", "arrays", "--num_samples", "6", "--detach"],
      envOf(cluster),
    );
    expect(left).toMatchObject({ status: 0 });
    expect(left.stdout).toContain("goes on without a launcher: 4 jobs submitted");
    expect(left.stdout).toContain("pipe status");
    expect(existsSync(play.path("data/runinfo/lock"))).toBe(false);
    await allEnded(cluster);
    const status = JSON.parse((await play.pipe(["status", "--json"], envOf(cluster))).stdout);
    expect(status).toMatchObject({
      ...{ state: "ended", ended: "complete" },
      tasks: { total: 19, ran: 17, issues: 2, failed: 0, skipped: 2 },
      jobs: [],
    });
    const next = await play.pipe(["run", "--run_local", "--json"], envOf(cluster));
    expect(asReport(next.stdout).tasks).toMatchObject({ total: 19, ran: 0, cached: 17 });
    expect(play.tree("data", notTiming)).toEqual(play.tree("local", notTiming));
  });

  onCluster("a failure and an issue stop their own sample and no other", async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await using play = new Playground();
    play.write({ "pipe.toml": `${toml()}${chain}`, "second.sh": second });
    const ending = await play.pipe(
      ["run", "--executor", "arrays", "--num_samples", "6", "--json"],
      envOf(cluster),
    );
    expect(ending.status).toBe(1);
    const report = asReport(ending.stdout);
    expect(report.samples).toEqual({ total: 6, valid: 4, issues: 1, failed: 1 });
    expect(report.tasks).toEqual({ total: 18, ran: 16, cached: 0, issues: 1, failed: 1, skipped: 2 });
    expect(report.failures).toMatchObject([{ block: "Second_0", sample: 1, kind: "command-status" }]);
    expect(
      play
        .read("data/count.txt")
        .split("\n")
        .filter((line) => line.startsWith("third")),
    ).toHaveLength(4);
    // The failed one alone is tried again, by a run that is told to leave.
    play.write({ mended: "" });
    const left = await play.pipe(["run", "--executor", "arrays", "--detach"], envOf(cluster));
    expect(left.stdout).toContain("2 jobs submitted");
    await allEnded(cluster);
    const last = asReport(
      (await play.pipe(["run", "--executor", "arrays", "--json"], envOf(cluster))).stdout,
    );
    expect(last.tasks).toEqual({ total: 18, ran: 0, cached: 17, issues: 1, failed: 0, skipped: 1 });
  });

  onCluster("of a dataset whose path holds what Slurm would replace", async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await using play = new Playground();
    const block = (name: string, more: string) =>
      `[[block]]\nname = "${name}"\ncommand = ["sh", "-c", "${more}"]\n`;
    play.write({
      "pipe.toml": `${toml()}${block("First", "echo one > one.txt")}${block("Second", "echo two; exit $(cat one.txt | wc -l)")}`,
    });
    const ending = await play.pipe(
      ["run", "--executor", "arrays", "--num_samples", "2", "--data_path", "50%a of %j/data", "--json"],
      envOf(cluster),
    );
    expect(asReport(ending.stdout).tasks).toEqual({
      ...{ total: 4, ran: 4, cached: 0, issues: 0, failed: 2, skipped: 0 },
    });
    const scripts = play.path("50%a of %j/data/runinfo/000/submit_scripts");
    const printed = (slot: string) => readdirSync(join(scripts, slot)).sort();
    // What had nothing to say is gone.
    expect([printed("a1"), printed("a2")]).toEqual([[], ["0.out", "1.out"]]);
  });

  onCluster("is cut into pieces that the cluster takes", async () => {
    await using cluster = await startCluster({ nodes: 2, maxArraySize: 4 });
    await using play = new Playground();
    play.write({ "pipe.toml": `${toml("max_running = 2")}${counting}` });
    const ending = await play.pipe(
      ["run", "--executor", "arrays", "--num_samples", "10", "--json"],
      envOf(cluster),
    );
    expect(ending).toMatchObject({ status: 0 });
    expect(asReport(ending.stdout).tasks).toMatchObject({ total: 20, ran: 20 });
    const scripts = readdirSync(play.path("data/runinfo/000/submit_scripts")).filter((name) =>
      name.endsWith(".sh"),
    );
    expect(scripts).toHaveLength(6);
    expect(play.read("data/runinfo/000/submit_scripts/a1.sh")).toContain("#SBATCH --array=0-3%2");
    expect(countsOf(play)).toEqual(onceEach(10, 2));
  });

  onCluster(
    "an element that Slurm puts back into the queue counts once",
    async () => {
      await using cluster = await startCluster({ nodes: 2 });
      await using play = new Playground();
      play.write({ "pipe.toml": `${toml()}${waiting}` });
      const run = play.start(["run", "--executor", "arrays", "--num_samples", "2", "--json"], envOf(cluster));
      await until(() => countsOf(play).length === 2);
      const { id } = (await cluster.jobs()).find(({ id: one }) => one.endsWith("_1")) ?? { id: "" };
      await cluster.must(["scontrol", "requeue", id]);
      play.write({ go: "" });
      const ending = await run.ended;
      expect(ending).toMatchObject({ status: 0 });
      expect(asReport(ending.stdout).tasks).toMatchObject({ total: 2, ran: 2, failed: 0 });
      expect(asReport(ending.stdout).samples).toMatchObject({ valid: 2 });
    },
    180_000,
  );

  onCluster(
    "Ctrl-C once lets the elements that run come to their end, and ends those that wait",
    async () => {
      await using cluster = await startCluster({ nodes: 2 });
      await using play = new Playground();
      play.write({ "pipe.toml": `${toml("max_running = 2")}${waiting}` });
      const run = play.start(["run", "--executor", "arrays", "--num_samples", "5", "--json"], envOf(cluster));
      await until(() => countsOf(play).length === 2);
      run.signal("SIGINT");
      const waits = async () => (await cluster.jobs()).some(({ state }) => state === "PENDING");
      while (await waits()) await Bun.sleep(100);
      play.write({ go: "" });
      const ending = await run.ended;
      expect(ending).toMatchObject({ status: 130 });
      expect(asReport(ending.stdout).tasks).toMatchObject({ total: 5, ran: 2, failed: 0 });
      expect(countsOf(play)).toEqual(["0 0", "1 0"]);
    },
  );

  onCluster("an element that somebody cancels fails by name, the others go on", async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await using play = new Playground();
    play.write({ "pipe.toml": `${toml()}${waiting}[[block]]\nname = "After"\ncommand = ["true"]\n` });
    const run = play.start(["run", "--executor", "arrays", "--num_samples", "3", "--json"], envOf(cluster));
    await until(() => countsOf(play).length === 3);
    await cluster.scancel("1_1");
    await Bun.sleep(500);
    play.write({ go: "" });
    const ending = await run.ended;
    expect(ending.status).toBe(1);
    const report = asReport(ending.stdout);
    expect(report.tasks).toMatchObject({ total: 6, ran: 5, failed: 1, skipped: 1 });
    expect(report.failures[0]).toMatchObject({ block: "Wait_0", sample: 1, kind: "worker-lost" });
    expect(report.failures[0]?.message).toContain("cancelled");
  });

  onCluster("a worker that is killed is replaced, and what follows on it too", async () => {
    await using cluster = await startCluster({ nodes: 2 });
    await using play = new Playground();
    play.write({ "pipe.toml": `${toml()}${waiting}[[block]]\nname = "After"\ncommand = ["true"]\n` });
    const run = play.start(["run", "--executor", "arrays", "--num_samples", "2", "--json"], envOf(cluster));
    await until(() => countsOf(play).length === 2);
    const [worker] = pidsOf("worker", play.path("data/runinfo/000"), "--tasks");
    if (worker === undefined) throw new Error("no worker is there");
    process.kill(worker, "SIGKILL");
    play.write({ go: "" });
    const ending = await run.ended;
    expect(ending).toMatchObject({ status: 0 });
    expect(ending.stderr).toContain("was lost and is submitted again");
    expect(asReport(ending.stdout).tasks).toMatchObject({ total: 4, ran: 4, failed: 0, skipped: 0 });
  });

  onCluster("says what Slurm refuses, and ends with 3", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await using play = new Playground();
    play.write({ "pipe.toml": `${toml('partition = "nope"')}${counting}` });
    for (const more of [[], ["--detach"]]) {
      const ending = await play.pipe(
        ["run", "--executor", "arrays", "--num_samples", "2", ...more],
        envOf(cluster),
      );
      expect(ending.status).toBe(3);
      expect(ending.stderr).toContain("the cluster has no partition `nope`");
    }
    expect(await cluster.jobs()).toEqual([]);
  });

  onCluster("a worker_init that fails is told with what it printed, and not tried for ever", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await using play = new Playground();
    play.write({ "pipe.toml": `${toml('worker_init = ["echo no such module; false"]')}${counting}` });
    const ending = await play.pipe(["run", "--executor", "arrays", "--num_samples", "4"], envOf(cluster));
    expect(ending.status).toBe(3);
    expect(ending.stderr).toContain("no such module");
  });
});

describe("a launcher that is killed", () => {
  for (const delay of [150, 300, 450, 600, 900, 1200, 1600, 2200, 3000, 4000]) {
    onCluster(`after ${delay} ms: the next one goes on with its jobs, and no task is run again`, async () => {
      await using cluster = await startCluster({ nodes: 2 });
      await using play = new Playground();
      play.write({ "pipe.toml": `${toml()}${counting}` });
      const run = play.start(["run", "--executor", "arrays", "--num_samples", "6"], envOf(cluster));
      await Bun.sleep(delay);
      run.signal("SIGKILL");
      await run.ended;
      const ending = await play.pipe(
        ["run", "--executor", "arrays", "--num_samples", "6", "--json"],
        envOf(cluster),
      );
      expect(ending).toMatchObject({ status: 0 });
      const report = asReport(ending.stdout);
      expect(report.samples).toMatchObject({ total: 6, valid: 6 });
      expect(countsOf(play)).toEqual(onceEach(6, 2));
      expect(report.tasks).toMatchObject({ total: 12, failed: 0, skipped: 0 });
    });
  }
});

onCluster("a run that begins while another one goes on in Slurm watches that to its end first", async () => {
  await using cluster = await startCluster({ nodes: 2 });
  await using play = new Playground();
  play.write({ "pipe.toml": `${toml()}${waiting}` });
  await play.pipe(["run", "--executor", "arrays", "--num_samples", "2", "--detach"], envOf(cluster));
  await until(() => countsOf(play).length === 2);
  const status = await play.pipe(["status"], envOf(cluster));
  expect(status.stdout).toContain("goes on without a launcher");
  expect(status.stdout).toContain("Wait_0 (job 1): 2 running");
  const next = play.start(["run", "--executor", "arrays", "--json"], envOf(cluster));
  await next.said("it is watched to its end first");
  play.write({ go: "" });
  const ending = await next.ended;
  expect(ending).toMatchObject({ status: 0 });
  expect(asReport(ending.stdout)).toMatchObject({ run: "001", tasks: { total: 2, ran: 0, cached: 2 } });
  expect(countsOf(play)).toEqual(onceEach(2, 1));
});

onCluster("pipe attach watches a run that was left, to its end", async () => {
  await using cluster = await startCluster({ nodes: 2 });
  await using play = new Playground();
  play.write({ "pipe.toml": `${toml()}${waiting}` });
  await play.pipe(["run", "--executor", "arrays", "--num_samples", "3", "--detach"], envOf(cluster));
  await until(() => countsOf(play).length === 3);
  const attached = play.start(["attach", "--json"], envOf(cluster));
  await attached.said("run 000");
  play.write({ go: "" });
  const ending = await attached.ended;
  expect(ending).toMatchObject({ status: 0 });
  expect(asReport(ending.stdout)).toMatchObject({ run: "000", tasks: { total: 3, ran: 3, failed: 0 } });
  const nothing = await play.pipe(["attach"], envOf(cluster));
  expect(nothing).toMatchObject({ status: 0 });
  expect(countsOf(play)).toEqual(onceEach(3, 1));
});

onCluster("pipe cancel ends the jobs of a run that was left, and keeps what they have done", async () => {
  await using cluster = await startCluster({ nodes: 2 });
  await using play = new Playground();
  const first = waiting
    .replaceAll("Wait", "First")
    .replace("while ! test -e ../../go; do sleep 0.1; done", "true");
  play.write({ "pipe.toml": `${toml()}${first}${waiting.replace("{sample.id} 0", "{sample.id} 1")}` });
  await play.pipe(["run", "--executor", "arrays", "--num_samples", "2", "--detach"], envOf(cluster));
  await until(() => countsOf(play).length === 4);
  expect(await play.pipe(["cancel"], envOf(cluster))).toMatchObject({ status: 0 });
  await allEnded(cluster);
  play.write({ go: "" });
  const next = asReport((await play.pipe(["run", "--run_local", "--json"], envOf(cluster))).stdout);
  expect(next.tasks).toMatchObject({ total: 4, ran: 2, cached: 2 });
});

/** The second block ends with an issue on sample 3 and fails on sample 1 until it is mended. */
const chain = `
[[block]]
name = "First"
command = ["sh", "-c", "echo first {sample.id} >> ../count.txt"]
[[block]]
name = "Second"
command = ["./second.sh", "{sample.id}"]
[[block]]
name = "Third"
command = ["sh", "-c", "echo third {sample.id} >> ../count.txt"]
`;

const second = `#!/bin/sh
case $1 in
  3) echo '{"issue": "no"}' >"$PIPE_RESULT" ;;
  1) test -e ../../mended ;;
esac
`;

const counting = `
[[block]]
name = "One"
command = ["sh", "-c", "echo {sample.id} 0 >> ../count.txt; sleep 0.3"]
[[block]]
name = "Two"
command = ["sh", "-c", "echo {sample.id} 1 >> ../count.txt; sleep 0.3"]
`;

const waiting = `
[[block]]
name = "Wait"
command = ["sh", "-c", "echo {sample.id} 0 >> ../count.txt; while ! test -e ../../go; do sleep 0.1; done"]
`;

function countsOf(play: Playground): readonly string[] {
  if (!existsSync(play.path("data/count.txt"))) return [];
  return play
    .read("data/count.txt")
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

const onceEach = (samples: number, blocks: number): readonly string[] =>
  Array.from(
    { length: samples * blocks },
    (_, task) => `${Math.floor(task / blocks)} ${task % blocks}`,
  ).sort();

async function until(isSo: () => boolean, seconds = 30): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error("it did not come to that");
    await Bun.sleep(50);
  }
}

/** Processes whose command line has all these words. */
function pidsOf(...words: readonly string[]): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      return words.every((word) => command.includes(word)) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

async function allEnded(cluster: Cluster, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const jobs = await cluster.jobs();
    const open = jobs.filter(({ state }) =>
      ["PENDING", "RUNNING", "COMPLETING", "CONFIGURING"].includes(state),
    );
    if (open.length === 0) return;
    if (Date.now() > deadline) throw new Error(`still there: ${open.map((job) => join(job.id, job.state))}`);
    await Bun.sleep(200);
  }
}
