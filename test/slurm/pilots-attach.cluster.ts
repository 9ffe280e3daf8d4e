// A launcher that dies loses nothing: its pilots go on, and the next one takes over what they have in hand and what they have
// done meanwhile. No task whose result was written down runs a second time.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { existsSync } from "node:fs";
import type { Ending, Started } from "../support/playground.ts";
import { type Seeded, seeded } from "../support/seeded.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { eventually } from "../support/slurm/eventually.ts";
import { everything, napping, naps, pilotToml, timesBegun } from "../support/slurm/pilot-pipelines.ts";
import { PilotProject, withReport } from "../support/slurm/pilot-project.ts";

const onCluster = clusterTest();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, cpus: 4, killWait: 1 });
}, 60_000);
afterAll(async () => await cluster?.stop(), 60_000);

const samples = ["--num_samples", "16"];
const chain = napping(
  naps("sample.id % 3 * 0.2", "First"),
  naps(0.1, "Second"),
  naps("sample.id % 2 * 0.3", "Third"),
);
const project = (pipeline = chain, keys = "max_pilots = 2", options = {}) =>
  new PilotProject(cluster, { "pipe.toml": pilotToml(keys), "pipeline.ts": pipeline }, options);

const attach = ["attach", "--json", "--data_path", "data"];

async function killedWhile(it: PilotProject, args: readonly string[], when: () => Promise<unknown>) {
  const started = it.start(args);
  await when();
  started.signal("SIGKILL");
  return await started.ended;
}

describe("killed and attached, again and again until it is done", () => {
  for (const seed of [1, 2, 3]) {
    onCluster(`at random moments, seed ${seed}`, () => killedUntilDone(seeded(seed)), 300_000);
  }
});

async function killedUntilDone(random: Seeded): Promise<void> {
  await using undisturbed = project();
  expect((await undisturbed.run(["--run_local", ...samples])).status).toBe(0);
  await using it = project();
  const first = it.start(["run", "--json", ...samples]);
  await eventually("the run has its record", () => existsSync(it.at("data/runinfo/000/run.json")));
  let ending = await killedAfter(first, random.next() * 2500);
  for (let kills = 1; ending.signal === "SIGKILL"; kills++) {
    const started = it.start(attach);
    ending = await (kills < 12 ? killedAfter(started, 300 + random.next() * 1200) : started.ended);
  }
  expect(ending.stderr).not.toContain("bug");
  expect(ending.status).toBe(0);
  expect(it.contents()).toEqual(undisturbed.contents());
  expect([...timesBegun(it)].filter(([, times]) => times > 1)).toEqual([]);
  expect(timesBegun(it).size).toBe(48);
  await it.nothingLeft();
  const again = await it.run(samples);
  expect(again.report.tasks).toMatchObject({ ran: 0, cached: 48 });
}

onCluster(
  "with everything that a pipeline can have, the dataset is the same",
  async () => {
    const random = seeded(5);
    await using it = new PilotProject(cluster, everything);
    const words = ["--json", "--num_samples", "12"];
    expect((await it.pipe(["run", "--run_local", "--data_path", "home", ...words])).status).toBe(1);
    const first = it.start(["run", ...words]);
    await it.untilJobs(1);
    let ending = await killedAfter(first, random.next() * 2000);
    for (let kills = 1; ending.signal === "SIGKILL"; kills++) {
      const started = it.start(attach);
      ending = await (kills < 6 ? killedAfter(started, 300 + random.next() * 1200) : started.ended);
    }
    expect(ending.stderr).not.toContain("bug");
    expect(ending.status).toBe(1);
    expect(it.contents()).toEqual(it.contents("home"));
    await it.nothingLeft();
  },
  120_000,
);

async function killedAfter(started: Started, milliseconds: number): Promise<Ending> {
  const timer = setTimeout(() => started.signal("SIGKILL"), milliseconds);
  const ending = await started.ended;
  clearTimeout(timer);
  return ending;
}

