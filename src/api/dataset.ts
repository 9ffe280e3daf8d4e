// Makes what a block over the whole dataset sees. Samples are read when they are looked at: a block over a hundred
// thousand of them that needs one value each never holds them all.
import { join } from "node:path";
import { parseSampleFolderName, type SampleId, sampleFolderName } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import type { SampleState } from "../core/sample.ts";
import { parseSampleRecord } from "../core/sample-record.ts";
import { readText } from "../system/durable-file.ts";
import type { ValuesByBlock } from "./data-sample.ts";
import type { Dataset, DatasetSample } from "./dataset-view.ts";
import { contentFrom, contentOf, type ReadAs } from "./file-content.ts";
import { deepFrozen } from "./frozen.ts";
import { appendLog } from "./log-lines.ts";
import { filesIn, type OwnFolder, readFrom, writeInto } from "./own-folder.ts";
import { createRandom, type Random } from "./random.ts";
import { sampleOwnFolder } from "./sample.ts";

export interface DatasetSource {
  /** DATA_PATH, absolute. */
  readonly path: string;
  /** The valid samples, in order. */
  readonly valid: readonly SampleId[];
  /** The unique name of the running block. */
  readonly block: string;
  readonly seed: string | number;
  /** Where `log` appends, absolute. */
  readonly logFile: string;
}

export function openDataset(source: DatasetSource): { readonly dataset: Dataset } {
  return { dataset: new DatasetInHand(source) };
}

/** Files of DATA_PATH that pipe writes itself, and its folder. */
const own: ReadonlySet<string> = new Set([
  "statistics.csv",
  "configs.csv",
  "statistics.json",
  "configs.json",
  "history.jsonl",
]);

function reservedInDataset(name: string): string | null {
  const first = name.split("/")[0] ?? "";
  if (first.toLowerCase() === "runinfo") return "is in `runinfo`, which belongs to pipe";
  if (parseSampleFolderName(first) !== null) {
    return `is in the folder of sample ${first}; a block over the dataset writes beside the samples`;
  }
  return own.has(name.toLowerCase()) ? "is written by pipe itself" : null;
}

class DatasetInHand implements Dataset {
  readonly path: string;
  readonly samples: readonly DatasetSample[];
  readonly #source: DatasetSource;
  readonly #folder: OwnFolder;
  #random: Random | null = null;

  constructor(source: DatasetSource) {
    this.path = source.path;
    this.samples = Object.freeze(source.valid.map((id) => new FinishedSample(id, source.path)));
    this.#source = source;
    this.#folder = { path: source.path, called: "the dataset", reserved: reservedInDataset };
  }

  get random(): Random {
    const { seed, block } = this.#source;
    this.#random ??= createRandom({ seed, sample: null, block });
    return this.#random;
  }

  write(name: string, data: string | Uint8Array | ArrayBuffer | Json): string {
    return writeInto(this.#folder, name, contentOf(data, name));
  }

  log(line: string): void {
    appendLog(this.#source.logFile, this.#source.block, String(line));
  }
}

class FinishedSample implements DatasetSample {
  readonly id: number;
  readonly path: string;
  readonly #id: SampleId;
  #state: SampleState | null = null;

  constructor(id: SampleId, dataPath: string) {
    this.id = id;
    this.#id = id;
    this.path = join(dataPath, sampleFolderName(id));
  }

  get config(): ValuesByBlock {
    return this.#read().config;
  }

  get statistics(): ValuesByBlock {
    return this.#read().statistics;
  }

  read(name: string, as: "text"): string;
  read(name: string, as: "bytes"): Uint8Array;
  read(name: string, as: "json"): Json;
  read(name: `${string}.json`): Json;
  read(name: `${string}.txt` | `${string}.csv` | `${string}.obj` | `${string}.svg` | `${string}.md`): string;
  read(name: string, as?: ReadAs): string | Uint8Array | Json;
  read(name: string, as?: ReadAs): string | Uint8Array | Json {
    return contentFrom(readFrom(this.#folder(), name), name, as);
  }

  files(pattern?: string): string[] {
    return filesIn(this.#folder(), pattern ?? null);
  }

  #folder(): OwnFolder {
    return sampleOwnFolder(this.path, this.#id);
  }

  #read(): SampleState {
    if (this.#state !== null) return this.#state;
    const path = join(this.path, "sample.json");
    const text = readText(path);
    // It must not pass for a sample without values.
    if (text === "missing") throw new Error(`${path} is missing`);
    const parsed = parseSampleRecord(text, this.#id);
    switch (parsed.kind) {
      case "record":
        this.#state = deepFrozen(parsed.record.state);
        return this.#state;
      case "newer":
        throw new Error(`${path} was written by a newer pipe (format ${parsed.version})`);
      default:
        throw new Error(`${path} cannot be read: ${parsed.problem}`);
    }
  }
}
