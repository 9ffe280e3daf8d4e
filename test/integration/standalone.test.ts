// The executable alone: copied to an empty folder, with an empty environment, nothing else of ours in reach.
import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync } from "node:fs";
import { executable, Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

for (const template of ["minimal", "command", "deform"]) {
  test(`under an empty environment it makes the template ${template}, checks its types and runs it`, async () => {
    await using play = new Playground();
    mkdirSync(play.path("with space"));
    const alone = play.path("with space/pipe");
    copyFileSync(executable, alone);
    const options = { executable: alone, bareEnvironment: true, cwd: "with space" };
    const init = await play.pipe(["init", "mine", "--template", template], options);
    expect([init.status, init.signal]).toEqual([0, null]);
    const inside = { ...options, cwd: "with space/mine" };
    const check = await play.pipe(["check"], inside);
    expect(`${check.stdout}${check.stderr}`).not.toContain("error");
    expect(check.status).toBe(0);
    const run = await play.pipe(["run", "--run_local", "--num_samples", "2", "--json"], inside);
    expect(run.stderr).not.toContain("failed on");
    expect(run.status).toBe(0);
    const report = asReport(run.stdout);
    expect(report.samples.total).toBe(2);
    expect(report.tasks.failed).toBe(0);
  }, 60_000);
}

test("what a working directory could inject is not loaded", async () => {
  await using play = new Playground();
  play.write({
    "bunfig.toml": `preload = ["./evil.ts"]\n`,
    "evil.ts": `import { writeFileSync } from "node:fs"; writeFileSync("injected", "x"); process.env.INJECTED = "1";`,
    ".env": "FROM_DOTENV=1\n",
    "pipeline.ts": `import { Pipeline, PipelineBlock, command, type DataSample } from "pipe";
class Look extends PipelineBlock { async run(sample: DataSample) {
  for (const name of ["FROM_DOTENV", "INJECTED", "BUN_OPTIONS", "BUN_BE_BUN", "BUN_FEATURE_FLAG_NO_ORPHANS"]) sample.addStatistic(name, process.env[name] ?? null);
} }
export default new Pipeline().append(new Look()).append(command("Env", ["sh", "-c", "env | cut -d= -f1 | sort > names.txt"]));
`,
  });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "1"]);
  expect(ending.status).toBe(0);
  expect(play.read("data/statistics.csv").split("\n")[1]).toMatch(/^0,,,,/);
  expect(Object.keys(play.tree(".")).filter((f) => f.endsWith("injected"))).toEqual([]);
  const names = play.read("data/000000/names.txt").trimEnd().split("\n");
  expect(
    names.filter(
      (name) => name.startsWith("BUN_") || name === "FROM_DOTENV" || name.includes("NODE_CHANNEL"),
    ),
  ).toEqual([]);
});

test("a pipeline may have its own tsconfig paths, packages and JSON", async () => {
  await using play = new Playground();
  play.write({
    "tsconfig.json": `{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }`,
    "lib/one.ts": "export const one = 1;",
    "node_modules/two/package.json": `{ "name": "two", "main": "./lib/main.js" }`,
    "node_modules/two/lib/main.js": "exports.two = 2;",
    "three.json": "3",
    "pipeline.ts": `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { one } from "@lib/one";
import { two } from "two";
import three from "./three.json";
class Sum extends PipelineBlock { async run(sample: DataSample) { sample.addStatistic("sum", one + two + three); } }
export default new Pipeline().append(new Sum());
`,
  });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "1"]);
  expect(ending.stderr).not.toContain("error");
  expect(play.read("data/statistics.csv")).toBe("sample,Sum_0.sum\n0,6\n");
});
