// The verdict on every task of a plan as it stands before a run, for `pipe explain` and `--dry_run`: the same questions that
// a run asks, asked of what is remembered, and nothing is changed.
import type { BlockName, SampleId } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";
import { type CodeChange, CodeChanges } from "../report/code-changes.ts";
import { decisionOf, type ExplainedTask, type ToldVerdict } from "../report/told-verdict.ts";
import { damageWarning } from "./damage-warning.ts";
import { samplesOf } from "./dataset-samples.ts";
import type { Judging } from "./judging.ts";
import { chosenBlocks, lookAtCache } from "./open-cache.ts";
import type { CheckedRequest } from "./prepare.ts";
import { isValidOnceRight } from "./put-right.ts";

export interface Explained {
  /** Sample after sample, in the order of their blocks; those over the dataset behind them. */
  readonly tasks: Iterable<ExplainedTask>;
  /** What of the checkpoint is damaged; null where all is well. */
  readonly warning: ReturnType<typeof damageWarning>;
}

export async function explainRun(checked: CheckedRequest, plan: Plan): Promise<Explained> {
  const { judging, findings } = await lookAtCache(checked, plan);
  const notRetried = new Set(chosenBlocks(checked).doNotRetryBlocks);
  const tasks = verdicts(plan, { judging, notRetried, dataPath: checked.settings.dataPath });
  return { tasks, warning: damageWarning(findings) };
}

/** What a change of code costs, to be said before anything is run. */
export function codeChangesIn(plan: Plan, asking: Asking): readonly CodeChange[] {
  const changes = new CodeChanges();
  for (const { task, verdict } of verdicts(plan, asking)) changes.add(task, verdict);
  return changes.found(plan.blocks.map((block) => block.name));
}

export interface Asking {
  readonly judging: Judging;
  readonly notRetried: ReadonlySet<BlockName>;
  readonly dataPath: string;
}

function* verdicts(plan: Plan, asking: Asking): Iterable<ExplainedTask> {
  const { sampleBlockCount } = plan.graph;
  let moving: BlockName | null = null;
  const standing = new Set<SampleId>();
  for (const sample of plan.samples) {
    const told = sampleVerdicts(plan, sample, asking);
    if (told.every((verdict) => decisionOf(verdict) === "remembered")) standing.add(sample);
    for (const [block, verdict] of told.entries()) {
      const name = plan.blocks[block]?.name;
      if (name === undefined) continue;
      if (changesItsSample(verdict)) moving ??= name;
      yield { task: { block: name, sample }, verdict };
    }
    asking.judging.release(sample);
  }
  if (moving === null && plan.blocks.length > sampleBlockCount) {
    asking.judging.beginDataset(validOnes(plan, standing, asking));
  }
  for (const { name } of plan.blocks.slice(sampleBlockCount)) {
    const block = plan.blocks.findIndex((spec) => spec.name === name);
    const verdict: ToldVerdict =
      moving === null ? judged(asking.judging, block, null) : { kind: "after-stale", of: moving };
    if (verdict.kind !== "current") moving ??= name;
    yield { task: { block: name, sample: null }, verdict };
  }
}

/** As they will be in the run, which writes a sample.json again that is not as it should be: the file alone does not tell. */
function validOnes(plan: Plan, standing: ReadonlySet<SampleId>, asking: Asking): readonly SampleId[] {
  const { dataPath, judging } = asking;
  const planned = new Set(plan.samples);
  return samplesOf(dataPath).filter((sample) =>
    planned.has(sample)
      ? standing.has(sample)
      : isValidOnceRight(dataPath, sample, (one) => judging.isWhole(one)),
  );
}

/** Whether it is open how the sample will end. Behind an issue that stands all stays as it is. */
const changesItsSample = (verdict: ToldVerdict): boolean =>
  verdict.kind !== "current" && !(verdict.kind === "not-reached" && verdict.why === "issue");

function sampleVerdicts(plan: Plan, sample: SampleId, asking: Asking): readonly ToldVerdict[] {
  const { graph, blocks } = plan;
  const told: ToldVerdict[] = [];
  let stop: { readonly of: BlockName; readonly why: "issue" | "not-retried" } | null = null;
  for (const { name } of blocks.slice(0, graph.sampleBlockCount)) {
    const block = told.length;
    if (stop !== null) {
      told.push({ kind: "not-reached", ...stop });
      continue;
    }
    const verdict = judged(asking.judging, block, sample);
    if (verdict.kind === "stale" && asking.notRetried.has(name)) {
      told.push({ kind: "not-retried", reasons: verdict.reasons });
      stop = { of: name, why: "not-retried" };
      continue;
    }
    told.push(verdict);
    if (verdict.kind === "current" && verdict.record.outcome.kind === "issue")
      stop = { of: name, why: "issue" };
  }
  return told;
}

function judged(judging: Judging, block: number, sample: SampleId | null): ToldVerdict {
  const verdict = judging.judge(block, sample);
  if (verdict.kind === "current") judging.settle(block, verdict.record);
  return verdict;
}
