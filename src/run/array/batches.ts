// Which tasks are submitted together: samples of which the same blocks are to be run, as many as an array may have elements.
// Element i of each block's array is the same sample, so that Slurm can chain them one by one (`aftercorr`). Pure.
export interface Row {
  /** Of the sample in the plan. */
  readonly index: number;
  /** The blocks that are to be run of it, ascending. Empty: none. */
  readonly blocks: readonly number[];
}

export interface Batch {
  readonly rows: readonly number[];
  readonly blocks: readonly number[];
}

/** In the order in which their first samples come. */
export function batchesOf(rows: Iterable<Row>, most: number): readonly Batch[] {
  const open = new Map<string, { rows: number[]; readonly blocks: readonly number[] }>();
  const batches: { rows: number[]; readonly blocks: readonly number[] }[] = [];
  for (const { index, blocks } of rows) {
    if (blocks.length === 0) continue;
    const alike = blocks.join(",");
    const batch = open.get(alike);
    if (batch !== undefined && batch.rows.length < most) {
      batch.rows.push(index);
      continue;
    }
    const next = { rows: [index], blocks };
    open.set(alike, next);
    batches.push(next);
  }
  return batches;
}

/** Two halves of it; null where there is nothing to halve. */
export function halved({ rows, blocks }: Batch): readonly [Batch, Batch] | null {
  if (rows.length < 2) return null;
  const half = Math.ceil(rows.length / 2);
  return [
    { rows: rows.slice(0, half), blocks },
    { rows: rows.slice(half), blocks },
  ];
}

/** What the blocks of a batch wait for: among its own blocks, those that nothing else of it stands between. */
export function waitsFor(
  block: number,
  { blocks }: Batch,
  predecessors: readonly (readonly number[])[],
): readonly number[] {
  return (predecessors[block] ?? []).filter((one) => blocks.includes(one));
}

/** Those on which no other block of the batch waits: when they are over, all of it is. */
export function lastOf({ blocks }: Batch, predecessors: readonly (readonly number[])[]): readonly number[] {
  return blocks.filter((block) => !blocks.some((other) => predecessors[other]?.includes(block) === true));
}
