// One task outside of any run: the block as it is now (or as it was bundled for a run), the sample as its record says.
// Nothing is recorded: a person tries something out, and the next run does the task itself.
import { existsSync } from "node:fs";
import { loadBundle } from "../api/load-bundle.ts";
import type { Pipeline } from "../api/pipeline.ts";
import { applyOverrides } from "../config/overrides.ts";
import { noRunFlags, type RunFlags } from "../config/resolve.ts";
import type { BlockSpec } from "../core/block.ts";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { attempt, type SampleId, sampleFolderName, taskId } from "../core/ids.ts";
import { freshSample, type SampleState } from "../core/sample.ts";
import { rangesOf } from "../core/sample-ranges.ts";
import { knownBlocks } from "../plan/selection.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { sampleFolder } from "../rundir/layout.ts";
import { requireRun } from "../rundir/runs.ts";
import { EndNow } from "../worker/task-runner.ts";
import { idsOf, validSamplesOf } from "./aggregate.ts";
import { samplesOf } from "./dataset-samples.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { bundleOf } from "./open-run.ts";
import { type CheckedRequest, checkRequest } from "./prepare.ts";
import { readSampleRecord } from "./sample-store.ts";
import { createSequentialRunner } from "./sequential-runner.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

export type { TaskResult } from "../protocol/answer.ts";

export interface TaskRequest {
  readonly block: string;
  /** Null for a block over the whole dataset. */
  readonly sample: SampleId | null;
  readonly pipeline: string | null;
  /** Of this run the bundle is taken; null: the pipeline as it is now. */
  readonly run: string | null;
  readonly dataPath: string | null;
  readonly seed: number | null;
  readonly cwd: string;
}

/** @throws Refusal where pipeline, block or sample are not there. */
export async function executeTask(request: TaskRequest): Promise<TaskResult> {
  using checked = await checkRequest({ ...request, flags: flagsFor(request) });
  const { dataPath, seed } = checked.settings;
  const { pipeline, specs } = await pipelineFor(checked, request.run);
  const spec = specOf(specs, request.block);
  const target = targetFor(specs, spec, { dataPath, sample: request.sample });
  using folder = makeTemporaryFolder("exec");
  const grace = 5;
  const runner = createSequentialRunner({ pipeline, runFolder: folder.path, dataPath, seed, grace });
  const abort = new AbortController();
  const stopListening = listenForInterrupts(() => abort.abort(new EndNow(grace)));
  try {
    return await runner.run(
      {
        ...{ task: taskId(0), attempt: attempt(1), block: spec.name, needs: spec.needs },
        environment: spec.environment,
        key: null,
        target,
      },
      abort.signal,
    );
  } finally {
    stopListening();
    await runner.close();
  }
}

async function pipelineFor(
  checked: CheckedRequest,
  run: string | null,
): Promise<{ readonly pipeline: Pipeline; readonly specs: readonly BlockSpec[] }> {
  if (run === null) return checked;
  const pipeline = await loadBundle(bundleOf(requireRun(checked.settings.dataPath, run)));
  const specs = pipeline.parts().map((part) => part.spec);
  return { pipeline, specs: applyOverrides(specs, checked.config.overrides) };
}

function specOf(specs: readonly BlockSpec[], name: string): BlockSpec {
  const [known] = knownBlocks(specs, "pipe exec", [name]);
  const spec = specs.find((candidate) => candidate.name === known);
  if (spec === undefined) throw new Error(`a known block without a specification: ${name}`);
  return spec;
}

function targetFor(
  specs: readonly BlockSpec[],
  spec: BlockSpec,
  where: { readonly dataPath: string; readonly sample: SampleId | null },
): Assignment["target"] {
  const { dataPath, sample } = where;
  if (spec.scope === "dataset") {
    if (sample === null) return { kind: "dataset", valid: idsOf(validSamplesOf(dataPath)) };
    throw refuse(
      diagnostic("dataset-block", `\`${spec.name}\` is over the whole dataset, not over one sample`, {
        hint: `\`pipe exec ${spec.name}\` runs it, without a sample`,
      }),
    );
  }
  if (sample !== null) return { kind: "sample", sample: stateFor(specs, spec, { dataPath, sample }) };
  throw refuse(
    diagnostic("no-sample", `\`${spec.name}\` needs a sample to run on`, {
      hint: `name one: \`pipe exec ${spec.name} ${samplesOf(dataPath)[0] ?? 0}\``,
    }),
  );
}

/** The sample as it was when the block was to run: what earlier blocks set, and nothing of later ones. */
function stateFor(
  specs: readonly BlockSpec[],
  spec: BlockSpec,
  where: { readonly dataPath: string; readonly sample: SampleId },
): SampleState {
  const { dataPath, sample } = where;
  if (!existsSync(sampleFolder(dataPath, sample))) {
    const existing = samplesOf(dataPath);
    throw refuse(
      diagnostic("unknown-sample", `there is no sample ${sampleFolderName(sample)} in \`${dataPath}\``, {
        notes: existing.length === 0 ? ["the dataset has no samples"] : [`it has ${rangesOf(existing)}`],
        hint: `make it: \`pipe run --start_sample ${sample} --num_samples 1 --until ${spec.name}\``,
      }),
    );
  }
  const earlier = specs.slice(0, specs.indexOf(spec)).map((block) => block.name);
  const record = readSampleRecord(dataPath, sample);
  if (record === null) {
    const last = earlier.at(-1);
    if (last === undefined) return freshSample(sample);
    throw refuse(
      diagnostic(
        "sample-not-run",
        `nothing is known yet of what came before \`${spec.name}\` on sample ${sampleFolderName(sample)}`,
        {
          notes: ["its sample.json is written when it has come to rest"],
          hint: `\`pipe run --samples ${sample} --until ${last}\` runs the blocks before it`,
        },
      ),
    );
  }
  const only = (values: SampleState["config"]) =>
    Object.fromEntries(earlier.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
  return {
    ...freshSample(sample),
    config: only(record.state.config),
    statistics: only(record.state.statistics),
  };
}

function flagsFor({ dataPath, seed }: TaskRequest): RunFlags {
  return { ...noRunFlags, dataPath, seed, runSequential: true };
}
