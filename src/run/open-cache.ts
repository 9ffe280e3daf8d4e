// From a checked request to what is remembered of its dataset, ready to be asked: keys of the blocks as they are now,
// what the flags say of each, the checkpoint, and how to look at the files that tasks left.
import { type Checkpoint, lookAtCheckpoint, openCheckpoint } from "../cache/checkpoint.ts";
import type { CheckpointFindings } from "../cache/checkpoint-read.ts";
import { digestOf } from "../cache/digest.ts";
import { type BlockKey, blockKey, codeText, optionsText } from "../cache/key.ts";
import type { Memory } from "../cache/memory.ts";
import type { Digest } from "../cache/record.ts";
import type { BlockPolicy } from "../cache/verdict.ts";
import type { BlockSpec } from "../core/block.ts";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import type { BlockName } from "../core/ids.ts";
import { version } from "../generated/version.ts";
import { type ChosenBlocks, chooseBlocks, noBlocksChosen } from "../plan/chosen-blocks.ts";
import { blockGraph } from "../plan/graph.ts";
import type { Plan } from "../plan/plan.ts";
import { datasetRefusal } from "../rundir/dataset-refusal.ts";
import { bundlePath } from "../rundir/layout.ts";
import { readText } from "../system/durable-file.ts";
import { hostName, userName } from "../system/host.ts";
import { type Accepting, acceptCode } from "./accept-code.ts";
import { blockCode, blockOptions } from "./block-code.ts";
import { isDamaged } from "./damage-warning.ts";
import { deadAttempts } from "./dead-attempts.ts";
import { Judging } from "./judging.ts";
import { planOfOtherCode } from "./other-code.ts";
import { createOutputs, type Outputs } from "./outputs.ts";
import { ownInfoOf } from "./own-info.ts";
import type { CheckedRequest } from "./prepare.ts";

export interface BlockKeys {
  readonly keys: ReadonlyMap<BlockName, BlockKey>;
  /** Behind the digests of options and code. */
  readonly texts: ReadonlyMap<Digest, string>;
}

/** @throws Refusal where options cannot be told apart from other options, or a watched file is not there. */
export async function blockKeysOf(checked: CheckedRequest): Promise<BlockKeys> {
  const { parts, folder, settings } = checked;
  const bundle = readText(bundlePath(checked.bundleFolder));
  if (bundle === "missing") throw new Error("the bundle is gone before the run began");
  const codes = new Map((await blockCode({ parts, bundle, folder })).map((code) => [code.block, code]));
  const keys = new Map<BlockName, BlockKey>();
  const texts = new Map<Digest, string>();
  const found: Diagnostic[] = [];
  for (const part of parts) {
    const { name } = part.spec;
    const environment = checked.specs.find((spec) => spec.name === name)?.environment ?? {};
    const options = optionsText({ options: blockOptions(part, folder), seed: settings.seed, environment });
    if (options.kind === "refused") {
      found.push(refusedOption(name, options));
      continue;
    }
    const code = codes.get(name);
    if (code === undefined) throw new Error(`nothing is known of the code of ${name}`);
    const text = codeText(code.parts);
    // The digest over all leaves paths out: a source file that is moved is no other code.
    keys.set(name, { ...blockKey({ options: options.text, code: text }), code: code.digest });
    texts.set(digestOf(options.text), options.text);
    texts.set(code.digest, text);
  }
  if (found.length > 0) throw refuse(...found);
  return { keys, texts };
}

/** Names of blocks in flags, checked against the pipeline. @throws Refusal */
export function chosenBlocks({ settings, specs }: CheckedRequest): ChosenBlocks {
  return settings.cache.kind === "enabled"
    ? chooseBlocks(specs, settings.until, settings.cache)
    : noBlocksChosen;
}

/** What is remembered, for who changes nothing. @throws Refusal where a newer pipe wrote it. */
export async function lookAtCache(
  checked: CheckedRequest,
  plan: Plan,
): Promise<{ readonly judging: Judging; readonly findings: CheckpointFindings }> {
  const order = checked.specs.map((spec) => spec.name);
  const { dataPath } = checked.settings;
  const { memory, findings } = lookAtCheckpoint(dataPath, order);
  const damaged = isDamaged(findings);
  const graph = blockGraph(checked.specs);
  const outputs = createOutputs({
    ...{ dataPath, memory, order, graph, run: null, appearedUnderDead: () => false, onTouched: () => {} },
  });
  const keys = await blockKeysOf(checked);
  acceptCode(memory, { ...asked(checked, { plan, keys }), by: thisUser() });
  return { judging: judgingOf(checked, { plan, memory, outputs, damaged, ...keys, goesOn: null }), findings };
}

const thisUser = () => `${userName()}@${hostName()}`;

const asked = (
  checked: CheckedRequest,
  { plan, keys: { keys } }: { readonly plan: Plan; readonly keys: BlockKeys },
): Omit<Accepting, "by"> => ({ blocks: chosenBlocks(checked).acceptCode, samples: plan.samples, keys });

