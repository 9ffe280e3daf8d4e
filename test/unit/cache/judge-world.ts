// A pipeline on one sample, run as the launcher runs it, with its disk as a Map; and beside it a model that remembers
// everything as it was (whole options, whole code, the whole sample) and compares values. The two share no digest, no key
// and no walk: where they disagree, one of them is wrong.
import { canonicalJson } from "../../../src/cache/canonical-json.ts";
import { contentText, type SampleContent } from "../../../src/cache/content.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import { type BlockKey, blockKey, codeText, keyOf, optionsText } from "../../../src/cache/key.ts";
import { oldContent } from "../../../src/cache/old-content.ts";
import { overwrittenBy, standingFiles, toRestore } from "../../../src/cache/overwritten.ts";
import type { Digest, OutputReason, Reason, TaskRecord } from "../../../src/cache/record.ts";
import { decodeRecord, encodeRecord } from "../../../src/cache/record-text.ts";
import { accepted, recordOf } from "../../../src/cache/remember.ts";
import type { SampleView } from "../../../src/cache/sample-changes.ts";
import { type BlockPolicy, judge, type Verdict } from "../../../src/cache/verdict.ts";
import { type Before, type Walk, walkSample, walkShape } from "../../../src/cache/walk.ts";
import { type BlockName, blockName, moment, sampleId } from "../../../src/core/ids.ts";
import type { Json } from "../../../src/core/json.ts";
import type { SampleChanges } from "../../../src/core/sample.ts";

export interface WorldBlock {
  readonly name: string;
  readonly after: readonly number[];
  readonly options: { readonly size: number; readonly mode: string };
  readonly code: { readonly body: number; readonly helper: number };
}

/** What a block's code does with what it sees. Pure but for the files it finds and leaves. */
export type Behaviour = (seen: Seen) => Done;

export interface Seen {
  readonly block: WorldBlock;
  readonly values: Readonly<Record<string, Json>>;
  readonly files: ReadonlyMap<string, string>;
}

export interface Done {
  readonly issue: string | null;
  readonly changes: SampleChanges;
  readonly writes: ReadonlyMap<string, string>;
  readonly removes: readonly string[];
}

/** What the model knows of a task that ended. */
interface Memory {
  readonly options: string;
  readonly codes: readonly string[];
  readonly view: string;
  readonly done: Done;
}

export interface RunFlags {
  readonly disabled: boolean;
  readonly forced: readonly string[];
  readonly retryIssues: boolean;
  readonly accept: string | null;
  /** Ends the launcher after so many tasks. */
  readonly killedAfter: number;
  /** Fails the task of this number. */
  readonly failing: number;
  /** The pipeline's own info. */
  readonly info: ((content: SampleContent, block: string) => Json) | null;
}

export interface Step {
  readonly block: string;
  readonly verdict: Verdict;
  readonly expected: readonly string[];
}

export const sample = sampleId(3);

