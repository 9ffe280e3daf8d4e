// What is recorded of a run before anything of it runs: what it is over, what of the checkpoint was damaged, what changed code
// will cost.
import type { RunEventBody } from "../core/events.ts";
import type { Plan } from "../plan/plan.ts";
import { sayCodeChange } from "../report/code-changes.ts";
import { damageWarning } from "./damage-warning.ts";
import { codeChangesIn } from "./judge-all.ts";
import { chosenBlocks, type OpenCache } from "./open-cache.ts";
import type { CheckedRequest } from "./prepare.ts";

export function runStarted({ settings }: CheckedRequest, run: string, plan: Plan): RunEventBody {
  return {
    ...{ kind: "run-started", run, dataset: settings.dataPath, executor: settings.executor.name },
    blocks: plan.blocks.map(({ name, scope }) => ({ name, scope })),
    ...{ samples: plan.samples.length, tasks: plan.taskCount },
  };
}

export function cacheWarnings(
  checked: CheckedRequest,
  { checkpoint, forecast }: Pick<OpenCache, "checkpoint" | "forecast">,
): readonly RunEventBody[] {
  const damage = damageWarning(checkpoint.findings);
  const notRetried = new Set(chosenBlocks(checked).doNotRetryBlocks);
  const { dataPath } = checked.settings;
  const changes =
    forecast === null
      ? []
      : codeChangesIn(forecast.plan, { judging: forecast.judging, notRetried, dataPath }).map(sayCodeChange);
  return [...(damage === null ? [] : [damage]), ...changes].map((words) => ({ kind: "warning", ...words }));
}
