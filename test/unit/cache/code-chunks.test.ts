import { expect, test } from "bun:test";
import { join, resolve } from "node:path";
import { parse } from "acorn";
import { chunksOf } from "../../../src/cache/code/chunks.ts";
import { dataText } from "../../../src/cache/code/data.ts";

const statements = (text: string): string[] =>
  parse(text, { ecmaVersion: "latest", sourceType: "module" }).body.map(({ start, end }) =>
    text.slice(start, end),
  );

const texts = (text: string): string[] | undefined => chunksOf(text)?.map((chunk) => chunk.text);

const sources = resolve(import.meta.dir, "../../../src");

test.each(["main.ts", "run/run-pipeline.ts", "cache/code/syntax.ts", "templates/deform/render.ts"])(
  "the statements of %s with all that it imports are where the parser says, too",
  async (entry) => {
    const built = await Bun.build({
      ...{ entrypoints: [join(sources, entry)], target: "bun", format: "esm", external: ["pipe", "*.asset"] },
    });
    const bundle = await built.outputs[0]?.text();
    if (bundle === undefined) throw new Error("no bundle");
    const found = statements(bundle);
    expect(found.length).toBeGreaterThan(50);
    expect(texts(bundle)).toEqual(found);
  },
);

test("nothing that only looks like the end of a statement is one", () => {
  const tricky = [
    "// @bun",
    "// a.ts",
    "var a = `",
    "function no() {}",
    "${b(`${1}",
    "var no;`)}",
    "`;",
    "if (a)",
    "  b();",
    "else",
    "  c();",
    "do",
    "  d();",
    "while (e);",
    "var pattern = /[/\"`]\\/'/g, quotient = a++ / 2 / b[0] / (1) / a.return / 4;",
    "if (a) /}`/.test(b);",
    'var text = "\\"// no", other = \'/* no */\';',
    "/* legal",
    "var no; */",
    "class A {",
    "  static x = `}`;",
    "}",
    "while (a)",
    "  b();",
    "(() => {",
    "})();",
    "export {",
    "  a",
    "};",
  ].join("\n");
  expect(texts(tricky)).toEqual(statements(tricky));
});

test("each statement knows its file", () => {
  const bundle =
    "// @bun\nvar helper;\n\n// a.ts\nvar a;\n// not/ a file\n//! legal\nvar b;\n\n// b.ts\nvar c;\n";
  expect(chunksOf(bundle)?.map(({ file }) => file)).toEqual([null, "a.ts", "not/ a file", "b.ts"]);
});

test("a text that is cut in the middle of something is not understood", () => {
  for (const cut of ['var a = "x', "var a = `x", "f(", "/* x", "var a = /x", "}", "var a = {\n"]) {
    expect(chunksOf(cut)).toBeNull();
  }
});

test("data is the same however it is written, with the names that it shares", () => {
  const known = (name: string) => /^(?:layers2?|b)$/.test(name);
  const written = `var scene_default = {\n  size: -1e-7,\n  layers,\n  note: "a  b: layers",\n  deep: { layers: [ 1,  2 ] },\n  b\n};`;
  const renamed = `var scene_default2 = { size: -1e-7, layers: layers2, note: "a  b: layers", deep: { layers: [1, 2] }, b };`;
  const data = dataText(written, known);
  expect(data.uses).toEqual(["layers", "b"]);
  expect(dataText(renamed, known)).toEqual({ ...data, uses: ["layers2", "b"] });
  expect(dataText(written.replace("a  b", "a b"), known).text).not.toBe(data.text);
  expect(dataText("var x = `a\n'\"  b`;", known).text).toBe("`a\n'\"  b`;");
});
