// Of blocks that run side by side on one sample each sees the other's files appear. They declare their outputs for that
// reason: what a sibling has declared, and the block itself has not, is the sibling's.
import type { BlockSpec } from "../core/block.ts";
import type { Manifest } from "../core/manifest.ts";
import type { BlockGraph } from "../plan/graph.ts";

/** What a task of the block itself left, of all that was seen to change while it ran. `block`: its position in the list. */
export type OwnFiles = (block: number, seen: Manifest) => Manifest;

export function ownFiles(specs: readonly BlockSpec[], graph: BlockGraph): OwnFiles {
  const patterns = specs.map(({ outputs, optionalOutputs }) =>
    [...(outputs ?? []), ...(optionalOutputs ?? [])].map((pattern) => new Bun.Glob(pattern)),
  );
  const declares = (block: number, path: string): boolean =>
    (patterns[block] ?? []).some((glob) => glob.match(path));
  const siblings = specs.map((_, block) => sideBySide(block, graph));
  return (block, seen) => {
    const others = siblings[block] ?? [];
    if (others.length === 0) return seen;
    const isOwn = (path: string) => declares(block, path) || !others.some((other) => declares(other, path));
    return {
      files: seen.files.filter(({ path }) => isOwn(path)),
      removed: seen.removed.filter(isOwn),
      found: seen.found.filter(isOwn),
    };
  };
}

function sideBySide(block: number, { ancestors, sampleBlockCount }: BlockGraph): readonly number[] {
  if (block >= sampleBlockCount) return [];
  const all = Array.from({ length: sampleBlockCount }, (_, other) => other);
  return all.filter(
    (other) =>
      other !== block &&
      ancestors[block]?.includes(other) !== true &&
      ancestors[other]?.includes(block) !== true,
  );
}
