// How long the tasks of each block take, and so how many may be sent ahead to a worker that is busy. Tasks of a
// millisecond would otherwise cost a round trip each; tasks of an hour sent ahead would wait for each other while
// a place elsewhere is idle.

import type { Seconds } from "../core/ids.ts";

export interface Prefetch {
  /** At most this many tasks wait at a worker for each one that it can run at once. */
  readonly most: number;
  /** Blocks whose tasks take up to this long get the most … */
  readonly short: Seconds;
  /** … and fewer the longer they take, down to `least` … */
  readonly least: number;
  /** … and none from here on. */
  readonly long: Seconds;
  /** So many for a block of which no task has ended yet. */
  readonly unknown: number;
}

export class Durations {
  readonly #prefetch: Prefetch;
  readonly #average: Float64Array;
  readonly #seen: Uint8Array;
  readonly #depth: Uint16Array;
  #deepest = 0;

  constructor(blockCount: number, prefetch: Prefetch) {
    const { most, short, long, least, unknown } = prefetch;
    const among = [least, unknown].every((count) => count >= 0 && count <= most);
    if (!(most >= 0 && most <= 0xffff && short > 0 && long >= short && among)) {
      throw new RangeError(`no such prefetch: ${JSON.stringify(prefetch)}`);
    }
    this.#prefetch = prefetch;
    this.#average = new Float64Array(blockCount);
    this.#seen = new Uint8Array(blockCount);
    this.#depth = new Uint16Array(blockCount).fill(unknown);
    this.#deepest = blockCount > 0 ? unknown : 0;
  }

  /** The mean at first, then one in which the last sixteen or so count most. */
  record(block: number, seconds: number): void {
    const seen = Math.min(16, (this.#seen[block] ?? 0) + 1);
    const before = this.#average[block] ?? 0;
    const average = before + (Math.max(0, seconds) - before) / seen;
    this.#seen[block] = seen;
    this.#average[block] = average;
    const depth = depthFor(average, this.#prefetch);
    if (depth === this.#depth[block]) return;
    this.#depth[block] = depth;
    this.#deepest = this.#depth.reduce((most, d) => Math.max(most, d), 0);
  }
  /** Tasks of the block that may wait at a worker, for each one that it can run at once. */
  depth(block: number): number {
    return this.#depth[block] ?? 0;
  }
  /** Whether tasks of all these blocks may be sent ahead. */
  allShort(blocks: number): boolean {
    for (let block = 0; block < blocks; block++) if (this.depth(block) === 0) return false;
    return true;
  }
  get deepest(): number {
    return this.#deepest;
  }
}

/** As many as take `most × short` together: what waits at a place is about the same amount of time, whatever it is. */
function depthFor(average: number, { most, short, long, least }: Prefetch): number {
  if (average >= long) return 0;
  return average <= short ? most : Math.max(least, Math.floor((most * short) / average));
}
