// From what was typed to a run that can start. Everything that a person may have got wrong is found out first, with
// the bundle in a temporary folder; only then is the dataset opened, its lock taken and the run's folder made.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { PipelinePart } from "../api/parts.ts";
import type { Pipeline } from "../api/pipeline.ts";
import type { Config } from "../config/config.ts";
import { findPipeline, loadPipelineConfig, type PipelineFile } from "../config/find-pipeline.ts";
import { applyOverrides } from "../config/overrides.ts";
import { type RunFlags, type RunSettings, resolveSettings } from "../config/resolve.ts";
import type { BlockSpec } from "../core/block.ts";
import { commit, version } from "../generated/version.ts";
import { type ChosenBlocks, chooseBlocks, noBlocksChosen } from "../plan/chosen-blocks.ts";
import { createPlan, type Plan } from "../plan/plan.ts";
import { blocksUntil, parseSampleRanges, selectSamples } from "../plan/selection.ts";
import { beginRun, openDataset } from "../rundir/create.ts";
import { onDataset } from "../rundir/dataset-refusal.ts";
import { recordInHistory } from "../rundir/history.ts";
import { bundlePath, diffPath, planPath, runRecordPath } from "../rundir/layout.ts";
import type { HeldLock } from "../rundir/lock.ts";
import { type RunEnding, type RunRecord, writeRunRecord } from "../rundir/run-record.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { wallClock } from "../system/clock.ts";
import { publish } from "../system/durable-file.ts";
import { hostName } from "../system/host.ts";
import { makeSamples, samplesOf } from "./dataset-samples.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { lockDataset } from "./lock-dataset.ts";
import { planJson } from "./plan-json.ts";
import { gitState } from "./provenance.ts";

export interface Request {
  readonly pipeline: string | null;
  readonly flags: RunFlags;
  readonly cwd: string;
}

/** What was asked for, checked; nothing of it is on the dataset's disk yet. */
export interface CheckedRequest extends Disposable {
  readonly file: PipelineFile;
  readonly config: Config;
  readonly settings: RunSettings;
  readonly pipeline: Pipeline;
  readonly parts: readonly PipelinePart[];
  /** All blocks of the pipeline, with what pipe.toml overrides. */
  readonly specs: readonly BlockSpec[];
  /** The folder of the pipeline file. */
  readonly folder: string;
  /** Holds pipeline.js and whatever belongs to it, until this is disposed of. */
  readonly bundleFolder: string;
}

/** @throws Refusal with everything that is wrong with the pipeline, its configuration, or the flags. */
export async function checkRequest(request: Request): Promise<CheckedRequest> {
  const file = findPipeline(request.cwd, request.pipeline);
  const config = await loadPipelineConfig(file);
  const bundleFolder = mkdtempSync(join(tmpdir(), "pipe-bundle-"));
  const dispose = () => rmSync(bundleFolder, { recursive: true, force: true });
  try {
    const outFile = join(bundleFolder, "pipeline.js");
    const loaded = await loadPipeline({ pipeline: file, config, outFile });
    const settings = resolveSettings({
      flags: request.flags,
      config,
      pipeline: loaded.pipeline,
      cwd: request.cwd,
    });
    const specs = applyOverrides(
      loaded.parts.map((part) => part.spec),
      config.overrides,
    );
    return { file, config, settings, specs, bundleFolder, ...loaded, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** What is to be done, before anything is. @throws Refusal where the selection makes no sense. */
export function planFor({ settings, specs }: CheckedRequest): {
  readonly plan: Plan;
  readonly create: Plan["samples"];
  /** The blocks that flags about remembered results name. */
  readonly chosen: ChosenBlocks;
} {
  const { ranges, start, count } = settings.samples;
  const { cache, until } = settings;
  const chosen = cache.kind === "enabled" ? chooseBlocks(specs, until, cache) : noBlocksChosen;
  const { samples, create } = selectSamples({
    ranges: ranges === null ? null : parseSampleRanges(ranges),
    start,
    count,
    existing: onDataset(settings.dataPath, () => samplesOf(settings.dataPath)),
  });
  return { plan: createPlan(blocksUntil(specs, until), samples), create, chosen };
}

/** A run that has its folder and the dataset's lock. */
export interface OpenRun {
  readonly run: RunFolder;
  readonly lock: HeldLock;
  readonly record: RunRecord;
}

/**
 * Makes everything on disk that a run has before its first task.
 * @throws Refusal where the dataset cannot be written or somebody else works on it.
 */
export async function openRun(
  checked: CheckedRequest,
  what: { readonly plan: Plan; readonly create: Plan["samples"]; readonly commandLine: readonly string[] },
): Promise<OpenRun> {
  const { settings } = checked;
  const git = await gitState(checked.folder);
  openDataset(settings.dataPath);
  const lock = lockDataset(settings.dataPath, what.commandLine);
  try {
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
      user: userInfo().username,
      configuration: {
        pipeline: checked.file.path,
        data_path: settings.dataPath,
        executor: settings.executor.name,
        executor_kind: settings.executor.kind,
        max_processes: settings.maxProcesses,
        seed: settings.seed,
        until: settings.until,
      },
    };
    cpSync(checked.bundleFolder, run.path, { recursive: true });
    if (git.kind === "commit" && git.diff !== "")
      publish(diffPath(run.path), git.diff, { durability: "unsynced" });
    publish(planPath(run.path), planJson(what.plan), { durability: "synced" });
    makeSamples(settings.dataPath, what.create);
    writeRunRecord(runRecordPath(run.path), record);
    recordInHistory(settings.dataPath, record);
    return { run, lock, record };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The last words of a run: how it ended, in its own record and in the dataset's history. */
export function closeRun(dataPath: string, open: OpenRun, ending: RunEnding): void {
  const record: RunRecord = { ...open.record, finished: { at: wallClock(), ending } };
  writeRunRecord(runRecordPath(open.run.path), record);
  recordInHistory(dataPath, record);
}

/** The bundle of a run that was made before, for repeating one of its tasks. */
export const bundleOf = (run: RunFolder): string => bundlePath(run.path);
