// What things are called, and what is told when they are called otherwise.
import { describe, expect, test } from "bun:test";
import { movableText } from "../../../src/cache/code/movable.ts";
import { loadParser } from "../../../src/cache/code/syntax.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import { codeChanges, codeText } from "../../../src/cache/key.ts";
import { block, edited, pipeline, shape, testShapes, usedBy } from "../../support/code-shapes.ts";
import { changedBlocks, codeOf } from "../../support/small-pipeline.ts";

testShapes({
  "a class with a number in its name": shape(
    ["new SolverV1().constructor.name", "class SolverV1 { go() { return 1; } }"],
    [["SolverV1", "SolverV2"]],
  ),
  "a class with a number, and one without": shape(
    [
      "new Solver2().constructor.name",
      "class Solver2 { go() { return 1; } }\nclass Solver {}\nvoid new Solver();",
    ],
    [["Solver2", "Solver3"]],
  ),
  "a function with a number in its name": shape(
    ["step1.name", "function step1() { return 1; }"],
    [["step1", "step2"]],
  ),
});

test("a class is not another one when another file has its name, with or without a number", async () => {
  const own = "class Solver2 { go() { return 1; } }\nfunction step1() { return 2; }\nconst table3 = [1];";
  const alone = usedBy("[new Solver2(), step1(), table3]", own);
  const other = `export class Solver2 { go() { return 3; } }\nexport function step1() { return 4; }\nexport const table3 = [5];`;
  const beside = usedBy(
    "[new Solver2(), step1(), table3]",
    `import * as other from "./other.ts";\nvoid [new other.Solver2(), other.step1(), other.table3];\n${own}`,
    { "other.ts": other },
  );
  expect(changedBlocks(await codeOf(alone), await codeOf(beside))).toEqual([]);
});

describe("what is told of changed parts", () => {
  const text = (parts: Readonly<Record<string, string>>) =>
    codeText(Object.entries(parts).map(([name, content]) => ({ name, digest: digestOf(content) })));

  test("a helper that lies in another file is no change", () => {
    const before = text({ "class A": "1", "function k (a.ts)": "k", "const g (a.ts)": "g" });
    const after = text({ "class A": "2", "function k (b.ts)": "k", "const g (a.ts)": "g" });
    expect(codeChanges(before, after)).toEqual([{ name: "class A", how: "changed" }]);
  });

  test("one of two that look alike", () => {
    const before = text({ "function k (a.ts)": "k" });
    const after = text({ "function k (a.ts)": "k", "function k (b.ts)": "k" });
    expect(codeChanges(before, after)).toEqual([{ name: "function k (b.ts)", how: "added" }]);
    expect(codeChanges(after, before)).toEqual([{ name: "function k (b.ts)", how: "removed" }]);
  });

  test("two that change their places", () => {
    const before = text({ a: "1", b: "2" });
    expect(codeChanges(before, text({ a: "2", b: "3" }))).toEqual([
      { name: "a", how: "changed" },
      { name: "b", how: "changed" },
    ]);
    expect(codeChanges(before, "damaged")).toBeNull();
  });
});

describe("the whole pipeline as the code of a block", () => {
  const made = (text: string) => ({
    "pipeline.ts": pipeline(
      `function make(k: number) { return class A ${block} { run(sample: DataSample) { sample.write("a.geo", \`${text}\n k \${k}\`); } }; }`,
      ".append(new (make(1))())",
    ),
  });

  test("a text that looks like a comment counts", async () => {
    for (const line of ["\n// size 1", "\nexport const __pipe_folder = 1;"]) {
      const sources = made(line);
      const now = edited(sources, "1", "2");
      expect(changedBlocks(await codeOf(sources), await codeOf(now))).toEqual(["A_0"]);
    }
  });

  test("comments and the folder do not", async () => {
    const sources = made("\n// size 1");
    const commented = edited(sources, "function make", "//! legal\n/* more */ function make");
    expect(changedBlocks(await codeOf(sources), await codeOf(commented))).toEqual([]);
    const inside = edited(sources, "run(sample", "/* inside */ run(sample");
    expect(changedBlocks(await codeOf(sources), await codeOf(inside))).toEqual([]);
  });

  test("what is not understood loses only the names of the files", async () => {
    const parse = await loadParser();
    const bundle = (file: string) => `// @bun\n// ${file}\nvar a = @@;\nvar b = \`\n// 1\`;\n`;
    expect(movableText(bundle("a.ts"), parse)).toBe(movableText(bundle("b.ts"), parse));
    expect(movableText(bundle("a.ts"), parse)).not.toBe(
      movableText(bundle("a.ts").replace("// 1", "// 2"), parse),
    );
    expect(movableText("var a = `", parse)).toBe("var a = `");
  });
});

test("a regular expression behind `yield` is understood", async () => {
  const sources = usedBy(
    "one()",
    "const odd = { async *all() { yield /`/; }, ['a' + 1]: 2 };\nfunction one() { return 1; }\nvoid odd;",
  );
  expect(changedBlocks(await codeOf(sources), await codeOf(edited(sources, "return 1", "return 2")))).toEqual(
    ["A_0"],
  );
});
