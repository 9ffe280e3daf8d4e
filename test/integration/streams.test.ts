// Standard output is for results and standard error for people, whatever blocks and readers do with the two.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { executable, Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { until } from "../support/until.ts";

const one = (body: string) => `import { execSync } from "node:child_process";
import { existsSync, writeFileSync, writeSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class One extends PipelineBlock { async run(sample: DataSample) { ${body} } }
export default new Pipeline().append(new One());
`;
const sequential = ["run", "--run_sequential", "--num_samples", "2", "--json"];
const local = ["run", "--run_local", "--max_processes", "1", "--num_samples", "2", "--json"];

test("--run_sequential --json: what programs print to the launcher's own standard output is no part of the result", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": one(`await Bun.$\`echo from a shell\`;
execSync("echo inherited", { stdio: "inherit" });
writeSync(1, "written to the descriptor\\n");`),
  });
  const ending = await play.pipe(sequential);
  expect(ending.status).toBe(0);
  expect(asReport(ending.stdout).samples.valid).toBe(2);
  for (const said of ["from a shell", "inherited", "written to the descriptor"]) {
    expect(ending.stderr).toContain(said);
  }
});

test("--run_sequential: the launcher's own messages do not get into the log of the task that runs", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": one(`console.log("from the task"); writeFileSync(sample.path + "/here", "");
while (!existsSync(sample.path + "/../../go")) await Bun.sleep(5);`),
  });
  const run = play.start(sequential);
  await until(() => existsSync(play.path("data/000000/here")));
  run.signal("SIGINT");
  await run.said("interrupted");
  play.write({ go: "" });
  const ending = await run.ended;
  expect(ending.stderr).toContain("from the task");
  expect(play.read("data/runinfo/000/task_logs/One_0/000000.1.log")).toBe("from the task\n");
});

for (const [name, how] of [
  ["--run_sequential", sequential],
  ["--run_local", local],
] as const) {
  test(`${name}: a block that ends its standard output ends neither the result nor the run`, async () => {
    await using play = new Playground();
    play.write({
      "pipeline.ts": one(
        `process.stdout.end("last words"); process.stdout.destroy(); process.stderr.destroy();`,
      ),
    });
    const ending = await play.pipe(how);
    expect(ending.status).toBe(0);
    expect(asReport(ending.stdout).samples.valid).toBe(2);
  }, 20_000);
}

test("a standard error that takes nothing does not hold up the end of a run", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": one("") });
  const command = `exec "$0" "$@" 2>/dev/full`;
  const ending = await play.pipe(["-c", command, executable, ...local], { executable: "/bin/sh" });
  expect(ending.status).toBe(0);
  expect(asReport(ending.stdout).samples.valid).toBe(2);
}, 20_000);
