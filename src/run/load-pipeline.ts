// From the pipeline file that was named to a pipeline that can run: found, bundled, loaded, its blocks checked, the
// files of its commands there. Everything that can be known to be wrong is said here, before anything starts.
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { loadBundle } from "../api/load-bundle.ts";
import type { PipelinePart } from "../api/parts.ts";
import type { Pipeline } from "../api/pipeline.ts";
import { type Diagnostic, diagnostic, Refusal, refuse } from "../core/diagnostic.ts";
import { bundlePipeline } from "./bundle.ts";
import { nearestFile } from "./bundle-errors.ts";
import { missingCommandFiles } from "./command-paths.ts";
import { inToml, type TomlPipeline, writeTomlPipeline } from "./toml-pipeline.ts";

export interface LoadedPipeline {
  readonly pipeline: Pipeline;
  readonly parts: readonly PipelinePart[];
  /** The folder of the pipeline file, absolute. */
  readonly folder: string;
  /** Every file that went into the bundle, absolute. */
  readonly sources: readonly string[];
}

/**
 * @param options.entry the pipeline file; relative to the working directory.
 * @param options.outFile where the bundle goes, absolute; a path not loaded before in this process.
 * @throws Refusal with everything that is wrong with the pipeline.
 */
export async function loadPipeline(options: { entry: string; outFile: string }): Promise<LoadedPipeline> {
  const entry = resolve(options.entry);
  const problem = whatIsWrongWith(entry, options.entry);
  if (problem !== null) throw refuse(problem);
  const { folder, sources } = await bundlePipeline({ entry, outFile: options.outFile });
  return { ...(await checked(options.outFile, entry)), folder, sources };
}

/**
 * The same for a pipe.toml with [[block]] entries.
 * @throws Refusal with everything that is wrong with the pipeline.
 */
export async function loadTomlPipeline(options: {
  readonly file: string;
  readonly pipeline: TomlPipeline;
  readonly outFile: string;
}): Promise<LoadedPipeline> {
  writeTomlPipeline(options.pipeline, options.outFile);
  const { folder } = options.pipeline;
  try {
    return { ...(await checked(options.outFile, options.file)), folder, sources: [options.file] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { diagnostics } = error;
    throw refuse(...diagnostics.map((one) => inToml(one, options.pipeline, options.outFile)));
  }
}

async function checked(outFile: string, file: string): Promise<Pick<LoadedPipeline, "pipeline" | "parts">> {
  const pipeline = await loadBundle(outFile, { calledFor: file });
  const parts = pipeline.parts();
  const missing = missingCommandFiles(parts).map(({ index, problem }) => ({
    ...problem,
    place: pipeline.placeOfPart(index),
  }));
  if (missing.length > 0) throw refuse(...missing);
  return { pipeline, parts };
}

const scriptEndings: readonly string[] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

function whatIsWrongWith(entry: string, written: string): Diagnostic | null {
  if (!existsSync(entry)) {
    const near = nearestFile(entry);
    return diagnostic("no-pipeline-file", `there is no file ${JSON.stringify(written)}`, {
      hint:
        near === null
          ? "`pipe init` writes a pipeline to start from"
          : `did you mean ${JSON.stringify(join(dirname(written), near))}?`,
    });
  }
  if (statSync(entry).isDirectory()) {
    const inside = [
      "pipeline.ts",
      ...readdirSync(entry).filter((name) => scriptEndings.includes(extname(name))),
    ];
    const found = inside.find((name) => existsSync(join(entry, name)));
    return diagnostic("pipeline-is-folder", `${JSON.stringify(written)} is a folder, not a pipeline file`, {
      hint:
        found === undefined
          ? "name the pipeline file: `pipe run pipeline.ts`"
          : `did you mean ${JSON.stringify(join(written, found))}?`,
    });
  }
  if (scriptEndings.includes(extname(entry))) return null;
  return diagnostic("no-script", `${JSON.stringify(basename(entry))} is no TypeScript file`, {
    hint: "a pipeline is a .ts file, or a pipe.toml with [[block]] entries for programs of your own",
  });
}
