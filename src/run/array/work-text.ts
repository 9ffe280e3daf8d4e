// work.json as text, and back: every field is looked at once, so that a file that somebody has edited, or that another
// version wrote, is refused by name and not by a task that does something else than was meant.

import { isDigest } from "../../cache/digest.ts";
import type { BlockKey } from "../../cache/key.ts";
import type { BlockPolicy } from "../../cache/verdict.ts";
import type { BlockKind, BlockSpec } from "../../core/block.ts";
import { type Diagnostic, diagnostic } from "../../core/diagnostic.ts";
import { blockName } from "../../core/ids.ts";
import { rangesOf, samplesIn } from "../../core/sample-ranges.ts";
import { needs } from "../../protocol/check-parts.ts";
import { type Fields, flag, list, Mismatch, number, object, orNull, text } from "../../protocol/fields.ts";
import { type Work, type WorkBlock, workFormat } from "./work.ts";

export function workText(work: Work): string {
  const { run, tool, seed, samples, specs, keys, blocks, looks, ownInfo } = work;
  const json = {
    ...workFormat,
    ...{ run, tool, seed, samples: rangesOf(samples), looks, own_info: ownInfo },
    pipeline: specs.map((spec) => ({ spec, key: keys.get(spec.name) })),
    blocks,
  };
  return `${JSON.stringify(json, null, 1)}\n`;
}

export type ParsedWork =
  | { readonly kind: "work"; readonly work: Work }
  | { readonly kind: "unusable"; readonly diagnostic: Diagnostic };

/** @param path for messages. */
export function parseWork(json: string, path: string): ParsedWork {
  try {
    const fields = object(JSON.parse(json), "work");
    if (fields.format !== workFormat.format) throw new Mismatch("it does not say that it is `pipe-work`");
    const version = number(fields.version, "version");
    if (version !== workFormat.version) return unusable(`\`${path}\` is of version ${version}`, path);
    return { kind: "work", work: workIn(fields) };
  } catch (error) {
    if (!(error instanceof Mismatch || error instanceof SyntaxError || error instanceof RangeError))
      throw error;
    return unusable(`\`${path}\` cannot be understood: ${error.message}`, path);
  }
}

function unusable(message: string, path: string): ParsedWork {
  return {
    kind: "unusable",
    diagnostic: diagnostic("unusable-work", message, {
      notes: [`this pipe reads version ${workFormat.version}`],
      hint: `use the executable that prepared the run (in \`runinfo/bin\`, two folders above \`${path}\`)`,
    }),
  };
}

function workIn(fields: Fields): Work {
  const pipeline = list(fields.pipeline, "pipeline").map((entry) => {
    const { spec, key } = object(entry, "pipeline");
    return { spec: specIn(spec), key: keyIn(key) };
  });
  const samples = samplesIn(text(fields.samples, "samples"));
  if (samples === null) throw new Mismatch("`samples` holds no ranges");
  return {
    run: text(fields.run, "run"),
    tool: text(fields.tool, "tool"),
    seed: typeof fields.seed === "number" ? fields.seed : text(fields.seed, "seed"),
    samples,
    specs: pipeline.map(({ spec }) => spec),
    keys: new Map(pipeline.map(({ spec, key }) => [spec.name, key])),
    blocks: list(fields.blocks, "blocks").map(blockIn),
    looks: flag(fields.looks, "looks"),
    ownInfo: flag(fields.own_info, "own_info"),
  };
}

function keyIn(value: unknown): BlockKey {
  const { version, options, code } = object(value, "key");
  if (!isDigest(options) || !isDigest(code)) throw new Mismatch("`key` holds no digests");
  return { version: number(version, "key.version"), options, code };
}

function blockIn(value: unknown): WorkBlock {
  const fields = object(value, "blocks");
  return {
    policy: policyIn(fields.policy),
    notRetried: flag(fields.notRetried, "notRetried"),
    needs: needs(fields.needs),
  };
}

function policyIn(value: unknown): BlockPolicy {
  const fields = object(value, "policy");
  switch (fields.kind) {
    case "as-remembered":
      return { kind: "as-remembered", issues: fields.issues === "retry" ? "retry" : "stand" };
    case "caching-disabled":
      return { kind: "caching-disabled" };
    case "forced":
      return { kind: "forced", follows: orNull(fields.follows, (v) => blockName(text(v, "follows"))) };
    default:
      throw new Mismatch("`policy.kind` is none that is known");
  }
}

function specIn(value: unknown): BlockSpec {
  const fields = object(value, "spec");
  const scope = fields.scope === "sample" || fields.scope === "dataset" ? fields.scope : null;
  if (scope === null) throw new Mismatch("`scope` is neither sample nor dataset");
  return {
    name: blockName(text(fields.name, "name")),
    type: text(fields.type, "type"),
    scope,
    kind: kindIn(fields.kind),
    needs: needs(fields.needs),
    retries: number(fields.retries, "retries"),
    after: orNull(fields.after, (v) => texts(v, "after").map(blockName)),
    inputs: orNull(fields.inputs, (v) => texts(v, "inputs")),
    outputs: orNull(fields.outputs, (v) => texts(v, "outputs")),
    optionalOutputs: orNull(fields.optionalOutputs, (v) => texts(v, "optionalOutputs")),
    watch: texts(fields.watch, "watch"),
    requires: texts(fields.requires, "requires"),
    environment: textsByName(fields.environment, "environment"),
    executorOptions: textsByName(fields.executorOptions, "executorOptions"),
  };
}

function kindIn(value: unknown): BlockKind {
  const { kind, argv } = object(value, "kind");
  if (kind === "code") return { kind };
  if (kind === "command" || kind === "persistent") return { kind, argv: texts(argv, "argv") };
  throw new Mismatch("`kind` of a block is none that is known");
}

const texts = (value: unknown, name: string): readonly string[] =>
  list(value, name).map((item) => text(item, name));

const textsByName = (value: unknown, name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(object(value, name)).map(([key, item]) => [key, text(item, key)]));
