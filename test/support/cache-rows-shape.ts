// Pipelines that are no chain: siblings that meet again, and blocks over the whole dataset.
import { rmSync, unlinkSync } from "node:fs";
import { projectWith, withClass } from "./cache-project.ts";
import type { CacheRig } from "./cache-rig.ts";
import { all, everything, nothing, type Row } from "./cache-row.ts";

const edit = (from: string, to: string) => (rig: CacheRig) => rig.edit("pipeline.ts", from, to);

const sibling = (name: string) => `class ${name} extends PipelineBlock {
  run(sample: DataSample) {
    trace("${name}", sample);
    sample.write("${name}.txt", "${name} " + sample.config.Scene_0.stiffness);
  }
}
`;

const join = `class Join extends PipelineBlock {
  run(sample: DataSample) {
    trace("Join", sample);
    sample.write("join.txt", sample.read("Left.txt") + sample.read("Right.txt"));
  }
}
`;

export const siblings = {
  files: projectWith({
    ...withClass(sibling("Left") + sibling("Right") + join),
    '.append(new Simulate({ maxFrames: 3, label: "liver" }))':
      '.append(new Left(), { after: "Scene_0", outputs: "Left.txt" })',
    ".append(new Measure())":
      '.append(new Right(), { after: "Scene_0", outputs: "Right.txt" })\n  .append(new Join(), { after: ["Left_0", "Right_0"] })',
  }),
  firstRuns: { Scene: all, Left: all, Right: all, Join: all },
  tasks: 12,
};

const inParallel = { executor: ["--run_local", "--max_processes", "2"] };

const graphs: readonly Row[] = [
  {
    ...siblings,
    change: "nothing, where siblings ran in parallel",
    again: "nothing",
    act: () => {},
    first: inParallel,
    runs: nothing,
  },
  {
    ...siblings,
    change: "the code of one of two siblings",
    again: "that block, and the one behind both; not the other sibling",
    act: edit('"Left "', '"left "'),
    first: inParallel,
    runs: { Left: all, Join: all },
  },
  {
    ...siblings,
    change: "the code of one of two siblings, with the same result",
    again: "that block, nothing after it",
    act: edit('"Left "', '"Le" + "ft "'),
    runs: { Left: all },
  },
  {
    ...siblings,
    change: "an output of one of two siblings is deleted",
    again: "its task, nothing after it",
    act: (rig) => unlinkSync(rig.at("000001", "Right.txt")),
    runs: { Right: [1] },
  },
  {
    ...siblings,
    change: "a config value that the block before two siblings sets, on one sample",
    again: "that block, and on this sample what follows",
    act: edit("uniform(softest, hardest));", "uniform(softest, hardest) + (sample.id === 2 ? 1 : 0));"),
    first: inParallel,
    runs: { Scene: all, Left: [2], Right: [2], Join: [2] },
  },
];

/** The trace takes -1 for the dataset. */
const summary = `class Summary extends DatasetBlock {
  run(dataset: Dataset) {
    trace("Summary", { id: -1 } as DataSample);
    const lengths: unknown[] = [];
    for (const sample of dataset.samples) lengths.push(sample.statistics.Measure_0.length);
    dataset.write("summary.json", { lengths });
  }
}
`;

/** Scene, Simulate, Measure, and then a Summary over the dataset. */
export const withSummary = projectWith({
  ...withClass(summary),
  "import { Pipeline, PipelineBlock,": "import { type Dataset, DatasetBlock, Pipeline, PipelineBlock,",
  ".append(new Measure())": ".append(new Measure())\n  .append(new Summary())",
});

const whole = [-1];
const overall = {
  files: withSummary,
  firstRuns: { ...everything, Summary: whole },
  tasks: 10,
};

const overallRows: readonly Row[] = [
  {
    ...overall,
    change: "nothing, where a block is over the whole dataset",
    again: "nothing",
    act: () => {},
    runs: nothing,
  },
  {
    ...overall,
    change: "the last result of one sample, before a block over the whole dataset",
    again: "what gave it, and the block over the dataset",
    act: edit('frames.join("").length', 'frames.join("").length + (sample.id === 1 ? 1 : 0)'),
    runs: { Measure: all, Summary: whole },
  },
  {
    ...overall,
    change: "the code of the last block, with the same result, before a block over the whole dataset",
    again: "that block, nothing after it",
    act: edit('frames.join("").length', 'frames.join("").length + 0'),
    runs: { Measure: all },
  },
  {
    ...overall,
    change: "the code of a block over the whole dataset",
    again: "that block",
    act: edit("{ lengths }", "{ lengths, count: lengths.length }"),
    runs: { Summary: whole },
  },
  {
    ...overall,
    change: "an output of a block over the whole dataset is deleted",
    again: "that block",
    act: (rig) => unlinkSync(rig.at("summary.json")),
    runs: { Summary: whole },
  },
  {
    ...overall,
    change: "more samples, before a block over the whole dataset",
    again: "the new samples, and the block over the dataset",
    act: () => {},
    first: {},
    second: { samples: ["--num_samples", "4"] },
    runs: { Scene: [3], Simulate: [3], Measure: [3], Summary: whole },
    tasks: 13,
  },
  {
    ...overall,
    change: "a sample is deleted and not asked for again, before a block over the whole dataset",
    again: "the block over the dataset",
    act: (rig) => rmSync(rig.at("000002"), { recursive: true }),
    first: {},
    second: { samples: ["--num_samples", "2"] },
    runs: { Summary: whole },
    tasks: 7,
  },
];

export const shapeRows: readonly Row[] = [...graphs, ...overallRows];
