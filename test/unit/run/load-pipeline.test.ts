import { afterAll, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { PipelineBlock } from "../../../src/api/index.ts";
import { openSample } from "../../../src/api/sample.ts";
import { noConfig } from "../../../src/config/config.ts";
import { type Diagnostic, Refusal } from "../../../src/core/diagnostic.ts";
import { sampleId } from "../../../src/core/ids.ts";
import { literalTemplate } from "../../../src/core/placeholder.ts";
import { freshSample } from "../../../src/core/sample.ts";
import { loadPipeline } from "../../../src/run/load-pipeline.ts";
import type { TomlBlock } from "../../../src/run/toml-pipeline.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pipe (load) {all} "));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  mkdirSync(join(folder, "run"));
  return folder;
}

const load = (folder: string, outFile = join(folder, "run/pipeline.js")) =>
  loadPipeline({
    pipeline: { kind: "code", path: join(folder, "pipeline.ts"), config: null },
    config: noConfig,
    outFile,
  });

const loadToml = (folder: string, toml: { seed: string | null; blocks: readonly TomlBlock[] }) =>
  loadPipeline({
    pipeline: { kind: "toml", path: join(folder, "pipe.toml") },
    config: { ...noConfig, pipeline: { ...noConfig.pipeline, seed: toml.seed }, blocks: toml.blocks },
    outFile: join(folder, "run/pipeline.js"),
  });

async function refused(attempt: Promise<unknown>): Promise<readonly Diagnostic[]> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics;
    throw error;
  }
  throw new Error("it was not refused");
}

/** Code, place relative to the folder, message, hint: what a person sees. */
function seen(problem: Diagnostic | undefined, folder: string): string {
  const { place } = problem ?? {};
  const at = place == null ? "" : `${place.file.replace(`${folder}/`, "")}:${place.line}:${place.column}`;
  return [problem?.code, at, problem?.message, problem?.hint ?? ""].join(" | ").replaceAll(folder, "DIR");
}

const block = (name: string) => `class ${name} extends PipelineBlock { run() {} }\n`;
const header = `import { Pipeline, PipelineBlock, command } from "pipe";\n`;

