// What is known of the samples of this run: each task's values are added as it ends, and a sample that has come to
// rest is written to its sample.json. Only the launcher writes these files: two blocks of one sample may run at once,
// and a late attempt must not write over what counts.
import { dirname } from "node:path";
import { diagnostic, type Refusal, unable } from "../core/diagnostic.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import {
  type BlockValues,
  freshSample,
  type SampleChanges,
  type SampleEnding,
  type SampleState,
  withChanges,
  withIssue,
} from "../core/sample.ts";
import {
  parseSampleRecord,
  type SampleRecord,
  sampleRecordText,
  sampleRecordVersion,
} from "../core/sample-record.ts";
import { sampleRecordPath } from "../rundir/layout.ts";
import { publish, readText } from "../system/durable-file.ts";
import { isFileError } from "../system/file-error.ts";
import { inLateFolder } from "../system/late-folder.ts";

export interface SampleStoreOptions {
  readonly dataPath: string;
  /** Those of the plan. */
  readonly samples: readonly SampleId[];
  /** The pipeline's blocks, in the order in which their values are written. */
  readonly order: readonly BlockName[];
  /** Whether samples in which nothing runs are written anew all the same. */
  readonly rewriteAll: boolean;
  /** Whether the run is over all blocks: only then is all known that a sample.json is to say. */
  readonly allBlocks: boolean;
  /** Whether a sample.json may say something else than when it was written, or is missing. */
  readonly isSuspect: (sample: SampleId) => boolean;
  /** Called before a sample is written of which not all blocks have ended. */
  readonly onUnfinished: () => void;
  /** A sample.json said something else than what is known, although nothing ran, and was written again. */
  readonly onPutRight: (sample: SampleId) => void;
  /** A sample.json was written. */
  readonly onWritten?: (sample: SampleId) => void;
}

export class SampleStore {
  readonly #options: SampleStoreOptions;
  /** All samples begin with nothing known. */
  readonly #states: (SampleState | undefined)[];
  /** 1 for a sample of which something is known now that its sample.json does not say. */
  readonly #changed: Uint8Array;

  constructor(options: SampleStoreOptions) {
    this.#options = options;
    this.#states = new Array(options.samples.length);
    this.#changed = new Uint8Array(options.samples.length).fill(options.rewriteAll ? 1 : 0);
  }

  /**
   * What a block of this sample sees: what the blocks in `visible` set. Others may be running at the same time, and what
   * they have said by now is chance. `index` is the sample's place in the plan.
   */
  stateFor(index: number, visible: readonly BlockName[]): SampleState {
    const state = this.#state(index);
    return { ...state, config: only(state.config, visible), statistics: only(state.statistics, visible) };
  }

  /** A task has just set this. */
  apply(index: number, block: BlockName, changes: SampleChanges): void {
    this.#states[index] = withChanges(this.#state(index), block, changes);
    this.#changed[index] = 1;
  }

  /** A task set this in an earlier run, and it stands. */
  recall(index: number, block: BlockName, changes: SampleChanges): void {
    this.#states[index] = withChanges(this.#state(index), block, changes);
  }

  stop(index: number, block: BlockName, message: string): void {
    this.#states[index] = withIssue(this.#state(index), { block, message });
  }

  /** The sample has come to rest: its sample.json is written, whole or not at all, unless it says the same already. */
  settle(index: number, ending: SampleEnding): void {
    const { dataPath, order, onUnfinished, onPutRight } = this.#options;
    const state = this.#state(index);
    const isNews = this.#changed[index] === 1 || ending === "failed";
    // Read again from the folder by whoever needs it: a hundred thousand of them are not kept.
    this.#states[index] = undefined;
    if (isNews && ending === "unfinished") onUnfinished();
    const record = { state, ending };
    const there = isNews ? "outdated" : this.#there(record);
    if (there === "as-it-should") return;
    writeSampleRecord(dataPath, record, order);
    this.#options.onWritten?.(state.id);
    if (there === "different") onPutRight(state.id);
  }

  /** @throws Refusal where a newer pipe has written it: taken for different, it would be written over. */
  #there(record: SampleRecord): "as-it-should" | "missing" | "different" {
    const { dataPath, order, allBlocks, isSuspect } = this.#options;
    const { id } = record.state;
    if (!isSuspect(id)) return "as-it-should";
    const text = textOf(sampleRecordPath(dataPath, id));
    if (text === "missing") return "missing";
    if (!allBlocks || record.ending === "unfinished" || text === sampleRecordText(record, order))
      return "as-it-should";
    readSampleRecord(dataPath, id);
    return "different";
  }

  #state(index: number): SampleState {
    const known = this.#states[index];
    if (known !== undefined) return known;
    const id = this.#options.samples[index];
    if (id === undefined) throw new RangeError(`no sample ${index} in a plan of ${this.#states.length}`);
    return freshSample(id);
  }
}

function only(values: SampleState["config"], visible: readonly BlockName[]): SampleState["config"] {
  const kept: Record<string, BlockValues> = {};
  for (const block of visible) {
    const set = values[block];
    if (set !== undefined) kept[block] = set;
  }
  return kept;
}

export function writeSampleRecord(dataPath: string, record: SampleRecord, order: readonly BlockName[]): void {
  const path = sampleRecordPath(dataPath, record.state.id);
  const text = sampleRecordText(record, order);
  inLateFolder(dirname(path), () => publish(path, text, { durability: "unsynced" }));
}

/**
 * What sample.json says, or null where there is none that can be used: such a sample has not come to rest yet.
 * @throws Refusal where a newer pipe has written it: taken for none, it would be written over.
 */
export function readSampleRecord(dataPath: string, id: SampleId): SampleRecord | null {
  const path = sampleRecordPath(dataPath, id);
  const text = textOf(path);
  if (text === "missing") return null;
  const parsed = parseSampleRecord(text, id);
  if (parsed.kind === "newer") throw newerSample(path, parsed.version);
  return parsed.kind === "record" ? parsed.record : null;
}

function newerSample(path: string, version: number): Refusal {
  return unable(
    diagnostic("newer-sample", `\`${path}\` was written by a newer pipe`, {
      notes: [`it is of version ${version}, this pipe knows ${sampleRecordVersion}`],
      hint: "use the pipe that wrote it, or another `--data_path`",
    }),
  );
}

/** One sample that cannot be looked into is no reason to do without all the others. */
function textOf(path: string): string | "missing" {
  try {
    return readText(path);
  } catch (error) {
    if (!isFileError(error, "denied", "wrong-kind")) throw error;
    return "missing";
  }
}
