// Messages that say the same about many samples, counted together. A run in which ten thousand samples fail alike must
// be told in one line with a count; a list of ten thousand lines hides the one failure that is different.

import type { BlockName, SampleId } from "../core/ids.ts";

export interface Group<Example> {
  readonly block: BlockName;
  readonly kind: string;
  /** The first message of its kind; null for the group of all that came after the most that are told apart. */
  readonly message: string | null;
  readonly count: number;
  /** Samples of the first few; null for a dataset block. */
  readonly samples: readonly (SampleId | null)[];
  /** The first few with all their facts. */
  readonly examples: readonly Example[];
}

export interface Groups<Example> {
  /** Counts one more and answers with its group. */
  add(entry: Entry<Example>): Group<Example>;
  /** Largest first; among equals in the order in which they appeared. */
  all(): readonly Group<Example>[];
  readonly total: number;
}

export interface Entry<Example> {
  readonly block: BlockName;
  readonly kind: string;
  readonly message: string;
  readonly sample: SampleId | null;
  readonly example: Example;
}

/** How many samples and examples a group keeps, and how many groups are told apart: bounds for 100,000 messages. */
const keptSamples = 8;
const keptExamples = 3;
const mostGroups = 200;

export function createGroups<Example>(): Groups<Example> {
  const groups = new Map<string, Growing<Example>>();
  let total = 0;
  return {
    add(entry) {
      total++;
      let key = JSON.stringify([entry.block, entry.kind, alike(entry.message)]);
      let message: string | null = entry.message;
      if (!groups.has(key) && groups.size >= mostGroups) {
        key = JSON.stringify([entry.block, entry.kind]);
        message = null;
      }
      let group = groups.get(key);
      if (group === undefined) {
        group = { block: entry.block, kind: entry.kind, message, count: 0, samples: [], examples: [] };
        groups.set(key, group);
      }
      group.count++;
      if (group.samples.length < keptSamples) group.samples.push(entry.sample);
      if (group.examples.length < keptExamples) group.examples.push(entry.example);
      return group;
    },
    all: () => [...groups.values()].sort((a, b) => b.count - a.count),
    get total() {
      return total;
    },
  };
}

interface Growing<Example> {
  block: BlockName;
  kind: string;
  message: string | null;
  count: number;
  samples: (SampleId | null)[];
  examples: Example[];
}

/** Two messages are of one kind when they differ in figures only: "0.31 is too large" and "0.42 is too large". */
function alike(message: string): string {
  return message.slice(0, 300).replace(/[0-9]+(?:[.,][0-9]+)*(?:e[+-]?[0-9]+)?/gi, "#");
}
