// What can change in the code that a block consists of, and what in a source file is none of it.
import { projectWith, replaced } from "./cache-project.ts";
import type { CacheRig } from "./cache-rig.ts";
import { all, everything, nothing, type Row } from "./cache-row.ts";

const edit = (from: string, to: string) => (rig: CacheRig) => rig.edit("pipeline.ts", from, to);
const editFile = (name: string, from: string, to: string) => (rig: CacheRig) => rig.edit(name, from, to);
const rewrite = (name: string, how: (text: string) => string) => (rig: CacheRig) => {
  const before = rig.play.read(name);
  const text = how(before);
  if (text === before) throw new Error(`nothing changed in ${name}`);
  rig.play.write({ [name]: text });
};

const simulateAndOn = { Simulate: all, Measure: all };

export const codeRows: readonly Row[] = [
  {
    change: "the code of a block",
    again: "that block and what follows",
    act: edit('"vertex " + frame', '"point " + frame'),
    runs: simulateAndOn,
  },
  {
    change: "the code of a block, with the same result",
    again: "that block, nothing after it",
    act: edit("frame < count; frame++", "frame <= count - 1; frame++"),
    runs: { Simulate: all },
  },
  {
    change: "the code of another block (the last one)",
    again: "that block alone",
    act: edit('frames.join("\\n")', 'frames.join("; ")'),
    runs: { Measure: all },
  },
  {
    change: "`validateSample` of a block",
    again: "that block",
    act: edit("< 100 ?", "< 99 ?"),
    runs: { Simulate: all },
  },
  {
    change: "a helper in another file",
    again: "the blocks that use it, and what follows",
    act: editFile("physics.ts", "12 / ", "14 / "),
    runs: simulateAndOn,
  },
  {
    change: "a helper of that helper, in a third file",
    again: "the blocks that use it, and what follows",
    act: editFile("material.ts", "softening = 0.5", "softening = 0.25"),
    runs: simulateAndOn,
  },
  {
    change: "a helper that all blocks use, with the same result",
    again: "all blocks",
    act: editFile("trace.ts", 'block + " " + sample.id', "`${block} ${sample.id}`"),
    runs: everything,
  },
  {
    change: "a function of a helper file that no block uses",
    again: "nothing",
    act: editFile("physics.ts", "3 * stiffness", "4 * stiffness"),
    runs: nothing,
  },
  {
    change: "a constant that a block uses",
    again: "the blocks that use it, and what follows",
    act: edit("gravity = 9.81", "gravity = 1.62"),
    runs: everything,
  },
  {
    change: "a statement that changes an object which a block uses",
    again: "the blocks that use it, and what follows",
    files: projectWith({
      "const gravity = 9.81;": "const world = { gravity: 9.81 };\nworld.gravity = 9.81;",
      "{ gravity })": "{ gravity: world.gravity })",
    }),
    act: edit("world.gravity = 9.81", "world.gravity = 1.62"),
    runs: everything,
  },
  {
    change: "a static property that is set outside of the class",
    again: "that block and what follows",
    files: projectWith({
      "class Measure": "(Simulate as { scale?: number }).scale = 2;\n\nclass Measure",
      '"vertex " + frame': '"vertex " + frame * Number((Simulate as { scale?: number }).scale)',
    }),
    act: edit(".scale = 2", ".scale = 3"),
    runs: simulateAndOn,
  },
  {
    change: "a base class in another file",
    again: "the blocks that extend it, and what follows",
    files: {
      ...projectWith({
        'import { trace } from "./trace.ts";':
          'import { trace } from "./trace.ts";\nimport { Writing } from "./writing.ts";',
        "class Simulate extends PipelineBlock": "class Simulate extends Writing",
        '"vertex " + frame': "this.line(frame)",
      }),
      "writing.ts":
        'import { PipelineBlock } from "pipe";\nexport abstract class Writing extends PipelineBlock {\n  line(frame: number) { return "vertex " + frame; }\n}\n',
    },
    act: editFile("writing.ts", '"vertex "', '"point "'),
    runs: simulateAndOn,
  },
  {
    change: "a JSON file that a block imports",
    again: "the blocks that use it, and what follows",
    files: {
      ...projectWith({
        'import { trace } from "./trace.ts";':
          'import { trace } from "./trace.ts";\nimport table from "./table.json";',
        '"vertex " + frame': '"vertex " + frame * table.scale',
      }),
      "table.json": '{ "scale": 2 }',
    },
    act: editFile("table.json", "2", "3"),
    runs: simulateAndOn,
  },
  {
    change: "comments only, in the pipeline and in a helper",
    again: "nothing",
    act: (rig) => {
      edit("class Simulate", "// How the body moves.\n/* At length. */\nclass Simulate")(rig);
      edit("const count = Math.min(", "// As many as were asked for.\n    const count = Math.min(")(rig);
      editFile("physics.ts", "/** In metres. */", "/** In metres, by the formula in the book. */")(rig);
    },
    runs: nothing,
  },
  {
    change: "formatting only: indentation, blank lines, quotes, semicolons",
    again: "nothing",
    act: (rig) => {
      rewrite("pipeline.ts", (text) =>
        text.replaceAll("  ", "\t").replaceAll("}\n\n", "}\n\n\n").replaceAll('"liver"', "'liver'"),
      )(rig);
      rewrite("physics.ts", (text) => text.replaceAll(";\n", "\n"))(rig);
    },
    runs: nothing,
  },
  {
    change: "types only",
    again: "nothing",
    act: (rig) => {
      edit(
        "const gravity = 9.81",
        "interface Frame {\n  readonly index: number;\n}\n\nconst gravity: number = 9.81",
      )(rig);
      editFile(
        "physics.ts",
        "velocity(stiffness: number): number",
        "velocity(stiffness: 1 | 2): number",
      )(rig);
    },
    runs: nothing,
  },
  {
    change: "a block's class is moved to a file of its own",
    again: "nothing",
    act: (rig) => {
      const text = rig.play.read("pipeline.ts");
      const from = text.indexOf("class Measure");
      const source = text.slice(from, text.indexOf("export default"));
      rig.play.write({
        "measure.ts": `import { PipelineBlock, type DataSample } from "pipe";\nimport { trace } from "./trace.ts";\nexport ${source}`,
        "pipeline.ts": replaced(text, source, 'import { Measure } from "./measure.ts";\n'),
      });
    },
    runs: nothing,
  },
  {
    change: "a `tsconfig.json` appears that says nothing about code",
    again: "nothing",
    act: (rig) => {
      rig.play.write({ "tsconfig.json": '{ "compilerOptions": { "strict": true, "noEmit": true } }\n' });
    },
    runs: nothing,
  },
];
