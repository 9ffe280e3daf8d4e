// Makes what a block sees of a sample, and keeps what the block sets apart from it: a task that fails in the middle
// leaves no half of its values behind, because only `changes()` of a task that ended well is ever applied.

import { sampleFolderName } from "../core/ids.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { BlockValues, SampleChanges, SampleState } from "../core/sample.ts";
import { checkKey, jsonCopy } from "./bad-value.ts";
import type { DataSample, SerializationInfo, ValuesByBlock } from "./data-sample.ts";
import { contentFrom, contentOf, type ReadAs } from "./file-content.ts";
import { deepFrozen } from "./frozen.ts";
import { appendLog } from "./log-lines.ts";
import { filesIn, type OwnFolder, readFrom, sha256OfFile, writeInto } from "./own-folder.ts";
import { createRandom, type Random } from "./random.ts";
import { type SeriesPlace, seriesName } from "./series-name.ts";

export interface SampleSource {
  readonly state: SampleState;
  /** The sample's folder, absolute; it exists. */
  readonly path: string;
  /** The unique name of the running block. */
  readonly block: string;
  /** The dataset's seed. */
  readonly seed: string | number;
  /** Where `log` appends, absolute. */
  readonly logFile: string;
}

export interface OpenSample {
  readonly sample: DataSample;
  /** What the block has set so far. */
  changes(): SampleChanges;
}

export function openSample(source: SampleSource): OpenSample {
  const sample = new SampleInHand(source);
  return { sample, changes: () => sample.changes() };
}

/** The folder of a sample, with the names in it that blocks must leave alone. */
export function sampleOwnFolder(path: string, id: SampleState["id"]): OwnFolder {
  return {
    path,
    called: `sample ${sampleFolderName(id)}`,
    // In any spelling: some disks do not tell case apart.
    reserved: (name) =>
      name.toLowerCase() === "sample.json"
        ? "is written by pipe itself; values go there by setConfig and addStatistic"
        : name.toLowerCase() === "log.log"
          ? "is written by pipe itself; lines go there by log"
          : null,
  };
}

class SampleInHand implements DataSample {
  readonly id: number;
  readonly path: string;
  readonly #source: SampleSource;
  readonly #folder: OwnFolder;
  readonly #config: OwnValues;
  readonly #statistics: OwnValues;
  #random: Random | null = null;

  constructor(source: SampleSource) {
    this.id = source.state.id;
    this.path = source.path;
    this.#source = source;
    this.#folder = sampleOwnFolder(source.path, source.state.id);
    this.#config = new OwnValues(source.state.config, source.block);
    this.#statistics = new OwnValues(source.state.statistics, source.block);
  }

  get config(): ValuesByBlock {
    return this.#config.all();
  }

  get statistics(): ValuesByBlock {
    return this.#statistics.all();
  }

  get random(): Random {
    const { seed, block } = this.#source;
    this.#random ??= createRandom({ seed, sample: this.id, block });
    return this.#random;
  }

  setConfig(key: string, value: Json): void {
    const known = checkKey(key, "config");
    this.#config.set(known, jsonCopy(value, `config.${known}`));
  }

  addStatistic(key: string, value: Json): void {
    const known = checkKey(key, "statistics");
    this.#statistics.set(known, jsonCopy(value, `statistics.${known}`));
  }

  write(name: string, data: string | Uint8Array | ArrayBuffer | Json): string {
    return writeInto(this.#folder, name, contentOf(data, name));
  }

  read(name: string, as: "text"): string;
  read(name: string, as: "bytes"): Uint8Array;
  read(name: string, as: "json"): Json;
  read(name: `${string}.json`): Json;
  read(name: `${string}.txt` | `${string}.csv` | `${string}.obj` | `${string}.svg` | `${string}.md`): string;
  read(name: string, as?: ReadAs): string | Uint8Array | Json;
  read(name: string, as?: ReadAs): string | Uint8Array | Json {
    return contentFrom(readFrom(this.#folder, name), name, as);
  }

  log(line: string): void {
    appendLog(this.#source.logFile, this.#source.block, String(line));
  }

  file(name: string, place: SeriesPlace = {}): string {
    return seriesName(name, place);
  }

  files(pattern?: string): string[] {
    return filesIn(this.#folder, pattern ?? null);
  }

  serializationInfo(): SerializationInfo {
    return {
      id: this.id,
      config: this.config,
      statistics: this.statistics,
      files: this.files().map((path) => ({ path, sha256: sha256OfFile(`${this.path}/${path}`) })),
    };
  }

  changes(): SampleChanges {
    return { config: this.#config.own(), statistics: this.#statistics.own() };
  }
}

/** The values of all blocks with those of the running block in their place. */
class OwnValues {
  readonly #before: Readonly<Record<string, BlockValues>>;
  readonly #block: string;
  readonly #own = new Map<string, Json>();
  #all: ValuesByBlock | null = null;

  /** What the same block set in an earlier run does not shine through. */
  constructor(all: Readonly<Record<string, BlockValues>>, block: string) {
    const { [block]: _earlier, ...others } = all;
    this.#before = others;
    this.#block = block;
  }

  set(key: string, value: Json): void {
    this.#own.set(key, value);
    this.#all = null;
  }

  own(): JsonObject {
    return Object.freeze(Object.fromEntries(this.#own));
  }

  all(): ValuesByBlock {
    this.#all ??= deepFrozen(
      this.#own.size === 0 ? this.#before : { ...this.#before, [this.#block]: this.own() },
    );
    return this.#all;
  }
}
