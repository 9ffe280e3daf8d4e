// What is known of a sample besides its files. Immutable: a task is given one and answers with changes,
// so that a failed attempt leaves no half of its values behind.
import type { BlockName, SampleId } from "./ids.ts";
import type { Json } from "./json.ts";

/** The values that one block set, by key. */
export type BlockValues = Readonly<Record<string, Json>>;

export interface SampleIssueRecord {
  readonly block: BlockName;
  readonly message: string;
}

export interface SampleState {
  readonly id: SampleId;
  /** Chosen inputs, by block and key. */
  readonly config: Readonly<Record<string, BlockValues>>;
  /** Measured results, by block and key. */
  readonly statistics: Readonly<Record<string, BlockValues>>;
  /** Set when a block said that this sample cannot go on. */
  readonly issue: SampleIssueRecord | null;
}

/** What one task set. Replaces all that the same block set before: nothing of an older run shines through. */
export interface SampleChanges {
  readonly config: BlockValues;
  readonly statistics: BlockValues;
}

export const noChanges: SampleChanges = { config: {}, statistics: {} };

export function freshSample(id: SampleId): SampleState {
  return { id, config: {}, statistics: {}, issue: null };
}

export function withChanges(state: SampleState, block: BlockName, changes: SampleChanges): SampleState {
  return {
    ...state,
    config: replaced(state.config, block, changes.config),
    statistics: replaced(state.statistics, block, changes.statistics),
  };
}

export function withIssue(state: SampleState, issue: SampleIssueRecord): SampleState {
  return { ...state, issue };
}

/** How a sample stands at the end of a run. */
export type SampleEnding = "valid" | "issue" | "failed" | "unfinished";

function replaced(
  all: Readonly<Record<string, BlockValues>>,
  block: BlockName,
  values: BlockValues,
): Readonly<Record<string, BlockValues>> {
  const { [block]: _before, ...others } = all;
  return Object.keys(values).length === 0 ? others : { ...others, [block]: values };
}
