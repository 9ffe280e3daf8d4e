// In which order things are done when a pipeline is loaded counts where somebody looks at what is changed, and only there.
import { shape, testShapes } from "../../support/code-shapes.ts";

const files = {
  "settings.ts": "export const settings = { n: 1 };",
  "override.ts": `import { settings } from "./settings.ts";\nsettings.n = 5;`,
  "size.ts": `import { settings } from "./settings.ts";\nexport const size = settings.n * 2;`,
  "pure.ts": "export const pure = 7;\nexport const twice = () => pure * 2;",
};

const swap = (first: string, second: string) => [`${first}\n${second}`, `${second}\n${first}`] as const;

testShapes({
  "a value is taken before or after another file changes it": shape(
    ["size", `import "./override.ts";\nimport { size } from "./size.ts";`, files],
    [swap(`import "./override.ts";`, `import { size } from "./size.ts";`)],
  ),
  "files that change nothing": shape(
    [
      "size + twice()",
      `import "./override.ts";\nimport { size } from "./size.ts";\nimport { twice } from "./pure.ts";`,
      files,
    ],
    [],
    [swap(`import { size } from "./size.ts";`, `import { twice } from "./pure.ts";`)],
  ),
  "a value is taken before or after a line changes it": shape(
    ["taken", "const state = { x: 1 };\nstate.x = 2;\nconst taken = state.x;"],
    [swap("state.x = 2;", "const taken = state.x;")],
  ),
  "… by a function": shape(
    ["taken", "const state = { x: 1 };\nconst look = () => state.x;\nstate.x = 2;\nconst taken = look();"],
    [swap("state.x = 2;", "const taken = look();")],
    [swap("const state = { x: 1 };", "const look = () => state.x;")],
  ),
  "… in a static field": shape(
    ["Taken.x", "const state = { x: 1 };\nstate.x = 2;\nclass Taken { static x = state.x; }"],
    [swap("state.x = 2;", "class Taken { static x = state.x; }")],
  ),
  "a number is counted": shape(
    [
      "second",
      "let n = 0;\nfunction next() { return n++; }\nconst first = next();\nconst second = next();\nvoid first;",
    ],
    [swap("const first = next();", "const second = next();")],
  ),
  "what nobody changes": shape(
    [
      "[twice, sum, other]",
      "const size = 3;\nconst twice = size * 2;\nconst table = [1, 2];\nconst sum = table.reduce((a, b) => a + b);\nconst other = new Map();\nother.set(1, 2);",
    ],
    [],
    [
      swap("const twice = size * 2;", "const table = [1, 2];"),
      swap("const sum = table.reduce((a, b) => a + b);", "const other = new Map();"),
      ["other.set(1, 2);\n", "other.set(1, 2);\nconst unrelated: number[] = [];\nunrelated.push(4);\n"],
    ],
  ),
});
