// plan.json: what a run was to do, before it did anything. For people, and for workers that start without a launcher.
import type { SampleId } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";

export function planJson(plan: Plan): string {
  const { blocks, graph, samples, taskCount } = plan;
  return `${JSON.stringify(
    {
      format: "pipe-plan",
      version: 1,
      tasks: taskCount,
      // A task's number is sample index × sample blocks + block; those of dataset blocks come last.
      sample_blocks: graph.sampleBlockCount,
      blocks: blocks.map((block, index) => ({ ...block, predecessors: graph.predecessors[index] ?? [] })),
      samples: rangesOf(samples),
    },
    null,
    1,
  )}\n`;
}

/** `0-99,120`: a hundred thousand numbers are no reading for anybody. `samples` ascend. */
export function rangesOf(samples: readonly SampleId[]): string {
  const parts: string[] = [];
  let first = samples[0];
  for (const [index, sample] of samples.entries()) {
    if (first === undefined || samples[index + 1] === sample + 1) continue;
    parts.push(first === sample ? `${first}` : `${first}-${sample}`);
    first = samples[index + 1];
  }
  return parts.join(",");
}
