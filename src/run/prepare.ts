// From what was typed to a run that can start. Everything that a person may have got wrong is found out first, with
// the bundle in a temporary folder; only then is the dataset opened, its lock taken and the run's folder made.
import { join } from "node:path";
import type { PipelinePart } from "../api/parts.ts";
import type { Pipeline } from "../api/pipeline.ts";
import type { Config } from "../config/config.ts";
import { findPipeline, loadPipelineConfig, type PipelineFile } from "../config/find-pipeline.ts";
import { applyOverrides } from "../config/overrides.ts";
import { type RunFlags, type RunSettings, resolveSettings } from "../config/resolve.ts";
import type { BlockSpec } from "../core/block.ts";
import { type ChosenBlocks, chooseBlocks, noBlocksChosen } from "../plan/chosen-blocks.ts";
import { createPlan, type Plan } from "../plan/plan.ts";
import { blocksUntil, parseSampleRanges, selectSamples } from "../plan/selection.ts";
import { onDataset } from "../rundir/dataset-refusal.ts";
import { configurationOfRun, loadBundled, pipelineOfRun } from "./as-in-run.ts";
import { samplesOf } from "./dataset-samples.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { refuseUnloadable } from "./loadable-path.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

export interface Request {
  readonly pipeline: string | null;
  readonly flags: RunFlags;
  readonly cwd: string;
  /** The folder of a run: its pipeline and configuration are taken as they were then, not as they are now. */
  readonly asIn?: string;
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
  const file =
    request.asIn === undefined
      ? findPipeline(request.cwd, request.pipeline)
      : pipelineOfRun(request.asIn, request.pipeline ?? "");
  refuseUnloadable(file.path, null);
  const config =
    request.asIn === undefined
      ? await loadPipelineConfig(file)
      : await configurationOfRun(request.asIn, file);
  const bundle = makeTemporaryFolder("bundle");
  try {
    const outFile = join(bundle.path, "pipeline.js");
    const loaded =
      request.asIn === undefined
        ? await loadPipeline({ pipeline: file, config, outFile })
        : await loadBundled({ pipeline: file, run: request.asIn, outFile });
    const settings = resolveSettings({
      flags: request.flags,
      config,
      pipeline: loaded.pipeline,
      cwd: request.cwd,
    });
    refuseUnloadable(settings.dataPath, "--data_path");
    const specs = applyOverrides(
      loaded.parts.map((part) => part.spec),
      config.overrides,
    );
    const dispose = () => bundle[Symbol.dispose]();
    return { file, config, settings, specs, bundleFolder: bundle.path, ...loaded, [Symbol.dispose]: dispose };
  } catch (error) {
    bundle[Symbol.dispose]();
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