describe("a pipeline that loads", () => {
  test("is bundled with its imports, by relative path, tsconfig path, package and data file", async () => {
    const folder = folderWith({
      "tsconfig.json": `{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }`,
      "lib/mesh.ts": `${header}export ${block("Mesh")}`,
      "blocks/render.ts": `${header}export ${block("Render")}`,
      "node_modules/tetra/package.json": `{ "name": "tetra", "exports": "./main.js" }`,
      "node_modules/tetra/main.js": `export const tetra = "from a package";`,
      "material.json": `{ "stiffness": 5000 }`,
      "note.txt": "a note",
      "organ.stl": "solid organ",
      "pipeline.ts": `${header}import { Mesh } from "@lib/mesh";
import { Render } from "./blocks/render.ts";
import { tetra } from "tetra";
import material from "./material.json";
import note from "./note.txt";
import organ from "./organ.stl";
class Own extends PipelineBlock { seen = { tetra, material, note, organ }; run() {} }
export default new Pipeline({ seed: 7 }).append(new Mesh()).append(new Render()).append(new Mesh()).append(new Own());`,
    });
    const { pipeline, parts, sources } = await load(folder);
    expect(pipeline.seed).toBe(7);
    expect(parts.map((part) => String(part.spec.name))).toEqual(["Mesh_0", "Render_0", "Mesh_1", "Own_0"]);
    expect(parts[3]?.block).toMatchObject({
      seen: { tetra: "from a package", material: { stiffness: 5000 }, note: "a note" },
    });
    const organ: unknown = Reflect.get(Object(Reflect.get(parts[3]?.block ?? {}, "seen")), "organ");
    expect(String(organ)).toMatch(/run\/pipeline-files\/organ-\w+\.stl$/);
    expect(readFileSync(String(organ), "utf8")).toBe("solid organ");
    for (const name of [
      "lib/mesh.ts",
      "material.json",
      "note.txt",
      "organ.stl",
      "node_modules/tetra/main.js",
    ]) {
      expect(sources).toContain(join(folder, name));
    }
  });

  test("calls blocks by the names that their files give them, though two files have the same", async () => {
    const folder = folderWith({
      "a.ts": `${header}export ${block("Mesh")}`,
      "b.ts": `${header}export ${block("Mesh")}`,
      "c.ts": `${header}export const Mesh = class extends PipelineBlock { run() {} };`,
      "d.ts": `${header}const mixin = <T,>(base: T, _: object): T => base;
export class Mesh extends mixin(PipelineBlock, {
  a: 1,
}) { run() {} }`,
      "e.ts": `${header}export class Mesh extends PipelineBlock { static override readonly name = "Mesh2"; run() {} }`,
      "late.ts": `${header}export ${block("Mesh")}`,
      "pipeline.ts": `${header}import * as a from "./a"; import * as b from "./b"; import * as c from "./c";
import * as d from "./d"; import * as e from "./e";
const late = await import("./late");
export default new Pipeline().append(new a.Mesh()).append(new b.Mesh()).append(new c.Mesh()).append(new d.Mesh())
  .append(new late.Mesh()).append(new e.Mesh());`,
    });
    const { parts } = await load(folder);
    expect(parts.map((part) => String(part.spec.name))).toEqual([
      "Mesh_0",
      "Mesh_1",
      "Mesh_2",
      "Mesh_3",
      "Mesh_4",
      "Mesh2_0",
    ]);
  });

  test("sees its own files in import.meta, and its own lines in stacks", async () => {
    const folder = folderWith({
      "lib/deep.ts": `// A comment that the bundle does not have.
import { PipelineBlock, type DataSample } from "pipe";

interface Options { readonly depth: number }

export class Deep extends PipelineBlock {
  readonly here = [import.meta.dir, import.meta.filename, import.meta.url, "import.meta.dir"];
  readonly template = \`import.meta.url in \${import.meta.file}\`;
  readonly options: Options = { depth: 1 };
  run(_sample: DataSample): void {
    throw new Error("too deep");
  }
}`,
      "pipeline.ts": `${header}import { Deep } from "./lib/deep.ts";
export const here = import.meta.path;
class Top extends PipelineBlock { here = [import.meta.dirname, import.meta.resolve("./x.py"), import.meta.main]; run() {} }
export default new Pipeline().append(new Deep()).append(new Top());`,
    });
    const { parts } = await load(folder);
    const deep = parts[0]?.block;
    if (!(deep instanceof PipelineBlock)) throw new Error("no block");
    expect(deep).toMatchObject({
      here: [
        `${folder}/lib`,
        `${folder}/lib/deep.ts`,
        pathToFileURL(`${folder}/lib/deep.ts`).href,
        "import.meta.dir",
      ],
      template: "import.meta.url in deep.ts",
    });
    expect(parts[1]?.block).toMatchObject({ here: [folder, pathToFileURL(`${folder}/x.py`).href, false] });
    const { sample } = openSample({
      state: freshSample(sampleId(0)),
      path: folder,
      block: "Deep_0",
      seed: 0,
      logFile: join(folder, "log.log"),
    });
    expect(() => deep.run(sample)).toThrow("too deep");
    const stack = await Promise.try(() => deep.run(sample)).catch((error: Error) => error.stack);
    expect(stack).toContain(`${folder}/lib/deep.ts:11:`);
  });

  test("may hold, as text, what looks like the code of a pipeline", async () => {
    const text = 'import { Nothing } from "pipe";\nclass Mesh2 {\n}\nexport { import.meta.dir };';
    const folder = folderWith({
      "a.ts": `${header}export ${block("Mesh")}`,
      "pipeline.ts": `${header}import { Mesh as A } from "./a.ts";
class Mesh extends PipelineBlock { text = \`\n${text}\`; run() {} }
export default new Pipeline().append(new A()).append(new Mesh());`,
    });
    const { parts } = await load(folder);
    expect(parts[1]?.block).toMatchObject({ text: `\n${text}` });
    expect(parts.map((part) => String(part.spec.name))).toEqual(["Mesh_0", "Mesh_1"]);
  });

  test("is the same file wherever one stands", async () => {
    const files = { "pipeline.ts": `${header}${block("A")}export default new Pipeline().append(new A());` };
    const folder = folderWith(files);
    const first = await load(folder).then(() => readFileSync(join(folder, "run/pipeline.js"), "utf8"));
    const outFile = join(folder, "run/again.js");
    const before = process.cwd();
    process.chdir(folder);
    try {
      await load(folder, outFile);
    } finally {
      process.chdir(before);
    }
    expect(readFileSync(outFile, "utf8").replace("again.js.map", "pipeline.js.map")).toBe(first);
    expect(readdirSync(join(folder, "run")).sort()).toEqual([
      "again.js",
      "again.js.map",
      "pipeline.js",
      "pipeline.js.map",
    ]);
  });

  test("has its commands' files made absolute, whatever characters the folder's name has", async () => {
    const outside = folderWith({});
    const folder = join(outside, "a {b} c");
    mkdirSync(join(folder, "run"), { recursive: true });
    writeFileSync(join(folder, "mesh.py"), "");
    writeFileSync(join(outside, "tool.sh"), "");
    writeFileSync(
      join(folder, "pipeline.ts"),
      `${header}export default new Pipeline().append(command("Mesh", ["python3", "./mesh.py", "../tool.sh", "./out/{sample.id}.stl", "mesh.py"]));`,
    );
    const { parts } = await load(folder);
    const escapedOutside = outside.replaceAll("{", "{{").replaceAll("}", "}}");
    const escaped = `${escapedOutside}/a {{b}} c`;
    expect(parts[0]?.spec.kind).toEqual({
      kind: "command",
      argv: [
        "python3",
        `${escaped}/mesh.py`,
        `${escapedOutside}/tool.sh`,
        `${escaped}/out/{sample.id}.stl`,
        "mesh.py",
      ],
    });
  });
});

