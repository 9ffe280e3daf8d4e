// What is known of the samples of this run: each task's values are added as it ends, and a sample that has come to
// rest is written to its sample.json. Only the launcher writes these files: two blocks of one sample may run at once,
// and a late attempt must not write over what counts.
import type { BlockName, SampleId } from "../core/ids.ts";
import {
  freshSample,
  type SampleChanges,
  type SampleEnding,
  type SampleState,
  withChanges,
  withIssue,
} from "../core/sample.ts";
import { parseSampleRecord, type SampleRecord, sampleRecordText } from "../core/sample-record.ts";
import { sampleRecordPath } from "../rundir/layout.ts";
import { publish, readText } from "../system/durable-file.ts";

export class SampleStore {
  readonly #dataPath: string;
  readonly #samples: readonly SampleId[];
  readonly #order: readonly BlockName[];
  readonly #states: (SampleState | undefined)[];

  /** `order`: the pipeline's blocks, in which values are written. All samples begin with nothing known. */
  constructor(dataPath: string, samples: readonly SampleId[], order: readonly BlockName[]) {
    this.#dataPath = dataPath;
    this.#samples = samples;
    this.#order = order;
    this.#states = new Array(samples.length);
  }

  /** What the next block of this sample sees. `index` is the sample's place in the plan. */
  state(index: number): SampleState {
    const known = this.#states[index];
    if (known !== undefined) return known;
    const id = this.#samples[index];
    if (id === undefined) throw new RangeError(`no sample ${index} in a plan of ${this.#samples.length}`);
    return freshSample(id);
  }

  apply(index: number, block: BlockName, changes: SampleChanges): void {
    this.#states[index] = withChanges(this.state(index), block, changes);
  }

  stop(index: number, block: BlockName, message: string): void {
    this.#states[index] = withIssue(this.state(index), { block, message });
  }

  /** The sample has come to rest: its sample.json is written, whole or not at all. */
  settle(index: number, ending: SampleEnding): void {
    writeSampleRecord(this.#dataPath, { state: this.state(index), ending }, this.#order);
    // Read again from the folder by whoever needs it: a hundred thousand of them are not kept.
    this.#states[index] = undefined;
  }
}

export function writeSampleRecord(dataPath: string, record: SampleRecord, order: readonly BlockName[]): void {
  const path = sampleRecordPath(dataPath, record.state.id);
  publish(path, sampleRecordText(record, order), { durability: "unsynced" });
}

/** What sample.json says, or null where there is none that can be used: such a sample has not come to rest yet. */
export function readSampleRecord(dataPath: string, id: SampleId): SampleRecord | null {
  const text = readText(sampleRecordPath(dataPath, id));
  if (text === "missing") return null;
  const parsed = parseSampleRecord(text, id);
  return parsed.kind === "record" ? parsed.record : null;
}
