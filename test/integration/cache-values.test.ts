// Options that JSON cannot carry, or that look alike once they are written down: two that differ must never pass for the same.
// A value is either told apart, so that the block runs again, or refused with the path of its field before anything starts.
import { describe, expect, test } from "bun:test";
import { project, projectWith, replaced } from "../support/cache-project.ts";
import { CacheRig } from "../support/cache-rig.ts";
import { all, everything, nothing } from "../support/cache-row.ts";

/** One block with an option `value`; `before` stands above the class. */
const pipelineWith = (expression: string, before = "", body = "") => `
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { trace } from "./trace.ts";
${before}
class Take extends PipelineBlock {
  constructor(readonly options: { value: unknown }) { super(); }
  run(sample: DataSample) {
    trace("Take", sample);
    ${body}
    sample.write("take.txt", "taken");
  }
}
export default new Pipeline().append(new Take({ value: ${expression} }));
`;

async function expectToldApart(one: string, other: string): Promise<void> {
  await using rig = new CacheRig({ ...project, "pipeline.ts": one });
  const first = await rig.start();
  if (first.status === 2) {
    expect(first.stderr).toMatch(/value/);
    expect(first.ran).toEqual(nothing);
    return;
  }
  expect(first.status, first.stderr).toBe(0);
  const again = await rig.start();
  expect(again.ran, "the same value a second time").toEqual(nothing);
  rig.play.write({ "pipeline.ts": other });
  const second = await rig.start();
  if (second.status === 2) {
    expect(second.stderr).toMatch(/value/);
    return;
  }
  expect(second.status, second.stderr).toBe(0);
  expect(second.ran).toEqual({ Take: all });
}

const pairs: readonly (readonly [string, string])[] = [
  [`["a','b"]`, `["a","b"]`],
  [`{ a: "x',b:'y" }`, `{ a: "x", b: "y" }`],
  [`{ "a.b": 1 }`, `{ a: { b: 1 } }`],
  [`"1"`, "1"],
  [`"null"`, "null"],
  ["0", "-0"],
  ["0.1 + 0.2", "0.3"],
  ["Number.NaN", "null"],
  ["Number.POSITIVE_INFINITY", "Number.NEGATIVE_INFINITY"],
  ["undefined", "null"],
  ["[undefined]", "[null]"],
  ["[undefined]", "[]"],
  ["1n", "1"],
  ["1n", "2n"],
  ["new Date(0)", "new Date(1)"],
  ["new Date(0)", '"1970-01-01T00:00:00.000Z"'],
  ["new Date(Number.NaN)", "null"],
  ["new Uint8Array([1, 2])", "new Uint8Array([2, 1])"],
  ["new Uint8Array([1, 2])", "[1, 2]"],
  ["new Uint8Array([1, 2])", "new Uint16Array([1, 2])"],
  ["new Uint8Array([1, 2]).buffer", "new Uint8Array([2, 1]).buffer"],
  ["new Map([[1, 1]])", 'new Map([["1", 1]])'],
  ["new Map([[1, 1]])", "{ 1: 1 }"],
  ["new Set([1, 2])", "new Set([1, 3])"],
  ["/a/", "/b/"],
  ["/a/", "/a/i"],
  [`"\\ud800"`, `"\\ud801"`],
  [`"\\ud800"`, `"\\ufffd"`],
  [`"\\u00e9"`, `"e\\u0301"`],
  [`JSON.parse('{"__proto__": 1}')`, "{}"],
  ['Symbol("a")', 'Symbol("b")'],
  ['new Error("a")', 'new Error("b")'],
  ['new URL("https://a.example")', 'new URL("https://b.example")'],
  ["(x: number) => x + 1", "(x: number) => x + 2"],
];

describe("options that look alike", () => {
  for (const [one, other] of pairs) {
    test(`${one} is not ${other}`, () => expectToldApart(pipelineWith(one), pipelineWith(other)));
  }
});

const scale = "const scale = (factor: number) => (x: number) => factor * x;";
const hidden =
  "class Hidden { #value: number; constructor(value: number) { this.#value = value; } get double() { return 2 * this.#value; } }";
const round =
  "function round(value: number) { const object: { value: number; self?: unknown } = { value }; object.self = object; return object; }";

describe("options whose state cannot be seen", () => {
  const cases = [
    ["functions that differ in what they captured", scale, "scale(2)", "scale(3)"],
    ["objects that differ in a private field", hidden, "new Hidden(2)", "new Hidden(3)"],
    ["objects that contain themselves", round, "round(2)", "round(3)"],
    ["bound functions", "", "Math.max.bind(null, 2)", "Math.max.bind(null, 3)"],
    ["weak references", "", "new WeakRef({ a: 1 })", "new WeakRef({ a: 2 })"],
    ["promises", "", "Promise.resolve(1)", "Promise.resolve(2)"],
  ] as const;
  for (const [name, before, one, other] of cases) {
    test(`${name}`, () => expectToldApart(pipelineWith(one, before), pipelineWith(other, before)));
  }
});

