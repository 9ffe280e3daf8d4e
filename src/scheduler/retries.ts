// What a failure costs and who pays: the task's own attempts, the patience with lost places, or nobody. With one
// budget for all three, a bad node would use up the attempts of tasks that have done nothing wrong.

import { blame, type Failure } from "../core/failure.ts";
import { never } from "../core/never.ts";

export interface Spent {
  /** Attempts that failed by the task's own fault. */
  readonly failures: number;
  /** Places that were lost under it. */
  readonly losses: number;
}

export interface Budget {
  readonly retries: number;
  readonly losses: number;
}

export type Next =
  | { readonly kind: "again"; readonly pays: "attempt" | "loss" | "nothing" }
  | { readonly kind: "final" };

export function afterFailure(failure: Failure, spent: Spent, budget: Budget): Next {
  // However often it is tried: what it would work on is the same.
  if (failure.kind === "spoilt") return final;
  const culprit = blame(failure);
  switch (culprit) {
    case "task":
      return spent.failures < budget.retries ? { kind: "again", pays: "attempt" } : final;
    case "place":
      return spent.losses < budget.losses ? { kind: "again", pays: "loss" } : final;
    case "nobody":
      return { kind: "again", pays: "nothing" };
    default:
      return never(culprit);
  }
}

const final: Next = { kind: "final" };
