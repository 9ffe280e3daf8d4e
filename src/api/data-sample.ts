// What a block sees of a sample. Only the view: sample.ts makes it. Everything here is shown by the user's editor.
import type { Json } from "../core/json.ts";
import type { ReadAs } from "./file-content.ts";
import type { Random } from "./random.ts";
import type { SeriesPlace } from "./series-name.ts";

/** Values by block and key: `values.RandomScene_0.stiffness`. */
export type ValuesByBlock = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** What counts as the content of a sample when it is decided whether a task must run again. */
export interface SerializationInfo {
  readonly id: number;
  readonly config: ValuesByBlock;
  readonly statistics: ValuesByBlock;
  /** Every file in the sample's folder, in natural order, with the sha256 of its content in hex. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/**
 * One sample, as the running block sees it.
 *
 * The types of earlier blocks' values may be given, to save checks:
 * @example
 * async run(sample: DataSample<{ RandomScene_0: { stiffness: number } }>) {
 *   const stiffness = sample.config.RandomScene_0.stiffness; // number, in Pa
 * }
 */
export interface DataSample<
  Config extends object = ValuesByBlock,
  Statistics extends object = ValuesByBlock,
> {
  /** Which sample: a whole number from 0, unique in the dataset. */
  readonly id: number;

  /**
   * The sample's folder, absolute. Any program may write files into it by any means; they are found afterwards.
   * @example await Bun.$`gmsh -3 scene.geo -o mesh.msh`.cwd(sample.path);
   */
  readonly path: string;

  /**
   * The chosen inputs of this sample, by block and key, with what this block has set so far. Frozen: it is changed by
   * `setConfig` alone.
   * @example sample.config.RandomScene_0.stiffness
   */
  readonly config: Readonly<Config>;

  /**
   * The measured results of this sample, by block and key, with what this block has added so far. Frozen.
   * @example sample.statistics.Simulate_0.max_displacement
   */
  readonly statistics: Readonly<Statistics>;

  /**
   * The random generator of this sample in this block. Seeded from the dataset's seed, the sample's ID and the block's
   * name: the same values on any machine, in any order, with any number of workers.
   * @example const stiffness = sample.random.uniform(3e3, 3e4); // Pa
   */
  readonly random: Random;

  /**
   * Sets a chosen input of this sample under the running block's name. Setting a key again replaces its value; what an
   * earlier run of this block had set is forgotten when the block runs.
   * @param key a column of `configs.csv` is called `Block.key`, so a key has no dots or braces.
   * @param value JSON; it is copied. -0 becomes 0. Write the unit beside it.
   * @example sample.setConfig("stiffness", 5e3); // Pa
   * @throws BadValue where JSON cannot carry the value (NaN, undefined, a Map, …): the task fails with `bad-value`.
   */
  setConfig(key: string, value: Json): void;

  /**
   * Adds a measured result of this sample under the running block's name. The rules are those of `setConfig`.
   * @example sample.addStatistic("max_displacement", 0.013); // m
   * @throws BadValue where JSON cannot carry the value: the task fails with `bad-value`.
   */
  addStatistic(key: string, value: Json): void;

  /**
   * Writes a file into the sample's folder, replacing one of that name. Readers see the old content or the new one,
   * never a part. Folders in the name are made.
   * @param name relative to the sample's folder: `mesh.obj`, `frames/f3.png`.
   * @param data a string as text (UTF-8), bytes as they are, anything else as JSON.
   * @returns the file's absolute path.
   * @example sample.write("scene.json", { gravity: [0, 0, -9.81] }); // m/s²
   * @throws Error where the name leaves the folder or is `sample.json` or `log.log`; BadValue for what JSON cannot carry.
   */
  write(name: string, data: string | Uint8Array | ArrayBuffer | Json): string;

  /**
   * Reads a file of the sample's folder: `.json` as its value, text formats (`.txt`, `.csv`, `.obj`, `.svg`, …) as a
   * string, everything else as bytes.
   * @param as says otherwise, for instance an ASCII STL: `sample.read("organ.stl", "text")`.
   * @example const scene = sample.read("scene.json");
   * @throws Error where there is no such file (it names the nearest one), or it cannot be read so.
   */
  read(name: string, as: "text"): string;
  read(name: string, as: "bytes"): Uint8Array;
  read(name: string, as: "json"): Json;
  read(name: `${string}.json`): Json;
  read(name: `${string}.txt` | `${string}.csv` | `${string}.obj` | `${string}.svg` | `${string}.md`): string;
  read(name: string, as?: ReadAs): string | Uint8Array | Json;

  /**
   * Adds a line to the sample's log (`log.log` in its folder), with the time and the block's name.
   * @example sample.log(`converged after ${frames} frames`);
   */
  log(line: string): void;

  /**
   * The name of a file in a series, relative to the sample's folder.
   * @param name the common name, with its extension.
   * @param place frame (a whole number from 0) and object (letters, digits, dashes).
   * @example sample.file("ligament.stl", { object: "A", frame: 3 }) // "ligament_A_f3.stl"
   * @throws RangeError for a frame or an object that is none.
   */
  file(name: string, place?: SeriesPlace): string;

  /**
   * The files in the sample's folder, relative to it, in natural order (`f2` before `f10`). pipe's own `sample.json`
   * and `log.log` are left out.
   * @param pattern a glob: `*` within a folder, `**` over folders, `{a,b}`. Default: all files.
   * @example for (const frame of sample.files("liver_f*.stl")) { … }
   */
  files(pattern?: string): string[];

  /**
   * What counts as this sample's content for the cache: ID, config, statistics and the files with their hashes; never
   * logs, times or durations. `new Pipeline({ serializationInfo })` may override it.
   */
  serializationInfo(): SerializationInfo;
}
