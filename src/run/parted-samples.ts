// Samples of which every task has ended well before, and stands, apart from those that have to go through the run: of a
// hundred thousand that are as they were, nothing is scheduled, recorded or written one by one.
import type { SampleId } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";
import type { RunCache } from "./run-cache.ts";

export interface PartedSamples {
  readonly standing: readonly SampleId[];
  readonly rest: readonly SampleId[];
}

export function partedSamples(
  plan: Plan,
  by: {
    readonly cache: RunCache;
    /** Whether its sample.json may be missing, or say something else: then it is seen to by the ordinary way. */
    readonly isSuspect: (sample: SampleId) => boolean;
  },
): PartedSamples {
  const standing: SampleId[] = [];
  const rest: SampleId[] = [];
  for (const [index, sample] of plan.samples.entries()) {
    // Looking at a sample makes a few kilobytes of garbage, and nobody would collect it before it is as much as all that is kept.
    if (index % manySamples === manySamples - 1) Bun.gc(true);
    const stands = by.cache.stands(sample, plan.graph.sampleBlockCount) && !by.isSuspect(sample);
    (stands ? standing : rest).push(sample);
  }
  return { standing, rest };
}

const manySamples = 20_000;

/** Those of the dataset that the plan leaves out. */
export function samplesBeside(plan: Plan, all: readonly SampleId[]): readonly SampleId[] {
  if (plan.samples.length === all.length) return [];
  const planned = new Set(plan.samples);
  return all.filter((sample) => !planned.has(sample));
}
