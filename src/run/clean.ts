// `pipe clean`: finds what may go, and deletes it where that was asked for. Nothing of it is worth a wrong result: what is
// remembered of a task is forgotten, on the disk, before the first of its files goes.
import { type Checkpoint, lookAtCheckpoint, openCheckpoint } from "../cache/checkpoint.ts";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { version } from "../generated/version.ts";
import type { CleanFacts } from "../report/say-clean.ts";
import { datasetRefusal } from "../rundir/dataset-refusal.ts";
import { runinfoFolder } from "../rundir/layout.ts";
import { wallClock } from "../system/clock.ts";
import { isFolder, removeFolder, syncFolder } from "../system/durable-folder.ts";
import { removeIfEmpty } from "../system/entries.ts";
import { FileError } from "../system/file-error.ts";
import { removeSeen } from "./clean-files.ts";
import { type CleanPlan, type CleanRequest, planClean } from "./clean-plan.ts";
import type { TaskFiles } from "./clean-results.ts";
import { lockDataset } from "./lock-dataset.ts";

export interface CleanTask extends CleanRequest {
  readonly how: "show" | "delete";
  /** What the user typed, for whoever finds the dataset locked. */
  readonly commandLine: readonly string[];
}

/** @throws Refusal where there is no dataset, a run is going on, or something cannot be read or deleted. */
export async function clean(task: CleanTask): Promise<CleanFacts> {
  const { dataPath } = task;
  if (!isFolder(runinfoFolder(dataPath))) throw refuse(noDataset(dataPath));
  // Before the lock: a checkpoint of a newer pipe is refused with nothing touched.
  const look = lookAtCheckpoint(dataPath, task.blocks ?? []);
  const lock = lockDataset(dataPath, task.commandLine);
  try {
    const plan = await planClean(task, look.memory, wallClock());
    if (task.how === "delete") await carryOut(plan, task);
    return plan.facts;
  } catch (error) {
    throw error instanceof FileError ? datasetRefusal(dataPath, error) : error;
  } finally {
    lock.release();
  }
}

async function carryOut(plan: CleanPlan, { dataPath, blocks }: CleanTask): Promise<void> {
  await removeResults(plan.results, { dataPath, blocks: blocks ?? [] });
  for (const { files, folders } of plan.logs) {
    for (const file of files) removeSeen(file);
    for (const folder of folders) removeIfEmpty(folder);
  }
  for (const file of plan.leftovers.files) removeSeen(file);
  for (const folder of plan.leftovers.folders) removeFolder(folder);
  for (const { run, entries } of plan.runs) {
    for (const entry of entries) removeFolder(entry);
    removeIfEmpty(run.path);
  }
  syncFolder(runinfoFolder(dataPath));
}

/** How many tasks are forgotten with one sync. Killed in between, the files of so many may stay with nobody to name them. */
const atOnce = 256;

async function removeResults(
  results: readonly TaskFiles[],
  from: Pick<CleanTask, "dataPath"> & { readonly blocks: NonNullable<CleanTask["blocks"]> },
): Promise<void> {
  if (results.length === 0) return;
  const checkpoint = await openCheckpoint({
    ...{ dataPath: from.dataPath, tool: version, run: "clean", order: from.blocks },
  });
  try {
    for (let at = 0; at < results.length; at += atOnce) {
      const some = results.slice(at, at + atOnce);
      await forget(checkpoint, some);
      for (const { files, folders } of some) {
        for (const file of files) removeSeen(file);
        for (const folder of folders) removeIfEmpty(folder);
      }
    }
  } finally {
    await checkpoint.close();
  }
}

async function forget(checkpoint: Checkpoint, tasks: readonly TaskFiles[]): Promise<void> {
  for (const { block, sample } of tasks) checkpoint.forget(block, sample);
  const synced = await checkpoint.sync();
  if (synced.kind === "failed") throw synced.error;
}

const noDataset = (dataPath: string) =>
  diagnostic("no-dataset", `\`${dataPath}\` is no dataset of pipe's`, {
    notes: [`there is no folder \`${runinfoFolder(dataPath)}\``],
    hint: "name the dataset with `--data_path`",
  });