export interface OpenCache {
  readonly checkpoint: Checkpoint;
  readonly judging: Judging;
  readonly outputs: Outputs;
  /** Whether the files of remembered results are looked at. */
  readonly looks: boolean;
  /** Rejects with a Refusal when what comes in cannot be remembered any more; never resolves. */
  readonly lost: Promise<never>;
  /** What to ask beforehand, and whom, where results of other code stand and what they cost is to be told; null: there are none. */
  readonly forecast: { readonly plan: Plan; readonly judging: Judging } | null;
  /** When nothing runs any more. */
  close(): Promise<void>;
}

/** For who holds the dataset's lock. @throws Refusal where it was written by a newer pipe, or cannot be written. */
export async function openCache(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly run: string;
    readonly keys: BlockKeys;
    /** The run to go on with, `003`; null: a new one. */
    readonly resume: string | null;
  },
): Promise<OpenCache> {
  const order = checked.specs.map((spec) => spec.name);
  const { dataPath } = checked.settings;
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const checkpoint = await openCheckpoint({
    ...{ dataPath, tool: version, run: what.run, order },
    onTrouble: (trouble) => lost.reject(datasetRefusal(dataPath, trouble.error)),
  });
  const damaged = isDamaged(checkpoint.findings);
  for (const [digest, text] of what.keys.texts) checkpoint.putText(digest, text);
  acceptCode(checkpoint, { ...asked(checked, what), by: thisUser() });
  const outputs = createOutputs({
    ...{ dataPath, memory: checkpoint, order, graph: blockGraph(checked.specs), run: what.run },
    appearedUnderDead: deadAttempts(dataPath),
    onTouched: (record) => checkpoint.put(record),
  });
  const newJudging = () =>
    judgingOf(checked, {
      ...{ plan: what.plan, memory: checkpoint, outputs, damaged, ...what.keys, goesOn: what.resume },
    });
  // Who goes on with a run cannot accept anything any more, and was told at its beginning.
  const tells = what.resume === null && checked.settings.cache.kind === "enabled";
  const costly = tells ? planOfOtherCode(checkpoint, what.plan, what.keys.keys) : null;
  return {
    ...{ checkpoint, outputs, lost: lost.promise, looks: looksAtFiles(checked, damaged) },
    judging: newJudging(),
    forecast: costly === null ? null : { plan: costly, judging: newJudging() },
    async close() {
      await checkpoint.close();
      outputs.outOfSight.close();
    },
  };
}

function judgingOf(
  checked: CheckedRequest,
  what: BlockKeys & {
    readonly plan: Plan;
    readonly memory: Memory;
    readonly outputs: Outputs;
    readonly damaged: boolean;
    readonly goesOn: string | null;
  },
): Judging {
  const { plan, memory, keys, texts, outputs } = what;
  const { settings, pipeline } = checked;
  const looks = looksAtFiles(checked, what.damaged);
  return new Judging({
    ...{ memory, keys, texts, specs: checked.specs, graph: blockGraph(checked.specs), goesOn: what.goesOn },
    policies: policiesOf(checked, plan),
    outputs: looks ? (record, later) => outputs.look(record, later) : () => [],
    ownInfo: pipeline.serializationInfo === null ? null : ownInfoOf(settings, pipeline.serializationInfo),
    areAsLeft: looks ? (sample, files) => outputs.areAsLeft(sample, files()) : () => true,
  });
}

/** Of a damaged checkpoint an older record may stand again: only its files can tell. */
function looksAtFiles({ settings: { cache } }: CheckedRequest, damaged: boolean): boolean {
  return cache.kind === "disabled" || cache.verify === "full" || damaged;
}

export function policiesOf(checked: CheckedRequest, plan: Plan): ReadonlyMap<BlockName, BlockPolicy> {
  const { cache } = checked.settings;
  const forced = new Set(chosenBlocks(checked).forceRunBlocks);
  return new Map(
    plan.blocks.map(({ name }, index): [BlockName, BlockPolicy] => {
      if (cache.kind === "disabled") return [name, { kind: "caching-disabled" }];
      if (forced.has(name)) return [name, { kind: "forced", follows: null }];
      const before = plan.graph.ancestors[index] ?? [];
      const follows = before
        .map((block) => plan.blocks[block]?.name)
        .find((block) => block !== undefined && forced.has(block));
      if (follows !== undefined) return [name, { kind: "forced", follows }];
      return [name, { kind: "as-remembered", issues: cache.retryIssues ? "retry" : "stand" }];
    }),
  );
}

function refusedOption(
  name: BlockSpec["name"],
  refused: { readonly path: string; readonly problem: string },
): Diagnostic {
  return diagnostic("option-not-remembered", `${name}: \`${refused.path}\` ${refused.problem}`, {
    notes: [
      "options are a part of what a task is remembered by, so they must be the same from start to start",
    ],
    hint: "keep plain values in the block's fields, and make the rest in `run`",
  });
}
