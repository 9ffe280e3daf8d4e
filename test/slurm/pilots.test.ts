// Runs on pilots on a real cluster: the same dataset as at home, as many pilots as there is work for, each task where its needs
// are met, and an end that leaves nothing.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { eventually, NotYet } from "../support/slurm/eventually.ts";
import { everything, napping, naps, pilotToml, valuesIn } from "../support/slurm/pilot-pipelines.ts";
import { PilotProject } from "../support/slurm/pilot-project.ts";

const onCluster = clusterTest();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    ...{ nodes: 3, cpus: 4, gpus: 2, killWait: 2 },
    partitions: { near: "Nodes=n1,n2 MaxTime=60", other: "Nodes=n3 MaxTime=60" },
  });
}, 60_000);
afterAll(async () => await cluster?.stop(), 60_000);

describe("the same dataset as at home", () => {
  onCluster("byte for byte, with the same figures, and nothing is run again after it", async () => {
    await using project = new PilotProject(cluster, everything);
    const samples = ["--num_samples", "8"];
    const home = await project.run(["--run_local", "--data_path", "home", ...samples]);
    const far = await project.run(samples);
    expect(home.status).toBe(1);
    expect(far.status).toBe(1);
    expect(project.contents("data")).toEqual(project.contents("home"));
    const figures = ({ report: { samples, tasks, failures } }: typeof far) => ({
      ...{ samples, tasks, failures: failures.map((one) => ({ ...one, log: null })) },
    });
    expect(figures(far)).toEqual(figures(home));
    expect(far.report.tasks.failed).toBe(1);
    await project.nothingLeft();
    const before = (await cluster.jobs()).length;
    const again = await project.run(["--do_not_retry_blocks", "Flaky_0"]);
    expect(again.report.tasks.ran).toBe(0);
    expect((await cluster.jobs()).length).toBe(before);
  });
});

describe("as many pilots as there is work for", () => {
  onCluster("more while there is more to do, and those with nothing to do leave", async () => {
    const keys = 'init_pilots = 1\nmax_pilots = 3\ncores_per_node = 1\nmax_idletime = "1s"';
    await using project = new PilotProject(cluster, {
      "pipe.toml": pilotToml(keys),
      "pipeline.ts": napping(naps(0.5), naps("sample.id === 0 ? 6 : 0", "Long")),
    });
    const started = project.start(["run", "--num_samples", "12"]);
    await project.untilBegun(1);
    await project.untilJobs(3);
    await eventually("those with nothing to do have left", async () => {
      const jobs = await project.jobs();
      return jobs.length === 1 || new NotYet(JSON.stringify(jobs));
    });
    const { status, stderr } = await started.ended;
    expect(stderr).not.toContain("warning");
    expect(status).toBe(0);
    // One that left may have been wanted again.
    expect(valuesIn(project.began, "job").size).toBeGreaterThanOrEqual(3);
    await project.nothingLeft();
  });

  onCluster("`min_pilots` stay while the run goes on", async () => {
    const keys = 'init_pilots = 2\nmin_pilots = 2\nmax_pilots = 2\nmax_idletime = "1s"';
    await using project = new PilotProject(cluster, {
      "pipe.toml": pilotToml(keys),
      "pipeline.ts": napping(naps(5)),
    });
    const started = project.start(["run", "--num_samples", "1"]);
    await project.untilBegun(1);
    await project.untilJobs(2);
    await Bun.sleep(2500);
    expect((await project.jobs()).length).toBe(2);
    expect((await started.ended).status).toBe(0);
    await project.nothingLeft();
  });

  onCluster("two nodes in one job", async () => {
    const keys = "nodes_per_pilot = 2\nmax_pilots = 1";
    await using project = new PilotProject(cluster, {
      "pipe.toml": pilotToml(keys),
      "pipeline.ts": napping(naps(0.5)),
    });
    const { status, stderr } = await project.pipe(["run", "--num_samples", "10"]);
    expect(stderr).not.toContain("warning");
    expect(status).toBe(0);
    expect(valuesIn(project.began, "job").size).toBe(1);
    expect(valuesIn(project.began, "node").size).toBe(2);
    await project.nothingLeft();
  });
});

