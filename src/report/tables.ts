// All samples' values as one table, ready for a plotting tool: one row per valid sample, one column per `Block.key`.
// Columns and rows depend on the samples alone, never on the order in which they ended, so that two runs can be compared
// byte for byte.

import type { Json } from "../core/json.ts";
import type { SampleState } from "../core/sample.ts";

/** Which of a sample's values. */
export type TableOf = "statistics" | "config";

export interface Column {
  readonly block: string;
  readonly key: string;
  /** `Block.key`. */
  readonly title: string;
}

/**
 * The columns in the order of the pipeline's blocks, keys as they are first seen; blocks that the pipeline has not come
 * last. `samples` is gone through once, in the order of the IDs.
 */
export function tableColumns(
  of: TableOf,
  samples: Iterable<SampleState>,
  blocks: readonly string[],
): readonly Column[] {
  const keys = new Map<string, Set<string>>(blocks.map((block) => [block, new Set()]));
  for (const sample of samples) {
    for (const [block, values] of Object.entries(sample[of])) {
      let known = keys.get(block);
      if (known === undefined) {
        known = new Set();
        keys.set(block, known);
      }
      for (const key of Object.keys(values)) known.add(key);
    }
  }
  return [...keys].flatMap(([block, known]) =>
    [...known].map((key) => ({ block, key, title: `${block}.${key}` })),
  );
}

/** Lines of a CSV file as RFC 4180 quotes them, each with its newline; `samples` in the order of their IDs. */
export function* csvLines(
  of: TableOf,
  samples: Iterable<SampleState>,
  columns: readonly Column[],
): Generator<string> {
  yield csvLine(["sample", ...columns.map((column) => column.title)].map(csvText));
  for (const sample of ascending(samples)) {
    const values = columns.map(({ block, key }) => csvCell(lookUp(sample, of, { block, key })));
    yield csvLine([String(sample.id), ...values]);
  }
}

/** The same table as a JSON array of one object per row, a row to a line; what a sample does not have is left out. */
export function* jsonLines(
  of: TableOf,
  samples: Iterable<SampleState>,
  columns: readonly Column[],
): Generator<string> {
  let before = "[\n";
  for (const sample of ascending(samples)) {
    const row: [string, Json][] = [["sample", sample.id]];
    for (const { block, key, title } of columns) {
      const value = lookUp(sample, of, { block, key });
      if (value !== undefined) row.push([title, value]);
    }
    yield `${before}${JSON.stringify(Object.fromEntries(row))}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

function lookUp(sample: SampleState, of: TableOf, { block, key }: Omit<Column, "title">): Json | undefined {
  const values = Object.hasOwn(sample[of], block) ? sample[of][block] : undefined;
  return values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
}

function* ascending(samples: Iterable<SampleState>): Generator<SampleState> {
  let before = -1;
  for (const sample of samples) {
    if (sample.id <= before) throw new RangeError(`sample ${sample.id} comes after ${before} in a table`);
    before = sample.id;
    yield sample;
  }
}

const csvLine = (cells: readonly string[]): string => `${cells.join(",")}\n`;

/** Missing and null are an empty cell, an empty text is `""`; lists and objects are JSON; numbers lose no digit. */
function csvCell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return csvText(value);
  return csvText(JSON.stringify(value));
}

function csvText(text: string): string {
  return text === "" || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
