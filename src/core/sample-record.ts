// sample.json as text: what is known of a sample, for people and for later runs. The same facts always give the
// same bytes, whatever order blocks ended in, so that two runs can be compared file by file.

import { blockName, type SampleId } from "./ids.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { BlockValues, SampleEnding, SampleState } from "./sample.ts";

export interface SampleRecord {
  readonly state: SampleState;
  readonly ending: SampleEnding;
}

export type ParsedSampleRecord =
  | { readonly kind: "record"; readonly record: SampleRecord }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "broken"; readonly problem: string };

//   1  first
export const sampleRecordVersion = 1;

/** `order` is the pipeline's order of blocks; values of blocks it does not know come last, by name. */
export function sampleRecordText(record: SampleRecord, order: readonly string[]): string {
  const { state } = record;
  return `${JSON.stringify(
    {
      format: "pipe-sample",
      version: sampleRecordVersion,
      id: state.id,
      ending: record.ending,
      config: inOrder(state.config, order),
      statistics: inOrder(state.statistics, order),
      issue: state.issue,
    },
    null,
    1,
  )}\n`;
}

export function parseSampleRecord(text: string, id: SampleId): ParsedSampleRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return broken(error instanceof Error ? error.message : "no JSON");
  }
  if (!isObject(value) || value.format !== "pipe-sample") return broken("it does not say that it is one");
  if (typeof value.version !== "number") return broken("it has no version");
  if (value.version > sampleRecordVersion) return { kind: "newer", version: value.version };
  if (value.id !== id) return broken(`it is of sample ${String(value.id)}`);
  const ending = endings.find((known) => known === value.ending);
  if (ending === undefined) return broken("`ending` is none of the known ones");
  const config = valuesByBlock(value.config);
  const statistics = valuesByBlock(value.statistics);
  if (config === null || statistics === null)
    return broken("`config` and `statistics` must be objects of objects");
  const issue = value.issue;
  if (
    issue !== null &&
    !(isObject(issue) && typeof issue.block === "string" && typeof issue.message === "string")
  ) {
    return broken("`issue` must be null or name a block and a message");
  }
  return {
    kind: "record",
    record: {
      ending,
      state: {
        id,
        config,
        statistics,
        issue:
          issue === null ? null : { block: blockName(String(issue.block)), message: String(issue.message) },
      },
    },
  };
}

const endings: readonly SampleEnding[] = ["valid", "issue", "failed", "unfinished"];

const broken = (problem: string): ParsedSampleRecord => ({ kind: "broken", problem });

function valuesByBlock(value: unknown): Readonly<Record<string, BlockValues>> | null {
  if (!isObject(value)) return null;
  const all: Record<string, BlockValues> = {};
  for (const [block, values] of Object.entries(value)) {
    if (!isJsonObject(values)) return null;
    all[block] = values;
  }
  return all;
}

/** What came out of JSON.parse is JSON all through: only its outermost shape is left to check. */
function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value);
}

function inOrder(all: Readonly<Record<string, BlockValues>>, order: readonly string[]): Record<string, Json> {
  const rank = new Map(order.map((name, index) => [name, index]));
  const names = Object.keys(all).sort((a, b) => {
    const difference = (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length);
    return difference !== 0 ? difference : a < b ? -1 : 1;
  });
  return Object.fromEntries(names.map((name) => [name, all[name] ?? {}]));
}
