// What is done by making blocks and by putting a pipeline together.
import { expect, test } from "bun:test";
import { block, edited, pipeline, type Shapes, testShapes } from "../../support/code-shapes.ts";
import { changedBlocks, codeOf } from "../../support/small-pipeline.ts";

const shapes: Shapes = {
  "a constructor that sets what others read": {
    sources: {
      "pipeline.ts": pipeline(
        `export const ctx = { scale: 1 }, table = new Map([["a", 1]]);
         class Setup ${block} { constructor(scale: number) { super(); ctx.scale = scale; } run() { 1; } }
         class Mesh ${block} { constructor(readonly size: number) { super(); } run() { table.size; } }
         class Reads ${block} { run() { ctx.scale; } }`,
        ".append(new Mesh(7)).append(new Setup(2)).append(new Reads()).append(new Mesh(8))",
      ),
    },
    edits: [
      ["new Setup(2)", "new Setup(3)", ["Setup_0", "Reads_0"]],
      ["ctx.scale = scale;", "ctx.scale = scale * 2;", ["Setup_0", "Reads_0"]],
      ["new Mesh(7)", "new Mesh(9)", []],
      [`"a", 1`, `"a", 2`, ["Mesh_0", "Mesh_1"]],
    ],
  },
  "a constructor that tells a list": {
    sources: {
      "pipeline.ts": `import { Pipeline, PipelineBlock } from "pipe";
        const columns: string[] = [];
        class A ${block} { constructor(readonly column: string) { super(); columns.push(column); } run() { 1; } }
        class B ${block} { run() { columns.join(); } }
        class C ${block} { constructor(readonly options: unknown) { super(); } run() { return 3; } }
        const pipeline = new Pipeline();
        pipeline.append(new C({ a: 1 }));
        pipeline.append(new B());
        pipeline.append(new A("x"));
        export default pipeline;`,
    },
    edits: [
      ['new A("x")', 'new A("y")', ["B_0", "A_0"]],
      ["a: 1", "a: 2", []],
    ],
  },
  "a constructor that tells by way of a function": {
    sources: {
      "pipeline.ts": pipeline(
        `const known = new Map<string, unknown>();\nfunction register(name: string, value: unknown) { known.set(name, value); }
         abstract class Base ${block} { constructor(name: string, value: number) { super(); register(name, value); } }
         class A extends Base { run() { 1; } }\nclass B ${block} { run() { known.size; } }\nclass C ${block} { run() { return 3; } }`,
        `.append(new A("a", 11)).append(new B()).append(new C())`,
      ),
    },
    edits: [
      ['"a", 11', '"a", 12', ["A_0", "B_0"]],
      ["run() { return 3; }", "run() { return 4; }", ["C_0"]],
    ],
  },
  "a list of the user's own that is appended to": {
    sources: {
      "pipeline.ts": pipeline(
        `class Steel { constructor(readonly density: number) {} }
         class Materials { #all: Steel[] = []; append(one: Steel) { this.#all.push(one); } sum() { return this.#all.length; } }
         const materials = new Materials();\nmaterials.append(new Steel(7850));
         class A ${block} { run() { materials.sum(); } }\nclass B ${block} { run() { 2; } }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [["7850", "7800", ["A_0"]]],
  },
  "paths are worked out and files are read": {
    sources: {
      "pipeline.ts": `import { Pipeline, PipelineBlock } from "pipe";
        import assert from "node:assert";\nimport * as fs from "node:fs";\nimport { existsSync, readdirSync } from "fs";
        import { cpus } from "node:os";\nimport path, { join, posix } from "node:path";\nimport { fileURLToPath } from "node:url";
        import util, { format } from "util";
        class A ${block} { constructor(readonly options: unknown) { super(); } run() { 1; } }
        class B ${block} { run() { 2; } }
        const pipeline = new Pipeline();
        process.stderr.write("put together 1\\n");
        assert(cpus().length > 0, "no processors 1");
        util.inspect(readdirSync("."));
        pipeline.append(new B());
        pipeline.append(new A({ file: join("data", "a.csv") }));
        pipeline.append(new A({ file: path.posix.resolve(posix.join("b.csv")), at: fileURLToPath("file:///c") }), { cpus: 1 });
        for (const name of ["d"]) if (existsSync(name) || fs.existsSync(format("%s", name))) pipeline.append(new A(name));
        export default pipeline;`,
    },
    edits: [
      ["a.csv", "aa.csv", []],
      ["b.csv", "bb.csv", []],
      ["cpus: 1", "cpus: 2", []],
      ['["d"]', '["e"]', []],
      ["together 1", "together 2", []],
      ["processors 1", "processors 2", []],
    ],
  },
  "the runtime is changed": {
    sources: {
      "pipeline.ts": pipeline(
        `import { inherits } from "node:util";\nimport { mkdirSync } from "node:fs";\nimport { EventEmitter } from "node:events";
         function Old() {}\ninherits(Old, EventEmitter);\nmkdirSync("/tmp", { recursive: true });
         class A ${block} { run() { Old; } }\nclass B ${block} { run() { 2; } }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["inherits(Old, EventEmitter)", "inherits(Old, Map)", ["A_0", "B_0"]],
      ['"/tmp"', '"/var"', ["A_0", "B_0"]],
    ],
  },
};

testShapes(shapes);

test("blocks with decorators, a field that is worked out, or a mixin stay independent of each other", async () => {
  const sources = {
    "pipeline.ts": pipeline(
      `const table = new Map([["a", 1]]), other = [2];
       const marked = (value: any, _: any) => value;
       const Timed = (Base: any) => class extends Base { started = Date.now(); };
       class A ${block} { @marked run() { table.size; } }
       class B extends (Timed(PipelineBlock) as typeof PipelineBlock) { run() { table.size; other.length; } }
       class C ${block} { scale = other.map((n) => n * 2); run() { table.size; } }
       class D ${block} { run() { return table.size + 44; } }`,
      ".append(new A()).append(new B()).append(new C()).append(new D())",
    ),
  };
  const original = await codeOf(sources);
  const changed = async (from: string, to: string) =>
    changedBlocks(original, await codeOf(edited(sources, from, to)));
  expect(await changed("44", "45")).toEqual(["D_0"]);
  expect(await changed("other = [2]", "other = [3]")).toEqual(["B_0", "C_0"]);
  expect(await changed("Date.now()", "Date.now() + 1")).toEqual(["B_0"]);
  expect(await changed("n * 2", "n * 3")).toEqual(["C_0"]);
});
