// What tasks need and workers have, as whole numbers. Cores are counted in thousandths: taking and giving back
// 0.1 core a million times must end where it began, or a worker would slowly lose its last core.

import type { Capacity, Resources } from "../core/resources.ts";

export interface Amounts {
  /** Thousandths of a core, of a GPU. */
  readonly cpus: number;
  readonly gpus: number;
  /** Bytes; a need that is not counted is 0, a capacity that is not counted is infinite. */
  readonly memory: number;
}

const thousandths = (count: number): number => Math.round(count * 1000);

export function needOf(resources: Resources): Amounts {
  const { cpus, gpus, memory } = resources;
  if (!(cpus >= 0.001 && gpus >= 0 && (memory ?? 0) >= 0)) {
    throw new RangeError(`no task can need this: ${JSON.stringify(resources)}`);
  }
  return { cpus: thousandths(cpus), gpus: thousandths(gpus), memory: Math.ceil(memory ?? 0) };
}

export function amountsOf(capacity: Capacity): Amounts {
  const { cpus, gpus, memory } = capacity;
  return {
    cpus: thousandths(cpus),
    gpus: thousandths(gpus),
    memory: memory === null ? Number.POSITIVE_INFINITY : Math.floor(memory),
  };
}

export const fitsIn = (need: Amounts, free: Amounts): boolean =>
  need.cpus <= free.cpus && need.gpus <= free.gpus && need.memory <= free.memory;

export const minus = (free: Amounts, need: Amounts): Amounts => ({
  cpus: free.cpus - need.cpus,
  gpus: free.gpus - need.gpus,
  memory: free.memory - need.memory,
});

export const plus = (free: Amounts, need: Amounts): Amounts => ({
  cpus: free.cpus + need.cpus,
  gpus: free.gpus + need.gpus,
  memory: free.memory + need.memory,
});

/** How many of these fit at once. */
export function timesIn(need: Amounts, all: Amounts): number {
  const times = Math.min(
    need.cpus > 0 ? all.cpus / need.cpus : Number.POSITIVE_INFINITY,
    need.gpus > 0 ? all.gpus / need.gpus : Number.POSITIVE_INFINITY,
    need.memory > 0 ? all.memory / need.memory : Number.POSITIVE_INFINITY,
  );
  return Math.max(0, Math.floor(times));
}

/**
 * Blocks with equal needs, on the same kind of place, with the same time limit are one class: they fit or do not
 * fit alike, so whether a worker has room is kept once per class, of which a pipeline has a handful.
 */
export interface NeedClasses {
  /** By class. */
  readonly needs: readonly Amounts[];
  readonly kinds: readonly number[];
  /** Seconds that a task may take; 0 where it has no limit. */
  readonly times: readonly number[];
  readonly resources: readonly Resources[];
  /** By block. */
  readonly classOf: readonly number[];
  /** The kinds that are needed at all, ascending. */
  readonly kindsInUse: readonly number[];
}

/** `kinds`: by block, the kind of place that its tasks need; places of one kind where nothing is said. */
export function needClasses(
  byBlock: readonly Resources[],
  kinds: readonly number[] = byBlock.map(() => 0),
): NeedClasses {
  const known = new Map<string, number>();
  const firstBlocks: number[] = [];
  const classOf = byBlock.map((resources, block) => {
    const { cpus, gpus, memory } = needOf(resources);
    const key = [kinds[block], cpus, gpus, memory, resources.time].join();
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, firstBlocks.length);
    return firstBlocks.push(block) - 1;
  });
  const resources = byBlock.filter((_, block) => firstBlocks.includes(block));
  return {
    needs: resources.map(needOf),
    kinds: firstBlocks.map((block) => kinds[block] ?? 0),
    times: resources.map(({ time }) => time ?? 0),
    ...{ resources, classOf, kindsInUse: [...new Set(kinds)].sort((a, b) => a - b) },
  };
}

/** Each amount the smallest of any of these: no place can ever run more of them at once than it holds of this. */
export function leastOf(needs: readonly Amounts[]): Amounts {
  const least = (of: (need: Amounts) => number): number => Math.min(...needs.map(of));
  return { cpus: least((n) => n.cpus), gpus: least((n) => n.gpus), memory: least((n) => n.memory) };
}
