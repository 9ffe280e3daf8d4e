// Makes a run whose tasks need no launcher: its folder with everything that `pipe worker --task N` reads, on the disk before
// anybody is told of it. What stands is found out here, once, so that nothing is submitted for it.
import type { Memory } from "../../cache/memory.ts";
import type { Reasons } from "../../cache/verdict.ts";
import type { BlockName, SampleId, TaskId } from "../../core/ids.ts";
import type { Resources } from "../../core/resources.ts";
import type { TaskName } from "../../core/task.ts";
import { version } from "../../generated/version.ts";
import type { Plan } from "../../plan/plan.ts";
import { workFolder, workPath } from "../../rundir/layout.ts";
import { publish } from "../../system/durable-file.ts";
import { makeFolder } from "../../system/durable-folder.ts";
import { hostName } from "../../system/host.ts";
import type { Judging } from "../judging.ts";
import { blockKeysOf, chosenBlocks, policiesOf } from "../open-cache.ts";
import { type OpenRun, openRun } from "../open-run.ts";
import { ownInfoOf } from "../own-info.ts";
import type { CheckedRequest } from "../prepare.ts";
import { cacheWarnings, runStarted } from "../run-opening.ts";
import type { Audience } from "../run-pipeline.ts";
import { staleTold } from "../stale-told.ts";
import { writtenSamples } from "../written-samples.ts";
import { type HeldRun, holdRun } from "./held-run.ts";
import type { PreparedRun } from "./judging-of-work.ts";
import { type RememberedSample, writeRemembered } from "./remembered-samples.ts";
import { leaveEnding, makeResultsFolders } from "./results-folder.ts";
import type { TaskEnding } from "./task-ending.ts";
import type { Work } from "./work.ts";
import { workText } from "./work-text.ts";

/** @throws Refusal where it could not be begun; nothing is held then. */
export async function prepareRun(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly create: Plan["samples"];
    readonly commandLine: readonly string[];
    /** By block: what its tasks are given. */
    readonly needs: readonly Resources[];
  },
  audience: Audience,
): Promise<HeldRun> {
  const keys = await blockKeysOf(checked);
  const open = await openRun(checked, { ...what, keys, resume: null });
  try {
    return await prepareOpen(checked, { ...what, keys: keys.keys, open }, audience);
  } catch (error) {
    await open.cache.checkpoint.close();
    open.lock.release();
    throw error;
  }
}

async function prepareOpen(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly needs: readonly Resources[];
    readonly keys: Work["keys"];
    readonly open: OpenRun;
  },
  audience: Audience,
): Promise<HeldRun> {
  const { plan, open } = what;
  const { dataPath } = checked.settings;
  const { checkpoint, judging, lost } = open.cache;
  const prepared = preparedRun(checked, what);
  const { order } = prepared;
  const written = writtenSamples(dataPath, { order, looks: open.cache.looks });
  const rewriteAll = !written.isCurrent;
  if (rewriteAll || plan.blocks.length < order.length) written.invalidate();
  const warnings: string[] = [];
  const onStale = staleTold((message) => warnings.push(message));
  const blocks = [...new Set([...order, ...checkpoint.blocks])];
  const samples = plan.samples.map((sample) =>
    startOf(sample, {
      ...{ checked, prepared, judging, memory: checkpoint, rewriteAll, onStale, blocks },
      isSuspect: written.isSuspect,
    }),
  );
  const folder = open.run.path;
  makeFolder(workFolder(folder));
  publish(workPath(folder), workText(prepared.work), { durability: "synced" });
  writeRemembered(folder, samples);
  makeResultsFolders(folder, plan.taskCount);
  const held = await holdRun({
    ...{
      open,
      checkpoint,
      checkpointLost: lost,
      outputs: open.cache.outputs,
      prepared,
      judging,
      rewriteAll,
      audience,
    },
    ...{ starts: samples.map(({ standing, stops, stood }) => ({ standing, stops, stood })), told: new Set() },
  });
  const { record, account } = held;
  record(runStarted(checked, open.run.name, plan));
  for (const warning of cacheWarnings(checked, open.cache)) record(warning);
  for (const message of warnings) record({ kind: "warning", message, hint: null });
  const standing = samples.filter(({ stood }) => stood).length;
  if (standing > 0) record({ kind: "samples-cached", count: standing });
  account.begin();
  if (account.openSamples === 0) standingDatasetBlocks(held, judging);
  return held;
}