describe("a pipeline that cannot be loaded is refused with file, line and column:", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [
      "a syntax error",
      { "pipeline.ts": "export const a = ;\n" },
      "pipeline-syntax | pipeline.ts:1:18 | Unexpected ; | ",
    ],
    [
      "an import of a file that is not there",
      { "pipeline.ts": `import { a } from "./blokcs/mesh";\nexport default a;`, "blocks/mesh.ts": "" },
      'no-such-file | pipeline.ts:1:19 | cannot find "./blokcs/mesh" | ',
    ],
    [
      "a slip in the name of an imported file",
      { "pipeline.ts": `\nimport { a } from "./blocks/mehs.ts";\nexport default a;`, "blocks/mesh.ts": "" },
      'no-such-file | pipeline.ts:2:19 | cannot find "./blocks/mehs.ts" | did you mean "blocks/mesh.ts"?',
    ],
    [
      "a package that is not installed",
      { "pipeline.ts": `import { a } from "three";\nexport default a;` },
      'no-such-package | pipeline.ts:1:19 | cannot find the package "three" | install it beside pipeline.ts: `npm install three`',
    ],
    [
      "a slip in the name of pipe",
      { "pipeline.ts": `import { Pipeline } from "pip";\nexport default new Pipeline();` },
      'no-such-package | pipeline.ts:1:26 | cannot find the package "pip" | did you mean "pipe"?',
    ],
    [
      "a name that a file does not export",
      {
        "pipeline.ts": `import { Mehs } from "./mesh.ts";\nexport default Mehs;`,
        "mesh.ts": "export class Mesh {}",
      },
      'no-such-export | pipeline.ts:1:10 | "mesh.ts" has no export `Mehs` | did you mean `Mesh`?',
    ],
    [
      "a name that pipe does not export",
      { "pipeline.ts": `import {\n  Pipelin,\n} from "pipe";\nexport default new Pipelin();` },
      'no-such-export | pipeline.ts:2:3 | "pipe" has no export `Pipelin` | did you mean `Pipeline`?',
    ],
    [
      "a default that pipe does not have",
      { "pipeline.ts": `import pipe from "pipe";\nexport default pipe;` },
      'no-such-export | pipeline.ts:null:null | "pipe" has no export `default` | it exports ',
    ],
    [
      "a name passed on that pipe does not export",
      { "pipeline.ts": `export { Pipeline, Blok } from "pipe";\nexport default 1;` },
      'no-such-export | pipeline.ts:1:20 | "pipe" has no export `Blok` | it exports ',
    ],
    [
      "an error thrown while it loads",
      {
        "pipeline.ts": `${header}\nfunction material(): number { throw new RangeError("no such material"); }\nconst m = material();\nexport default new Pipeline();`,
      },
      "pipeline-threw | pipeline.ts:3:41 | the pipeline could not be loaded: RangeError: no such material | ",
    ],
    [
      "no default export",
      { "pipeline.ts": `${header}export const mine = new Pipeline();` },
      "no-default-export | pipeline.ts:null:null | the pipeline file has no default export | write `export default mine`",
    ],
    [
      "a default export that is an array",
      { "pipeline.ts": "export default [1, 2];" },
      "no-pipeline | pipeline.ts:null:null | the default export is an array, not a Pipeline | end it with `export default new Pipeline().append(…)`",
    ],
    [
      "a default export that is a class",
      { "pipeline.ts": `${header}export default class Mine extends PipelineBlock { run() {} }` },
      "no-pipeline | pipeline.ts:null:null | the default export is the class Mine, not a Pipeline | end it with `export default new Pipeline().append(…)`",
    ],
    [
      "no blocks",
      { "pipeline.ts": `${header}export default new Pipeline();` },
      "empty-pipeline |  | the pipeline has no blocks | add one: `new Pipeline().append(new MyBlock())`",
    ],
    [
      "a name used twice",
      {
        "pipeline.ts": `${header}${block("A")}export default new Pipeline()\n  .append(new A())\n  .append(new A(), { name: "A_0" });`,
      },
      "name-twice | pipeline.ts:5:4 | two blocks are called A_0: the 1st and the 2nd | give one of them another `name`",
    ],
    [
      "a command's script that is not there",
      {
        "pipeline.ts": `${header}export default new Pipeline()\n  .append(command("Mesh", ["./scripts/mehs.sh"]));`,
        "scripts/mesh.sh": "",
      },
      'no-such-file | pipeline.ts:3:4 | Mesh_0: there is no "./scripts/mehs.sh" | did you mean "./scripts/mesh.sh"?',
    ],
    [
      "a command's script with a value in its path, of which there is none",
      {
        "pipeline.ts": `${header}export default new Pipeline()\n  .append(command("Mesh", ["sh", "./scripts/s-{sample.id}.sh"]));`,
        "scripts/mesh.sh": "",
      },
      'no-such-file | pipeline.ts:3:4 | Mesh_0: there is no file that "./scripts/s-{sample.id}.sh" can name | ',
    ],
  ];
  for (const [name, files, expected] of cases) {
    test(name, async () => {
      const folder = folderWith(files);
      const [problem] = await refused(load(folder));
      const told = seen(problem, folder);
      expect(expected.endsWith("exports ") ? told.slice(0, expected.length) : told).toBe(expected);
    });
  }

  test("the line itself is shown", async () => {
    const folder = folderWith({ "pipeline.ts": "const fine = 1;\nconst a = ;\n" });
    const [problem] = await refused(load(folder));
    expect(problem?.place).toMatchObject({ line: 2, text: "const a = ;" });
  });

  test("several mistakes are told together", async () => {
    const folder = folderWith({
      "pipeline.ts": `import { a } from "./one"; import { b } from "./two"; export default [a, b];`,
    });
    const problems = await refused(load(folder));
    expect(problems.map((problem) => problem.message)).toEqual([
      'cannot find "./one"',
      'cannot find "./two"',
    ]);
  });
});

