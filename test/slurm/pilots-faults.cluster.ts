// Troubles of a cluster that take their time: nodes and controllers that do not answer, limits that hit, jobs that Slurm ends or
// starts again.
import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, type ClusterOptions, startCluster } from "../support/slurm/cluster.ts";
import { napping, naps, pilotToml, timesBegun, valuesIn } from "../support/slurm/pilot-pipelines.ts";
import { PilotProject } from "../support/slurm/pilot-project.ts";
import { Wrappers } from "../support/slurm/wrappers.ts";

const onCluster = clusterTest();

/** A cluster for each: what is done to one would be in the way of the next. */
const withCluster = (
  name: string,
  options: ClusterOptions,
  body: (
    cluster: Cluster,
    project: (keys: string, pipeline?: string, of?: object) => PilotProject,
  ) => Promise<void>,
): void => {
  onCluster(
    name,
    async () => {
      await using cluster = await startCluster({
        nodes: 2,
        cpus: 4,
        killWait: 1,
        messageTimeout: 2,
        ...options,
      });
      const project = (keys: string, pipeline = napping(naps(0.3)), of = {}) =>
        new PilotProject(cluster, { "pipe.toml": pilotToml(keys), "pipeline.ts": pipeline }, of);
      await body(cluster, project);
    },
    240_000,
  );
};

describe("a node or the controller does not answer", () => {
  withCluster(
    "slurmd is killed: its pilot goes on, and is believed",
    { slurmdTimeout: 2 },
    async (cluster, project) => {
      await using it = project("max_pilots = 2", napping(naps(2)));
      const started = it.start(["run", "--num_samples", "24"]);
      await it.untilBegun(4);
      const [job] = await it.jobs();
      const node = job?.nodes ?? "n1";
      await cluster.killNode(node);
      const { status } = await started.ended;
      expect(status).toBe(0);
      expect(timesBegun(it).size).toBe(24);
      await cluster.startNode(node);
      await it.nothingLeft(60);
    },
  );

  withCluster("the controller is away for a minute: it is waited for", {}, async (cluster, project) => {
    await using it = project("max_pilots = 2\ninit_pilots = 2", napping(naps(1)));
    const started = it.start(["run", "--num_samples", "200"]);
    await it.untilBegun(4);
    await cluster.stopController();
    await Bun.sleep(30_000);
    await cluster.startController();
    const { status, stderr } = await started.ended;
    expect(stderr).toContain("Slurm's controller does not answer; what runs goes on, and it is waited for");
    expect(stderr.match(/does not answer/g)?.length).toBe(1);
    expect(stderr).toContain("Slurm answers again");
    expect(status).toBe(0);
    expect(it.began.length).toBe(200);
    await it.nothingLeft(60);
  });

  withCluster("the controller is away when the run begins", {}, async (cluster, project) => {
    await using it = project("max_pilots = 1");
    await cluster.stopController();
    const started = it.start(["run", "--num_samples", "4"]);
    await Bun.sleep(15_000);
    await cluster.startController();
    const { status } = await started.ended;
    expect(status).toBe(0);
    await it.nothingLeft(60);
  });
});

