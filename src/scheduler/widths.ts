// How many tasks with the same needs run side by side in one sample at most. Without it a chain of ten blocks would
// look like work for ten places.

import type { Layout } from "./layout.ts";
import type { NeedClasses } from "./needs.ts";

/** By class of needs: how many of its tasks can run side by side at most, in one sample and over the dataset. */
export interface Widths {
  readonly sample: readonly number[];
  readonly dataset: readonly number[];
}

export function widthsOf(layout: Layout, classes: NeedClasses): Widths {
  const above = ancestors(layout);
  const width = (needClass: number, scope: "sample" | "dataset"): number =>
    chains(
      classes.classOf.flatMap((c, block) =>
        c === needClass && layout.scopeOf(block) === scope ? [block] : [],
      ),
      above,
    );
  return {
    sample: classes.needs.map((_, c) => width(c, "sample")),
    dataset: classes.needs.map((_, c) => width(c, "dataset")),
  };
}

function ancestors(layout: Layout): readonly ReadonlySet<number>[] {
  const above: Set<number>[] = [];
  for (let block = 0; block < layout.blockCount; block++) {
    const its = new Set<number>();
    for (const before of layout.predecessors(block)) {
      its.add(before);
      for (const other of above[before] ?? []) its.add(other);
    }
    above.push(its);
  }
  return above;
}

/**
 * Into how many chains, each block after the one before it, these blocks can be laid: no more of them than chains
 * run side by side. Laid as they come, which for unusual graphs takes a chain too many: that errs on the safe side.
 */
function chains(blocks: readonly number[], above: readonly ReadonlySet<number>[]): number {
  const ends: number[] = [];
  for (const block of blocks) {
    const chain = ends.findIndex((end) => above[block]?.has(end));
    if (chain < 0) ends.push(block);
    else ends[chain] = block;
  }
  return ends.length;
}
