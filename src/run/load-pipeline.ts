// From the pipeline file to a pipeline that can run: bundled, loaded, its blocks checked, the files of its commands
// there. Everything that can be known to be wrong is said here, before anything starts.
import { dirname } from "node:path";
import { loadBundle, type Origin } from "../api/load-bundle.ts";
import type { PipelinePart } from "../api/parts.ts";
import type { Pipeline } from "../api/pipeline.ts";
import type { Config } from "../config/config.ts";
import type { PipelineFile } from "../config/find-pipeline.ts";
import { Refusal, refuse } from "../core/diagnostic.ts";
import { never } from "../core/never.ts";
import { missingWatchedFiles } from "./block-code.ts";
import { bundlePipeline } from "./bundle.ts";
import { missingCommandFiles } from "./command-paths.ts";
import { placeOfPipeImport } from "./import-place.ts";
import { shielded } from "./shielded-load.ts";
import { withBareSignals } from "./temporary-folder.ts";
import { inToml, type TomlPipeline, writeTomlPipeline } from "./toml-pipeline.ts";

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  readonly parts: readonly PipelinePart[];
  /** The folder of the pipeline file, absolute. */
  readonly folder: string;
  /** Every file that the pipeline was made from, absolute. */
  readonly sources: readonly string[];
}

/**
 * @param options.outFile where the bundle goes, absolute; a path not loaded before in this process.
 * @throws Refusal with everything that is wrong with the pipeline; FileError where the bundle cannot be written.
 */
export async function loadPipeline(options: {
  readonly pipeline: PipelineFile;
  readonly config: Config;
  readonly outFile: string;
}): Promise<LoadedPipeline> {
  const { pipeline, config, outFile } = options;
  switch (pipeline.kind) {
    case "code": {
      const { sources } = await bundlePipeline({ entry: pipeline.path, outFile });
      const folder = dirname(pipeline.path);
      const placeOfImport = (name: string) => placeOfPipeImport(name, sources);
      const origin = { file: pipeline.path, placeOfImport };
      return { ...(await checkedBundle(outFile, { origin, folder })), folder, sources };
    }
    case "toml": {
      const { blocks, pipeline: settings } = config;
      const toml = { folder: dirname(pipeline.path), seed: settings.seed, blocks };
      return await loadTomlPipeline(toml, { file: pipeline.path, outFile });
    }
    default:
      return never(pipeline);
  }
}

async function loadTomlPipeline(
  toml: TomlPipeline,
  { file, outFile }: { readonly file: string; readonly outFile: string },
): Promise<LoadedPipeline> {
  writeTomlPipeline(toml, outFile);
  const origin = { file, placeOfImport: () => null };
  try {
    return {
      ...(await checkedBundle(outFile, { origin, folder: toml.folder })),
      folder: toml.folder,
      sources: [file],
    };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw refuse(...error.diagnostics.map((problem) => inToml(problem, toml, outFile)));
  }
}

/** Loads a bundle and looks for the files that its blocks name. @throws Refusal */
export async function checkedBundle(
  outFile: string,
  { origin, folder }: { readonly origin: Origin; readonly folder: string },
): Promise<Pick<LoadedPipeline, "pipeline" | "parts">> {
  const pipeline = await shielded(origin.file, () => withBareSignals(() => loadBundle(outFile, origin)));
  const parts = pipeline.parts();
  const missing = [...missingCommandFiles(parts), ...missingWatchedFiles(parts, folder)].map(
    ({ index, problem }) => ({ ...problem, place: pipeline.placeOfPart(index) }),
  );
  if (missing.length > 0) throw refuse(...missing);
  return { pipeline, parts };
}
