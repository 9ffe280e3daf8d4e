// What is known of the samples' records as a whole: for which blocks they were written, and until when nobody else has written
// them. Where a block came or went since, samples in which nothing runs have to be written all the same: what a block that is gone
// had set would stay in them, what one that is back had set would be missing.
//
// A sample.json is a result of ours, and what is remembered counts: one that says something else is written again. Reading all of
// them at every start would cost more than everything else, so only those are read that were written after this file, or all
// where a run did not come to its end.
import { join } from "node:path";
import { type BlockName, blockName, type SampleId } from "../core/ids.ts";
import { type Fields, parseVersioned } from "../rundir/json-fields.ts";
import { runinfoFolder, sampleRecordPath } from "../rundir/layout.ts";
import { publish, readText } from "../system/durable-file.ts";
import { entryAt } from "../system/entries.ts";

export interface WrittenSamples {
  /** Whether all samples of the dataset are written for exactly these blocks. */
  readonly isCurrent: boolean;
  /** Whether the sample's record may be missing, or say something else than when it was written. */
  isSuspect(sample: SampleId): boolean;
  /** From now on samples are written. */
  begin(): void;
  /** Some of them are written for others, or before all of their blocks have ended. */
  invalidate(): void;
  /** All that were to be written have been. `whole`: all of the dataset, for these blocks. */
  end(whole: boolean): void;
}

//   1  first
const knows = { format: "pipe-sample-records", version: 1 };

interface Known {
  /** Null: not for the same blocks all of them. */
  readonly blocks: readonly BlockName[] | null;
  /** A run has begun to write, and not come to its end. */
  readonly underway?: true;
  /** Until when the records were looked at, where that is not when this file was written: its time, as the filesystem gives it. */
  readonly since?: number;
}

/** `looks`: whether the records' times are looked at at all. */
export function writtenSamples(
  dataPath: string,
  of: { readonly order: readonly BlockName[]; readonly looks: boolean },
): WrittenSamples {
  const path = join(runinfoFolder(dataPath), "sample-records.json");
  const { known, since } = readKnown(path);
  const isCurrent = JSON.stringify(known?.blocks) === JSON.stringify(of.order);
  let blocks = isCurrent ? of.order : null;
  let isOpen = false;
  const write = (more: Partial<Known>) => {
    const text = `${JSON.stringify({ ...knows, blocks, ...more })}\n`;
    publish(path, text, { durability: "unsynced" });
  };
  return {
    isCurrent,
    isSuspect(sample) {
      if (since === null) return true;
      if (!of.looks) return false;
      const entry = entryAt(sampleRecordPath(dataPath, sample));
      return entry === "missing" || entry.modified > since;
    },
    begin() {
      isOpen = true;
      write({ underway: true });
    },
    invalidate() {
      if (blocks === null) return;
      blocks = null;
      if (isOpen) write({ underway: true });
    },
    end(whole) {
      if (whole) blocks = of.order;
      if (isOpen) write(of.looks || since === null ? {} : { since });
      isOpen = false;
    },
  };
}

/** `since` null: nobody can say of any of them that it is as it was written. */
function readKnown(path: string): { readonly known: Known | null; readonly since: number | null } {
  const entry = entryAt(path);
  const text = readText(path);
  if (entry === "missing" || text === "missing") return { known: null, since: null };
  const parsed = parseVersioned(text, knows, readFields);
  if (parsed.kind !== "parsed") return { known: null, since: null };
  const known = parsed.value;
  return { known, since: known.underway === true ? null : (known.since ?? entry.modified) };
}

function readFields(fields: Fields): Known {
  return {
    blocks: fields.has("blocks") ? fields.texts("blocks").map(blockName) : null,
    ...(fields.has("underway") ? { underway: true } : {}),
    ...(fields.has("since") ? { since: fields.number("since") } : {}),
  };
}
