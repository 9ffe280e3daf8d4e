// From work.json to what judges and names the tasks of a prepared run: the launcher's own rooms, set up a second time without
// the launcher's request.
import { loadBundle } from "../../api/load-bundle.ts";
import type { Memory } from "../../cache/memory.ts";
import type { BlockPolicy } from "../../cache/verdict.ts";
import { diagnostic, refuse } from "../../core/diagnostic.ts";
import type { BlockName, SampleId } from "../../core/ids.ts";
import { blockGraph } from "../../plan/graph.ts";
import { createPlan, type Plan } from "../../plan/plan.ts";
import { bundlePath, workPath } from "../../rundir/layout.ts";
import { readText } from "../../system/durable-file.ts";
import { Judging } from "../judging.ts";
import type { Outputs } from "../outputs.ts";
import { type OwnInfo, ownInfoOf } from "../own-info.ts";
import type { Work } from "./work.ts";
import { parseWork } from "./work-text.ts";

export interface PreparedRun {
  /** `runinfo/NNN`, absolute. */
  readonly folder: string;
  /** DATA_PATH, absolute. */
  readonly dataPath: string;
  readonly work: Work;
  readonly plan: Plan;
  /** All blocks of the pipeline, in its order. */
  readonly order: readonly BlockName[];
  /** Null where what counts is what pipe itself counts. */
  readonly ownInfo: OwnInfo | null;
}

/** @throws Refusal where the run was not prepared for this, or by another version. */
export async function openPrepared(folder: string, dataPath: string): Promise<PreparedRun> {
  const path = workPath(folder);
  const text = readText(path);
  if (text === "missing") {
    throw refuse(
      diagnostic("not-prepared", `\`${folder}\` holds no tasks to run without a launcher`, {
        notes: [`there is no \`${path}\``],
        hint: "`pipe run --prepare` makes such a run; its folder is DATA_PATH/runinfo/NNN",
      }),
    );
  }
  const parsed = parseWork(text, path);
  if (parsed.kind === "unusable") throw refuse(parsed.diagnostic);
  return await preparedOf(folder, dataPath, parsed.work);
}

export async function preparedOf(folder: string, dataPath: string, work: Work): Promise<PreparedRun> {
  const plan = createPlan(work.specs.slice(0, work.blocks.length), work.samples);
  const order = work.specs.map((spec) => spec.name);
  return { folder, dataPath, work, plan, order, ownInfo: await ownInfoOfRun(folder, dataPath, work) };
}

async function ownInfoOfRun(folder: string, dataPath: string, work: Work): Promise<OwnInfo | null> {
  if (!work.ownInfo) return null;
  const { serializationInfo } = await loadBundle(bundlePath(folder));
  return serializationInfo === null ? null : ownInfoOf({ dataPath, seed: work.seed }, serializationInfo);
}

export function judgingOf(
  { work, plan, ownInfo }: PreparedRun,
  of: { readonly memory: Memory; readonly outputs: Outputs },
): Judging {
  const policies = plan.blocks.map(({ name }, index): [BlockName, BlockPolicy] => {
    const policy = work.blocks[index]?.policy;
    if (policy === undefined) throw new Error(`no policy of ${name}`);
    return [name, policy];
  });
  return new Judging({
    ...{ memory: of.memory, keys: work.keys, texts: new Map(), specs: work.specs, ownInfo },
    ...{ graph: blockGraph(work.specs), policies: new Map(policies) },
    areAsLeft: work.looks ? (sample, files) => of.outputs.areAsLeft(sample, files()) : () => true,
    outputs: work.looks ? (record, later) => of.outputs.look(record, later) : () => [],
  });
}

export const sampleAt = (plan: Plan, index: number): SampleId => {
  const sample = plan.samples[index];
  if (sample === undefined) throw new RangeError(`no sample ${index} in a plan of ${plan.samples.length}`);
  return sample;
};
