// A run from the command line to the files on disk.
import { expect, test } from "bun:test";
import { measuring } from "../support/pipelines.ts";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

/** Logs carry times; everything else in a dataset must not. */
const notTiming = (path: string) =>
  path.startsWith("runinfo/") || path.endsWith("log.log") || path === "history.jsonl";

test("sequential, one process and four processes leave the same bytes", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": measuring });
  const flags = [
    ["--run_sequential"],
    ["--run_local", "--max_processes", "1"],
    ["--run_local", "--max_processes", "4"],
  ];
  const trees: Record<string, string>[] = [];
  for (const [index, how] of flags.entries()) {
    const ending = await play.pipe([
      "run",
      ...how,
      "--num_samples",
      "24",
      "--data_path",
      `d${index}`,
      "--json",
    ]);
    expect(ending.status).toBe(0);
    const report = asReport(ending.stdout);
    expect(report.samples).toEqual({ total: 24, valid: 18, issues: 6, failed: 0 });
    expect(report.tasks).toEqual({ total: 73, ran: 67, cached: 0, issues: 6, failed: 0, skipped: 6 });
    trees.push(play.tree(`d${index}`, notTiming));
  }
  expect(Object.keys(trees[0] ?? {})).toContain("000000/sample.json");
  expect(Object.keys(trees[0] ?? {})).toContain("statistics.csv");
  expect(Object.keys(trees[0] ?? {})).toContain("summary.json");
  expect(trees[1]).toEqual(trees[0] ?? {});
  expect(trees[2]).toEqual(trees[0] ?? {});
});

test("another seed gives another dataset, and the first samples do not depend on how many follow", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": measuring });
  await play.pipe(["run", "--run_local", "--num_samples", "3", "--data_path", "few"]);
  await play.pipe(["run", "--run_local", "--num_samples", "6", "--data_path", "more"]);
  await play.pipe(["run", "--run_local", "--num_samples", "3", "--data_path", "other", "--seed", "2"]);
  expect(play.tree("more/000002", notTiming)).toEqual(play.tree("few/000002", notTiming));
  expect(play.read("other/000002/sample.json")).not.toBe(play.read("few/000002/sample.json"));
});

test("the aggregates have one row for each valid sample", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": measuring });
  await play.pipe(["run", "--run_local", "--num_samples", "8"]);
  const rows = play.read("data/statistics.csv").trimEnd().split("\n");
  expect(rows[0]).toBe("sample,Simulate_0.frames,Measure_0.files,Measure_0.first");
  expect(rows.slice(1).map((row) => row.split(",")[0])).toEqual(["0", "1", "2", "4", "6", "7"]);
  const configs = play.read("data/configs.csv").trimEnd().split("\n");
  expect(configs[0]).toBe("sample,Scene_0.stiffness,Scene_0.name,Scene_0.frames");
  expect(configs).toHaveLength(7);
  expect(play.json("data/summary.json")).toEqual({ ids: [0, 1, 2, 4, 6, 7] });
});

test("what a run was is written down beside it", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": measuring, ".gitignore": "data\n" });
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", "-c", "user.name=T", "-c", "user.email=t@example.org", ...args], {
      cwd: play.folder,
    });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "first");
  const commit = git("rev-parse", "HEAD").stdout.toString().trim();
  await play.pipe(["run", "--run_local", "--num_samples", "2", "--comment", "a clean tree"]);
  play.write({ "pipeline.ts": `${measuring}\n// edited\n` });
  await play.pipe(["run", "--run_local", "--comment", `it's "quoted" $(x)`]);

  const history = play
    .read("data/history.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(history.map((entry) => [entry.run, entry.comment, entry.git])).toEqual([
    ["000", "a clean tree", { commit, dirty: false }],
    ["001", `it's "quoted" $(x)`, { commit, dirty: true }],
  ]);
  expect(history[0].command_line).toEqual([
    "run",
    "--run_local",
    "--num_samples",
    "2",
    "--comment",
    "a clean tree",
  ]);
  expect(Object.keys(history[0].versions)).toEqual(["pipe", "bun"]);
  expect(play.read("data/runinfo/001/diff.patch")).toContain("+// edited");
  for (const name of ["run.json", "pipeline.js", "plan.json", "events.jsonl"]) {
    expect(play.read(`data/runinfo/001/${name}`).length).toBeGreaterThan(10);
  }
});

