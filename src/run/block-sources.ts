// What each block is made with and of: its options, and the parts of its code.
import { codeIdentities } from "../cache/code-identity.ts";
import type { CodePart } from "../cache/record.ts";
import type { BlockName } from "../core/ids.ts";
import { bundlePath } from "../rundir/layout.ts";
import { readText } from "../system/durable-file.ts";
import type { CheckedRequest } from "./prepare.ts";

export interface BlockSource {
  readonly options: unknown;
  readonly code: { readonly parts: readonly CodePart[] };
}

export async function blockSources(checked: CheckedRequest): Promise<ReadonlyMap<BlockName, BlockSource>> {
  const bundle = readText(bundlePath(checked.bundleFolder));
  const classes = checked.parts.flatMap(({ spec, block }) =>
    spec.kind.kind === "code"
      ? [{ block: spec.name, name: block.constructor.name, source: String(block.constructor) }]
      : [],
  );
  const codes = await codeIdentities(bundle === "missing" ? "" : bundle, classes);
  const byBlock = new Map(codes.map((code) => [code.block, code]));
  return new Map(
    checked.parts.map(({ spec, block }) => [
      spec.name,
      {
        options: spec.kind.kind === "code" ? { ...block } : { argv: spec.kind.argv },
        code: { parts: byBlock.get(spec.name)?.parts ?? [] },
      },
    ]),
  );
}
