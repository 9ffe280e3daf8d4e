// How many tasks could run at once if there were places without end. Summed up from counts by block, because it is
// asked for after every event.

import type { Demand } from "../core/demand.ts";
import type { Parts } from "./parts.ts";
import { state } from "./task-table.ts";

/** One for each class of needs, in an order that stays. `closed`: nothing new is begun any more. */
export function demand(parts: Parts, doors: "open" | "closed"): readonly Demand[] {
  const { layout, rows, classes, widths } = parts;
  const samplesLeft = layout.sampleCount - rows.endedSamples;
  const counts = classes.needs.map(() => ({
    sample: { ready: 0, later: 0 },
    dataset: { ready: 0, later: 0 },
  }));
  for (let block = 0; block < layout.blockCount; block++) {
    const of = counts[classes.classOf[block] ?? -1]?.[layout.scopeOf(block)];
    if (of === undefined) throw new Error(`block ${block} is of no class: this is a bug`);
    of.ready += readyOf(parts, block, doors);
    of.later += laterOf(parts, block, doors);
  }
  return counts.map(({ sample, dataset }, c) => {
    const { cpus, memory, gpus, time } = classes.resources[c] ?? nothingKnown(c);
    return {
      ...{ kindOfPlace: classes.kinds[c] ?? 0, cpus, memory, gpus, time },
      ready: sample.ready + dataset.ready,
      ahead:
        aheadOf(sample, (widths.sample[c] ?? 0) * samplesLeft) + aheadOf(dataset, widths.dataset[c] ?? 0),
    };
  });
}

/** Both bounds hold: no more than there are, and no more than run side by side, less those that are ready already. */
const aheadOf = ({ ready, later }: { ready: number; later: number }, sideBySide: number): number =>
  Math.max(0, Math.min(later, sideBySide - ready));

function readyOf({ tasks }: Parts, block: number, doors: "open" | "closed"): number {
  const held = tasks.count(block, state.assigned) + tasks.count(block, state.running);
  return doors === "open" ? held + tasks.count(block, state.queued) : held;
}

function laterOf({ tasks }: Parts, block: number, doors: "open" | "closed"): number {
  if (doors === "closed") return 0;
  return (
    tasks.count(block, state.waiting) + tasks.count(block, state.ready) + tasks.count(block, state.judging)
  );
}

function nothingKnown(needClass: number): never {
  throw new Error(`nothing is known of class ${needClass}: this is a bug`);
}