describe("each task where its needs are met", () => {
  onCluster("blocks of another partition get pilots of their own, tasks their own GPUs", async () => {
    await using project = new PilotProject(cluster, {
      "pipe.toml": pilotToml(
        "gpus_per_node = 2",
        '[blocks.Far_0]\npartition = "other"\n[blocks.Near_0]\npartition = "near"\n',
      ),
      "pipeline.ts": napping(naps(0.1, "Near"), naps(0.3, "Far", "{ gpus: 1 }")),
    });
    const { status, stderr } = await project.pipe(["run", "--num_samples", "6"]);
    expect(stderr).not.toContain("warning");
    expect(status).toBe(0);
    const near = project.began.filter((line) => line.startsWith("Near"));
    const far = project.began.filter((line) => line.startsWith("Far"));
    expect(valuesIn(near, "partition")).toEqual(new Set(["near"]));
    expect(valuesIn(far, "partition")).toEqual(new Set(["other"]));
    expect(valuesIn(far, "gpus")).toEqual(new Set(["0", "1"]));
    await project.nothingLeft();
  });

  onCluster("what does not fit into what is left of a pilot's time is not begun there", async () => {
    // Slurm grants whole minutes; a tenth of the walltime is kept for the end.
    const keys = 'walltime = "12s"\nmax_pilots = 1\ncores_per_node = 1';
    await using project = new PilotProject(cluster, {
      "pipe.toml": pilotToml(keys),
      "pipeline.ts": napping(naps(2.5, "Nap", '{ time: "8s" }')),
    });
    const { status, stderr } = await project.pipe(["run", "--num_samples", "2"]);
    expect(stderr).not.toContain("warning");
    expect(status).toBe(0);
    expect(project.began.length).toBe(2);
    expect(valuesIn(project.began, "job").size).toBe(2);
    await project.nothingLeft();
  });
});

describe("an end on request", () => {
  const slow = { "pipe.toml": pilotToml("max_pilots = 1"), "pipeline.ts": napping(naps(3)) };

  onCluster("Ctrl-C once: what runs may finish, and is remembered", async () => {
    await using project = new PilotProject(cluster, slow);
    const started = project.start(["run", "--num_samples", "40"]);
    await project.untilBegun(2);
    started.signal("SIGINT");
    const { status } = await started.ended;
    expect(status).toBe(130);
    await project.nothingLeft();
    const begun = project.began.length;
    expect(begun).toBeLessThan(6);
    const files = Object.keys(project.contents()).filter((path) => path.endsWith("Nap.txt"));
    expect(files.length).toBe(begun);
  });

  onCluster("Ctrl-C twice: what runs is ended, jobs are cancelled", async () => {
    await using project = new PilotProject(cluster, {
      ...slow,
      "pipeline.ts": napping(naps(60)),
    });
    const started = project.start(["run", "--num_samples", "40"]);
    await project.untilBegun(2);
    const since = performance.now();
    started.signal("SIGINT");
    await Bun.sleep(100);
    started.signal("SIGINT");
    const { status } = await started.ended;
    expect(status).toBe(130);
    expect(performance.now() - since).toBeLessThan(10_000);
    await project.nothingLeft();
  });

  onCluster("while the job still waits in the queue", async () => {
    await using project = new PilotProject(cluster, slow);
    const id = await cluster.sbatch(["-N", "3", "--exclusive", "--wrap=sleep 100"]);
    await cluster.untilJob(id, "RUNNING");
    const started = project.start(["run", "--num_samples", "4"]);
    await project.untilJobs(1, /PENDING/);
    started.signal("SIGTERM");
    const { status } = await started.ended;
    expect(status).toBe(130);
    await cluster.scancel(id);
    expect(project.began).toEqual([]);
    await project.nothingLeft();
  });
});