export class World {
  readonly disk = new Map<string, string>();
  readonly checkpoint = new Map<string, string>();
  /** Everything that was ever remembered, the newest first. */
  readonly past: TaskRecord[] = [];
  readonly texts = new Map<Digest, string>();
  readonly #model = new Map<string, Memory>();
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  run(
    pipeline: readonly WorldBlock[],
    flags: RunFlags,
  ): { steps: Step[]; whole: boolean; walk: Walk<SampleContent> } {
    const shape = walkShape(
      pipeline.map((block) => blockName(block.name)),
      pipeline.map((block) => block.after),
    );
    const walk = walkSample(sample, shape);
    const settled = new Map<number, Memory>();
    const steps: Step[] = [];
    const keys = pipeline.map((block) => this.#key(block));
    if (flags.accept !== null) this.#accept(flags.accept, pipeline, keys);
    const policies = pipeline.map((_, block) => policyOf(pipeline, shape.ancestors, { block, flags }));

    for (const [at, block] of pipeline.entries()) {
      const records = pipeline.map(({ name }) => this.#record(name));
      const beforeOf = (of: Walk<SampleContent>, index: number): Before =>
        this.#before(of, index, { pipeline, flags });
      const ask = (index: number, before: Before): Verdict =>
        judge({
          remembered: this.#found(pipeline[index]?.name ?? ""),
          policy: policies[index] ?? { kind: "caching-disabled" },
          block: keys[index] as BlockKey,
          before,
          past: { text: (of) => this.texts.get(of) ?? null, sample: (of) => this.#view(walk, at, of) },
          outputs: (record) =>
            this.#damage(
              record,
              records.slice(index + 1).filter((one) => one !== null),
            ),
        });
      const trial = walkSample(sample, shape);
      const restore = toRestore({
        shape,
        records,
        settled: (index) => settled.has(index),
        trial,
        areAsLeft: (_, files) => files.every(({ path, sha256 }) => this.disk.get(path) === sha256),
        stands: (index) => ask(index, beforeOf(trial, index)).kind === "current",
      }).get(at);
      let verdict = ask(at, beforeOf(walk, at));
      if (verdict.kind === "current" && restore !== undefined) {
        verdict = { kind: "stale", reasons: [{ kind: "output-changed", files: [...restore.keys()] }] };
      }
      const view = this.#modelView(shape.ancestors[at] ?? [], settled, { pipeline, block, flags });
      steps.push({
        block: block.name,
        verdict,
        expected: this.#expected(block, view, {
          policy: policies[at],
          damaged: this.#modelDamage(at, pipeline),
          restore: restore !== undefined,
        }),
      });

      if (verdict.kind === "current") {
        const known = this.#model.get(block.name);
        if (known === undefined) throw new Error(`${block.name} is current and nobody knows of it`);
        if (verdict.record.outcome.kind === "issue") return { steps, whole: false, walk };
        walk.settle(at, verdict.record);
        settled.set(at, known);
        continue;
      }
      if (steps.length > flags.killedAfter) return { steps, whole: false, walk };
      const before = beforeOf(walk, at);
      if (typeof before !== "string") throw new Error("judged before its predecessors have ended");
      this.#putAway(
        block.name,
        pipeline.slice(0, at).map(({ name }) => name),
      );
      const content = walk.contentBefore(at);
      const done = this.#behaviour({
        block,
        values: valuesOf(content),
        files: new Map(
          [...content.files.keys()].flatMap((path) => {
            const found = this.disk.get(path);
            return found === undefined ? [] : [[path, found] as const];
          }),
        ),
      });
      for (const path of done.removes) this.disk.delete(path);
      for (const [path, text] of done.writes) this.disk.set(path, text);
      if (steps.length === flags.failing) {
        for (const path of done.writes.keys()) this.disk.delete(path);
        return { steps, whole: false, walk };
      }
      const record = recordOf(
        {
          block: blockName(block.name),
          sample,
          key: keyOf(keys[at] as BlockKey, before),
          outcome: done.issue === null ? { kind: "succeeded" } : { kind: "issue", message: done.issue },
          changes: done.changes,
          manifest: {
            files: [...done.writes].map(([path, text]) => ({
              path,
              size: text.length,
              modified: steps.length,
              sha256: text,
            })),
            removed: done.removes,
            found: [],
          },
          run: "000",
          at: moment(0),
        },
        (left) => walk.afterLeft(at, left),
      );
      this.#put(record);
      const memory = { options: canonicalJson(block.options), codes: [codeOf(block)], view, done };
      this.#model.set(block.name, memory);
      if (done.issue !== null) return { steps, whole: false, walk };
      walk.settle(at, record);
      settled.set(at, memory);
    }
    return { steps, whole: true, walk };
  }

  /** Somebody changes or removes a file that the task left. */
  damage(block: string, how: "gone" | "edited"): void {
    for (const path of this.#model.get(block)?.done.writes.keys() ?? []) {
      if (how === "gone") this.disk.delete(path);
      else this.disk.set(path, `${this.disk.get(path) ?? ""} edited`);
      return;
    }
  }

  #key(block: WorldBlock): BlockKey {
    const options = optionsText({ options: block.options, seed: 0, environment: {} });
    if (options.kind === "refused") throw new Error(options.path);
    const code = codeText([
      { name: `class ${block.name}`, digest: digestOf(`body ${block.code.body}`) },
      { name: "function helper", digest: digestOf(`helper ${block.code.helper}`) },
    ]);
    const key = blockKey({ options: options.text, code });
    this.texts.set(key.options, options.text).set(key.code, code);
    return key;
  }

  #found(name: string) {
    const text = this.checkpoint.get(name);
    return text === undefined
      ? ({ kind: "nothing" } as const)
      : decodeRecord(JSON.parse(text), { block: blockName(name), sample });
  }

  #record(name: string): TaskRecord | null {
    const found = this.#found(name);
    return found.kind === "record" ? found.record : null;
  }

  #put(record: TaskRecord): void {
    this.checkpoint.set(record.block, encodeRecord(record));
    this.past.unshift(record);
  }

  #accept(name: string, pipeline: readonly WorldBlock[], keys: readonly BlockKey[]): void {
    const at = pipeline.findIndex((block) => block.name === name);
    const [block, key, record, known] = [pipeline[at], keys[at], this.#record(name), this.#model.get(name)];
    if (block === undefined || key === undefined || record === null || known === undefined) return;
    if (record.key.code === key.code) return;
    this.#put(accepted(record, key.code, { by: "ada@host", at: moment(1) }));
    const [made] = known.codes;
    this.#model.set(name, { ...known, codes: made === undefined ? [] : [made, codeOf(block)] });
  }

  /** As the launcher does it: forgotten first, then what still is as a record says goes, except what a block before it owns. */
  #putAway(name: string, before: readonly string[]): void {
    const record = this.#record(name);
    const others = [...this.checkpoint.keys()].flatMap((other) => this.#record(other) ?? []);
    this.checkpoint.delete(name);
    this.#model.delete(name);
    for (const { path } of record?.files ?? []) {
      const there = this.disk.get(path);
      const says = (one: TaskRecord) => one.files.some((file) => file.path === path && file.sha256 === there);
      const owned = others.some((one) => before.includes(one.block) && says(one));
      if (!owned && others.some(says)) this.disk.delete(path);
    }
  }

  #damage(record: TaskRecord, behind: readonly TaskRecord[]): readonly OutputReason[] {
    const files = standingFiles(record, overwrittenBy(record, behind));
    const missing = files.filter(({ path }) => !this.disk.has(path)).map(({ path }) => path);
    const changed = files.flatMap(({ path, sha256 }) =>
      this.disk.has(path) && this.disk.get(path) !== sha256 ? [path] : [],
    );
    return [
      ...(missing.length > 0 ? [{ kind: "output-missing", files: missing } as const] : []),
      ...(changed.length > 0 ? [{ kind: "output-changed", files: changed } as const] : []),
    ];
  }

  #before(
    walk: Walk<SampleContent>,
    at: number,
    of: { pipeline: readonly WorldBlock[]; flags: RunFlags },
  ): Before {
    const before = walk.before(at);
    const { info } = of.flags;
    if (typeof before !== "string" || info === null) return before;
    const text = canonicalJson(info(walk.contentBefore(at), of.pipeline[at]?.name ?? ""));
    const digest = digestOf(text);
    this.texts.set(digest, text);
    return digest;
  }

  #view(walk: Walk<SampleContent>, at: number, digest: Digest): SampleView | null {
    const text = this.texts.get(digest);
    if (text !== undefined) return { kind: "info", text };
    if (walk.before(at) === digest) return { kind: "content", content: walk.contentBefore(at) };
    const content = oldContent(sample, this.past, digest);
    return content === null ? null : { kind: "content", content };
  }

  // ---- the model

  #modelView(
    ancestors: readonly number[],
    settled: ReadonlyMap<number, Memory>,
    of: { pipeline: readonly WorldBlock[]; block: WorldBlock; flags: RunFlags },
  ): string {
    const config: Record<string, Json> = {};
    const statistics: Record<string, Json> = {};
    const files: Record<string, string> = {};
    for (const index of ancestors) {
      const done = settled.get(index)?.done;
      const name = of.pipeline[index]?.name ?? "";
      if (done === undefined) throw new Error(`${name} has not ended`);
      if (Object.keys(done.changes.config).length > 0) config[name] = done.changes.config;
      if (Object.keys(done.changes.statistics).length > 0) statistics[name] = done.changes.statistics;
      for (const path of done.removes) delete files[path];
      for (const [path, text] of done.writes) files[path] = text;
    }
    if (of.flags.info === null) return canonicalJson({ config, statistics, files });
    const content: SampleContent = {
      id: sample,
      config: byBlock(config),
      statistics: byBlock(statistics),
      files: new Map(Object.entries(files)),
    };
    return canonicalJson({ info: of.flags.info(content, of.block.name) });
  }

  /** Whether a file that the task left, and none behind it touched since, is not as it left it. */
  #modelDamage(at: number, pipeline: readonly WorldBlock[]): boolean {
    const done = this.#model.get(pipeline[at]?.name ?? "")?.done;
    const touched = pipeline.slice(at + 1).flatMap(({ name }) => {
      const other = this.#model.get(name)?.done;
      return other === undefined ? [] : [...other.writes.keys(), ...other.removes];
    });
    return [...(done?.writes ?? [])].some(
      ([path, text]) => !touched.includes(path) && this.disk.get(path) !== text,
    );
  }

  #expected(
    block: WorldBlock,
    view: string,
    of: { policy: BlockPolicy | undefined; damaged: boolean; restore: boolean },
  ): readonly string[] {
    const known = this.#model.get(block.name);
    if (of.policy?.kind === "caching-disabled") return ["caching-disabled"];
    if (of.policy?.kind === "forced") return ["forced"];
    if (known === undefined) return ["never-run"];
    const kinds: string[] = [];
    if (known.options !== canonicalJson(block.options)) kinds.push("options-changed");
    if (!known.codes.includes(codeOf(block))) kinds.push("code-changed");
    if (known.view !== view) kinds.push("sample-changed");
    if (known.done.issue !== null) {
      if (of.policy?.kind === "as-remembered" && of.policy.issues === "retry") kinds.push("issue-retried");
    } else if (kinds.length === 0 && (of.damaged || of.restore)) kinds.push("output");
    return kinds;
  }
}

