// What can happen to the files of a dataset between two starts.
import {
  chmodSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { projectWith } from "./cache-project.ts";
import { type CacheRig, setTimes } from "./cache-rig.ts";
import { all, everything, nothing, type Row } from "./cache-row.ts";

const frame = "frames/surface_f1.txt";
const frameOf = (rig: CacheRig) => rig.at("000001", frame);
const onlyThere = { Simulate: [1] };

/** A text of the same length that differs in its first letter. */
function editInPlace(path: string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, `V${text.slice(1)}`);
}

const touched: readonly Row[] = [
  {
    change: "an output is deleted",
    again: "its task, nothing after it",
    act: (rig) => unlinkSync(frameOf(rig)),
    runs: onlyThere,
    says: [/surface_f1\.txt/],
  },
  {
    change: "an output is truncated",
    again: "its task, nothing after it",
    act: (rig) => truncateSync(frameOf(rig), 3),
    runs: onlyThere,
    says: [/surface_f1\.txt/],
  },
  {
    change: "an output is edited, its size stays",
    again: "its task, nothing after it",
    act: (rig) => editInPlace(frameOf(rig)),
    runs: onlyThere,
    says: [/surface_f1\.txt/],
  },
  {
    change: "an output is edited under a clock that was set back",
    again: "its task, nothing after it",
    act: (rig) => {
      editInPlace(frameOf(rig));
      setTimes(frameOf(rig), new Date("2001-01-01"));
    },
    runs: onlyThere,
  },
  {
    change: "the modification time of an edited output is set to what it was, its size has changed",
    again: "its task, nothing after it",
    act: (rig) => {
      const { atime, mtime } = statSync(frameOf(rig));
      writeFileSync(frameOf(rig), "longer than any vertex that was ever written into this file");
      utimesSync(frameOf(rig), atime, mtime);
    },
    runs: onlyThere,
  },
  {
    change: "an output is touched",
    again: "nothing",
    act: (rig) => setTimes(frameOf(rig), new Date("2031-01-01")),
    runs: nothing,
  },
  {
    change: "all outputs seem older than the run that made them (clock set back)",
    again: "nothing",
    act: (rig) => setTimes(rig.at(), new Date("2001-01-01")),
    runs: nothing,
  },
  {
    change: "all outputs seem to come from the future",
    again: "nothing",
    act: (rig) => setTimes(rig.at(), new Date("2099-01-01")),
    runs: nothing,
  },
  {
    change: "an output is replaced by an equal file",
    again: "nothing",
    act: (rig) => {
      copyFileSync(frameOf(rig), rig.play.path("copy"));
      renameSync(rig.play.path("copy"), frameOf(rig));
    },
    runs: nothing,
  },
  {
    change: "the permissions of an output",
    again: "nothing",
    act: (rig) => chmodSync(frameOf(rig), 0o600),
    runs: nothing,
  },
  {
    change: "an output is replaced by a link to an equal file",
    again: "its task, nothing after it; where the link led nothing is touched",
    act: (rig) => {
      copyFileSync(frameOf(rig), rig.play.path("elsewhere.txt"));
      unlinkSync(frameOf(rig));
      symlinkSync(rig.play.path("elsewhere.txt"), frameOf(rig));
    },
    runs: onlyThere,
    says: [/surface_f1\.txt/],
  },
  {
    change: "a folder of outputs is deleted",
    again: "its task, nothing after it",
    act: (rig) => rmSync(rig.at("000001", "frames"), { recursive: true }),
    runs: onlyThere,
  },
  {
    change: "an output of the first block is deleted",
    again: "its task, nothing after it",
    act: (rig) => unlinkSync(rig.at("000002", "scene.json")),
    runs: { Scene: [2] },
  },
  {
    change: "an output of the last block is deleted",
    again: "its task",
    act: (rig) => unlinkSync(rig.at("000000", "measure.txt")),
    runs: { Measure: [0] },
  },
];

