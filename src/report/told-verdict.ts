// What is said of a task before a run: whether it will run, and why. Only the facts that words are made of; who decides
// keeps what it decided with.

import type { BlockName, Moment } from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { Reason } from "../core/reason.ts";
import type { TaskName } from "../core/task.ts";

export interface ExplainedTask {
  readonly task: TaskName;
  readonly verdict: ToldVerdict;
}

export type Reasons = readonly [Reason, ...Reason[]];

export type ToldVerdict =
  /** What is remembered of it stands. */
  | { readonly kind: "current"; readonly record: RememberedResult }
  | { readonly kind: "stale"; readonly reasons: Reasons }
  /** A block before it runs, and what that leaves decides. */
  | { readonly kind: "after-stale"; readonly of: BlockName }
  /** It would have to run, and `--do_not_retry_blocks` says that it must not. */
  | { readonly kind: "not-retried"; readonly reasons: Reasons }
  /** Its sample stops at another block. */
  | { readonly kind: "not-reached"; readonly of: BlockName; readonly why: "issue" | "not-retried" };

export interface RememberedResult {
  readonly outcome: { readonly kind: "succeeded" } | { readonly kind: "issue"; readonly message: string };
  /** `003` */
  readonly run: string;
  readonly at: Moment;
  readonly files: { readonly length: number };
  readonly accepted: { readonly by: string; readonly at: Moment } | null;
}

/** What becomes of the task, as far as it is known before the run. */
export type Decision = "runs" | "may-run" | "not-retried" | "not-reached" | "remembered" | "issue-stands";

export function decisionOf(verdict: ToldVerdict): Decision {
  switch (verdict.kind) {
    case "current":
      return verdict.record.outcome.kind === "issue" ? "issue-stands" : "remembered";
    case "stale":
      return verdict.reasons.every(({ kind }) => kind === "runs-before") ? "may-run" : "runs";
    case "after-stale":
      return "may-run";
    case "not-retried":
    case "not-reached":
      return verdict.kind;
    default:
      return never(verdict);
  }
}

/** The blocks whose result decides whether the task runs; empty where that is decided. */
export function waitsFor(verdict: ToldVerdict): readonly BlockName[] {
  if (verdict.kind === "after-stale") return [verdict.of];
  if (verdict.kind !== "stale") return [];
  return verdict.reasons.flatMap((reason) => (reason.kind === "runs-before" ? reason.blocks : []));
}

/** Without those that only say that a block before it runs. */
export const decisive = (reasons: Reasons): readonly Reason[] =>
  reasons.filter(({ kind }) => kind !== "runs-before");