export const kindsOf = (verdict: Verdict): readonly string[] =>
  verdict.kind === "current"
    ? []
    : [...new Set(verdict.reasons.map(({ kind }) => (kind.startsWith("output") ? "output" : kind)))];

/** Whether a reason that could name fields names any. */
export function isToldInFull(reason: Reason): boolean {
  if (reason.kind === "code-changed") return (reason.parts?.length ?? 0) > 0;
  if (reason.kind === "options-changed" || reason.kind === "sample-changed")
    return (reason.fields?.length ?? 0) > 0;
  return true;
}

const codeOf = ({ code }: WorldBlock): string => `${code.body} ${code.helper}`;

const byBlock = (values: Readonly<Record<string, Json>>): SampleContent["config"] =>
  new Map(
    Object.entries(values).map(([name, value]) => [blockName(name), value as Readonly<Record<string, Json>>]),
  );

function valuesOf(content: SampleContent): Readonly<Record<string, Json>> {
  const { config, statistics } = JSON.parse(contentText(content));
  return { config, statistics };
}

function policyOf(
  pipeline: readonly WorldBlock[],
  ancestors: readonly (readonly number[])[],
  { block, flags }: { block: number; flags: RunFlags },
): BlockPolicy {
  if (flags.disabled) return { kind: "caching-disabled" };
  const name = (index: number): BlockName => blockName(pipeline[index]?.name ?? "");
  if (flags.forced.includes(name(block))) return { kind: "forced", follows: null };
  const follows = ancestors[block]?.find((ancestor) => flags.forced.includes(name(ancestor)));
  if (follows !== undefined) return { kind: "forced", follows: name(follows) };
  return { kind: "as-remembered", issues: flags.retryIssues ? "retry" : "stand" };
}
