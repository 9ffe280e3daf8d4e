// `--statistics_only`: the tables of the dataset from its samples' records, without running anything. For whoever copied samples
// together, or stopped a run before its end.
import { lookAtCheckpoint } from "../cache/checkpoint.ts";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import type { SampleId } from "../core/ids.ts";
import { openDataset } from "../rundir/create.ts";
import { onDataset } from "../rundir/dataset-refusal.ts";
import { configsCsv, statisticsCsv } from "../rundir/layout.ts";
import { validSamplesOf, writeTables } from "./aggregate.ts";
import { samplesOf } from "./dataset-samples.ts";
import { lockDataset } from "./lock-dataset.ts";
import type { CheckedRequest } from "./prepare.ts";
import { putRight } from "./put-right.ts";

export interface WrittenStatistics {
  readonly dataset: string;
  readonly samples: number;
  /** The tables are made of these. */
  readonly valid: number;
  readonly files: readonly string[];
  /** Their records said something else than what is remembered, and were written again. */
  readonly rewritten: readonly SampleId[];
}

/** @throws Refusal where there are no samples, or a run is going on. */
export function writeStatistics(
  { settings, specs }: Pick<CheckedRequest, "settings" | "specs">,
  commandLine: readonly string[],
): WrittenStatistics {
  const { dataPath } = settings;
  const samples = onDataset(dataPath, () => samplesOf(dataPath)).length;
  if (samples === 0) throw refuse(noSamples(dataPath));
  // Samples that were copied together have no runinfo/ yet, where the lock lies.
  openDataset(dataPath);
  const lock = lockDataset(dataPath, commandLine);
  try {
    const order = specs.map(({ name }) => name);
    const { memory } = lookAtCheckpoint(dataPath, order);
    return onDataset(dataPath, () => {
      const rewritten = putRight(dataPath, samplesOf(dataPath), { memory, specs });
      const valid = validSamplesOf(dataPath);
      writeTables(dataPath, valid, order);
      const files = [statisticsCsv(dataPath), configsCsv(dataPath)];
      return { dataset: dataPath, samples, valid: valid.length, files, rewritten };
    });
  } finally {
    lock.release();
  }
}

const noSamples = (dataPath: string): Diagnostic =>
  diagnostic("no-samples", `the dataset \`${dataPath}\` has no samples`, {
    hint: "name another dataset with `--data_path`, or make samples: `pipe run --num_samples 10`",
  });
