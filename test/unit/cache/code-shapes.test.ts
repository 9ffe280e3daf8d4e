// The many ways of writing a block: for each, edits that must change its code and edits that must not.
import { describe, expect, test } from "bun:test";
import { block, edited, pipeline, type Shapes } from "../../support/code-shapes.ts";
import { changedBlocks, codeOf, partsOf } from "../../support/small-pipeline.ts";

const shapes: Shapes = {
  "a class that is not exported, and another one": {
    sources: {
      "pipeline.ts": pipeline(
        `class A ${block} { run() { one(); } }\nclass B ${block} { run() { two(); } }
         function one() { return 1; }\nfunction two() { return 2; }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["return 1", "return 11", ["A_0"]],
      ["return 2", "return 22", ["B_0"]],
    ],
  },
  "a class expression in a const": {
    sources: {
      "pipeline.ts": pipeline(
        `const A = class ${block} { run() { one(); } };\nconst one = () => 1;`,
        ".append(new A())",
      ),
    },
    edits: [
      ["=> 1", "=> 2", ["A_0"]],
      ["run() {", "run() { 7;; one(); ", ["A_0"]],
    ],
  },
  "a class that is written where it is appended": {
    sources: {
      "pipeline.ts": pipeline(
        `const one = () => 1;\nclass B ${block} { run() {} }`,
        `.append(new (class A ${block} { run() { one(); } })()).append(new B())`,
      ),
    },
    edits: [
      ["=> 1", "=> 2", ["A_0"]],
      ["one();", "one(); one();", ["A_0"]],
    ],
  },
  "a base class, and one that extends it": {
    sources: {
      "base.ts": `import { PipelineBlock } from "pipe";\nexport abstract class Base ${block} { size() { return 1; } }`,
      "pipeline.ts": pipeline(
        `import { Base } from "./base.ts";\nclass A extends Base { run() { this.size(); } }\nclass B ${block} { run() {} }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [["return 1", "return 2", ["A_0"]]],
  },
  "a mixin": {
    sources: {
      "mixin.ts": `
        type Made = new (...given: any[]) => object;
        export const Timed = <T extends Made>(Base: T) => class extends Base { time() { return 1; } };
        export const Other = <T extends Made>(Base: T) => class extends Base { time() { return 7; } };`,
      "pipeline.ts": pipeline(
        `import { Other, Timed } from "./mixin.ts";
         class A extends (Timed(PipelineBlock) as typeof PipelineBlock) { run() {} }
         class B extends (Other(PipelineBlock) as typeof PipelineBlock) { run() {} }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [["return 1", "return 2", ["A_0"]]],
  },
  decorators: {
    sources: {
      "marks.ts": `
        export function timed(value: any, context: any) { context.name; Object(context.name); return value; }
        export const named = (name: string) => (value: any, context: any) => { context.metadata; return value; };`,
      "pipeline.ts": pipeline(
        `import { named, timed } from "./marks.ts";
         @named("a") class A ${block} { @timed run() { 1; one(); } }
         class B ${block} { @timed run() { two(); } }
         class C ${block} { run() { table.size; } }
         const table = new Map();
         const one = () => 1 + table.size, two = () => 2;`,
        ".append(new A()).append(new B()).append(new C())",
      ),
    },
    edits: [
      ["=> 1 +", "=> 3 +", ["A_0"]],
      ["=> 2", "=> 4", ["B_0"]],
      ['named("a")', 'named("b")', ["A_0"]],
      ["context.metadata;", "context.kind;", ["A_0"]],
      ["Object(context.name)", "Object(context.kind)", ["A_0", "B_0"]],
      ["@timed run() { two", "run() { two", ["B_0"]],
    ],
  },
  "decorators as TypeScript had them first": {
    sources: {
      "tsconfig.json": `{ "compilerOptions": { "experimentalDecorators": true } }`,
      "marks.ts": `export const timed = (target: any, key: string, how: any) => { how.value = how.value; };
        export function kept(target: any) { target.kept = true; }`,
      "pipeline.ts": pipeline(
        `import { kept, timed } from "./marks.ts";
         @kept class A ${block} { @timed run() { one(); } }
         @kept class B ${block} { @timed run() { two(); } }
         const one = () => 1, two = () => 2;`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["=> 1", "=> 3", ["A_0"]],
      ["=> 2", "=> 4", ["B_0"]],
      ["how.value = how.value;", "how.value = how['value'] ?? 1;", ["A_0", "B_0"]],
      ["@kept class A", "class A", ["A_0"]],
    ],
  },
  "enums and namespaces": {
    sources: {
      "kinds.ts": `export enum Kind { Soft, Stiff = 4 }\nexport enum Other { A }\nexport namespace Space { export const limit = 3; }
        export function keys() { return Object.keys(Kind); }`,
      "pipeline.ts": pipeline(
        `import { keys, Kind, Other, Space } from "./kinds.ts";
         class A ${block} { run() { console.log(Kind.Stiff); } }\nclass B ${block} { run() { keys(); } }
         class C ${block} { run() { console.log(Space.limit); } }\nclass D ${block} { run() { console.log(Other); } }`,
        ".append(new A()).append(new B()).append(new C()).append(new D())",
      ),
    },
    edits: [
      ["Stiff = 4", "Stiff = 5", ["A_0", "B_0"]],
      ["Soft, Stiff", "Soft, Between, Stiff", ["B_0"]],
      ["limit = 3", "limit = 4", ["C_0"]],
    ],
  },
  "values that are waited for": {
    sources: {
      "late.ts": `export const late = await Promise.resolve(3);\nexport const other = await Promise.resolve(4);`,
      "pipeline.ts": pipeline(
        `import { late, other } from "./late.ts";
         class A ${block} { run() { late; this.use(late); } use(x: number) {} }
         class B ${block} { run() { this.use(other); } use(x: number) {} }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["resolve(3)", "resolve(5)", ["A_0"]],
      ["resolve(4)", "resolve(5)", ["B_0"]],
    ],
  },
  "files that are imported when they are needed": {
    sources: {
      "heavy.ts": `export let heavy = [1, 2].map((x) => x * 2);\nheavy.push(4);\nexport class Inner { size = 3; }\nexport const other = 5;`,
      "pipeline.ts": pipeline(
        `class A ${block} { async run() { const { heavy } = await import("./heavy.ts"); console.log(heavy); } }
         class B ${block} { run() {} }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["x * 2", "x * 3", ["A_0"]],
      ["push(4)", "push(5)", ["A_0"]],
    ],
  },
  CommonJS: {
    sources: {
      "old.cjs": `const size = require("./size.cjs");\nmodule.exports = { double: (x) => x * size };`,
      "size.cjs": `module.exports = 2;`,
      "other.cjs": `exports.other = 3;`,
      "pipeline.ts": pipeline(
        `import { double } from "./old.cjs";\nimport { other } from "./other.cjs";
         class A ${block} { run() { double(2); } }\nclass B ${block} { run() { console.log(other); } }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["x * size", "x + size", ["A_0"]],
      ["exports = 2", "exports = 3", ["A_0"]],
      ["other = 3", "other = 4", ["B_0"]],
    ],
  },
  "a block from a CommonJS file": {
    sources: {
      "old.cjs": `const { PipelineBlock } = require("pipe");
        class Old extends PipelineBlock { run() { return 1; } }\nmodule.exports = { Old };`,
      "pipeline.ts": pipeline(
        `import { Old } from "./old.cjs";\nclass B ${block} { run() {} }`,
        ".append(new Old()).append(new B())",
      ),
    },
    edits: [["return 1", "return 2", ["Old_0"]]],
  },
  "data and files that are imported": {
    sources: {
      "scene.json": `{ "size": 1, "layers": [{ "height": 2 }] }`,
      "note.txt": "first",
      "mesh.stl": "solid one",
      "pipeline.ts": pipeline(
        `import scene from "./scene.json";\nimport note from "./note.txt";\nimport mesh from "./mesh.stl";
         const heights = scene.layers.map((layer) => layer.height + 5);
         class A ${block} { run() { console.log(scene.size); } }\nclass B ${block} { run() { console.log(note, heights); } }
         class C ${block} { run() { console.log(mesh); } }`,
        ".append(new A()).append(new B()).append(new C())",
      ),
    },
    edits: [
      [`"size": 1`, `"size": 2`, ["A_0", "B_0"]],
      [`{ "size": 1`, `{\n  "size":  1.0`, []],
      ["height + 5", "height + 6", ["B_0"]],
      ["first", "second", ["B_0"]],
      ["solid one", "solid two", ["C_0"]],
    ],
  },
  "a package of the user's": {
    sources: {
      "node_modules/physics/package.json": `{ "name": "physics", "main": "index.js", "type": "module" }`,
      "node_modules/physics/index.js": `/* v1 */ import { g } from "./g.js";\nexport function step(x) { return x - g; }
        export const other = () => 7;`,
      "node_modules/physics/g.js": `export const g = 9.81;`,
      "pipeline.ts": pipeline(
        `import { step, other } from "physics";\nclass A ${block} { run() { step(1); } }\nclass B ${block} { run() { other(); } }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["9.81", "9.80665", ["A_0"]],
      ["v1", "v2", []],
      ["=> 7", "=> 8", ["B_0"]],
    ],
  },
  "what is put on classes and objects from outside": {
    sources: {
      "pipeline.ts": pipeline(
        `class A ${block} { run() { table.a; } declare extra: () => number; }
         A.prototype.extra = () => 1;
         class B ${block} { run() { shared.length; } }
         class C ${block} { run() { console.log(other); } }
         const table: any = {}, shared: number[] = [], other = { n: 5 };
         table.a = 2;
         Object.assign(table, { b: 3 });
         function fill(list: number[], value: number) { list.push(value); }
         fill(shared, 4);
         const all = [shared];
         all[0]!.push(44);
         for (const n of [7, 8]) shared.push(n);
         if (shared.length > 100) other.n = 6;`,
        ".append(new A()).append(new B()).append(new C())",
      ),
    },
    edits: [
      ["=> 1", "=> 11", ["A_0"]],
      ["table.a = 2", "table.a = 22", ["A_0"]],
      ["b: 3", "b: 33", ["A_0"]],
      ["fill(shared, 4)", "fill(shared, 5)", ["B_0", "C_0"]],
      ["list.push(value)", "list.unshift(value)", ["B_0", "C_0"]],
      ["push(44)", "push(45)", ["B_0", "C_0"]],
      ["[7, 8]", "[7, 9]", ["B_0", "C_0"]],
      ["other.n = 6", "other.n = 7", ["C_0"]],
    ],
  },
  "the order in which a table is filled": {
    sources: {
      "pipeline.ts": pipeline(
        `const table = new Map();\ntable.set("a", 1);\ntable.set("a", 2);\nclass A ${block} { run() { table.get("a"); } }`,
        ".append(new A())",
      ),
    },
    edits: [[`table.set("a", 1);\ntable.set("a", 2);`, `table.set("a", 2);\ntable.set("a", 1);`, ["A_0"]]],
  },
  "what every block may notice": {
    sources: {
      "setup.ts": `process.env.OMP_NUM_THREADS = "1";\n(Array.prototype as any).sum = function () { return 0; };\nconsole.debug("loaded 1");`,
      "pipeline.ts": pipeline(
        `import "./setup.ts";\nclass A ${block} { run() {} }\nclass B ${block} { run() {} }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      [`THREADS = "1"`, `THREADS = "2"`, ["A_0", "B_0"]],
      ["return 0", "return 1", ["A_0", "B_0"]],
      ["loaded 1", "loaded 2", []],
    ],
  },
  "pipelines that are put together bit by bit": {
    sources: {
      "pipeline.ts": `import { Pipeline, PipelineBlock, command } from "pipe";
        const sizes = [1, 2], table = new Map();
        class A ${block} { constructor(readonly n: number) { super(); } run() { table.size; sizes.length; } }
        class B ${block} { constructor(readonly options: unknown) { super(); } run() {} }
        const pipeline = new Pipeline();
        for (const n of sizes) pipeline.append(new A(n));
        const b = new B({ table: 1 });
        pipeline.append(b, { cpus: 1 });
        function addAll(to: Pipeline) { to.append(new A(7)); to.append(command("Echo", ["echo"])); }
        addAll(pipeline);
        export default pipeline;`,
    },
    edits: [
      ["new A(7)", "new A(8)", []],
      ["{ table: 1 }", "{ table: 2 }", []],
      ["cpus: 1", "cpus: 2", []],
      ["[1, 2]", "[1, 3]", ["A_0", "A_1", "A_2"]],
      ["table.size;", "table.size + 1;", ["A_0", "A_1", "A_2"]],
    ],
  },
  "state that nobody can see": {
    sources: {
      "pipeline.ts": pipeline(
        `const made: number[] = [], factor = 3;
         class A ${block} { #size: number; constructor(size: number) { super(); this.#size = size; } run() { this.#size; } }
         class B ${block} { constructor(size: number) { super(); made.push(size); } run() { made; } }
         class C ${block} { #count = 0; constructor(readonly size: number) { super(); if (size < 0) throw new RangeError("size"); this.size = Math.abs(size); } run() { this.#count++; } }
         class D ${block} { constructor(size: number) { super(); Object.defineProperty(this, "size", { value: size }); } run() { 4; } }
         class E extends A { run() { 5; } }`,
        ".append(new A(101)).append(new A(102 * factor)).append(new B(103)).append(new C(104)).append(new D(105)).append(new E(106))",
      ),
    },
    edits: [
      ["new A(101)", "new A(201)", ["A_0"]],
      ["102 * factor", "202 * factor", ["A_1"]],
      ["factor = 3", "factor = 4", ["A_1"]],
      ["new B(103)", "new B(203)", ["B_0"]],
      ["new C(104)", "new C(204)", []],
      ["new D(105)", "new D(205)", ["D_0"]],
      ["new E(106)", "new E(206)", ["E_0"]],
    ],
  },
  "state that is set later": {
    sources: {
      "pipeline.ts": pipeline(
        `class A ${block} { #size = 0; sized(n: number) { this.#size = n; return this; } run() { this.#size; } }
         const later = new A();\nlater.sized(7);`,
        ".append(new A().sized(5)).append(later)",
      ),
    },
    edits: [
      ["sized(5)", "sized(6)", ["A_0", "A_1"]],
      ["sized(7)", "sized(8)", ["A_0", "A_1"]],
    ],
  },
  "files that are wrapped because somebody requires them": {
    sources: {
      "old.cjs": `const { size } = require("./blocks.ts");\nconst late = () => require("./late.ts");\nmodule.exports = { size, late };`,
      "blocks.ts": `import { PipelineBlock } from "pipe";\nimport { one } from "./one.ts";
        export const size = one();\nconst table = new Map([[1, size]]);\ntable.set(2, 22);
        export class A ${block} { run() { console.log(one(), table); } }
        export class B ${block} { static kept = 5; run() { console.log(B.kept, Kind); } }
        enum Kind { First = 31 }
        const twice = (value: any, _: any) => value;
        @twice export class C ${block} { run() { console.log(6); } }`,
      "one.ts": `export function one() { return 1; }\nexport const unused = one();`,
      "late.ts": `export const late = 77;`,
      "pipeline.ts": pipeline(
        `import { size, late } from "./old.cjs";\nimport { A, B, C } from "./blocks.ts";
         class D ${block} { run() { console.log(size, late()); } }\nclass E ${block} { run() {} }`,
        ".append(new A()).append(new B()).append(new C()).append(new D()).append(new E())",
      ),
    },
    edits: [
      ["2, 22", "2, 23", ["A_0", "D_0"]],
      ["kept = 5", "kept = 55", ["B_0", "D_0"]],
      ["31", "32", ["B_0", "D_0"]],
      ["log(6)", "log(66)", ["C_0", "D_0"]],
      ["= 77", "= 78", ["D_0"]],
    ],
  },
  "fields with decorators, accessors, private methods": {
    sources: {
      "pipeline.ts": pipeline(
        `const first = (value: any, _: any) => value, second = (value: any, _: any) => value;
         class A ${block} { @first accessor size = 3; @first name = "a"; #inner() { return helper(); } run() { this.#inner(); } }
         class B ${block} { @second static x = 4; static #y = 5; get z() { return B.#y; } run() { B.x; } }
         function helper() { return 6; }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["size = 3", "size = 33", ["A_0"]],
      ["x = 4", "x = 44", ["B_0"]],
      ["#y = 5", "#y = 55", ["B_0"]],
      ["return 6", "return 66", ["A_0"]],
      ["second = (value: any, _: any) => value", "second = (value: any, _: any) => undefined", ["B_0"]],
    ],
  },
  "resources that are given back, labels, patterns, loops": {
    sources: {
      "pipeline.ts": pipeline(
        `const defaults = { a: 1, b: [2] }, { a, b: [c = 7] } = defaults;
         class A ${block} { async run() {
           using held = { [Symbol.dispose]() { release(); } };
           outer: for (const [key, { value = a }] of Object.entries<any>(defaults)) { for (;;) { if (key) continue outer; break outer; } }
           switch (c) { case 1: { let a = 5; console.log(a); } }
           try { throw held; } catch ({ message }) { console.log(message ?? 1_000n, /x[/]y/gu, \`t\${a}\`); }
         } }
         class B ${block} { run() { const a = 3, defaults = [a]; console.log(defaults); } }
         function release() { return 8; }`,
        ".append(new A()).append(new B())",
      ),
    },
    edits: [
      ["a: 1", "a: 2", ["A_0"]],
      ["c = 7", "c = 8", ["A_0"]],
      ["return 8", "return 9", ["A_0"]],
      ["continue outer", "continue", ["A_0"]],
      ["1_000n", "1_001n", ["A_0"]],
      ["1_000n", "1000n", []],
      ["/gu", "/g", ["A_0"]],
      ["const a = 3", "const a = 4", ["B_0"]],
    ],
  },
  "classes that look alike": {
    sources: {
      "a.ts": `import { PipelineBlock } from "pipe";\nimport { k } from "./ka.ts";\nexport const A = class extends PipelineBlock { run() { k(); } };`,
      "b.ts": `import { PipelineBlock } from "pipe";\nimport { k } from "./kb.ts";\nexport const B = class extends PipelineBlock { run() { k(); } };`,
      "ka.ts": "export const k = () => 1;",
      "kb.ts": "export const k = () => 2;",
      "pipeline.ts": pipeline(
        `import { A } from "./a.ts";\nimport { B } from "./b.ts";\nconst same = 1;
         const C = class ${block} { run() { same; } }, D = class ${block} { run() { same; } };`,
        ".append(new A()).append(new B()).append(new C()).append(new D())",
      ),
    },
    edits: [
      ["=> 1", "=> 3", ["A_0"]],
      ["=> 2", "=> 3", ["B_0"]],
    ],
  },
};

describe.each(Object.entries(shapes))("%s", (_, { sources, edits }) => {
  const original = codeOf(sources);

  test.each(edits)("%p → %p changes %p", async (from, to, blocks) => {
    const now = await codeOf(edited(sources, from, to));
    expect(changedBlocks(await original, now)).toEqual([...blocks]);
  });

  test("every block has a code of its own class", async () => {
    for (const [name] of await original) {
      expect(partsOf(await original, name)[0]).toBe(`class ${name.replace(/_\d+$/, "")}`);
    }
  });
});

describe("where it cannot be seen what a block consists of, it is the whole pipeline", () => {
  const whole = async (text: string, appended: string) => {
    const sources = {
      "pipeline.ts": pipeline(`${text}\nconst unrelated = [1];\nconsole.assert(unrelated);`, appended),
    };
    const codes = await codeOf(sources);
    const other = edited(sources, "unrelated = [1]", "unrelated = [2]");
    expect(changedBlocks(codes, await codeOf(other))).toEqual([...codes.keys()]);
    // Comments and another folder change nothing here, either.
    const commented = sources["pipeline.ts"].replace("const unrelated", "// unrelated\nconst unrelated");
    expect(changedBlocks(codes, await codeOf({ "pipeline.ts": commented }))).toEqual([]);
    return [...codes.keys()].flatMap((name) => partsOf(codes, name));
  };

  test("a class that a function makes", async () => {
    const make = `const make = (n: number) => { class Made ${block} { run() { n; } }\nreturn new Made(); };`;
    expect(await whole(make, ".append(make(3)).append(make(4))")).toEqual([
      "the whole pipeline (class Made is made inside a function)",
      "the whole pipeline (class Made is made inside a function)",
    ]);
  });

  test("a mixin's own class", async () => {
    const mixin = `const Timed = (Base: any) => class Inner extends Base { run() {} };\nconst A = Timed(PipelineBlock);`;
    expect(await whole(mixin, ".append(new A() as PipelineBlock)")).toEqual([
      "the whole pipeline (class Inner is made inside a function)",
    ]);
  });

  test("hidden state that a function puts in", async () => {
    const made = `class A ${block} { #n; constructor(n: number) { super(); this.#n = n; } run() { this.#n; } }
      const make = (n: number) => new A(n);`;
    expect(await whole(made, ".append(make(3))")).toEqual([
      "the whole pipeline (class A has hidden state and is made anywhere)",
    ]);
  });

  test("code that evaluates a text", async () => {
    expect(await whole(`class A ${block} { run() { eval("unrelated"); } }`, ".append(new A())")).toEqual([
      "the whole pipeline (class A (pipeline.ts) uses eval)",
    ]);
  });
});

test("import.meta and __dirname mean the file, wherever the pipeline's folder lies", async () => {
  const sources = {
    "lib/place.ts": `export const where = import.meta.dir;\nexport const old = () => __dirname;`,
    "pipeline.ts": pipeline(
      `import { old, where } from "./lib/place.ts";
       class A ${block} { run() { console.log(where); } }\nclass B ${block} { run() { console.log(old()); } }
       class C ${block} { run() { console.log(import.meta.url); } }`,
      ".append(new A()).append(new B()).append(new C())",
    ),
  };
  const original = await codeOf(sources);
  expect(changedBlocks(original, await codeOf(sources))).toEqual([]);
  const moved = {
    "place.ts": sources["lib/place.ts"],
    "pipeline.ts": sources["pipeline.ts"].replace("./lib/place.ts", "./place.ts"),
  };
  expect(changedBlocks(original, await codeOf(moved))).toEqual(["A_0", "B_0"]);
});
