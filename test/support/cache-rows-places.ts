// Where the dataset and the pipeline lie is nobody's business: hashes and names count, not paths of a machine.
import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { project } from "./cache-project.ts";
import { nothing, type Row } from "./cache-row.ts";

export const placeRows: readonly Row[] = [
  {
    change: "the dataset is moved to another path",
    again: "nothing",
    act: (rig) => {
      mkdirSync(rig.play.path("far"));
      renameSync(rig.at(), rig.play.path("far", "away"));
      rig.dataset = "far/away";
    },
    runs: nothing,
  },
  {
    change: "the dataset is copied to another path, its times with it",
    again: "nothing",
    act: (rig) => {
      cpSync(rig.at(), rig.play.path("copy"), { recursive: true, preserveTimestamps: true });
      rig.dataset = "copy";
    },
    runs: nothing,
  },
  {
    change: "the dataset is copied to another path, with new times",
    again: "nothing",
    act: (rig) => {
      cpSync(rig.at(), rig.play.path("copy"), { recursive: true });
      rig.dataset = "copy";
    },
    runs: nothing,
  },
  {
    change: "the pipeline's folder is moved to another path",
    again: "nothing",
    act: (rig) => {
      for (const name of Object.keys(project)) {
        rig.play.write({ [`moved/${name}`]: rig.play.read(name) });
        rmSync(rig.play.path(name));
      }
    },
    second: { cwd: "moved" },
    runs: nothing,
  },
  {
    change: "the folders of earlier runs are deleted",
    again: "nothing",
    act: (rig) => rmSync(rig.at("runinfo", "000"), { recursive: true }),
    runs: nothing,
  },
];