describe("Slurm ends a job", () => {
  withCluster("for its time limit", {}, async (_cluster, project) => {
    // Slurm ends a job of one minute after 60 to 90 s, so the pilot's own time is what is short here.
    await using it = project(
      'walltime = "5s"\nmax_pilots = 1\nslurm_options = { time = "0:05" }',
      napping(naps(1)),
    );
    const { status } = await it.pipe(["run", "--num_samples", "12"]);
    expect(status).toBe(0);
    await it.nothingLeft();
  });

  withCluster(
    "and what has waited until its time is too short is not begun",
    {},
    async (_cluster, project) => {
      const keys = 'walltime = "20s"\nmax_pilots = 1\ncores_per_node = 1';
      await using it = project(keys, napping(naps(2.5, "Nap", '{ time: "8s" }')));
      const { status, stderr } = await it.pipe(["run", "--num_samples", "6"]);
      expect(stderr).not.toContain("warning");
      expect(status).toBe(0);
      expect(it.began.length).toBe(6);
      expect(valuesIn(it.began, "job").size).toBeGreaterThan(1);
      await it.nothingLeft();
    },
  );

  withCluster("for its memory", { memoryLimits: true, memory: 2000 }, async (_cluster, project) => {
    const eater = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { existsSync, writeFileSync } from "node:fs";
class Eat extends PipelineBlock {
  async run(sample: DataSample) {
    const first = process.env.TRACE + "." + sample.id;
    if (sample.id !== 1 || existsSync(first)) return;
    writeFileSync(first, "");
    const eaten = [];
    for (let i = 0; i < 3000; i++) { eaten.push(new Uint8Array(1 << 20).fill(1)); if (i % 50 === 0) await Bun.sleep(5); }
  }
}
export default new Pipeline().append(new Eat(), { retries: 2 });
`;
    await using it = project("max_pilots = 1", eater);
    const { status, stderr } = await it.pipe(["run", "--num_samples", "4"]);
    expect(stderr).toContain("it ran out of memory");
    expect(status).toBe(0);
    await it.nothingLeft(60);
  });

  withCluster(
    "for another that goes before it",
    { nodes: 1, partitions: { low: "PriorityTier=1", high: "PriorityTier=10 PreemptMode=OFF" } },
    async (cluster, project) => {
      await using it = project('max_pilots = 1\npartition = "low"', napping(naps(1)));
      const started = it.start(["run", "--num_samples", "6"]);
      await it.untilBegun(2);
      const other = await cluster.sbatch(["--partition=high", "--exclusive", "--wrap=sleep 3"]);
      await cluster.untilJob(other, "COMPLETED", 60);
      const { status } = await started.ended;
      expect(status).toBe(0);
      expect(timesBegun(it).size).toBe(6);
      await it.nothingLeft(60);
    },
  );

  withCluster("and starts it again: it finds its slot taken and leaves", {}, async (cluster, project) => {
    await using it = project('max_pilots = 1\nslurm_options = { requeue = "" }', napping(naps(1)));
    const started = it.start(["run", "--num_samples", "8"]);
    await it.untilBegun(2);
    const [job] = await it.jobs();
    await cluster.must(["scontrol", "requeue", job?.id ?? ""]);
    const { status } = await started.ended;
    expect(status).toBe(0);
    expect(timesBegun(it).size).toBe(8);
    await it.nothingLeft(30);
  });
});

describe("a submission", () => {
  withCluster(
    "that somebody makes a second time finds its slot taken and leaves",
    {},
    async (cluster, project) => {
      await using it = project("max_pilots = 1", napping(naps(1)));
      const started = it.start(["run", "--num_samples", "8"]);
      await it.untilBegun(2);
      const output = it.at("second.out");
      const script = it.at("data/runinfo/000/submit_scripts/p0001.sh");
      const id = await cluster.sbatch([`--output=${output}`, script]);
      await cluster.untilJob(id, "COMPLETED");
      expect(readFileSync(output, "utf8")).toContain(
        "this slot is another process's, so there is nothing to do here",
      );
      expect((await started.ended).status).toBe(0);
      expect([...timesBegun(it).values()]).toEqual(Array(8).fill(1));
      await it.nothingLeft();
    },
  );

  withCluster(
    "whose fate nobody can tell does not keep anybody from ending the run",
    {},
    async (cluster, project) => {
      const wrappers = new Wrappers(cluster);
      wrappers.always("sbatch", { kind: "lose-answer" });
      wrappers.always("squeue", {
        kind: "fail",
        stderr: "slurm_load_jobs error: Unable to contact slurm controller",
      });
      await using it = project("max_pilots = 1", undefined, { env: wrappers.env });
      const started = it.start(["run", "--num_samples", "4"]);
      await started.said("was lost");
      started.signal("SIGTERM");
      const since = performance.now();
      const { status, stderr } = await started.ended;
      expect(status).toBe(130);
      expect(performance.now() - since).toBeLessThan(20_000);
      expect(stderr).toContain("jobs of this run could not be cancelled");
      wrappers.always("squeue", "real");
      const cancelled = await it.pipe(["cancel", "--data_path", "data"]);
      expect(cancelled.status).toBe(0);
      await it.nothingLeft();
    },
  );

  withCluster("that never reached Slurm is made again, under another name", {}, async (cluster, project) => {
    const wrappers = new Wrappers(cluster);
    wrappers.next("sbatch", {
      kind: "fail",
      stderr: "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
    });
    await using it = project("max_pilots = 1", undefined, { env: wrappers.env });
    const { status } = await it.pipe(["run", "--num_samples", "4"]);
    expect(status).toBe(0);
    expect(wrappers.calls("sbatch").length).toBe(2);
    await it.nothingLeft();
  });

  withCluster(
    "for more time than the partition ever grants is given up after a grace",
    { partitions: { short: "MaxTime=1" } },
    async (_cluster, project) => {
      await using it = project('partition = "short"\nwalltime = "2h"', undefined, { patience: 0.01 });
      const { status, stderr } = await it.pipe(["run", "--num_samples", "4"]);
      expect(status).toBe(3);
      expect(stderr).toContain("PartitionTimeLimit");
      await it.nothingLeft();
    },
  );
});

withCluster("the dataset's folder is not there", {}, async (cluster, project) => {
  const folder = `${await cluster.launcherOnly()}/project`;
  await using it = project("max_pilots = 1", undefined, { folder });
  const { status, stderr } = await it.pipe(["run", "--num_samples", "2"]);
  expect(status).toBe(3);
  expect(stderr).toContain(
    "is the dataset's folder there on the nodes, under the same path? `pipe doctor` looks",
  );
  await it.nothingLeft();
});
