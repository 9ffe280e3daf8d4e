// What becomes of a task whose job is over and that has left no ending: it is submitted again, or not, and then under which name.
// Pure.
import type { Failure } from "../../core/failure.ts";
import type { Bytes, Seconds } from "../../core/ids.ts";
import { never } from "../../core/never.ts";
import type { JobEnd } from "../../executors/slurm/client/states.ts";

export interface Loss {
  /** How its job ended; null where Slurm has forgotten it. */
  readonly how: JobEnd | null;
  /** Slurm's word of it, for people. */
  readonly words: string;
  /** `17_3` */
  readonly job: string;
  /** The last lines that the job printed. */
  readonly printed: readonly string[];
}

export interface LossBudget {
  /** How often this task was lost, this time included. */
  readonly losses: number;
  readonly retries: number;
  /** How long its job might take, and how much memory it might have. */
  readonly time: Seconds | null;
  readonly memory: Bytes | null;
}

export type AfterLoss = { readonly kind: "again" } | { readonly kind: "give-up"; readonly failure: Failure };

/** So often a task may lose the place where it runs, through no fault of its own. */
export const mostLosses = 3;

export function afterLoss(loss: Loss, budget: LossBudget): AfterLoss {
  const { losses, retries } = budget;
  const lost: Failure = { kind: "worker-lost", worker: loss.job, why: sayLoss(loss) };
  const within = (most: number, failure: Failure): AfterLoss =>
    losses <= most ? { kind: "again" } : { kind: "give-up", failure };
  switch (loss.how) {
    // Somebody wanted it to end.
    case "cancelled":
      return { kind: "give-up", failure: lost };
    // The task itself was too long, or too large: as with every failure of its own.
    case "timeout":
    case "deadline":
      return within(retries, budget.time === null ? lost : { kind: "timeout", limit: budget.time });
    case "out-of-memory":
      return within(retries, { kind: "out-of-memory", limit: budget.memory, peak: null });
    case "completed":
    case "failed":
    case "node-fail":
    case "boot-fail":
    case "preempted":
    case "cannot-start":
    case null:
      return within(mostLosses, lost);
    default:
      return never(loss.how);
  }
}

/** "it has failed; it printed: module: command not found" */
export function sayLoss({ words, printed }: Pick<Loss, "words" | "printed">): string {
  return printed.length === 0 ? words : `${words}; it printed: ${printed.join(" / ")}`;
}
