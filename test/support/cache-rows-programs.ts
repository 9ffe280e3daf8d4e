// What can change of blocks that are programs: arguments, scripts, watched files.
import { rmSync } from "node:fs";
import { commandProject, replaced, tomlProject } from "./cache-project.ts";
import { type CacheRig, setTimes } from "./cache-rig.ts";
import { all, everything, nothing, type Row } from "./cache-row.ts";

const edit = (from: string, to: string) => (rig: CacheRig) => rig.edit("pipeline.ts", from, to);

const everythingWithMesh = { ...everything, Mesh: all };
const meshAndOn = { Mesh: all, Measure: all };
const command = { files: commandProject, firstRuns: everythingWithMesh, tasks: 12 };

const { "mesh.sh": mesh = "", "pipeline.ts": pipeline = "", ...others } = commandProject;
const scriptForEach = {
  ...others,
  ...{ "mesh-0.sh": mesh, "mesh-1.sh": mesh, "mesh-2.sh": mesh },
  "pipeline.ts": replaced(pipeline, '"./mesh.sh"', '"./mesh-{sample.id}.sh"'),
};

const programs: readonly Row[] = [
  {
    ...command,
    change: "a command's script",
    again: "that block and what follows",
    act: (rig) => rig.edit("mesh.sh", "size $1", "length $1"),
    runs: meshAndOn,
  },
  {
    ...command,
    change: "a command's script, by touching it",
    again: "nothing",
    act: (rig) => setTimes(rig.play.path("mesh.sh"), new Date("2031-01-01")),
    runs: nothing,
  },
  {
    ...command,
    files: scriptForEach,
    change: "the script of one sample, where a command's path has a value in it",
    again: "that block, and on this sample what follows",
    act: (rig) => rig.edit("mesh-1.sh", "size $1", "length $1"),
    runs: { Mesh: all, Measure: [1] },
  },
  {
    ...command,
    change: "an argument of a command",
    again: "that block and what follows",
    act: edit('"./mesh.sh", "2"', '"./mesh.sh", "3"'),
    runs: meshAndOn,
  },
  {
    ...command,
    change: "an environment variable that the pipeline gives a command",
    again: "that block and what follows",
    act: edit('UNIT: "mm"', 'UNIT: "m"'),
    runs: meshAndOn,
  },
  {
    ...command,
    change: "a file in `watch`",
    again: "that block and what follows",
    act: (rig) => rig.edit("table.txt", "one", "two"),
    runs: meshAndOn,
  },
  {
    ...command,
    change: "a file beside the script that is not in `watch`",
    again: "nothing",
    act: (rig) => rig.edit("notes.txt", "nothing", "little"),
    runs: nothing,
  },
  {
    ...command,
    change: "the code of a block before a command, with the same result",
    again: "that block, nothing after it",
    act: edit("frame < count; frame++", "frame <= count - 1; frame++"),
    runs: { Simulate: all },
  },
  {
    ...command,
    change: "the folder of a pipeline with commands is moved to another path",
    again: "nothing",
    act: (rig) => {
      for (const name of Object.keys(commandProject)) {
        rig.play.write({ [`moved/${name}`]: rig.play.read(name) });
        rmSync(rig.play.path(name));
      }
    },
    first: {},
    second: { cwd: "moved" },
    runs: nothing,
  },
];

const toml = { files: tomlProject, firstRuns: { Mesh: all, Weigh: all }, tasks: 6 };

const withoutTypeScript: readonly Row[] = [
  {
    ...toml,
    change: "an argument of a command in `pipe.toml`",
    again: "that block and what follows",
    act: (rig) => rig.edit("pipe.toml", '"./mesh.sh", "2"', '"./mesh.sh", "3 metres"'),
    runs: { Mesh: all, Weigh: all },
  },
  {
    ...toml,
    change: "a file in `watch` in `pipe.toml`",
    again: "that block and what follows",
    act: (rig) => rig.edit("table.txt", "one", "eleven"),
    runs: { Mesh: all, Weigh: all },
  },
  {
    ...toml,
    change: "comments, formatting and resources in `pipe.toml`",
    again: "nothing",
    act: (rig) => {
      rig.edit(
        "pipe.toml",
        'name = "Weigh"',
        "# how heavy it is\nname   =   'Weigh'\ncpus = 1\nmemory = \"1G\"",
      );
    },
    runs: nothing,
  },
];

export const programRows: readonly Row[] = [...programs, ...withoutTypeScript];
