// Looks for every mistake that can be found without running a task: the pipeline is loaded as a run would load it, into
// a folder that is gone afterwards.
import { join } from "node:path";
import { loadPipelineConfig, type PipelineFile } from "../config/find-pipeline.ts";
import { applyOverrides } from "../config/overrides.ts";
import { blockGraph } from "../plan/graph.ts";
import { type LoadedPipeline, loadPipeline } from "./load-pipeline.ts";
import { refuseUnloadable } from "./loadable-path.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

/** @throws Refusal with everything that is wrong. */
export async function checkPipeline(pipeline: PipelineFile): Promise<LoadedPipeline> {
  refuseUnloadable(pipeline.path, null);
  const config = await loadPipelineConfig(pipeline);
  using folder = makeTemporaryFolder("check");
  const loaded = await loadPipeline({ pipeline, config, outFile: join(folder.path, "pipeline.js") });
  const specs = loaded.parts.map((part) => part.spec);
  blockGraph(applyOverrides(specs, config.overrides));
  return loaded;
}