const byHand: readonly Row[] = [
  {
    change: "a file is added by hand",
    again: "nothing; it stays",
    act: (rig) => writeFileSync(rig.at("000001", "notes.txt"), "mine"),
    runs: nothing,
    kept: { "000001/notes.txt": "mine" },
  },
  {
    change: "a file is added by hand among the outputs of a block that runs again",
    again: "that block and what follows; the file stays",
    act: (rig) => {
      writeFileSync(rig.at("000001", "frames", "notes.txt"), "mine");
      rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 0");
    },
    runs: { Simulate: all, Measure: all },
    kept: { "000001/frames": "(folder)", "000001/frames/notes.txt": "mine" },
  },
  {
    change: "an output is edited that the changed block does not write any more",
    again: "that block and what follows; the edited file is kept in `runinfo/kept`, and is named",
    act: (rig) => {
      writeFileSync(rig.at("000001", "frames", "surface_f2.txt"), "mine");
      rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
    },
    runs: { Simulate: all, Measure: all },
    says: [
      /surface_f2\.txt \(changed since it was written; it is runinfo\/kept\/001\/000001\/frames\/surface_f2\.txt now\)/,
    ],
  },
  {
    change:
      "the folder of outputs is replaced by a link to elsewhere, and the block does not write there any more",
    again: "that block and what follows; nothing is deleted through the link",
    act: (rig) => {
      renameSync(rig.at("000001", "frames"), rig.play.path("elsewhere"));
      symlinkSync("../../elsewhere", rig.at("000001", "frames"));
      rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 0");
    },
    runs: { Simulate: all, Measure: all },
    kept: { "000001/frames": "(link to ../../elsewhere)" },
  },
  {
    change: "`sample.json` is deleted",
    again: "nothing; it is written again",
    act: (rig) => unlinkSync(rig.at("000001", "sample.json")),
    runs: nothing,
  },
  {
    change: "`sample.json` is edited",
    again: "nothing; it is written again",
    act: (rig) =>
      writeFileSync(
        rig.at("000001", "sample.json"),
        rig.play.read("data/000001/sample.json").replace('"length"', '"size"'),
      ),
    runs: nothing,
    says: [/sample\.json of 000001 said something else than what is remembered of it, and was written again/],
  },
  {
    change: "a sample's log is deleted",
    again: "nothing",
    act: (rig) => rmSync(rig.at("000001", "log.log"), { force: true }),
    runs: nothing,
  },
  {
    change: "`statistics.csv` is deleted",
    again: "nothing; it is written again",
    act: (rig) => unlinkSync(rig.at("statistics.csv")),
    runs: nothing,
  },
  {
    change: "a sample's folder is deleted",
    again: "everything on this sample",
    act: (rig) => rmSync(rig.at("000001"), { recursive: true }),
    runs: { Scene: [1], Simulate: [1], Measure: [1] },
  },
];

/** Simulate goes on writing Scene's file. */
const overwriting = projectWith({
  'sample.addStatistic("frames", count);':
    'sample.addStatistic("frames", count);\n    sample.write("scene.json", { before: sample.read("scene.json"), label: this.options.label });',
});

const removing = projectWith({
  "import { displacement }": 'import { existsSync, unlinkSync } from "node:fs";\nimport { displacement }',
  'sample.addStatistic("frames", count);':
    'sample.addStatistic("frames", count);\n    sample.addStatistic("scene", [this.options.label, existsSync(sample.path + "/scene.json")]);\n    unlinkSync(sample.path + "/scene.json");',
});

const shared: readonly Row[] = [
  {
    change: "nothing, where a block writes over a file of an earlier one",
    again: "nothing",
    files: overwriting,
    act: () => {},
    runs: nothing,
  },
  {
    change: "nothing, where a block removes a file of an earlier one",
    again: "nothing",
    files: removing,
    act: () => {},
    runs: nothing,
  },
  {
    change: "an option of a block that writes over a file of an earlier one",
    again: "the earlier block too, so that the file is there as it left it; then that block and what follows",
    files: overwriting,
    act: (rig) => rig.edit("pipeline.ts", '"liver"', '"kidney"'),
    runs: everything,
  },
  {
    change: "an option of a block that removes a file of an earlier one",
    again: "the earlier block too, so that the file is there again; then that block and what follows",
    files: removing,
    act: (rig) => rig.edit("pipeline.ts", '"liver"', '"kidney"'),
    runs: everything,
  },
  {
    change: "a file that a later block wrote over is deleted",
    again: "both blocks on this sample, nothing after them",
    files: overwriting,
    act: (rig) => unlinkSync(rig.at("000001", "scene.json")),
    runs: { Scene: [1], Simulate: [1] },
  },
];

export const outputRows: readonly Row[] = [...touched, ...byHand, ...shared];
