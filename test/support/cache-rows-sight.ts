// What a block sees when it runs again is what it would see the first time: nothing that blocks behind it left, nothing of blocks
// that are no longer there.
import { projectWith, smoothSource, withClass } from "./cache-project.ts";
import type { CacheRig } from "./cache-rig.ts";
import { all, everything, type Row } from "./cache-row.ts";

/** Counts all files that it sees in the sample's folder. */
const looking = projectWith({
  'trace("Scene", sample);':
    'trace("Scene", sample);\n    sample.addStatistic("files", sample.files().length);',
});

const removedBefore = projectWith({
  ...withClass(smoothSource),
  'trace("Measure", sample);':
    'trace("Measure", sample);\n    sample.addStatistic("files", sample.files("*.txt").length);',
  ".append(new Measure())": ".append(new Smooth())\n  .append(new Measure())",
});

/** Like `looking`, over the whole dataset. */
const census = `class Census extends DatasetBlock {
  run(dataset: Dataset) {
    trace("Census", { id: -1 } as DataSample);
    dataset.write("census.json", readdirSync(dataset.path + "/000001").filter((name) => name.endsWith(".txt")));
  }
}
`;

const overall = projectWith({
  ...withClass(smoothSource + census),
  "import { Pipeline, PipelineBlock,":
    'import { readdirSync } from "node:fs";\nimport { type Dataset, DatasetBlock, Pipeline, PipelineBlock,',
  ".append(new Measure())": ".append(new Smooth())\n  .append(new Measure())\n  .append(new Census())",
});

/** Writes a file under the name that a later block gives to its own. */
const nameTaken = (rig: CacheRig) =>
  rig.edit(
    "pipeline.ts",
    'sample.write("scene.json", { gravity });',
    'sample.write("scene.json", { gravity });\n    sample.write("measure.txt", "to come");',
  );

export const sightRows: readonly Row[] = [
  {
    change: "the code of a block that looks at all files of the sample, with the same result",
    again: "that block, nothing after it: it does not see what later blocks left",
    files: looking,
    act: (rig) => rig.edit("pipeline.ts", "sample.files().length", "sample.files().length + 0"),
    runs: { Scene: all },
  },
  {
    change: "a block is removed, and the next one looks at all files of the sample",
    again: "what follows it: it does not see what the removed block left",
    files: removedBefore,
    firstRuns: { ...everything, Smooth: all },
    act: (rig) => rig.edit("pipeline.ts", "\n  .append(new Smooth())", ""),
    runs: { Measure: all },
    kept: { "000000/smooth.txt": "smooth", "000001/smooth.txt": "smooth", "000002/smooth.txt": "smooth" },
  },
  {
    change: "two blocks change places, and one looks at all files of the sample",
    again: "both: neither sees what it left when it stood before the other",
    files: projectWith({
      ...withClass(
        `${smoothSource}${smoothSource.replaceAll("mooth", "hade").replace("sample.write", 'sample.addStatistic("files", sample.files().length);\n    sample.write')}`,
      ),
      ".append(new Measure())": ".append(new Smooth())\n  .append(new Shade())",
    }),
    firstRuns: { Scene: all, Simulate: all, Smooth: all, Shade: all },
    act: (rig) =>
      rig.edit(
        "pipeline.ts",
        ".append(new Smooth())\n  .append(new Shade())",
        ".append(new Shade())\n  .append(new Smooth())",
      ),
    runs: { Smooth: all, Shade: all },
    tasks: 12,
  },
  {
    change: "a block is removed, and one over the dataset looks at all files of the samples",
    again: "what follows it, also over the dataset: it does not see what the removed block left",
    files: overall,
    firstRuns: { ...everything, Smooth: all, Census: [-1] },
    act: (rig) => rig.edit("pipeline.ts", "\n  .append(new Smooth())", ""),
    runs: { Measure: all, Census: [-1] },
    tasks: 10,
    kept: { "000000/smooth.txt": "smooth", "000001/smooth.txt": "smooth", "000002/smooth.txt": "smooth" },
  },
  {
    change: "the code of a block, which now writes a file under the name of one of a later block",
    again: "that block and what follows",
    act: nameTaken,
    runs: everything,
  },
];
