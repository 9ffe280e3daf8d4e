// Says of a block, once, that no place is large enough for it: its tasks would wait for ever in silence.
import type { RunEventBody } from "../core/events.ts";
import type { BlockName } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";
import type { Stuck } from "../scheduler/waiting.ts";

export interface StuckTelling {
  readonly plan: Plan;
  readonly stuck: () => readonly Stuck[];
  readonly record: (event: RunEventBody) => void;
}

export function stuckTold({ plan, stuck, record }: StuckTelling): () => void {
  const said = new Set<BlockName>();
  return () => {
    for (const { blockIndex, queued } of stuck()) {
      const name = plan.blocks[blockIndex]?.name;
      if (name === undefined || said.has(name)) continue;
      said.add(name);
      const message = `${name} asks for more than any place has, so its tasks wait (${queued} by now)`;
      const hint = `lower its cpus, memory or gpus: \`[blocks.${name}]\` in pipe.toml`;
      record({ kind: "warning", message, hint });
    }
  };
}
