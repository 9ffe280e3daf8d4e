// What each block is made with and of: its options, and the parts of its code.

import { digestOf } from "../cache/digest.ts";
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
  const whole = { name: "the pipeline", digest: digestOf(bundle === "missing" ? "" : bundle) };
  return new Map(
    checked.parts.map(({ spec, block }) => [
      spec.name,
      {
        options: spec.kind.kind === "code" ? { ...block } : { argv: spec.kind.argv },
        code: { parts: [whole] },
      },
    ]),
  );
}
