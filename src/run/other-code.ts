// Which part of a run's plan has results that were made by another code than that of now: only there can changed code cost
// anything. A start over a hundred thousand samples asks this each time, so where all is as it was nothing is looked at one by
// one; and a result that nothing will ever reach again, behind an issue, costs no more than its own sample at each start.
import type { BlockKey } from "../cache/key.ts";
import type { Memory } from "../cache/memory.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import { createPlan, type Plan } from "../plan/plan.ts";

/** Null: there are no such results. */
export function planOfOtherCode(
  memory: Memory,
  plan: Plan,
  keys: ReadonlyMap<BlockName, BlockKey>,
): Plan | null {
  const found = new Set<SampleId>();
  for (const { name, scope } of plan.blocks) {
    const key = keys.get(name);
    if (key === undefined || !memory.hasOtherCode(name, key.code)) continue;
    // Whether code alone makes it run depends on every sample.
    if (scope === "dataset") return plan;
    for (const sample of memory.samplesOfOtherCode(name, key.code)) if (sample !== null) found.add(sample);
  }
  const samples = plan.samples.filter((sample) => found.has(sample));
  return samples.length === 0 ? null : createPlan(plan.blocks, samples);
}
