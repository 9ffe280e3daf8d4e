// For which blocks the samples' records were written. Where a block came or went since, samples in which nothing runs have to
// be written all the same: what a block that is gone had set would stay in them, what one that is back had set would be missing.
import { join } from "node:path";
import type { BlockName } from "../core/ids.ts";
import { runinfoFolder } from "../rundir/layout.ts";
import { publish, readText } from "../system/durable-file.ts";

export interface WrittenSamples {
  /** Whether all samples of the dataset are written for exactly these blocks. */
  readonly isCurrent: boolean;
  /** Some of them are written for others from now on, or before all of their blocks have ended. */
  invalidate(): void;
  /** All of them have been. */
  complete(): void;
}

export function writtenSamples(dataPath: string, order: readonly BlockName[]): WrittenSamples {
  const path = join(runinfoFolder(dataPath), "sample-records.json");
  const text = (blocks: readonly BlockName[] | null) =>
    `${JSON.stringify({ format: "pipe-sample-records", version: 1, blocks })}\n`;
  let known = readText(path);
  const isCurrent = known === text(order);
  const write = (blocks: readonly BlockName[] | null) => {
    known = text(blocks);
    publish(path, known, { durability: "unsynced" });
  };
  return {
    isCurrent,
    invalidate() {
      if (known !== text(null)) write(null);
    },
    complete() {
      if (known !== text(order)) write(order);
    },
  };
}
