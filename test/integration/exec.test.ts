// `pipe exec`: the task that failed, repeated here, with the command that the failure printed.
import { expect, test } from "bun:test";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const flaky = `import { DatasetBlock, Pipeline, PipelineBlock, command, type DataSample, type Dataset } from "pipe";
class Scene extends PipelineBlock { async run(sample: DataSample) { sample.setConfig("size", sample.id * 10); } }
class Work extends PipelineBlock { async run(sample: DataSample) {
  console.log("size", sample.config.Scene_0?.size, "later", sample.statistics.After_0 ?? "unknown", sample.random.integer(0, 1000));
  if (sample.id === 1 && !process.env.MENDED) throw new Error("still broken");
  sample.addStatistic("done", true);
} }
class After extends PipelineBlock { async run(sample: DataSample) { sample.addStatistic("x", 1); } }
class All extends DatasetBlock { async run(dataset: Dataset) { console.log("valid", dataset.samples.map((sample) => sample.id).join()); } }
export default new Pipeline().append(new Scene()).append(new Work()).append(new After()).append(command("Env", ["sh", "-c", "echo $GREETING"])).append(new All());
`;

test("repeats what failed with the command that the failure names", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": flaky,
    "pipe.toml": `[blocks.Env_0]\nenvironment = { GREETING = "from pipe.toml" }\n`,
  });
  const run = await play.pipe([
    "run",
    "--run_local",
    "--num_samples",
    "3",
    "--data_path",
    "my data",
    "--seed",
    "5",
    "--json",
  ]);
  expect(run.status).toBe(1);
  expect(asReport(run.stdout).failures.map((f) => [f.block, f.sample])).toEqual([["Work_0", 1]]);
  const line = run.stderr.split("\n").find((each) => each.includes("repeat it here:")) ?? "";
  expect(line.trim()).toBe("repeat it here: pipe exec Work_0 1 --data_path 'my data' --seed 5");
  const log = play.read("my data/runinfo/000/task_logs/Work_0/000001.1.log");
  const args = ["exec", "Work_0", "1", "--data_path", "my data", "--seed", "5"];

  const again = await play.pipe(args);
  expect(again.status).toBe(1);
  expect(again.stdout).toBe("");
  // The same sample, the same random numbers; nothing of later blocks.
  expect(again.stderr).toStartWith(log);
  expect(again.stderr).toContain("still broken");

  const mended = await play.pipe([...args, "--json"], { env: { MENDED: "1" } });
  expect(mended.status).toBe(0);
  const { block, sample, outcome, statistics } = JSON.parse(mended.stdout);
  expect([block, sample, outcome, statistics]).toEqual(["Work_0", 1, "succeeded", { done: true }]);
  // It was tried out, not recorded.
  expect(play.json("my data/000001/sample.json")).toMatchObject({ ending: "failed", statistics: {} });

  // What pipe.toml adds to the environment reaches workers and exec alike.
  expect(play.read("my data/runinfo/000/task_logs/Env_0/000000.1.log")).toBe("from pipe.toml\n");
  const env = await play.pipe(["exec", "Env_0", "0", "--data_path", "my data"]);
  expect(env.stderr).toContain("from pipe.toml");

  const dataset = await play.pipe(["exec", "All_0", "--data_path", "my data"]);
  expect([dataset.status, dataset.stderr.split("\n")[0]]).toEqual([0, "valid 0,2"]);
  for (const wrong of [["All_0", "1"], ["Work_0"]]) {
    const refused = await play.pipe(["exec", ...wrong, "--data_path", "my data"]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("pipe exec");
  }
});

test("can run the pipeline as it was bundled for an earlier run", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": flaky });
  await play.pipe(["run", "--run_local", "--num_samples", "1"]);
  play.write({ "pipeline.ts": flaky.replace("console.log(", 'console.log("edited",') });
  const now = await play.pipe(["exec", "Work_0", "0"]);
  expect(now.stderr).toStartWith("edited size 0");
  const then = await play.pipe(["exec", "Work_0", "0", "--run", "0"]);
  expect(then.stderr).toStartWith("size 0");
});
