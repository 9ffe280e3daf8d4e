// What a block over the whole dataset sees. Only the view: dataset.ts makes it. Shown by the user's editor.
import type { Json } from "../core/json.ts";
import type { ValuesByBlock } from "./data-sample.ts";
import type { ReadAs } from "./file-content.ts";
import type { Random } from "./random.ts";

/** A finished sample, as a block over the whole dataset sees it: everything can be read, nothing changed. */
export interface DatasetSample<
  Config extends object = ValuesByBlock,
  Statistics extends object = ValuesByBlock,
> {
  /** Which sample: a whole number from 0. */
  readonly id: number;
  /** The sample's folder, absolute. */
  readonly path: string;
  /**
   * Its chosen inputs, by block and key; read from its `sample.json` when first asked for.
   * @example sample.config.RandomScene_0.stiffness
   */
  readonly config: Readonly<Config>;
  /** Its measured results, by block and key; read from its `sample.json` when first asked for. */
  readonly statistics: Readonly<Statistics>;
  /**
   * Reads a file of the sample's folder: `.json` as its value, text formats as a string, everything else as bytes.
   * @throws Error where there is no such file.
   */
  read(name: string, as: "text"): string;
  read(name: string, as: "bytes"): Uint8Array;
  read(name: string, as: "json"): Json;
  read(name: `${string}.json`): Json;
  read(name: `${string}.txt` | `${string}.csv` | `${string}.obj` | `${string}.svg` | `${string}.md`): string;
  read(name: string, as?: ReadAs): string | Uint8Array | Json;
  /** The files in the sample's folder, in natural order; without pipe's own. `pattern` is a glob; default: all. */
  files(pattern?: string): string[];
}

/**
 * The whole dataset, as a `DatasetBlock` sees it.
 * @example
 * class Totals extends DatasetBlock {
 *   run(dataset: Dataset) {
 *     const frames = dataset.samples.map((sample) => sample.files("liver_f*.stl").length);
 *     dataset.write("totals.json", { frames: frames.reduce((a, b) => a + b, 0) });
 *   }
 * }
 */
export interface Dataset<Config extends object = ValuesByBlock, Statistics extends object = ValuesByBlock> {
  /** The dataset's folder (`--data_path`), absolute. */
  readonly path: string;
  /** The valid samples of this run in the order of their IDs: those that ended without issue or failure. */
  readonly samples: readonly DatasetSample<Config, Statistics>[];
  /** The random generator of this block, seeded from the dataset's seed and the block's name. */
  readonly random: Random;
  /**
   * Writes a file into the dataset's folder, replacing one of that name; never seen half written.
   * @param name relative to the dataset's folder: `contact_sheet.png`, `plots/frames.svg`.
   * @param data a string as text (UTF-8), bytes as they are, anything else as JSON.
   * @returns the file's absolute path.
   * @throws Error where the name leaves the folder, is in a sample's folder or in `runinfo`, or is one of pipe's own
   *   files (`statistics.csv`, `configs.csv`, `history.jsonl`, …).
   */
  write(name: string, data: string | Uint8Array | ArrayBuffer | Json): string;
  /** Adds a line to this block's log, with the time. */
  log(line: string): void;
}