function preparedRun(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly needs: readonly Resources[];
    readonly keys: Work["keys"];
    readonly open: OpenRun;
  },
): PreparedRun {
  const { settings, specs, pipeline } = checked;
  const { plan, open, needs } = what;
  const policies = policiesOf(checked, plan);
  const notRetried = new Set<BlockName>(chosenBlocks(checked).doNotRetryBlocks);
  const work: Work = {
    ...{
      run: open.run.name,
      tool: version,
      seed: settings.seed,
      samples: plan.samples,
      specs,
      keys: what.keys,
    },
    blocks: plan.blocks.map(({ name }, index) => {
      const policy = policies.get(name);
      const need = needs[index];
      if (policy === undefined || need === undefined) throw new Error(`nothing is said of ${name}`);
      return { policy, notRetried: notRetried.has(name), needs: need };
    }),
    looks: open.cache.looks,
    ownInfo: pipeline.serializationInfo !== null,
  };
  const { dataPath } = settings;
  const { serializationInfo } = pipeline;
  const ownInfo = serializationInfo === null ? null : ownInfoOf(settings, serializationInfo);
  const order = specs.map((spec) => spec.name);
  return { folder: open.run.path, dataPath, work, plan, order, ownInfo };
}

function startOf(
  sample: SampleId,
  by: {
    readonly checked: CheckedRequest;
    readonly prepared: PreparedRun;
    readonly judging: Judging;
    readonly memory: Memory;
    readonly rewriteAll: boolean;
    readonly isSuspect: (sample: SampleId) => boolean;
    /** All blocks of which anything may be remembered, those that are gone included. */
    readonly blocks: readonly BlockName[];
    readonly onStale: (task: TaskName, reasons: Reasons) => void;
  },
): RememberedSample {
  const { judging, prepared } = by;
  const { graph } = prepared.plan;
  const standing: number[] = [];
  const stops: number[] = [];
  let issue = false;
  for (let block = 0; block < graph.sampleBlockCount; block++) {
    // What comes after a block that runs is not known before that has ended.
    const ancestors = graph.ancestors[block] ?? [];
    if (!ancestors.every((one) => standing.includes(one))) continue;
    const verdict = judging.judge(block, sample);
    if (verdict.kind === "current") {
      judging.settle(block, verdict.record);
      standing.push(block);
      issue ||= verdict.record.outcome.kind === "issue";
      continue;
    }
    by.onStale({ block: judging.name(block), sample }, verdict.reasons);
    if (prepared.work.blocks[block]?.notRetried === true) stops.push(block);
  }
  judging.release(sample);
  // An issue that stands ends the sample, whatever else could be run of it.
  if (issue) {
    const others = Array.from({ length: graph.sampleBlockCount }, (_, block) => block);
    stops.splice(0, stops.length, ...others.filter((block) => !standing.includes(block)));
  }
  const stood =
    !issue && !by.rewriteAll && standing.length === graph.sampleBlockCount && !by.isSuspect(sample);
  return { sample, standing, stops, stood, lines: by.memory.linesOf(sample, by.blocks) };
}

/** With all samples at rest, what stands of the dataset's blocks is known too. */
function standingDatasetBlocks({ prepared, account }: HeldRun, judging: Judging): void {
  const { plan, folder } = prepared;
  const by = { host: hostName(), pid: process.pid, job: null, restart: 0 };
  for (let block = plan.graph.sampleBlockCount; block < plan.blocks.length; block++) {
    const task: TaskId = plan.taskOf(null, block);
    if (!account.isDue(task)) return;
    const verdict = judging.judge(block, null);
    const kind = verdict.kind === "current" ? "stands" : "not-retried";
    if (kind === "not-retried" && prepared.work.blocks[block]?.notRetried !== true) return;
    const ending: TaskEnding = { task, ...plan.describe(task), by, how: { kind } };
    leaveEnding(folder, ending);
    account.take(ending);
  }
}
