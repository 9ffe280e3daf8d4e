// Everything that a run has on the disk before its first task: the dataset and its lock, what is remembered, the run's
// folder with its bundle, plan and record, the samples' folders.
import { cpSync } from "node:fs";
import type { TaskName } from "../core/task.ts";
import { commit, version } from "../generated/version.ts";
import type { Plan } from "../plan/plan.ts";
import { beginRun, openDataset } from "../rundir/create.ts";
import { recordInHistory } from "../rundir/history.ts";
import {
  bundlePath,
  cancelRequestPath,
  diffPath,
  planPath,
  runName,
  runRecordPath,
} from "../rundir/layout.ts";
import type { HeldLock } from "../rundir/lock.ts";
import { type RunEnding, type RunRecord, writeRunRecord } from "../rundir/run-record.ts";
import { newestRun, type RunFolder } from "../rundir/runs.ts";
import { wallClock } from "../system/clock.ts";
import { publish } from "../system/durable-file.ts";
import { removeQuietly } from "../system/durable-folder.ts";
import { hostName, userName } from "../system/host.ts";
import { keepConfiguration } from "./as-in-run.ts";
import { makeSamples } from "./dataset-samples.ts";
import { type LeftRun, leftRuns, samplesInHand, tasksInHand } from "./left-runs.ts";
import { refuseLivePilots } from "./live-pilots.ts";
import { lockDataset } from "./lock-dataset.ts";
import { type BlockKeys, type OpenCache, openCache } from "./open-cache.ts";
import { planJson } from "./plan-json.ts";
import type { CheckedRequest } from "./prepare.ts";
import { gitState } from "./provenance.ts";
import { sweepLeftovers } from "./sweep-leftovers.ts";

/** A run that has its folder and the dataset's lock. */
export interface OpenRun {
  readonly cache: OpenCache;
  readonly run: RunFolder;
  readonly lock: HeldLock;
  readonly record: RunRecord;
  /** Runs that lost their launchers; with pilots that may live, which have these tasks in hand. */
  readonly left: readonly LeftRun[];
  readonly inHand: readonly TaskName[];
}

/**
 * Makes everything on disk that a run has before its first task.
 * @throws Refusal where the dataset cannot be written or somebody else works on it.
 */
export async function openRun(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly create: Plan["samples"];
    readonly commandLine: readonly string[];
    readonly keys: BlockKeys;
    /** The run to go on with, `003`; null: a new one. */
    readonly resume: string | null;
  },
): Promise<OpenRun> {
  const { settings } = checked;
  const git = await gitState(checked.folder);
  openDataset(settings.dataPath);
  let left: readonly LeftRun[] = [];
  let inHand: readonly TaskName[] = [];
  const lock = lockDataset(settings.dataPath, what.commandLine, () => {
    left = leftRuns(settings.dataPath);
    inHand = tasksInHand(left);
    return samplesInHand(left, inHand);
  });
  let cache: OpenCache | null = null;
  try {
    // Before anything is made: what a newer pipe wrote refuses the run. While the lock is held the number is ours.
    const next = what.resume ?? runName((newestRun(settings.dataPath)?.number ?? -1) + 1);
    if (settings.executor.kind !== "slurm") await refuseLivePilots(left);
    const { plan, keys, resume } = what;
    cache = await openCache(checked, { plan, run: next, keys, resume });
    if (lock.tookOver !== null) {
      sweepLeftovers(settings.dataPath, {
        ...{ memory: cache.checkpoint, run: lock.tookOver.run },
        // Where jobs go on, what looks half written may be in the making.
        inHand: samplesInHand(left, inHand),
      });
    }
    for (const { block, sample } of inHand) cache.outputs.outOfSight.takeOver(block, sample);
    const resumed = left.find(({ run }) => run.name === what.resume);
    if (resumed !== undefined) {
      lock.announce(resumed.run.name);
      // Meant for the launcher before us, which did not hear of it: who goes on now wants it to go on.
      removeQuietly(cancelRequestPath(resumed.run.path));
      return { run: resumed.run, record: resumed.record, lock, cache, left, inHand };
    }
    const run = beginRun(settings.dataPath);
    lock.announce(run.name);
    const record: RunRecord = {
      run: run.name,
      commandLine: what.commandLine,
      comment: settings.comment,
      started: wallClock(),
      finished: null,
      versions: { pipe: commit === "" ? version : `${version} (${commit})`, bun: Bun.version },
      git: git.kind === "none" ? null : { commit: git.commit, dirty: git.dirty },
      host: hostName(),
      user: userName(),
      configuration: {
        pipeline: checked.file.path,
        data_path: settings.dataPath,
        executor: settings.executor.name,
        executor_kind: settings.executor.kind,
        max_processes: settings.maxProcesses,
        seed: settings.seed,
        until: settings.until,
        working_folder: process.cwd(),
      },
    };
    cpSync(checked.bundleFolder, run.path, { recursive: true });
    keepConfiguration(checked.file, run.path);
    if (git.kind === "commit" && git.diff !== "")
      publish(diffPath(run.path), git.diff, { durability: "unsynced" });
    publish(planPath(run.path), planJson(what.plan), { durability: "synced" });
    makeSamples(settings.dataPath, what.create);
    writeRunRecord(runRecordPath(run.path), record);
    recordInHistory(settings.dataPath, record);
    return { run, lock, record, cache, left, inHand };
  } catch (error) {
    await cache?.close();
    lock.release();
    throw error;
  }
}

/** The last words of a run: how it ended, in its own record and in the dataset's history. */
export function closeRun(dataPath: string, open: Pick<OpenRun, "run" | "record">, ending: RunEnding): void {
  const record: RunRecord = { ...open.record, finished: { at: wallClock(), ending } };
  writeRunRecord(runRecordPath(open.run.path), record);
  recordInHistory(dataPath, record);
}

/** The bundle of a run that was made before, for repeating one of its tasks. */
export const bundleOf = (run: RunFolder): string => bundlePath(run.path);