describe("a pipeline of pipe.toml", () => {
  const place = (line: number) => ({ file: "/x/pipe.toml", line, column: 1, text: "[[block]]", length: 9 });

  test("becomes a module, whatever its texts hold", async () => {
    const folder = folderWith({ "simulate.sh": "" });
    const nasty = "`${process.exit(1)}\"'\\\n\u2028</script>";
    const { parts, pipeline } = await loadToml(folder, {
      seed: nasty,
      blocks: [
        {
          name: "Mesh",
          argv: ["echo", nasty.replaceAll("{", "{{").replaceAll("}", "}}")],
          options: { cpus: 2 },
          place: place(1),
        },
        {
          name: "Simulate",
          argv: ["./simulate.sh", "{sample.config.Mesh_0.size}"],
          options: { environment: { __proto__x: nasty } },
          place: place(5),
        },
      ],
    });
    expect(pipeline.seed).toBe(nasty);
    expect(parts.map((part) => String(part.spec.name))).toEqual(["Mesh_0", "Simulate_0"]);
    expect(parts[0]?.spec.needs.cpus).toBe(2);
    expect(parts[1]?.spec.environment).toEqual({ __proto__x: nasty });
    expect(parts[1]?.spec.kind).toEqual({
      kind: "command",
      argv: [literalTemplate(join(folder, "simulate.sh")), "{sample.config.Mesh_0.size}"],
    });
  });

  test("has its mistakes told with the line of their entry", async () => {
    const folder = folderWith({});
    const problems = await refused(
      loadToml(folder, {
        seed: null,
        blocks: [
          { name: "Mesh", argv: ["echo"], options: {}, place: place(4) },
          { name: "Simulate", argv: ["echo", "{sample.config.Mehs_0.size}"], options: {}, place: place(9) },
        ],
      }),
    );
    expect(problems.map((problem) => [problem.place?.line, problem.hint])).toEqual([
      [9, "did you mean `Mesh_0`?"],
    ]);
  });
});

test("a link to the pipeline file works like the file", async () => {
  const folder = folderWith({
    "real.ts": `${header}${block("A")}export default new Pipeline().append(new A());`,
  });
  symlinkSync("real.ts", join(folder, "pipeline.ts"));
  expect((await load(folder)).parts).toHaveLength(1);
});
