// The verdict on every task of a plan as it stands before a run, for `pipe explain` and `--dry_run`.
import { taskId } from "../core/ids.ts";
import type { Plan } from "../plan/plan.ts";
import type { ExplainedTask } from "../report/told-verdict.ts";
import type { CheckedRequest } from "./prepare.ts";

/** Sample after sample, in the order of their blocks; those over the dataset behind them. Changes nothing. */
export function* explainRun(_checked: CheckedRequest, plan: Plan): Iterable<ExplainedTask> {
  // Nothing is remembered across runs yet: every task runs.
  for (let task = 0; task < plan.taskCount; task++) {
    yield {
      task: plan.describe(taskId(task)),
      verdict: { kind: "stale", reasons: [{ kind: "never-run" }] },
    };
  }
}
