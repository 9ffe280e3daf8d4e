// The verdicts of all tasks, counted by what they have in common. Fed one by one, so that a hundred thousand samples are
// never held at once.

import type { BlockName, SampleId } from "../core/ids.ts";
import { CodeChanges } from "./code-changes.ts";
import { likeness, type MergedReason, mergedReason } from "./merged-reasons.ts";
import {
  type Decision,
  decisionOf,
  decisive,
  type ExplainedTask,
  type ToldVerdict,
  waitsFor,
} from "./told-verdict.ts";

/** Tasks of one block that are told in one line. */
export interface VerdictGroup {
  readonly block: BlockName;
  readonly decision: Decision;
  readonly count: number;
  /** The first few; null for a dataset block. */
  readonly samples: readonly (SampleId | null)[];
  readonly why: GroupWhy;
}

export type GroupWhy =
  | { readonly kind: "reasons"; readonly reasons: readonly MergedReason[] }
  /** Decided by what these blocks leave, or stopped at them. */
  | {
      readonly kind: "blocks";
      readonly blocks: readonly BlockName[];
      readonly stop: "issue" | "not-retried" | null;
    }
  /** More kinds of reasons than are told apart. */
  | { readonly kind: "various" };

export type DecisionCounts = Readonly<Record<Decision, number>>;

export class VerdictGroups {
  readonly #order: readonly BlockName[];
  readonly #blocks = new Map<BlockName, BlockVerdicts>();
  readonly #code = new CodeChanges();

  /** @param order the pipeline's blocks. */
  constructor(order: readonly BlockName[]) {
    this.#order = order;
  }

  /** The tasks of a sample come one after the other, in the order of its blocks. */
  add({ task, verdict }: ExplainedTask): void {
    const block = this.#blocks.get(task.block) ?? new BlockVerdicts(task.block);
    this.#blocks.set(task.block, block);
    block.add(task.sample, verdict);
    this.#code.add(task, verdict);
  }

  /** Of what does not simply stand: in the order of the blocks, the largest first within each. */
  groups(): readonly VerdictGroup[] {
    return this.blocks().flatMap((block) => block.groups());
  }

  counts(): DecisionCounts {
    const sum = { ...nothing };
    for (const { counts } of this.#blocks.values()) {
      for (const decision of decisions) sum[decision] += counts[decision];
    }
    return sum;
  }

  blocks(): readonly BlockVerdicts[] {
    const known = this.#order.flatMap((name) => this.#blocks.get(name) ?? []);
    return [...known, ...[...this.#blocks.values()].filter(({ name }) => !this.#order.includes(name))];
  }

  /** What changes of code cost. */
  codeChanges() {
    return this.#code.found(this.#order);
  }
}

const nothing: Record<Decision, number> = {
  ...{ runs: 0, "may-run": 0, "not-retried": 0 },
  ...{ "not-reached": 0, remembered: 0, "issue-stands": 0 },
};
const decisions: readonly Decision[] = [
  "runs",
  "may-run",
  "not-retried",
  "not-reached",
  "remembered",
  "issue-stands",
];

const keptSamples = 8;
/** Of one block; what comes after is counted together. */
const mostGroups = 50;

interface Growing extends VerdictGroup {
  count: number;
  readonly samples: (SampleId | null)[];
}

export class BlockVerdicts {
  readonly name: BlockName;
  readonly counts: Record<Decision, number> = { ...nothing };
  readonly #groups = new Map<string, Growing>();

  constructor(name: BlockName) {
    this.name = name;
  }

  get total(): number {
    return decisions.reduce((sum, decision) => sum + this.counts[decision], 0);
  }

  groups(): readonly VerdictGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }

  add(sample: SampleId | null, verdict: ToldVerdict): void {
    const decision = decisionOf(verdict);
    this.counts[decision]++;
    if (verdict.kind === "current") return;
    const group = this.#groupOf(decision, verdict);
    group.count++;
    if (group.samples.length < keptSamples) group.samples.push(sample);
  }

  #groupOf(decision: Decision, verdict: Exclude<ToldVerdict, { kind: "current" }>): Growing {
    const reasons = "reasons" in verdict ? decisive(verdict.reasons) : [];
    const about = reasons.length > 0 ? reasons.map(likeness) : aboutBlocks(verdict);
    const key = JSON.stringify([decision, about]);
    const known = this.#groups.get(key);
    if (known !== undefined) {
      if (known.why.kind === "reasons") {
        for (const [i, merged] of known.why.reasons.entries()) {
          const reason = reasons[i];
          if (reason !== undefined) merged.add(reason);
        }
      }
      return known;
    }
    if (this.#groups.size >= mostGroups) {
      return this.#make(JSON.stringify([decision]), decision, { kind: "various" });
    }
    const why: GroupWhy =
      reasons.length > 0 ? { kind: "reasons", reasons: reasons.map(mergedReason) } : aboutBlocks(verdict);
    return this.#make(key, decision, why);
  }

  #make(key: string, decision: Decision, why: GroupWhy): Growing {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: Growing = { block: this.name, decision, count: 0, samples: [], why };
    this.#groups.set(key, group);
    return group;
  }
}

function aboutBlocks(verdict: ToldVerdict): GroupWhy {
  return verdict.kind === "not-reached"
    ? { kind: "blocks", blocks: [verdict.of], stop: verdict.why }
    : { kind: "blocks", blocks: waitsFor(verdict), stop: null };
}
