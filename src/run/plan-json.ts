// plan.json: what a run was to do, before it did anything. For people, and for workers that start without a launcher.
import { rangesOf } from "../core/sample-ranges.ts";
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
