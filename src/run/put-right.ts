// sample.json is a result like any other, and what is remembered of it counts: a value that somebody wrote into it would stand in
// the tables while the blocks are given another one, and a sample without one would be missing there. It is written again, and said
// by name.
import type { Memory } from "../cache/memory.ts";
import { wholeChain } from "../cache/whole-chain.ts";
import type { BlockSpec } from "../core/block.ts";
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import { freshSample, withChanges } from "../core/sample.ts";
import { type SampleRecord, sampleRecordText } from "../core/sample-record.ts";
import { blockGraph } from "../plan/graph.ts";
import { isFileError } from "../system/file-error.ts";
import { sampleShape } from "./judging.ts";
import { readSampleRecord, writeSampleRecord } from "./sample-store.ts";

/**
 * For samples that a run is not over; where not all of their blocks are remembered to have ended well, or not on one another, what
 * is there is believed. Returns those that it wrote again.
 */
export function putRight(
  dataPath: string,
  samples: readonly SampleId[],
  by: { readonly memory: Memory; readonly specs: readonly BlockSpec[] },
): readonly SampleId[] {
  const order = by.specs.map(({ name }) => name);
  const shape = sampleShape(order, blockGraph(by.specs));
  return samples.filter((sample) => {
    const record = readSampleRecord(dataPath, sample);
    const remembered = isBelieved(record) ? null : wholeChain(sample, { memory: by.memory, shape });
    if (remembered === null) return false;
    const ending = "valid";
    let state = record?.ending === ending ? record.state : freshSample(sample);
    for (const { block, changes } of remembered) state = withChanges(state, block, changes);
    const text = record === null ? null : sampleRecordText(record, order);
    if (sampleRecordText({ state, ending }, order) === text) return false;
    return written(() => writeSampleRecord(dataPath, { state, ending }, order));
  });
}

/** Whether a sample counts as valid once `putRight` has looked at it; `isWhole`: all of it is remembered to have ended well. */
export function isValidOnceRight(
  dataPath: string,
  sample: SampleId,
  isWhole: (sample: SampleId) => boolean,
): boolean {
  const record = readSampleRecord(dataPath, sample);
  return record?.ending === "valid" || (!isBelieved(record) && isWhole(sample));
}

/** A run has stopped it on purpose, whatever is remembered of the blocks behind. */
const isBelieved = (record: SampleRecord | null): boolean => record?.ending === "unfinished";

function written(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    // One sample that cannot be written is no reason to do without the others.
    if (!isFileError(error, "denied", "wrong-kind")) throw error;
    return false;
  }
}

const mostTold = 5;

export function putRightWarning(samples: readonly SampleId[]): {
  readonly message: string;
  readonly hint: string;
} {
  const sorted = samples.toSorted((a, b) => a - b);
  const named = sorted.slice(0, mostTold).map(sampleFolderName).join(", ");
  const more = sorted.length > mostTold ? ` and ${sorted.length - mostTold} more` : "";
  return {
    message: `sample.json of ${named}${more} said something else than what is remembered of it, and was written again`,
    hint: "a value that somebody writes into it counts for nothing: values come from blocks",
  };
}
