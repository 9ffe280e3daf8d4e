// Launcher and nodes that each see the dataset through a cache of three seconds: names, sizes and even contents come late, and what
// comes of it is what comes of a run on one machine.
import { afterAll, beforeAll, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Ending, Playground, type RunOptions } from "../support/playground.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { contentsOf, nastyProject, type Placing } from "../support/slurm/nasty-pipeline.ts";

const onCluster = clusterTest();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2, cpus: 1, views: "bindfs" });
}, 60_000);
afterAll(async () => await cluster?.stop(), 60_000);

let projects = 0;

function project(files: Readonly<Record<string, string>>) {
  const name = `project${projects++}`;
  const folder = join(cluster.shared, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const play = new Playground();
  return {
    at: (...parts: readonly string[]) => join(folder, ...parts),
    /** Past all caches. */
    really: (...parts: readonly string[]) => join(cluster.backing, name, ...parts),
    run: (args: readonly string[], options: RunOptions = {}): Promise<Ending> =>
      play.pipe(["run", ...args], {
        ...options,
        cwd: relative(play.folder, folder),
        env: { ...cluster.env, ...options.env },
      }),
    [Symbol.asyncDispose]: () => play[Symbol.asyncDispose](),
  };
}

for (const placing of ["turns", "anywhere"] as const satisfies readonly Placing[]) {
  onCluster(
    `a sample whose blocks run ${placing === "turns" ? "by turns on two nodes" : "where there is room"} comes out as at home`,
    async () => {
      await using its = project(nastyProject(placing));
      const far = await its.run(["--data_path", its.at("far")]);
      expect(far.stderr).not.toContain("warning");
      expect({ status: far.status, said: far.stderr }).toEqual({ status: 0, said: far.stderr });
      expect((await its.run(["--run_local", "--data_path", its.at("here")])).status).toBe(0);
      expect(contentsOf(its.really("far"))).toEqual(contentsOf(its.really("here")));
      // At once, through caches that still hold what was there before: nothing is run again.
      const again = await its.run(["--json", "--data_path", its.at("far")]);
      expect(JSON.parse(again.stdout).tasks).toMatchObject({ ran: 0, failed: 0 });
    },
    120_000,
  );
}