describe("state of a block that is no option", () => {
  const block = (construct: string, source: string) => `
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { trace } from "./trace.ts";
${source}
export default new Pipeline().append(${construct});
`;
  const cases = {
    "a private field (value)": [
      `class Take extends PipelineBlock {
  #value: number;
  constructor(value: number) { super(); this.#value = value; }
  run(sample: DataSample) { trace("Take", sample); sample.write("take.txt", String(this.#value)); }
}`,
      "new Take(2)",
      "new Take(3)",
    ],
    "a class made by a function (value)": [
      `function make(value: number) {
  return class Take extends PipelineBlock {
    run(sample: DataSample) { trace("Take", sample); sample.write("take.txt", String(value)); }
  };
}`,
      "new (make(2))()",
      "new (make(3))()",
    ],
    "a field that is set after construction (value)": [
      `class Take extends PipelineBlock {
  value = 1;
  run(sample: DataSample) { trace("Take", sample); sample.write("take.txt", String(this.value)); }
}`,
      "Object.assign(new Take(), { value: 2 })",
      "Object.assign(new Take(), { value: 3 })",
    ],
    "a method that is put on the instance (value)": [
      `class Take extends PipelineBlock {
  run(sample: DataSample) { trace("Take", sample); sample.write("take.txt", String(this.text())); }
  text() { return "value 1"; }
}`,
      'Object.assign(new Take(), { text: () => "value 2" })',
      'Object.assign(new Take(), { text: () => "value 3" })',
    ],
    "an anonymous subclass (value)": [
      `class Take extends PipelineBlock {
  run(sample: DataSample) { trace("Take", sample); sample.write("take.txt", this.text()); }
  text() { return "value 1"; }
}`,
      'new (class Take2 extends Take { override text() { return "value 2"; } })()',
      'new (class Take2 extends Take { override text() { return "value 3"; } })()',
    ],
  } as const;
  for (const [name, [source, one, other]] of Object.entries(cases)) {
    test(name, () => expectToldApart(block(one, source), block(other, source)));
  }
});

describe("code that a block reaches in other ways", () => {
  const cases = {
    "a variable that is assigned later": ["let value = 1;\nvalue = 2;", "value = 2", "value = 3"],
    "an array that is filled later": ["const value: number[] = [];\nvalue.push(2);", "push(2)", "push(3)"],
    "a loop that fills a table": [
      "const value: Record<string, number> = {};\nfor (const key of ['a', 'b']) value[key] = 2;",
      "= 2",
      "= 3",
    ],
    "a destructured constant": ["const { value } = { value: 2 };", "value: 2", "value: 3"],
    "a function expression that calls another": [
      "const inner = () => 2;\nconst value = () => inner();",
      "=> 2",
      "=> 3",
    ],
    "a value made while the module loads": ["const value = [1, 2].map((x) => x * 2);", "x * 2", "x * 3"],
    "a method of an object": ["const value = { deep: { run() { return 2; } } };", "return 2", "return 3"],
    "a namespace import": ['import * as value from "./other.ts";', "", ""],
    "a file that is imported for its effect": [
      'import "./effect.ts";\nconst value = () => (globalThis as { effect?: number }).effect;',
      "",
      "",
    ],
    "a module that is imported while it runs": [
      'const value = async () => (await import("./other.ts")).other;',
      "",
      "",
    ],
  } as const;
  for (const [name, [before, from, to]] of Object.entries(cases)) {
    test(name, async () => {
      const body = 'const seen: unknown = value;\n    if (seen === sample) throw new Error("never");';
      await using rig = new CacheRig({
        ...project,
        "pipeline.ts": pipelineWith("1", before, body),
        "other.ts": "export const other = 2;\n",
        "effect.ts": "(globalThis as { effect?: number }).effect = 2;\n",
      });
      expect((await rig.start()).ran).toEqual({ Take: all });
      expect((await rig.start()).ran).toEqual(nothing);
      if (from === "") {
        rig.edit("other.ts", "= 2", "= 3");
        rig.edit("effect.ts", "= 2", "= 3");
      } else {
        const text = rig.play.read("pipeline.ts");
        rig.play.write({ "pipeline.ts": replaced(text, before, replaced(before, from, to)) });
      }
      expect((await rig.start()).ran).toEqual({ Take: all });
    });
  }
});

describe("what a pipeline's own serializationInfo gives", () => {
  const own = (value: string) =>
    replaced(
      pipelineWith("1"),
      "new Pipeline()",
      `new Pipeline({ serializationInfo: () => (${value}) as never })`,
    );
  test("is refused with the path of the field where it has no stable form", async () => {
    await using rig = new CacheRig({ ...project, "pipeline.ts": own("{ deep: { value: () => 1 } }") });
    const start = await rig.start();
    expect(start.status).not.toBe(0);
    expect(start.stderr).toMatch(/deep\.value/);
    expect(start.ran).toEqual(nothing);
  });
  test("may list files: those that the block finds, whatever else lies in the folder", async () => {
    const info =
      '(s) => ({ id: s.id, all: s.files(), frames: s.files("frames/*.txt"), one: s.files("./scene.json") })';
    await using rig = new CacheRig(
      projectWith({ "new Pipeline({ seed: 7 })": `new Pipeline({ seed: 7, serializationInfo: ${info} })` }),
    );
    expect((await rig.start()).ran).toEqual(everything);
    expect((await rig.start()).ran).toEqual(nothing);
    rig.play.write({ "data/000001/by-hand.txt": "" });
    expect((await rig.start()).ran).toEqual(nothing);
    rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
    expect((await rig.start()).ran).toEqual({ Simulate: all, Measure: all });
    expect((await rig.start()).ran).toEqual(nothing);
  });
  test("counts as it is", async () => {
    await using rig = new CacheRig({ ...project, "pipeline.ts": own("{ deep: { value: 1 } }") });
    expect((await rig.start()).ran).toEqual({ Take: all });
    expect((await rig.start()).ran).toEqual(nothing);
    rig.edit("pipeline.ts", "{ deep: { value: 1 } }", "{ deep: { value: 2 } }");
    expect((await rig.start()).ran).toEqual({ Take: all });
  });
});
