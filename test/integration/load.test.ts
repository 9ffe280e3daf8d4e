// A pipeline of several files, as a worker of the compiled executable sees it.
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const pipeline = {
  "pipeline.ts": `import { Pipeline } from "pipe";
import { Mesh } from "./coarse/mesh.ts";
import { Mesh as Fine } from "./fine/mesh.ts";
export default new Pipeline().append(new Mesh()).append(new Fine());
`,
  "coarse/mesh.ts": `import { type DataSample, PipelineBlock } from "pipe";
export class Mesh extends PipelineBlock {
  run(sample: DataSample) { sample.setConfig("folder", import.meta.dir); }
}
`,
  "fine/mesh.ts": `// Not in the bundle: a comment,
// and an interface.
import { type DataSample, PipelineBlock } from "pipe";
interface Size { readonly cells: number }
const size: Size = { cells: 3 };
export class Mesh extends PipelineBlock {
  run(sample: DataSample): void {
    sample.setConfig("folder", import.meta.dirname);
    if (sample.id === 1) throw new RangeError("no room for " + size.cells + " cells");
  }
}
`,
};

for (const how of ["--run_local", "--run_sequential"]) {
  test(`${how}: blocks keep their classes' names, their files' folders and their lines`, async () => {
    await using play = new Playground();
    play.write(pipeline);
    const ending = await play.pipe(["run", how, "--num_samples", "2", "--data_path", "data"]);
    expect(ending.status).toBe(1);
    expect(play.json("data/000000/sample.json")).toMatchObject({
      config: { Mesh_0: { folder: play.path("coarse") }, Mesh_1: { folder: play.path("fine") } },
    });
    expect(ending.stderr).toContain("no room for 3 cells");
    expect(ending.stderr).toContain("fine/mesh.ts:9:");
    expect(play.read("data/runinfo/000/pipeline.js")).toContain("class Mesh");
  }, 60_000);
}

test("a mistake in the pipeline is told with its line, and nothing is started", async () => {
  await using play = new Playground();
  play.write({
    ...pipeline,
    "fine/mesh.ts": `import { PipelineBlok } from "pipe";\nexport class Mesh extends PipelineBlok {}\n`,
  });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "2", "--data_path", "data"]);
  expect([ending.status, ending.stdout]).toEqual([2, ""]);
  expect(ending.stderr).toBe(
    [
      `error: ${play.path("fine/mesh.ts")}:1:10  "pipe" has no export \`PipelineBlok\``,
      `     1 | import { PipelineBlok } from "pipe";`,
      "       |          ^^^^^^^^^^^^",
      "  hint: did you mean `PipelineBlock`?",
      "",
    ].join("\n"),
  );
  expect(Object.keys(play.tree("."))).toEqual(Object.keys(pipeline).sort());
}, 60_000);

describe("what a pipeline file does while it is loaded in the launcher", () => {
  const block = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class One extends PipelineBlock { async run(sample: DataSample) { await Bun.sleep(50); sample.addStatistic("x", 1); } }
export default new Pipeline().append(new One());
`;
  const run = ["run", "--run_local", "--num_samples", "2", "--json"];

  test("what it prints is no part of the result", async () => {
    await using play = new Playground();
    const prints = `console.log("hello"); process.stdout.write("raw\\n"); await Bun.$\`echo shell\`;\n`;
    play.write({ "pipeline.ts": `${prints}${block}` });
    const ending = await play.pipe(run);
    expect(ending.status).toBe(0);
    expect(asReport(ending.stdout).samples.valid).toBe(2);
    for (const said of ["hello", "raw", "shell"]) expect(ending.stderr).toContain(said);
  });

  for (const [name, code, says] of [
    ["the end of the process", "process.exit(0);", "ends the process (status 0) when it is loaded"],
    [
      "a rejection that nobody waits for",
      `Promise.reject(new Error("nobody waits"));`,
      "could not be loaded: Error: nobody waits",
    ],
  ] as const) {
    for (const words of [run, ["check"], ["exec", "One_0", "0"]]) {
      test(`pipe ${words[0]}: ${name} is refused`, async () => {
        await using play = new Playground();
        play.write({ "pipeline.ts": `${block}${code}\n` });
        const ending = await play.pipe(words);
        expect([ending.status, ending.stdout]).toEqual([2, ""]);
        expect(ending.stderr).toContain(`pipeline.ts  the pipeline ${says}`);
        expect(existsSync(play.path("data"))).toBe(false);
      });
    }
  }

  test("what it throws later is told, is no bug of ours, and does not end the run", async () => {
    await using play = new Playground();
    play.write({
      "pipeline.ts": `${block}if (!process.argv.includes("worker")) setTimeout(() => { throw new Error("later"); }, 40);\n`,
    });
    const ending = await play.pipe(run);
    expect(ending.stderr).toContain("the pipeline file threw outside of any task: Error: later");
    expect(ending.stderr).toContain("pipeline.ts:");
    expect(ending.stderr).not.toContain("bug in pipe");
    expect(ending.status).toBe(0);
    expect(asReport(ending.stdout).samples.valid).toBe(2);
  });
});
