import { describe, expect, test } from "bun:test";
import { changedBlocks, codeOf, partsOf, type Sources } from "../../support/small-pipeline.ts";

/** Helpers in two files, two classes of one name, state that is filled line by line. */
const base = {
  "pipeline.ts": `
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { step, table } from "./lib/physics.ts";
import { Mesh as Coarse } from "./lib/coarse.ts";
import { Mesh } from "./lib/fine.ts";

/** Makes a scene. */
class Scene extends PipelineBlock {
  run(sample: DataSample) { sample.setConfig("x", sample.random.uniform(0, 1)); }
}

export class Simulate extends PipelineBlock {
  constructor(readonly options: { frames: number }) { super(); }
  async run(sample: DataSample) {
    let x = 1; // metres
    for (let frame = 0; frame < this.options.frames; frame++) x = step(x);
    sample.addStatistic("x", x);
  }
}

class Measure extends PipelineBlock {
  run(sample: DataSample) { sample.addStatistic("density", table.get("steel") ?? 0); }
}

export default new Pipeline()
  .append(new Scene())
  .append(new Simulate({ frames: 3 }))
  .append(new Mesh())
  .append(new Coarse(), { name: "Coarse" })
  .append(new Measure());
`,
  "lib/physics.ts": `
import { g } from "./constants.ts";
/** One step. */
export function step(x: number): number { return damped(x) - g; }
function damped(x: number) { return 0.5 * x; }
export const table = new Map<string, number>();
table.set("steel", 7850);
export const unused = table.size;
`,
  "lib/constants.ts": `export const g = 9.81;\nexport const steps = [1, 2, 3];\n`,
  "lib/coarse.ts": `
import { PipelineBlock } from "pipe";
import { size } from "./size.ts";
export class Mesh extends PipelineBlock { run() { size(10); } }
`,
  "lib/fine.ts": `
import { PipelineBlock } from "pipe";
import { size } from "./size.ts";
export class Mesh extends PipelineBlock { run() { size(1); } }
`,
  "lib/size.ts": `export const size = (n: number) => n * 2;\n`,
} satisfies Sources;

type File = keyof typeof base;
const names = ["Scene_0", "Simulate_0", "Mesh_0", "Coarse", "Measure_0"];
const original = await codeOf(base);

/** Each replaced once in its file; the names of the blocks whose code is another one then. */
async function changedBy(...edits: readonly (readonly [File, string | RegExp, string])[]): Promise<string[]> {
  const sources: Record<string, string> = { ...base };
  for (const [file, from, to] of edits) {
    const text = sources[file] ?? "";
    sources[file] = text.replace(from, () => to);
    expect(sources[file]).not.toBe(text);
  }
  return changedBlocks(original, await codeOf(sources));
}

describe("what the code of a block is", () => {
  test("its class and, from there, what it uses", () => {
    expect([...original.keys()]).toEqual(names);
    expect(partsOf(original, "Scene_0")).toEqual(["class Scene"]);
    expect(partsOf(original, "Simulate_0")).toEqual([
      "class Simulate",
      "const g (lib/constants.ts)",
      "function damped (lib/physics.ts)",
      "function step (lib/physics.ts)",
    ]);
    expect(partsOf(original, "Measure_0")).toEqual([
      "class Measure",
      "const table (lib/physics.ts)",
      'table.set("steel", 7850) (lib/physics.ts)',
    ]);
    expect(partsOf(original, "Mesh_0")).toEqual(["class Mesh", "function size (lib/size.ts)"]);
  });

  test("the same in another folder", async () => {
    expect(changedBlocks(original, await codeOf(base))).toEqual([]);
  });
});

