// Blocks for tests of pure rooms, with as little said as possible.

import type { BlockSpec } from "../../src/core/block.ts";
import { blockName } from "../../src/core/ids.ts";
import { defaultResources } from "../../src/core/resources.ts";

/** A sample block called `name`; `more` says what is special about it. `after` takes plain names. */
export function blockSpec(
  name: string,
  more: Partial<Omit<BlockSpec, "name" | "after">> & { readonly after?: readonly string[] | null } = {},
): BlockSpec {
  const { after = null, ...others } = more;
  return {
    name: blockName(name),
    type: name.replace(/_\d+$/, ""),
    scope: "sample",
    kind: { kind: "code" },
    needs: defaultResources,
    retries: 0,
    after: after === null ? null : after.map(blockName),
    inputs: null,
    outputs: null,
    optionalOutputs: null,
    watch: [],
    requires: [],
    environment: {},
    executorOptions: {},
    ...others,
  };
}
