// Samples of which every task has ended well before, and stands, apart from those that have to go through the run: of a
// hundred thousand that are as they were, nothing is scheduled, recorded or written one by one.
//
// Their files are looked at one after the other, which on a disk of this machine is quickest. Where the first ones show that a slow
// server answers, it is asked for many of them at once first.
import { join } from "node:path";
import type { SampleId } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";
import { sampleFolder, sampleRecordName } from "../rundir/layout.ts";
import { monotonic } from "../system/clock.ts";
import { lookAhead } from "../system/look-ahead.ts";
import { AnswerPace } from "./answer-pace.ts";
import type { RunCache } from "./run-cache.ts";

export interface PartedSamples {
  readonly standing: readonly SampleId[];
  readonly rest: readonly SampleId[];
}

export interface PartingInput {
  readonly cache: RunCache;
  /** Whether its sample.json may be missing, or say something else: then it is seen to by the ordinary way. */
  readonly isSuspect: (sample: SampleId) => boolean;
  readonly dataPath: string;
  /** Whether files are looked at at all. */
  readonly looks: boolean;
}

export async function partedSamples(plan: Plan, by: PartingInput): Promise<PartedSamples> {
  const standing: SampleId[] = [];
  const rest: SampleId[] = [];
  const blocks = plan.blocks.slice(0, plan.graph.sampleBlockCount).map(({ name }) => name);
  const files = (sample: SampleId): readonly string[] =>
    [sampleRecordName, ...by.cache.filesOf(sample, blocks)].map((path) =>
      join(sampleFolder(by.dataPath, sample), path),
    );
  const pace = new AnswerPace();
  for (let at = 0; at < plan.samples.length; at += atOnce) {
    const some = plan.samples.slice(at, at + atOnce);
    // Looking at a sample makes a few kilobytes of garbage, and nobody would collect it before it is as much as all that is kept.
    if (at > 0 && at % (atOnce * 80) === 0) Bun.gc(true);
    const since = monotonic();
    if (by.looks && pace.wantsAhead) await lookAhead(some.flatMap(files));
    for (const sample of some) {
      const stands = by.cache.stands(sample, plan.graph.sampleBlockCount) && !by.isSuspect(sample);
      (stands ? standing : rest).push(sample);
    }
    if (by.looks && !pace.isKnown) pace.took(monotonic() - since, some.flatMap(files).length);
  }
  return { standing, rest };
}

/** So many samples are looked at together. */
const atOnce = 256;

/** Those of the dataset that the plan leaves out. */
export function samplesBeside(plan: Plan, all: readonly SampleId[]): readonly SampleId[] {
  if (plan.samples.length === all.length) return [];
  const planned = new Set(plan.samples);
  return all.filter((sample) => !planned.has(sample));
}
