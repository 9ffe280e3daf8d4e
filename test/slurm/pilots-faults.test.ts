// What goes wrong on a cluster, each for real: what is lost is run again elsewhere, what cannot work is told in words that a
// person can act on, and nothing is ever left.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { napping, naps, pilotToml, timesBegun } from "../support/slurm/pilot-pipelines.ts";
import { PilotProject } from "../support/slurm/pilot-project.ts";
import { Wrappers } from "../support/slurm/wrappers.ts";

const onCluster = clusterTest();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, cpus: 4, killWait: 1, messageTimeout: 2 });
}, 60_000);
afterAll(async () => await cluster?.stop(), 60_000);

const project = (keys: string, pipeline = napping(naps(0.3)), options = {}) =>
  new PilotProject(cluster, { "pipe.toml": pilotToml(keys), "pipeline.ts": pipeline }, options);

describe("a place is lost", () => {
  onCluster("a pilot's process is killed: its tasks run again elsewhere", async () => {
    await using it = project("max_pilots = 2", napping(naps(1)));
    const started = it.start(["run", "--num_samples", "10"]);
    await it.untilBegun(4);
    const [pid] = it.pilotProcesses();
    if (pid === undefined) throw new Error("no process of a pilot");
    process.kill(pid, "SIGKILL");
    const { status, stderr } = await started.ended;
    expect(stderr).toMatch(
      /the pilot p000\d \(job \d+\) on n\d is lost, what it had is run again elsewhere: /,
    );
    expect(status).toBe(0);
    expect(timesBegun(it).size).toBe(10);
    expect(it.began.length).toBeLessThanOrEqual(14);
    await it.nothingLeft();
  });

  onCluster(
    "while its tasks were changing what earlier blocks left: these are not begun on half-done work",
    async () => {
      const refine = `
class Mesh extends PipelineBlock { run(sample: DataSample) { sample.write("mesh.txt", "mesh;"); } }
class Refine extends PipelineBlock {
  async run(sample: DataSample) {
    appendFileSync(sample.path + "/mesh.txt", "refined;");
    appendFileSync(process.env.TRACE!, "Refine " + sample.id + "\\n");
    await Bun.sleep(2000);
  }
}
pipeline.append(new Mesh()).append(new Refine());
`;
      await using it = project("max_pilots = 1", napping(refine));
      const started = it.start(["run", "--num_samples", "3"]);
      await it.untilBegun(2);
      const [pid] = it.pilotProcesses();
      if (pid === undefined) throw new Error("no process of a pilot");
      process.kill(pid, "SIGKILL");
      const { status, stderr } = await started.ended;
      expect(status).toBe(1);
      expect(stderr).toContain("`mesh.txt` of Mesh_0 is not as Mesh_0 left it");
      expect((await it.run(["--run_local"])).report.samples).toMatchObject({ valid: 3 });
      for (const sample of ["000000", "000001", "000002"])
        expect(it.read("data", sample, "mesh.txt")).toBe("mesh;refined;");
      await it.nothingLeft();
    },
  );

  onCluster("somebody cancels one of the jobs", async () => {
    await using it = project("max_pilots = 2", napping(naps(1)));
    const started = it.start(["run", "--num_samples", "10"]);
    await it.untilBegun(4);
    const [job] = await it.jobs();
    await cluster.scancel(job?.id ?? "");
    const { status, stderr } = await started.ended;
    expect(stderr).toContain("was lost: the job was ended by Slurm or by a person");
    expect(status).toBe(0);
    expect(timesBegun(it).size).toBe(10);
    await it.nothingLeft();
  });
});

describe("a submission", () => {
  onCluster("whose answer is lost is found by its key, and is not made twice", async () => {
    const wrappers = new Wrappers(cluster);
    wrappers.next("sbatch", { kind: "lose-answer" });
    await using it = project("max_pilots = 1", undefined, { env: wrappers.env });
    const { status, stderr } = await it.pipe(["run", "--num_samples", "4"]);
    expect(stderr).toContain("Slurm's answer to the submission of p0001 was lost");
    expect(status).toBe(0);
    expect(wrappers.calls("sbatch").length).toBe(1);
    await it.nothingLeft();
  });

  onCluster("for an invalid partition is refused with an explanation", async () => {
    await using it = project('partition = "nope"');
    const { status, stderr } = await it.pipe(["run", "--num_samples", "4"]);
    expect(status).toBe(3);
    expect(stderr).toContain("the cluster has no partition `nope`");
    await it.nothingLeft();
  });

  onCluster("the launcher is killed before it hears of it: attach finds the job", async () => {
    const wrappers = new Wrappers(cluster);
    wrappers.next("sbatch", { kind: "kill-caller" });
    await using it = project("max_pilots = 1", napping(naps(0.5)), { env: wrappers.env });
    const { signal } = await it.pipe(["run", "--num_samples", "6"]);
    expect(signal).toBe("SIGKILL");
    expect((await it.pipe(["attach", "--data_path", "data"])).status).toBe(0);
    expect(wrappers.calls("sbatch").length).toBe(1);
    expect([...timesBegun(it).values()]).toEqual([1, 1, 1, 1, 1, 1]);
    await it.nothingLeft();
  });
});

describe("a node where nothing can work", () => {
  onCluster("worker_init that fails is told with its output, and three times are enough", async () => {
    await using it = project(
      'worker_init = ["echo looking for the module", "module_that_is_not_there load x"]',
    );
    const { status, stderr } = await it.pipe(["run", "--num_samples", "4"]);
    expect(status).toBe(3);
    expect(stderr).toContain("looking for the module");
    expect(stderr).toContain("line 2 of worker_init ended with status 127: module_that_is_not_there load x");
    expect(stderr).toContain("error: 3 pilots in a row did not come up");
    expect(stderr.match(/looking for the module/g)?.length).toBe(2);
    await it.nothingLeft();
  });

  onCluster("a program that is missing there", async () => {
    const pipeline = `import { Pipeline, command } from "pipe";
export default new Pipeline().append(command("Mesh", ["gmsh-of-nowhere", "x"]));
`;
    await using it = project("max_pilots = 1", pipeline);
    const { status, stderr } = await it.pipe(["run", "--num_samples", "2"]);
    expect(status).toBe(1);
    expect(stderr).toContain("gmsh-of-nowhere");
    await it.nothingLeft();
  });
});
