// What can change in what is to be done: values, options, and the list of blocks.
import { lookSource, project, projectWith, smoothSource, withClass } from "./cache-project.ts";
import type { CacheRig } from "./cache-rig.ts";
import { all, everything, nothing, type Row } from "./cache-row.ts";

const edit = (from: string, to: string) => (rig: CacheRig) => rig.edit("pipeline.ts", from, to);
const rewrite = (name: string, how: (text: string) => string) => (rig: CacheRig) => {
  const before = rig.play.read(name);
  const text = how(before);
  if (text === before) throw new Error(`nothing changed in ${name}`);
  rig.play.write({ [name]: text });
};

const simulateAndOn = { Simulate: all, Measure: all };

const values: readonly Row[] = [
  {
    change: "nothing",
    again: "nothing",
    act: () => {},
    runs: nothing,
  },
  {
    change: "a config value that an earlier block sets, on one sample",
    again: "that block, and on this sample what follows",
    act: edit("this.options.frames)", "sample.id === 1 ? 2 : this.options.frames)"),
    runs: { Scene: all, Simulate: [1], Measure: [1] },
  },
  {
    change: "a statistic that an earlier block adds, on one sample",
    again: "that block, and on this sample what follows",
    act: edit(
      "displacement(Number(stiffness)))",
      "displacement(Number(stiffness)) + (sample.id === 2 ? 1 : 0))",
    ),
    runs: { Simulate: all, Measure: [2] },
  },
  {
    change: "the content of a file that an earlier block writes, on one sample",
    again: "that block, and on this sample what follows",
    act: edit("{ gravity })", "{ gravity: sample.id === 0 ? 1.62 : gravity })"),
    runs: { Scene: all, Simulate: [0], Measure: [0] },
  },
  {
    change: "the dataset's seed, by `--seed`",
    again: "everything",
    act: () => {},
    second: { args: ["--seed", "8"] },
    runs: everything,
  },
  {
    change: "the dataset's seed, in the pipeline",
    again: "everything",
    act: edit("seed: 7", "seed: 8"),
    runs: everything,
  },
];

const options: readonly Row[] = [
  {
    change: "an option of a block (fewer frames)",
    again: "that block and what follows; no frame of before is left",
    act: edit("maxFrames: 3", "maxFrames: 2"),
    runs: simulateAndOn,
  },
  {
    change: "an option of a block (no frames at all)",
    again: "that block and what follows; the folder that it made is gone",
    act: edit("maxFrames: 3", "maxFrames: 0"),
    runs: simulateAndOn,
  },
  {
    change: "an option of a block that leaves the sample as it was",
    again: "that block, nothing after it",
    act: edit('"liver"', '"kidney"'),
    runs: { Simulate: all },
  },
  {
    change: "a further option",
    again: "that block",
    act: edit('label: "liver" }', 'label: "liver", colour: "red" } as { maxFrames: number; label: string }'),
    runs: { Simulate: all },
  },
  {
    change: "the order of keys in options, at any depth",
    again: "nothing",
    act: (rig) => {
      edit(
        "{ range: { softest: 3, hardest: 9 }, frames: 3 }",
        "{ frames: 3, range: { hardest: 9, softest: 3 } }",
      )(rig);
      edit('{ maxFrames: 3, label: "liver" }', '{ label: "liver", maxFrames: 3 }')(rig);
    },
    runs: nothing,
  },
  {
    change: "how an option's value is written (`1 + 2` for `3`)",
    again: "nothing",
    act: edit("maxFrames: 3", "maxFrames: 1 + 2"),
    runs: nothing,
  },
  {
    change: "a field that the constructor sets",
    again: "that block",
    files: projectWith({
      "constructor(readonly options: { maxFrames: number; label: string }) {\n    super();":
        "readonly label: string;\n  constructor(readonly options: { maxFrames: number; label: string }) {\n    super();\n    this.label = settings.label;",
      "const gravity": 'const settings = { label: "liver" };\nconst gravity',
    }),
    act: edit('settings = { label: "liver" }', 'settings = { label: "kidney" }'),
    runs: { Simulate: all },
  },
];

