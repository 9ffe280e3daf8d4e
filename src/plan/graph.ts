// Which block waits for which. Without one answer to that, the scheduler, the cache and the report would each
// read `after` in their own way, and two blocks could write into a sample's folder at once with nobody able to
// say whose file is whose.

import type { BlockSpec } from "../core/block.ts";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";

/** Blocks are named by their position in the list. */
export interface BlockGraph {
  /** Blocks 0 … sampleBlockCount-1 run once per sample; those behind them once over the dataset, one after another. */
  readonly sampleBlockCount: number;
  /** Per block, ascending: the blocks that must be done before it. Nothing that follows from another edge is listed. */
  readonly predecessors: readonly (readonly number[])[];
  readonly successors: readonly (readonly number[])[];
  /** Per block, ascending: all blocks that are surely done before it. What others do at the same time it must not see. */
  readonly ancestors: readonly (readonly number[])[];
  /** Pairs that `after` would let run side by side, kept in order because not both declare their `outputs`. */
  readonly keptInOrder: readonly { readonly before: number; readonly after: number }[];
}

/** Throws a Refusal with every mistake that was found in the list and its `after`s. */
export function blockGraph(specs: readonly BlockSpec[]): BlockGraph {
  const mistakes = [...mistakesInList(specs), ...mistakesInAfter(specs)];
  if (mistakes.length > 0) throw refuse(...mistakes);

  const sampleBlockCount = specs.filter((spec) => spec.scope === "sample").length;
  const ancestors: bigint[] = [];
  const predecessors: number[][] = [];
  const keptInOrder: { before: number; after: number }[] = [];
  specs.forEach((spec, block) => {
    const before =
      block < sampleBlockCount
        ? declaredPredecessors(specs, block)
        : // A chain of their own: a dataset block may write anywhere, so no two run at once whatever `after` says.
          previousOf(block, sampleBlockCount);
    let above = before.reduce((all, p) => all | closure(ancestors, p), 0n);
    for (let other = block - 1; block < sampleBlockCount && other >= 0; other--) {
      const sideBySide = (above & bit(other)) === 0n;
      if (!sideBySide || (spec.outputs !== null && specs[other]?.outputs !== null)) continue;
      keptInOrder.push({ before: other, after: block });
      before.push(other);
      above |= closure(ancestors, other);
    }
    ancestors.push(above);
    predecessors.push(withoutImplied(before, ancestors));
  });
  const successors = reversed(predecessors);
  return { sampleBlockCount, predecessors, successors, ancestors: ancestors.map(blocksIn), keptInOrder };
}

const bit = (block: number): bigint => 1n << BigInt(block);
const closure = (ancestors: readonly bigint[], block: number): bigint =>
  (ancestors[block] ?? 0n) | bit(block);
const previousOf = (block: number, first: number): number[] => (block > first ? [block - 1] : []);

function blocksIn(set: bigint): number[] {
  const blocks: number[] = [];
  for (let block = 0; set >> BigInt(block) !== 0n; block++) if ((set & bit(block)) !== 0n) blocks.push(block);
  return blocks;
}

function declaredPredecessors(specs: readonly BlockSpec[], block: number): number[] {
  const after = specs[block]?.after ?? null;
  if (after === null) return previousOf(block, 0);
  return [...new Set(after)].map((name) => specs.findIndex((spec) => spec.name === name));
}

function withoutImplied(before: readonly number[], ancestors: readonly bigint[]): number[] {
  return before
    .filter((p) => !before.some((q) => q !== p && ((ancestors[q] ?? 0n) & bit(p)) !== 0n))
    .sort((a, b) => a - b);
}

function reversed(predecessors: readonly (readonly number[])[]): number[][] {
  const successors: number[][] = predecessors.map(() => []);
  predecessors.forEach((before, block) => {
    for (const p of before) successors[p]?.push(block);
  });
  return successors;
}

function mistakesInList(specs: readonly BlockSpec[]): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  if (specs.length === 0) {
    mistakes.push(
      diagnostic("no-blocks", "the pipeline has no blocks", {
        hint: "append one: `new Pipeline().append(new MyBlock())`",
      }),
    );
  }
  const seen = new Set<string>();
  let datasetBlock: BlockSpec | null = null;
  for (const spec of specs) {
    if (seen.has(spec.name)) {
      mistakes.push(diagnostic("block-name-twice", `two blocks have the name \`${spec.name}\``));
    }
    seen.add(spec.name);
    if (spec.scope === "dataset") datasetBlock ??= spec;
    else if (datasetBlock !== null) {
      mistakes.push(
        diagnostic(
          "sample-block-behind-dataset-block",
          `\`${spec.name}\` works on samples but stands behind \`${datasetBlock.name}\`, which works on the dataset`,
          {
            notes: [
              "a dataset block runs once, after every sample has ended: no sample is left for a block behind it",
            ],
            hint: `append \`${spec.name}\` before \`${datasetBlock.name}\``,
          },
        ),
      );
    }
  }
  return mistakes;
}

function mistakesInAfter(specs: readonly BlockSpec[]): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  specs.forEach((spec, block) => {
    for (const name of new Set(spec.after ?? [])) {
      const target = specs.findIndex((other) => other.name === name);
      if (target < 0) mistakes.push(unknownBlock(specs, spec, name));
      else if (name === spec.name) {
        mistakes.push(diagnostic("block-after-itself", `\`${spec.name}\` names itself in \`after\``));
      } else if (target > block) mistakes.push(laterBlock(specs, block, target));
    }
  });
  return mistakes;
}

function unknownBlock(specs: readonly BlockSpec[], spec: BlockSpec, name: string): Diagnostic {
  const known = specs.map((other) => other.name).filter((other) => other !== spec.name);
  const near = nearest(name, known);
  return diagnostic(
    "unknown-block",
    `\`${spec.name}\` names \`${name}\` in \`after\`, and there is no such block`,
    near === null ? { notes: [`known blocks: ${known.join(", ")}`] } : { hint: `did you mean \`${near}\`?` },
  );
}

function laterBlock(specs: readonly BlockSpec[], block: number, target: number): Diagnostic {
  const name = (index: number): string => `\`${specs[index]?.name}\``;
  const circle = wayBack(specs, target, block);
  const notes =
    circle === null
      ? []
      : ["these blocks would wait for each other:"].concat(
          [[block, target] as const, ...circle].map(
            ([from, to]) =>
              `  ${name(from)} after ${name(to)}${specs[from]?.after === null ? " (the block before it in the list)" : ""}`,
          ),
        );
  return diagnostic(
    "block-after-later",
    `${name(block)} names ${name(target)} in \`after\`, which comes later in the list`,
    { notes, hint: `\`after\` may name earlier blocks only: append ${name(target)} before ${name(block)}` },
  );
}

/** The shortest way along `after` from one block to another, edge by edge; null where there is none. */
function wayBack(
  specs: readonly BlockSpec[],
  from: number,
  to: number,
): (readonly [number, number])[] | null {
  const cameFrom = new Map<number, number>();
  const frontier = [from];
  for (let block = frontier.shift(); block !== undefined; block = frontier.shift()) {
    if (block === to) {
      const way: (readonly [number, number])[] = [];
      for (let at = to; at !== from; ) {
        const earlier = cameFrom.get(at) ?? from;
        way.unshift([earlier, at]);
        at = earlier;
      }
      return way;
    }
    for (const next of declaredPredecessors(specs, block)) {
      if (next < 0 || next === from || cameFrom.has(next)) continue;
      cameFrom.set(next, block);
      frontier.push(next);
    }
  }
  return null;
}
