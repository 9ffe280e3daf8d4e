// `--prepare`: a run that is made and left, for whoever calls its tasks. The dataset is free again afterwards; what the tasks
// leave is taken in by the next launcher.
import type { BlockScope } from "../../core/block.ts";
import type { BlockName } from "../../core/ids.ts";
import type { Plan } from "../../plan/plan.ts";
import { isCompiled, selfCommand } from "../../system/self-command.ts";
import type { CheckedRequest } from "../prepare.ts";
import type { Audience } from "../run-pipeline.ts";
import { prepareRun } from "./prepare-run.ts";

/** As `--json` prints it. */
export interface Prepared {
  readonly run: string;
  readonly dataset: string;
  readonly run_dir: string;
  /** Of the plan, and those among them that are to be run. */
  readonly tasks: number;
  readonly open: number;
  /** Runs one task, when its number is put behind. */
  readonly command: readonly string[];
  /** The tasks of a block are `first`, `first + step`, …, `count` of them. */
  readonly blocks: readonly {
    readonly block: BlockName;
    readonly scope: BlockScope;
    readonly first: number;
    readonly step: number;
    readonly count: number;
  }[];
}

/** @throws Refusal */
export async function prepareAndLeave(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly create: Plan["samples"];
    readonly commandLine: readonly string[];
  },
  audience: Audience,
): Promise<Prepared> {
  const { plan } = what;
  const held = await prepareRun(
    checked,
    { ...what, needs: plan.blocks.map((block) => block.needs) },
    audience,
  );
  try {
    const executable = await executableFor(checked.settings.dataPath);
    held.record({ kind: "launcher-left", why: "prepared" });
    await held.finish("left");
    const { sampleBlockCount } = plan.graph;
    return {
      ...{ run: held.run.name, dataset: checked.settings.dataPath, run_dir: held.run.path },
      ...{ tasks: plan.taskCount, open: held.account.open },
      command: [...executable, "worker", "--run_dir", held.run.path, "--task"],
      blocks: plan.blocks.map(({ name, scope }, index) => ({
        ...{ block: name, scope },
        first: scope === "sample" ? index : plan.taskOf(null, index),
        step: scope === "sample" ? sampleBlockCount : 1,
        count: scope === "sample" ? plan.samples.length : 1,
      })),
    };
  } finally {
    await held.release();
  }
}

/** As it is staged for the nodes; from its source pipe runs only here, for whoever works on it. */
async function executableFor(dataPath: string): Promise<readonly string[]> {
  if (!isCompiled()) return selfCommand();
  const { stageExecutable } = await import("../../executors/slurm/jobs/staging.ts");
  return [stageExecutable(dataPath).path];
}
