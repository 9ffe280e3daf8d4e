// Little pipelines bundled and loaded as `pipe run` does it, to see what the code of their blocks is said to be.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadBundle } from "../../src/api/load-bundle.ts";
import type { PipelinePart } from "../../src/api/parts.ts";
import type { BlockCode } from "../../src/cache/code/identity.ts";
import { codeIdentities } from "../../src/cache/code/identity.ts";
import { bundlePipeline } from "../../src/run/bundle.ts";

export type Sources = Readonly<Record<string, string>>;

export interface SmallPipeline extends Disposable {
  readonly folder: string;
  readonly bundle: string;
  readonly parts: readonly PipelinePart[];
}

/** @param sources path → text; `pipeline.ts` is the entry. */
export async function smallPipeline(sources: Sources): Promise<SmallPipeline> {
  const folder = mkdtempSync(join(tmpdir(), "pipe-code-"));
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const outFile = join(folder, ".out", "pipeline.js");
  mkdirSync(dirname(outFile));
  await bundlePipeline({ entry: join(folder, "pipeline.ts"), outFile });
  const pipeline = await loadBundle(outFile);
  return {
    folder,
    bundle: readFileSync(outFile, "utf8"),
    parts: pipeline.parts(),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** By the block's name. */
export async function codeOf(sources: Sources): Promise<ReadonlyMap<string, BlockCode>> {
  using pipeline = await smallPipeline(sources);
  const classes = pipeline.parts
    .filter(({ spec }) => spec.kind.kind === "code")
    .map(({ spec, block }) => ({
      block: spec.name,
      name: block.constructor.name,
      source: Function.prototype.toString.call(block.constructor),
    }));
  const codes = await codeIdentities(pipeline.bundle, classes);
  return new Map(codes.map((code) => [code.block, code]));
}

/** The blocks of `after` whose code is another one than in `before`. */
export function changedBlocks(before: Codes, after: Codes): string[] {
  return [...after.keys()].filter((name) => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined || is === undefined) return true;
    const changed = was.digest !== is.digest;
    // What is told part by part must never say less than the digest of the whole.
    if (changed === Bun.deepEquals(digestsOf(was), digestsOf(is)))
      throw new Error(
        `${name}: ${changed ? "no part has changed" : "parts have changed"}, but the whole says otherwise`,
      );
    return changed;
  });
}

export type Codes = ReadonlyMap<string, BlockCode>;

const digestsOf = ({ parts }: BlockCode): readonly string[] => parts.map(({ digest }) => digest).sort();

export const partsOf = (codes: Codes, block: string): string[] =>
  (codes.get(block)?.parts ?? []).map(({ name }) => name);
