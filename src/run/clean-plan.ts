// What `pipe clean` may delete, found by looking and told before anything happens. Only what pipe has made or what a record
// names: a file that somebody laid there by hand is nobody's to delete.

import type { Memory } from "../cache/memory.ts";
import type { BlockName, Moment } from "../core/ids.ts";
import type { CleanFacts, Kept } from "../report/say-clean.ts";
import type { SeenFile } from "./clean-files.ts";
import { findLeftovers, type Leftovers } from "./clean-leftovers.ts";
import { findLogs, type RunLogs } from "./clean-logs.ts";
import { findResults, type TaskFiles } from "./clean-results.ts";
import { findRuns, type OldRun, type RunChoice } from "./clean-runs.ts";

export interface CleanRequest {
  readonly dataPath: string;
  readonly runs: RunChoice;
  /** `--logs` */
  readonly logs: boolean;
  /** `--removed_blocks`: the blocks that the pipeline has; null: their results stay. */
  readonly blocks: readonly BlockName[] | null;
}

export interface CleanPlan {
  readonly facts: CleanFacts;
  readonly runs: readonly OldRun[];
  readonly logs: readonly RunLogs[];
  readonly results: readonly TaskFiles[];
  readonly leftovers: Leftovers;
}

/**
 * Changes nothing. Only for who holds the dataset's lock: what a run is about to use must not be in the plan.
 * @throws FileError, Refusal
 */
export async function planClean(request: CleanRequest, memory: Memory, now: Moment): Promise<CleanPlan> {
  const { dataPath, blocks } = request;
  const kept: Kept[] = [];
  const { remove, stay } = findRuns(dataPath, { ...request.runs, now }, kept);
  const logs = request.logs ? findLogs(stay, kept) : [];
  const results = blocks === null ? [] : await findResults({ dataPath, memory, blocks }, kept);
  const leftovers = findLeftovers({ dataPath, memory, except: remove.map(({ run }) => run.path) });
  const facts: CleanFacts = {
    dataset: dataPath,
    runs: remove.map(({ run, at, amount }) => ({ run: run.name, at, ...amount })),
    logs: sumOf(logs.flatMap((run) => run.files)),
    blocks: [...Map.groupBy(results, ({ block }) => block)].map(([block, tasks]) => ({
      ...{ block, tasks: tasks.length },
      ...sumOf(tasks.flatMap((task) => task.files)),
    })),
    temporary: {
      files: leftovers.files.length + leftovers.folders.length,
      bytes: sumOf(leftovers.files).bytes,
    },
    kept,
  };
  return { facts, runs: remove, logs, results, leftovers };
}

function sumOf(files: readonly SeenFile[]): { readonly files: number; readonly bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}
