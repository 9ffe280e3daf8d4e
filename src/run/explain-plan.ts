// Which tasks `pipe explain` is about: all that a run would have, or the one of a block on a sample with the others of this sample,
// since they decide about it.
import type { BlockSpec } from "../core/block.ts";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import { rangesOf } from "../core/sample-ranges.ts";
import { createPlan, type Plan } from "../plan/plan.ts";
import { blocksUntil, knownBlocks } from "../plan/selection.ts";
import { samplesOf } from "./dataset-samples.ts";
import { type CheckedRequest, planFor } from "./prepare.ts";

export interface AskedTask {
  /** As it was written; null: all blocks. */
  readonly block: string | null;
  readonly sample: SampleId | null;
}

export interface ExplainPlan {
  readonly plan: Plan;
  /** Null: all of them. */
  readonly block: BlockSpec["name"] | null;
  /** Whether one single task was asked for. */
  readonly one: boolean;
}

/** @throws Refusal where the block or the sample is not there. */
export function planToExplain(checked: CheckedRequest, asked: AskedTask): ExplainPlan {
  const { specs } = checked;
  if (asked.block === null) return { plan: planFor(checked).plan, block: null, one: false };
  const [block] = knownBlocks(specs, "pipe explain", [asked.block]);
  const spec = specs.find(({ name }) => name === block);
  if (spec === undefined) throw new Error(`a known block without a specification: ${asked.block}`);
  const { sample } = asked;
  if (sample === null) {
    return { plan: planFor(checked).plan, block: spec.name, one: spec.scope === "dataset" };
  }
  if (spec.scope === "dataset") {
    throw refuse(
      diagnostic("dataset-block", `\`${spec.name}\` is over the whole dataset, not over one sample`, {
        hint: `\`pipe explain ${spec.name}\` tells of it, without a sample`,
      }),
    );
  }
  refuseUnknownSample(checked.settings.dataPath, sample);
  return { plan: createPlan(blocksAround(checked, spec), [sample]), block: spec.name, one: true };
}

/** Blocks behind it decide, too, where they write over what it left. */
function blocksAround({ specs, settings }: CheckedRequest, spec: BlockSpec): readonly BlockSpec[] {
  const planned = blocksUntil(specs, settings.until);
  const blocks = planned.includes(spec) ? planned : blocksUntil(specs, spec.name);
  return blocks.filter(({ scope }) => scope === "sample");
}

function refuseUnknownSample(dataPath: string, sample: SampleId): void {
  const existing = samplesOf(dataPath);
  if (existing.includes(sample)) return;
  throw refuse(
    diagnostic("unknown-sample", `there is no sample ${sampleFolderName(sample)} in \`${dataPath}\``, {
      notes: existing.length === 0 ? ["the dataset has no samples"] : [`it has ${rangesOf(existing)}`],
      hint: `new samples are made with \`pipe run --start_sample ${sample} --num_samples 1\``,
    }),
  );
}