describe("who goes on", () => {
  onCluster(
    "attach is refused while the launcher lives, and has nothing to do where none has died",
    async () => {
      await using it = project();
      const started = it.start(["run", ...samples]);
      await it.untilBegun(1);
      const refused = await it.pipe(attach);
      expect(refused.stderr).toContain("`pipe status --watch` watches it");
      expect(refused.status).toBe(3);
      expect((await started.ended).status).toBe(0);
      const nothing = await it.pipe(["attach", "--data_path", "data"]);
      expect(nothing.stdout).toContain("nothing to take over");
      expect(nothing.status).toBe(0);
      await it.nothingLeft();
    },
  );

  onCluster(
    "a new run takes over pilots and results, and runs only what it must with a changed block",
    async () => {
      await using it = project();
      await killedWhile(it, ["run", ...samples], () => it.untilBegun(20));
      await it.untilBegun(24);
      // The last block only.
      const at = chain.lastIndexOf('"nap of "');
      it.write({ "pipeline.ts": `${chain.slice(0, at)}"another ${chain.slice(at + 1)}` });
      const changed = withReport(await it.pipe(["run", "--json", ...samples]));
      expect(changed.status).toBe(0);
      expect(changed.report.tasks.total).toBe(48);
      const again = [...timesBegun(it)].filter(([task, times]) => times > 1 && !task.startsWith("Third"));
      expect(again).toEqual([]);
      await it.nothingLeft();
      await it.run(["--run_local", "--data_path", "home", ...samples]);
      expect(it.contents()).toEqual(it.contents("home"));
    },
  );

  onCluster("a new run with the same pipeline runs nothing twice, on the same pilots", async () => {
    await using it = project();
    await killedWhile(it, ["run", ...samples], () => it.untilBegun(20));
    const jobs = (await cluster.jobs()).length;
    const ended = withReport(await it.pipe(["run", "--json", ...samples]));
    expect(ended.status).toBe(0);
    expect([...timesBegun(it).values()].filter((times) => times > 1)).toEqual([]);
    expect((await cluster.jobs()).length).toBe(jobs);
    await it.nothingLeft();
  });

  onCluster("what a run was told to do anew it does not do anew again when it is gone on with", async () => {
    await using it = project();
    expect((await it.run(["--run_local", ...samples])).status).toBe(0);
    const before = it.began.length;
    await killedWhile(it, ["run", "--disable_caching", ...samples], () => it.untilBegun(before + 20));
    const ended = withReport(await it.pipe(attach));
    expect(ended.status).toBe(0);
    expect(ended.report.tasks.total).toBe(48);
    expect([...timesBegun(it).values()].filter((times) => times !== 2)).toEqual([]);
    await it.nothingLeft();
  });

  onCluster("at home it is refused while pilots live", async () => {
    await using it = project(napping(naps(2)), 'max_pilots = 1\nmax_idletime = "30s"');
    await killedWhile(it, ["run", ...samples], () => it.untilBegun(2));
    const refused = await it.pipe(["run", "--run_local", ...samples]);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("`pipe attach 000`");
    const cancelled = await it.pipe(["cancel", "--data_path", "data"]);
    expect(cancelled.stdout).toMatch(/^run 000: no launcher was left; jobs that were told to end: \d+$/m);
    expect(cancelled.status).toBe(0);
    await it.nothingLeft();
    expect((await it.pipe(["run", "--run_local", "--samples", "0-3"])).status).toBe(0);
  });
});

describe("cancel", () => {
  onCluster("with a launcher that lives, and nothing but its jobs", async () => {
    await using it = project(napping(naps(60)), "max_pilots = 2");
    const other = await cluster.sbatch(["--job-name=pipe.other.p0001", "--wrap=sleep 300"]);
    const started = it.start(["run", ...samples]);
    await it.untilBegun(2);
    const cancelled = await it.pipe(["cancel", "--data_path", "data"]);
    expect(cancelled.stdout).toStartWith("run 000: its launcher was told to end, and has");
    expect(cancelled.status).toBe(0);
    const ended = await started.ended;
    expect(ended.status).toBe(130);
    expect((await cluster.job(other))?.state).toBe("RUNNING");
    await cluster.scancel(other);
    await it.nothingLeft();
  });
});

onCluster("pilots that nobody takes over end by themselves", async () => {
  await using it = project(chain, 'max_pilots = 1\nmax_idletime = "30s"\norphan_time = "2s"');
  await killedWhile(it, ["run", ...samples], () => it.untilBegun(4));
  await it.nothingLeft(30);
});

onCluster("status of a run whose launcher is gone names the command that goes on", async () => {
  await using it = project(napping(naps(2)), "max_pilots = 1");
  await killedWhile(it, ["run", ...samples], () => it.untilBegun(2));
  const status = await it.pipe(["status", "--data_path", "data"]);
  await it.pipe(["cancel", "--data_path", "data"]);
  expect(status.stdout).toContain("`pipe attach`");
  await it.nothingLeft();
});
