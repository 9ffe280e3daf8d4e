// A run as it was started: its bundle, its pipe.toml, whatever has become of the files that they were made from. Who takes a run
// over goes on with these; with the files as they are now it would be another run.
import { copyFileSync, existsSync } from "node:fs";
import { dirname, extname } from "node:path";
import { type Config, noConfig } from "../config/config.ts";
import type { PipelineFile } from "../config/find-pipeline.ts";
import { parseConfig } from "../config/load.ts";
import { bundleMapPath, bundlePath, configurationPath } from "../rundir/layout.ts";
import { readText } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";
import { checkedBundle, type LoadedPipeline } from "./load-pipeline.ts";

/** @param path of the pipeline file, absolute, as run.json has it. */
export function pipelineOfRun(run: string, path: string): PipelineFile {
  if (extname(path).toLowerCase() === ".toml") return { kind: "toml", path };
  return { kind: "code", path, config: existsSync(configurationPath(run)) ? configurationPath(run) : null };
}

/** @throws Refusal where it is not understood by this version any more. */
export async function configurationOfRun(run: string, pipeline: PipelineFile): Promise<Config> {
  const text = readText(configurationPath(run));
  if (text === "missing") return noConfig;
  // Paths in it are relative to the folder that it was read in.
  return await parseConfig(text, { file: pipeline.path, named: configurationPath(run) });
}

/** @throws Refusal where it does not load, or files that it names are gone. */
export async function loadBundled(of: {
  readonly pipeline: PipelineFile;
  readonly run: string;
  readonly outFile: string;
}): Promise<LoadedPipeline> {
  const { pipeline, run, outFile } = of;
  const copy = (from: string, to: string) => onFile("create", to, () => copyFileSync(from, to));
  copy(bundlePath(run), outFile);
  const map = bundleMapPath(run);
  if (existsSync(map)) copy(map, `${outFile}.map`);
  const folder = dirname(pipeline.path);
  const origin = { file: pipeline.path, placeOfImport: () => null };
  return { ...(await checkedBundle(outFile, { origin, folder })), folder, sources: [pipeline.path] };
}

/** For whoever takes the run over: the pipe.toml may have been edited by then. */
export function keepConfiguration(pipeline: PipelineFile, run: string): void {
  const from = pipeline.kind === "toml" ? pipeline.path : pipeline.config;
  if (from !== null)
    onFile("create", configurationPath(run), () => copyFileSync(from, configurationPath(run)));
}
