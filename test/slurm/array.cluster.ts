// Array mode where it takes minutes: an element that Slurm really starts again, and limits of an account.
import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { startCluster } from "../support/slurm/cluster.ts";

const onCluster = clusterTest();

const toml = `[executor.arrays]
kind = "slurm"
mode = "array"

[[block]]
name = "Wait"
command = ["sh", "-c", "echo begun >> ../begun.txt; while ! test -e ../../go; do sleep 0.1; done; echo ended >> ../ended.txt"]
`;

onCluster(
  "an element that is put back into the queue starts again under its number, and counts once",
  async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await using play = new Playground();
    play.write({ "pipe.toml": toml });
    const env = { env: { ...cluster.env, PIPE_PATIENCE: "0.1" } };
    const run = play.start(["run", "--executor", "arrays", "--num_samples", "1", "--json"], env);
    const lines = (name: string) =>
      existsSync(play.path(name)) ? play.read(name).split("\n").length - 1 : 0;
    const until = async (isSo: () => boolean, seconds: number) => {
      const deadline = Date.now() + seconds * 1000;
      while (!isSo()) {
        if (Date.now() > deadline) throw new Error("it did not come to that");
        await Bun.sleep(100);
      }
    };
    await until(() => lines("data/begun.txt") === 1, 30);
    await cluster.must(["scontrol", "requeue", "1_0"]);
    // Slurm lets two minutes pass.
    await until(() => lines("data/begun.txt") === 2, 200);
    play.write({ go: "" });
    const ending = await run.ended;
    expect(ending).toMatchObject({ status: 0 });
    expect(lines("data/ended.txt")).toBe(1);
    expect(asReport(ending.stdout).tasks).toMatchObject({ total: 1, ran: 1, failed: 0 });
    expect(play.read("data/runinfo/000/results/000/t0.1.json")).toContain('"restart":1');
  },
  300_000,
);
