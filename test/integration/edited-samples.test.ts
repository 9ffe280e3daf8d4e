// Somebody writes into a sample.json: what is remembered counts, in the tables, for the blocks, and in the file itself.
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const measuring = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Measure extends PipelineBlock { run(sample: DataSample) { sample.addStatistic("size", 10 + sample.id); } }
class Twice extends PipelineBlock { run(sample: DataSample) {
  sample.addStatistic("twice", 2 * Number(sample.statistics.Measure_0.size));
} }
export default new Pipeline().append(new Measure()).append(new Twice());
`;
const words = ["run", "--run_local", "--max_processes", "1"];
const table = "sample,Measure_0.size,Twice_0.twice\n0,10,20\n1,11,22\n2,12,24\n";

async function edited(): Promise<Playground> {
  const play = new Playground();
  play.write({ "pipeline.ts": measuring });
  await play.pipe([...words, "--num_samples", "3"]);
  expect(play.read("data/statistics.csv")).toBe(table);
  const text = play.read("data/000001/sample.json");
  play.write({ "data/000001/sample.json": text.replace("11", "99") });
  return play;
}

const said = "sample.json of 000001 said something else than what is remembered of it, and was written again";

test.each([
  ["in a start with nothing to do", words],
  ["in a run over other samples", [...words, "--samples", "0,2"]],
  ["where the tables alone are written", ["run", "--statistics_only"]],
])("%s", async (_, again) => {
  await using play = await edited();
  const start = await play.pipe(again);
  expect(start.stderr).toContain(said);
  expect(play.read("data/000001/sample.json")).toContain('"size": 11');
  expect(play.read("data/statistics.csv")).toBe(table);
  const next = await play.pipe(again);
  expect(next.stderr).not.toContain("said something else");
});

test.each([
  ["in a start with nothing to do", words],
  ["in a run over other samples", [...words, "--samples", "0,2"]],
  ["where the tables alone are written", ["run", "--statistics_only"]],
])("a sample.json that is gone is written again, %s", async (_, again) => {
  await using play = await edited();
  const text = play.read("data/000002/sample.json");
  rmSync(play.path("data/000001/sample.json"));
  rmSync(play.path("data/000002/sample.json"));
  expect((await play.pipe(again)).status).toBe(0);
  expect(play.read("data/000002/sample.json")).toBe(text);
  expect(play.read("data/statistics.csv")).toBe(table);
});

test.each([
  ["is gone", (play: Playground) => rmSync(play.path("data/000001/sample.json"))],
  [
    "says that the sample failed",
    (play: Playground) => {
      const text = play.read("data/000001/sample.json");
      play.write({ "data/000001/sample.json": text.replace('"valid"', '"failed"') });
    },
  ],
])("a block over the dataset still stands, and that is said, where a sample.json %s", async (_, act) => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": measuring
      .replace("{ Pipeline,", "{ DatasetBlock, Pipeline,")
      .replace(
        "export default",
        "class All extends DatasetBlock { run(dataset: any) { dataset.write('all.txt', String(dataset.samples.length)); } }\nexport default",
      )
      .replace(".append(new Twice())", ".append(new Twice()).append(new All())"),
  });
  await play.pipe([...words, "--num_samples", "3"]);
  act(play);
  for (const samples of [[], ["--samples", "0"]]) {
    expect((await play.pipe(["run", "--dry_run", ...samples])).stdout).toContain("nothing to run");
  }
  expect(asReport((await play.pipe([...words, "--samples", "0", "--json"])).stdout).tasks.ran).toBe(0);
  expect(asReport((await play.pipe([...words, "--json"])).stdout).tasks.ran).toBe(0);
  expect(play.read("data/000001/sample.json")).toContain('"valid"');
});

test("where its last block runs again", async () => {
  await using play = await edited();
  play.write({ "pipeline.ts": measuring.replace("2 * Number", "3 * Number") });
  await play.pipe(words);
  expect(play.read("data/statistics.csv")).toBe(
    "sample,Measure_0.size,Twice_0.twice\n0,10,30\n1,11,33\n2,12,36\n",
  );
});

test("after a run that did not look, too", async () => {
  await using play = await edited();
  play.write({ "pipeline.ts": measuring.replace("2 * Number", "3 * Number") });
  await play.pipe([...words, "--samples", "0", "--verify", "none"]);
  play.write({ "pipeline.ts": measuring });
  const start = await play.pipe([...words, "--samples", "0"]);
  expect(start.stderr).toContain(said);
  expect(play.read("data/statistics.csv")).toBe(table);
});

test("samples of which nothing is remembered are believed: they were copied together", async () => {
  await using play = await edited();
  await play.pipe(["run", "--statistics_only"]);
  const text = play.read("data/000002/sample.json");
  play.write({ "copied/000002/sample.json": text.replace("12", "77") });
  await play.pipe(["run", "--statistics_only", "--data_path", "copied"]);
  expect(play.read("copied/statistics.csv")).toContain("2,77,24");
});
