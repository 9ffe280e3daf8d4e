// What a person got wrong is told with file, line, column and the nearest right word, and nothing is half-started.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { Playground } from "../support/playground.ts";

const good = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Simulate extends PipelineBlock { async run(sample: DataSample) { sample.addStatistic("x", 1); } }
export default new Pipeline().append(new Simulate());
`;

interface Case {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly says: readonly string[];
}

const run = ["run", "--run_local", "--num_samples", "1"];

const commandLine: readonly Case[] = [
  {
    name: "an unknown flag",
    args: [...run, "--max_proceses", "2"],
    says: ["`--max_proceses`", "`--max_processes`"],
  },
  { name: "an unknown command", args: ["rnu"], says: ["`rnu`", "`run`"] },
  {
    name: "a wrong number",
    args: ["run", "--run_local", "--num_samples", "many"],
    says: ["num_samples", "many"],
  },
  { name: "a missing value", args: ["run", "--run_local", "--num_samples"], says: ["num_samples"] },
  {
    name: "a surplus positional",
    args: ["run", "pipeline.ts", "other.ts", "--run_local"],
    says: ["other.ts"],
  },
  {
    name: "two executors at once",
    args: [...run, "--run_sequential"],
    says: ["run_local", "run_sequential"],
  },
  {
    name: "an unknown executor",
    args: ["run", "--executor", "slrum", "--num_samples", "1"],
    says: ["slrum", "slurm"],
  },
  { name: "an unknown block", args: [...run, "--until", "Simulat_0"], says: ["Simulat_0", "Simulate_0"] },
  { name: "a range that is none", args: ["run", "--run_local", "--samples", "5-2"], says: ["5-2"] },
  {
    name: "samples that do not exist",
    args: ["run", "--run_local", "--samples", "3,7"],
    says: ["no samples", "--num_samples"],
  },
  { name: "no samples at all", args: ["run", "--run_local"], says: ["--num_samples"] },
  { name: "an unknown template", args: ["init", "here", "--template", "defrom"], says: ["defrom", "deform"] },
  { name: "an unknown sample of exec", args: ["exec", "Simulate_0", "99"], says: ["99"] },
  { name: "an unknown block of exec", args: ["exec", "Simulat_0", "0"], says: ["Simulat_0"] },
  {
    name: "a dataset in a folder from which no code can be loaded",
    args: [...run, "--data_path", "what?/data"],
    says: ["what?/data", "`?`", "--data_path"],
  },
  {
    name: "a pipeline in a folder from which no code can be loaded",
    files: { "back\\slash/pipeline.ts": good },
    args: ["run", "back\\slash", "--run_local", "--num_samples", "1"],
    says: ["back\\slash/pipeline.ts", "rename the folder"],
  },
  {
    name: "a pipeline that is not there",
    args: ["run", "pipelin.ts", "--run_local"],
    says: ["pipelin.ts", "pipeline.ts"],
  },
];

const toml = (text: string) => ({ "pipe.toml": text });

const configuration: readonly Case[] = [
  {
    name: "a syntax error",
    files: toml(`[run]\nnum_samples = 3\nseed = = 4\n`),
    args: run,
    says: ["pipe.toml:3:", "seed = = 4"],
  },
  {
    name: "an unknown key",
    files: toml(`[run]\n\nnum_smaples = 3\n`),
    args: run,
    says: ["pipe.toml:3:1", "num_smaples", "`num_samples`"],
  },
  {
    name: "a wrong type",
    files: toml(`[run]\nnum_samples = "three"\n`),
    args: run,
    says: ["pipe.toml:2:15", `num_samples = "three"`, "^"],
  },
  {
    name: "a duration without unit",
    files: toml(`[blocks.Simulate_0]\ntime = "30"\n`),
    args: run,
    says: ["pipe.toml:2:8", `"30m"`],
  },
  {
    name: "an override of a block that is not there",
    files: toml(`[blocks.Simulat_0]\ncpus = 2\n`),
    args: run,
    says: ["pipe.toml:1", "Simulate_0"],
  },
];

const source = (text: string, more: Readonly<Record<string, string>> = {}) => ({
  "pipeline.ts": text,
  ...more,
});

const pipeline: readonly Case[] = [
  {
    name: "a syntax error",
    files: source(`import { Pipeline } from "pipe";\n\nexport default new Pipeline(;\n`),
    args: run,
    says: ["pipeline.ts:3:29", "export default new Pipeline(;"],
  },
  {
    name: "an import that is not there",
    files: source(`import { x } from "./gone.ts";\nconsole.log(x);\nexport default 1;\n`),
    args: run,
    says: ["pipeline.ts", "./gone.ts"],
  },
  {
    name: "a missing export of another file",
    files: source(`import { y } from "./lib.ts";\nconsole.log(y);\nexport default 1;\n`, {
      "lib.ts": "export const x = 1;\n",
    }),
    args: run,
    says: ["lib.ts", "`y`"],
  },
  {
    name: "a word that `pipe` does not have",
    files: source(`import { Pipelin } from "pipe";\nexport default new Pipelin();\n`),
    args: run,
    says: ["Pipelin", "`Pipeline`"],
  },
  {
    name: "an error thrown at load",
    files: source(
      `import { Pipeline } from "pipe";\n\nthrow new Error("no licence");\nexport default new Pipeline();\n`,
    ),
    args: run,
    says: ["no licence", "pipeline.ts:3"],
  },
  {
    name: "a default export that is no pipeline",
    files: source(`export default [1, 2];\n`),
    args: run,
    says: ["default", "array"],
  },
  {
    name: "no default export",
    files: source(`export const pipeline = 1;\n`),
    args: run,
    says: ["export default"],
  },
  {
    name: "a block name used twice",
    files: source(
      good.replace(
        "append(new Simulate())",
        `append(new Simulate()).append(new Simulate(), { name: "Simulate_0" })`,
      ),
    ),
    args: run,
    says: ["Simulate_0", "two blocks"],
  },
  {
    name: "an unknown placeholder",
    files: source(
      `import { Pipeline, command } from "pipe";\nexport default new Pipeline().append(command("Say", ["echo", "{sample.idd}"]));\n`,
    ),
    args: run,
    says: ["{sample.idd}", "{sample.id}"],
  },
  {
    name: "a script that is not there",
    files: source(
      `import { Pipeline, command } from "pipe";\nexport default new Pipeline().append(command("Say", ["./mehs.sh"]));\n`,
      { "mesh.sh": "" },
    ),
    args: run,
    says: ["mehs.sh", "mesh.sh"],
  },
  {
    name: "an unknown option of a block",
    files: source(good.replace("new Simulate()", "new Simulate(), { memroy: '4G' }")),
    args: run,
    says: ["memroy", "`memory`"],
  },
  {
    name: "a memory without sense",
    files: source(good.replace("new Simulate()", "new Simulate(), { memory: '4 apples' }")),
    args: run,
    says: ["4 apples"],
  },
];

for (const [group, cases] of Object.entries({
  "command line": commandLine,
  "pipe.toml": configuration,
  "the pipeline": pipeline,
})) {
  describe(`${group}: told with status 2, nothing started`, () => {
    for (const one of cases) {
      test(one.name, async () => {
        await using play = new Playground();
        play.write({ "pipeline.ts": good, ...one.files });
        const before = play.tree(".");
        const ending = await play.pipe(one.args);
        for (const words of one.says) expect(ending.stderr).toContain(words);
        expect(ending.stderr).toStartWith("error: ");
        expect(ending.stderr).not.toContain("    at ");
        expect(ending.stdout).toBe("");
        expect(ending.status).toBe(2);
        expect(play.tree(".")).toEqual(before);
        expect(existsSync(play.path("data"))).toBe(false);
      });
    }
  });
}

test("without a pipeline it says how to make one", async () => {
  await using play = new Playground();
  const ending = await play.pipe(["run", "--run_local"]);
  expect(ending.status).toBe(2);
  expect(ending.stderr).toContain("pipe init");
});

test("a dataset folder that cannot be made or written is told with status 2", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": good, "a-file": "" });
  const ending = await play.pipe([...run, "--data_path", "a-file/data"]);
  expect(ending.status).toBe(2);
  expect(ending.stderr).toContain("a-file");
  // Root may write everywhere but to a filesystem mounted read-only; others are kept out by the mode.
  const isRoot = process.getuid?.() === 0;
  const locked = isRoot ? "/proc/data" : play.path("locked");
  if (!isRoot) {
    mkdirSync(locked);
    chmodSync(locked, 0o555);
  }
  const refused = await play.pipe([...run, "--data_path", locked]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(locked);
});

test("without Slurm, a run that nobody told where to run says so with status 3", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": good });
  const ending = await play.pipe(["run", "--num_samples", "1"], { env: { PATH: "/nonexistent" } });
  expect(ending.status).toBe(3);
  expect(ending.stderr).toContain("--run_local");
  expect(existsSync(play.path("data"))).toBe(false);
});
