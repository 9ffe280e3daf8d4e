// Blocks that flags about remembered results name, checked against the pipeline. A name that is misspelt, or that lies behind
// `--until`, would otherwise change nothing, and its author would wait hours for a result that does not come.

import type { BlockSpec } from "../core/block.ts";
import { type Diagnostic, diagnostic, Refusal, refuse } from "../core/diagnostic.ts";
import type { BlockName } from "../core/ids.ts";
import { blocksUntil, knownBlocks } from "./selection.ts";

export interface AskedBlocks {
  readonly forceRunBlocks: readonly string[];
  readonly doNotRetryBlocks: readonly string[];
  readonly acceptCode: readonly string[];
}

/** Each once, in the order of the pipeline. */
export interface ChosenBlocks {
  readonly forceRunBlocks: readonly BlockName[];
  readonly doNotRetryBlocks: readonly BlockName[];
  readonly acceptCode: readonly BlockName[];
}

export const noBlocksChosen: ChosenBlocks = { forceRunBlocks: [], doNotRetryBlocks: [], acceptCode: [] };

/** @throws Refusal with every name that the pipeline does not have or that this run does not reach. */
export function chooseBlocks(
  specs: readonly BlockSpec[],
  until: string | null,
  asked: AskedBlocks,
): ChosenBlocks {
  const reached = new Set(blocksUntil(specs, until).map((spec) => spec.name));
  const found: Diagnostic[] = [];
  const choose = (flag: string, names: readonly string[]): readonly BlockName[] => {
    try {
      const known = knownBlocks(specs, flag, names);
      for (const name of known) if (!reached.has(name)) found.push(behindUntil(flag, name, until));
      return known;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      found.push(...error.diagnostics);
      return [];
    }
  };
  const chosen = {
    forceRunBlocks: choose("--force_run_blocks", asked.forceRunBlocks),
    doNotRetryBlocks: choose("--do_not_retry_blocks", asked.doNotRetryBlocks),
    acceptCode: choose("--accept_code", asked.acceptCode),
  };
  if (found.length > 0) throw refuse(...found);
  return chosen;
}

function behindUntil(flag: string, name: BlockName, until: string | null): Diagnostic {
  return diagnostic(
    "block-behind-until",
    `\`${flag}\` names \`${name}\`, which comes behind \`--until ${until}\` and is not reached`,
    { hint: `take \`${name}\` out of it, or stop later: \`--until ${name}\`` },
  );
}
