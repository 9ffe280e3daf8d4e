// Samples of which every task has ended well before, and stands, apart from those that have to go through the run: of a
// hundred thousand that are as they were, nothing is scheduled, recorded or written one by one.
import { existsSync } from "node:fs";
import type { SampleId } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";
import { sampleRecordPath } from "../rundir/layout.ts";
import type { RunCache } from "./run-cache.ts";

export interface PartedSamples {
  readonly standing: readonly SampleId[];
  readonly rest: readonly SampleId[];
}

export function partedSamples(
  plan: Plan,
  by: { readonly cache: RunCache; readonly dataPath: string },
): PartedSamples {
  const standing: SampleId[] = [];
  const rest: SampleId[] = [];
  for (const sample of plan.samples) {
    // A sample.json that somebody removed is written again, by the ordinary way.
    const stands =
      by.cache.stands(sample, plan.graph.sampleBlockCount) &&
      existsSync(sampleRecordPath(by.dataPath, sample));
    (stands ? standing : rest).push(sample);
  }
  return { standing, rest };
}