test("--samples, --start_sample and --until choose what is run", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": measuring });
  const run = async (...args: string[]) =>
    asReport((await play.pipe(["run", "--run_local", "--json", ...args])).stdout).tasks;
  expect((await run("--num_samples", "2", "--until", "Scene_0")).ran).toBe(2);
  expect((await run("--num_samples", "2", "--start_sample", "10", "--until", "Scene_0")).ran).toBe(2);
  expect(Object.keys(play.tree("data")).filter((f) => f.endsWith("sample.json"))).toEqual([
    "000000/sample.json",
    "000001/sample.json",
    "000010/sample.json",
    "000011/sample.json",
  ]);
  expect((await run("--samples", "1,10-11", "--until", "Simulate_0")).total).toBe(6);
  // Without any of them: all samples that the dataset has.
  expect((await run("--until", "Scene_0")).total).toBe(4);
});

test("a printed line of a block run in order is seen on the terminal, standard output stays the report's", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `import { Pipeline, PipelineBlock, command } from "pipe";
class Talk extends PipelineBlock { async run() { console.log("a printed line"); console.error("another"); process.stdout.write("a third\\n"); } }
export default new Pipeline().append(new Talk()).append(command("Say", ["echo", "from a command"]));
`,
  });
  const ending = await play.pipe(["run", "--run_sequential", "--num_samples", "1", "--json"]);
  expect(ending.status).toBe(0);
  asReport(ending.stdout);
  for (const line of ["a printed line", "another", "a third", "from a command"])
    expect(ending.stderr).toContain(line);
  expect(play.read("data/runinfo/000/task_logs/Talk_0/000000.1.log")).toBe(
    "a printed line\nanother\na third\n",
  );
  expect(play.read("data/runinfo/000/task_logs/Say_0/000000.1.log")).toBe("from a command\n");
});

test("siblings that declare their outputs run side by side, `cpus` limits how many tasks do", async () => {
  await using play = new Playground();
  // Each task tells when it began and ended by adding to a file; the greatest overlap is computed from it. A task ends
  // when it has seen as many side by side as the test waits for, so that a slow start of a process does not matter.
  const block = (name: string) => `class ${name} extends PipelineBlock { async run(sample: DataSample) {
    appendFileSync(trace, "+");
    const alone = "${name}" === "Base" && process.env.BASE_WAITS !== "yes";
    for (let turn = 0; !alone && turn < 1000 && overlap() < Number(process.env.WAIT_FOR); turn++) await Bun.sleep(5);
    appendFileSync(trace, "-");
    await sample.write("${name}.txt", "x"); } }`;
  play.write({
    "pipeline.ts": `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { appendFileSync, readFileSync } from "node:fs";
const trace = process.env.TRACE ?? "";
function overlap(): number {
  let now = 0, most = 0;
  for (const sign of readFileSync(trace, "utf8")) { now += sign === "+" ? 1 : -1; most = Math.max(most, now); }
  return most;
}
${block("Base")} ${block("Left")} ${block("Right")}
const cpus = Number(process.env.CPUS);
const needs = process.env.ORDER === "list" ? {} : { outputs: ["*.txt"] };
export default new Pipeline().append(new Base(), { cpus })
  .append(new Left(), { cpus, after: ["Base_0"], ...needs })
  .append(new Right(), { cpus, after: ["Base_0"], outputs: ["Right.txt"] });
`,
  });
  const overlap = async (name: string, env: Record<string, string>, samples: number) => {
    const TRACE = play.path(`${name}.trace`);
    const args = ["--max_processes", "4", "--num_samples", String(samples), "--data_path", name];
    const ending = await play.pipe(["run", "--run_local", ...args], { env: { TRACE, ...env } });
    expect(ending.stderr).not.toContain("failed on");
    expect(ending.status).toBe(0);
    let now = 0;
    let most = 0;
    for (const sign of play.read(`${name}.trace`)) {
      now += sign === "+" ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  };
  expect(await overlap("siblings", { CPUS: "1", WAIT_FOR: "2" }, 1)).toBe(2);
  expect(await overlap("in-order", { CPUS: "1", WAIT_FOR: "1", ORDER: "list" }, 1)).toBe(1);
  expect(await overlap("two-cpus", { CPUS: "2", WAIT_FOR: "2", BASE_WAITS: "yes" }, 6)).toBe(2);
  expect(await overlap("all-cpus", { CPUS: "4", WAIT_FOR: "1" }, 3)).toBe(1);
  expect(await overlap("one-cpu", { CPUS: "1", WAIT_FOR: "4", BASE_WAITS: "yes" }, 12)).toBe(4);
}, 60_000);
