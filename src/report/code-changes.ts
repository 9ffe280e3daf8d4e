// What a change of a block's code costs, before anybody has paid for it: how many tasks run again for that reason alone,
// and how many behind them may follow.

import type { BlockName, SampleId } from "../core/ids.ts";
import type { CodePartChange } from "../core/reason.ts";
import type { TaskName } from "../core/task.ts";
import { count, thousands } from "./amounts.ts";
import { sayParts } from "./say-verdict.ts";
import { type ToldVerdict, waitsFor } from "./told-verdict.ts";

export interface CodeChange {
  readonly block: BlockName;
  /** Null where the earlier code is not known any more. */
  readonly parts: readonly CodePartChange[] | null;
  /** Tasks of the block whose code is another one now. */
  readonly tasks: number;
  /** Those of them that nothing else makes run: `--accept_code` would keep their results. */
  readonly alone: number;
  /** Tasks behind those that run only if what they leave is different. */
  readonly behind: number;
}

/** As a warning at the start of a run: the cost, and how to avoid it. */
export function sayCodeChange(change: CodeChange): { readonly message: string; readonly hint: string } {
  const { block, parts, tasks, alone, behind } = change;
  const what = parts === null ? "" : ` (${sayParts(parts)})`;
  const more = behind === 0 ? "" : `, and up to ${thousands(behind)} behind them`;
  const some = alone === tasks ? "" : ` of ${thousands(alone)} of them`;
  return {
    message: `code of ${block} changed${what}: ${count(tasks, "task")} will run again${more}`,
    hint: `\`--accept_code ${block}\` keeps the old results${some}`,
  };
}

export class CodeChanges {
  readonly #blocks = new Map<BlockName, Growing>();
  #sample: SampleId | null = null;
  /** Of the sample at hand: block → the blocks whose new code is why it runs or may run. */
  readonly #causes = new Map<BlockName, readonly BlockName[]>();

  /** The tasks of a sample come one after the other, in the order of its blocks. */
  add({ block, sample }: TaskName, verdict: ToldVerdict): void {
    if (sample !== this.#sample) {
      this.#sample = sample;
      if (this.#causes.size > 0) this.#causes.clear();
    }
    if (verdict.kind === "stale") {
      const alone = this.#count(block, verdict.reasons);
      if (alone !== null) {
        if (alone) this.#causes.set(block, [block]);
        return;
      }
    }
    const waits = waitsFor(verdict);
    if (waits.length === 0 || this.#causes.size === 0) return;
    if (verdict.kind === "stale" && verdict.reasons.length > 1) return;
    const causes = [...new Set(waits.flatMap((name) => this.#causes.get(name) ?? []))];
    for (const cause of causes) {
      const growing = this.#blocks.get(cause);
      if (growing !== undefined) growing.behind++;
    }
    if (causes.length > 0) this.#causes.set(block, causes);
  }

  /** Those that cost anything, in the order of the pipeline. */
  found(order: readonly BlockName[]): readonly CodeChange[] {
    return [...this.#blocks.values()]
      .filter(({ alone }) => alone > 0)
      .sort((a, b) => order.indexOf(a.block) - order.indexOf(b.block))
      .map(({ parts, ...others }) => ({ ...others, parts: parts === null ? null : [...parts.values()] }));
  }

  /** Whether the code alone makes it run; null where the code is as it was. */
  #count(block: BlockName, reasons: Extract<ToldVerdict, { kind: "stale" }>["reasons"]): boolean | null {
    const code = reasons.find((reason) => reason.kind === "code-changed");
    if (code === undefined) return null;
    let growing = this.#blocks.get(block);
    if (growing === undefined) {
      growing = { block, parts: new Map(), tasks: 0, alone: 0, behind: 0 };
      this.#blocks.set(block, growing);
    }
    growing.tasks++;
    // Earlier results may be of several earlier versions of the code.
    if (code.parts === null) growing.parts = null;
    else for (const part of code.parts) growing.parts?.set(part.name, part);
    const alone = reasons.every(({ kind }) => kind === "code-changed" || kind === "runs-before");
    if (alone) growing.alone++;
    return alone;
  }
}

interface Growing {
  readonly block: BlockName;
  parts: Map<string, CodePartChange> | null;
  tasks: number;
  alone: number;
  behind: number;
}