const list: readonly Row[] = [
  {
    change: "a block is inserted that leaves nothing",
    again: "the new block",
    act: (rig) => {
      rig.play.write(
        projectWith({
          ...withClass(lookSource),
          ".append(new Measure())": ".append(new Look())\n  .append(new Measure())",
        }),
      );
    },
    runs: { Look: all },
    tasks: 12,
  },
  {
    change: "a block is inserted that leaves a file",
    again: "the new block and what follows",
    act: (rig) => {
      rig.play.write(
        projectWith({
          ...withClass(smoothSource),
          ".append(new Measure())": ".append(new Smooth())\n  .append(new Measure())",
        }),
      );
    },
    runs: { Smooth: all, Measure: all },
    tasks: 12,
  },
  {
    change: "a block is added at the end",
    again: "the new block",
    act: (rig) => {
      rig.play.write(
        projectWith({
          ...withClass(smoothSource),
          ".append(new Measure())": ".append(new Measure())\n  .append(new Smooth())",
        }),
      );
    },
    runs: { Smooth: all },
    tasks: 12,
  },
  {
    change: "the last block is removed",
    again: "nothing; its files lie there until `pipe clean`",
    act: edit("\n  .append(new Measure())", ""),
    runs: nothing,
    tasks: 6,
    kept: keptOf(0, 1, 2),
  },
  {
    change: "the last block is removed, and put back after a run without it",
    again: "nothing",
    act: async (rig) => {
      edit("\n  .append(new Measure())", "")(rig);
      await rig.start();
      rig.play.write(project);
    },
    runs: nothing,
  },
  {
    change: "a block in the middle is removed",
    again: "what follows it; its files lie there until `pipe clean`",
    files: projectWith({
      ...withClass(smoothSource),
      ".append(new Measure())": ".append(new Smooth())\n  .append(new Measure())",
    }),
    firstRuns: { ...everything, Smooth: all },
    act: edit("\n  .append(new Smooth())", ""),
    runs: { Measure: all },
    kept: { "000000/smooth.txt": "smooth", "000001/smooth.txt": "smooth", "000002/smooth.txt": "smooth" },
  },
  {
    change: "a block is renamed",
    again: "that block, and what sees values under its name",
    act: (rig) => {
      rewrite("pipeline.ts", (text) =>
        text
          .replaceAll("new Simulate(", "new Solve(")
          .replaceAll("class Simulate", "class Solve")
          .replaceAll("Simulate_0", "Solve_0")
          .replaceAll('trace("Simulate"', 'trace("Solve"'),
      )(rig);
    },
    runs: { Solve: all, Measure: all },
  },
  {
    change: "two blocks change places",
    again: "both",
    files: projectWith({
      ...withClass(`${smoothSource}${smoothSource.replaceAll("mooth", "hade")}`),
      ".append(new Measure())": ".append(new Smooth())\n  .append(new Shade())",
    }),
    firstRuns: { Scene: all, Simulate: all, Smooth: all, Shade: all },
    act: edit(
      ".append(new Smooth())\n  .append(new Shade())",
      ".append(new Shade())\n  .append(new Smooth())",
    ),
    runs: { Smooth: all, Shade: all },
    tasks: 12,
  },
  {
    change: "two siblings that depend on the same block change places in the list",
    again: "nothing",
    files: projectWith({
      ...withClass(`${smoothSource}${smoothSource.replaceAll("mooth", "hade")}`),
      ".append(new Measure())":
        '.append(new Smooth(), { after: "Simulate_0", outputs: "smooth.txt" })\n  .append(new Shade(), { after: "Simulate_0", outputs: "shade.txt" })',
    }),
    firstRuns: { Scene: all, Simulate: all, Smooth: all, Shade: all },
    act: edit(
      '.append(new Smooth(), { after: "Simulate_0", outputs: "smooth.txt" })\n  .append(new Shade(), { after: "Simulate_0", outputs: "shade.txt" })',
      '.append(new Shade(), { after: "Simulate_0", outputs: "shade.txt" })\n  .append(new Smooth(), { after: "Simulate_0", outputs: "smooth.txt" })',
    ),
    runs: nothing,
    tasks: 12,
  },
  {
    change: "a second block of the same type is added",
    again: "the new block",
    act: edit(".append(new Measure())", ".append(new Measure())\n  .append(new Measure())"),
    runs: { Measure: all },
    tasks: 12,
  },
];

/** What Measure leaves on these samples; its content is not this table's business. */
function keptOf(...samples: readonly number[]): Record<string, string> {
  return Object.fromEntries(samples.map((sample) => [`00000${sample}/measure.txt`, "(any)"]));
}

export const pipelineRows: readonly Row[] = [...values, ...options, ...list];