describe("what does not count", () => {
  test("comments and formatting", async () => {
    expect(
      await changedBy(
        ["pipeline.ts", "let x = 1; // metres", "let x =\n  1\n"],
        ["pipeline.ts", "/** Makes a scene. */", ""],
        ["lib/physics.ts", "{ return 0.5 * x; }", "{\n\n  /* half */ return (0.5 * x)\n}"],
        ["pipeline.ts", "new Scene()", "new Scene"],
        ["lib/constants.ts", "[1, 2, 3]", "[\n  1,\n  2,\n  3,\n]"],
      ),
    ).toEqual([]);
  });

  test("types", async () => {
    expect(
      await changedBy(
        ["lib/physics.ts", "step(x: number): number", "step(x: any)"],
        ["pipeline.ts", "readonly options: { frames: number }", "readonly options: Options"],
        ["pipeline.ts", "/** Makes a scene. */", "interface Options { frames: number }"],
      ),
    ).toEqual([]);
  });

  test("the order of declarations, of imports and of blocks", async () => {
    const { step } = { step: "export function step(x: number): number { return damped(x) - g; }\n" };
    expect(
      await changedBy(
        ["lib/physics.ts", step, ""],
        ["lib/physics.ts", "export const unused", `${step}export const unused`],
        ["pipeline.ts", `import { Mesh } from "./lib/fine.ts";\n`, ""],
        ["pipeline.ts", "import {", `import { Mesh } from "./lib/fine.ts";\nimport {`],
        ["pipeline.ts", "  .append(new Scene())\n", ""],
        ["pipeline.ts", "  .append(new Measure())", "  .append(new Measure())\n  .append(new Scene())"],
      ),
    ).toEqual([]);
  });

  test("the options with which a block is made and appended", async () => {
    expect(await changedBy(["pipeline.ts", "{ frames: 3 }", "{ frames: 4 }"])).toEqual([]);
    expect(await changedBy(["pipeline.ts", "new Mesh()", "new Mesh(), { cpus: 2 }"])).toEqual([]);
    expect(await changedBy(["pipeline.ts", "new Pipeline()", "new Pipeline({ seed: 4 })"])).toEqual([]);
  });

  test("a helper that is added beside", async () => {
    expect(
      await changedBy(
        [
          "lib/physics.ts",
          "export const unused",
          "export function other() { return step(1); }\nexport const unused",
        ],
        ["pipeline.ts", "import { step, table }", "import { other, step, table }"],
        ["pipeline.ts", "uniform(0, 1)", "uniform(0, 1) + other()"],
      ),
    ).toEqual(["Scene_0"]);
  });

  test("a constant that is worked out from others", async () => {
    expect(
      await changedBy(
        [
          "lib/constants.ts",
          "export const steps",
          "export const twice = Math.max(g, 2);\nexport const steps",
        ],
        ["lib/physics.ts", "import { g }", "import { g, twice }"],
        ["lib/physics.ts", "table.size", "table.size + twice + step(1)"],
        ["pipeline.ts", "import { step, table }", "import { unused, step, table }"],
        ["pipeline.ts", "uniform(0, 1)", "uniform(0, unused)"],
      ),
    ).toEqual(["Scene_0"]);
  });

  test("what the bundler calls things when another file has the same name", async () => {
    const other = `
import { PipelineBlock } from "pipe";
import { size } from "./size.ts";
export class Mesh extends PipelineBlock { run() { size(7); } }
export class Scene {}
export function step() { return new Scene(); }
export const g = step(), table = 3, damped = 4;
`;
    const sources = {
      ...base,
      "lib/another.ts": other,
      "pipeline.ts": base["pipeline.ts"]
        .replace("import { step", `import * as another from "./lib/another.ts";\nimport { step`)
        .replace("(new Measure())", `(new Measure()).append(new another.Mesh(), { name: "Other" })`)
        .replace("class Measure", "console.assert(another);\nclass Measure"),
    };
    const codes = await codeOf(sources);
    expect(changedBlocks(original, codes)).toEqual(["Other"]);
    // Nor do their names for people change.
    for (const name of names) expect(partsOf(codes, name)).toEqual(partsOf(original, name));
  });

  test("where a file lies", async () => {
    const { "lib/size.ts": size, ...others } = base;
    const moved: Record<string, string> = { ...others, "lib/deep/inner.ts": size };
    for (const [path, text] of Object.entries(moved))
      moved[path] = text.replace("./size.ts", "./deep/inner.ts");
    expect(changedBlocks(original, await codeOf(moved))).toEqual([]);
  });
});

describe("what counts", () => {
  test.each<[string, File, string, string, string[]]>([
    ["the class's own code", "pipeline.ts", "let x = 1;", "let x = 2;", ["Simulate_0"]],
    ["a helper", "lib/physics.ts", "damped(x) - g", "damped(x) + g", ["Simulate_0"]],
    ["a helper's helper", "lib/physics.ts", "0.5 * x", "0.25 * x", ["Simulate_0"]],
    ["a constant behind them", "lib/constants.ts", "9.81", "9.80665", ["Simulate_0"]],
    ["a helper of two blocks", "lib/size.ts", "n * 2", "n * 3", ["Mesh_0", "Coarse"]],
    ["what is put into a table", "lib/physics.ts", "7850", "7800", ["Measure_0"]],
    ["one of two classes of one name", "lib/fine.ts", "size(1)", "size(2)", ["Mesh_0"]],
    ["the other one", "lib/coarse.ts", "size(10)", "size(11)", ["Coarse"]],
    ["a name that others may see", "pipeline.ts", '"density"', '"rho"', ["Measure_0"]],
  ])("%s", async (_, file, from, to, blocks) => {
    expect(await changedBy([file, from, to])).toEqual(blocks);
  });

  test("a line more that fills a table", async () => {
    const more = 'export const unused = table.size;\ntable.set("wood", 700);';
    expect(await changedBy(["lib/physics.ts", "export const unused = table.size;", more])).toEqual([
      "Measure_0",
    ]);
  });

  test("that another helper is used, even if both are there and look alike", async () => {
    const two = (used: string): Sources => ({
      "a.ts": "import { k } from './ka.ts';\nexport const scale = (x: number) => x * k;",
      "b.ts": "import { k } from './kb.ts';\nexport const scale = (x: number) => x * k;",
      "ka.ts": "export const k = [1];",
      "kb.ts": "export const k = [2];",
      "pipeline.ts": `
import { Pipeline, PipelineBlock } from "pipe";
import { scale as a } from "./a.ts";
import { scale as b } from "./b.ts";
class Scale extends PipelineBlock { run() { ${used} } }
export default new Pipeline().append(new Scale());
`,
    });
    const [first, second, third] = [
      await codeOf(two("a(1); b(2);")),
      await codeOf(two("b(1); a(2);")),
      await codeOf(two("a(1); b(2); /* same */")),
    ];
    expect(changedBlocks(first, second)).toEqual(["Scale_0"]);
    expect(changedBlocks(first, third)).toEqual([]);
  });
});
