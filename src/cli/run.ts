// `pipe run`: flags in, one run, words out.

import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { count, thousands } from "../report/amounts.ts";
import { coloursWanted } from "../report/colour.ts";
import { createProgressOutput, type ProgressMode, type ProgressOutput } from "../report/progress-output.ts";
import { shownPath } from "../report/say-failure.ts";
import type { ArrayOutcome } from "../run/array/array-run.ts";
import { refuseUnusableExecutor } from "../run/executor-for.ts";
import { explainRun } from "../run/judge-all.ts";
import type { CheckedRequest } from "../run/prepare.ts";
import { checkRequest, planFor } from "../run/prepare.ts";
import { type RunOutcome, runPipeline } from "../run/run-pipeline.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { exitStatus } from "./exit-status.ts";
import type { RunValues } from "./flags/run.ts";
import { standardError } from "./standard-error.ts";
import { tellOutcome } from "./tell-outcome.ts";

export const runCommand = (values: RunValues): Promise<number> =>
  runRequest(values, { cwd: process.cwd(), resume: null });

/** `resume`: the run to go on with, as it was started; null: a new one. */
export async function runRequest(
  values: RunValues,
  { cwd, resume }: { readonly cwd: string; readonly resume: RunFolder | null },
): Promise<number> {
  using checked = await checkRequest({
    ...{ pipeline: values.pipeline, flags: values, cwd },
    ...(resume === null ? {} : { asIn: resume.path }),
  });
  const { output, purpose } = checked.settings;
  refuseForNothing(purpose, values);
  if (purpose === "statistics-only") return await writeStatisticsOnly(checked);
  const planned = planFor(checked);
  if (purpose === "dry-run") {
    const { printAll, tellDamage } = await import("./explain.ts");
    const order = planned.plan.blocks.map(({ name }) => name);
    const { tasks, warning } = await explainRun(checked, planned.plan);
    tellDamage(warning, output);
    printAll(tasks, { ...output, order, flags: flagsOfExec(values) });
    return exitStatus.fine;
  }
  const without = withoutLauncher(checked, values);
  if (without !== "prepare") await refuseUnusableExecutor(checked.settings.executor, planned.plan);
  const colours = coloursWanted({
    flag: output.color,
    isTerminal: process.stderr.isTTY === true,
    environment: process.env,
  });
  const execFlags = flagsOfExec(values);
  const showing = () =>
    createProgressOutput({
      mode: modeFor(checked),
      stream: standardError(),
      ...{ colours, execFlags, workingFolder: cwd },
      // No summary follows that would say it again.
      atEnd: output.json ? "keep" : "clear",
    });
  const show = showing();
  if (resume !== null) {
    const { openRun } = await import("../report/read-run.ts");
    openRun(resume).poll((event) => show.progress.apply(event));
  }
  try {
    const what = { ...planned, commandLine: process.argv.slice(2), resume: resume?.name ?? null };
    const { takeInEarlier } = await import("./take-in-earlier.ts");
    const before = resume !== null ? null : await takeInEarlier(checked.settings, what.commandLine, showing);
    if (before !== null) return before;
    if (without === "prepare") {
      const { prepareCommand } = await import("./run-prepare.ts");
      return await prepareCommand(checked, what, show);
    }
    const outcome: ArrayOutcome | RunOutcome =
      without === "arrays"
        ? await arrays(checked, { ...what, detach: values.detach === true }, show)
        : await runPipeline(checked, what, show);
    show.close();
    if ("jobs" in outcome) {
      const { printDetached } = await import("./run-detached.ts");
      return printDetached(outcome, checked.settings);
    }
    return await tellOutcome(outcome, show, { output, colours, execFlags, workingFolder: cwd });
  } catch (error) {
    // Whoever reads standard output gets its object all the same; what went wrong stands on standard error.
    const { run } = show.progress;
    if (output.json && run !== null) {
      const { brokenRunJson } = await import("../report/json.ts");
      process.stdout.write(`${JSON.stringify(brokenRunJson(run, show.progress))}\n`);
    }
    throw error;
  } finally {
    show.close();
  }
}

async function arrays(
  checked: CheckedRequest,
  what: Parameters<typeof runPipeline>[1] & { readonly detach: boolean },
  show: ProgressOutput,
): Promise<ArrayOutcome> {
  const { executor } = checked.settings;
  if (executor.kind !== "slurm") throw new Error("arrays without Slurm");
  const { runArrays } = await import("../run/array/array-run.ts");
  const stays = what.detach ? "until-submitted" : "to-the-end";
  return await runArrays(checked, { ...what, options: executor.options, stays }, show);
}

/** Whether the tasks of this run are to be run without this launcher. @throws Refusal where that cannot be. */
function withoutLauncher(
  { settings }: CheckedRequest,
  { prepare, detach }: RunValues,
): "prepare" | "arrays" | null {
  const { executor } = settings;
  const arrays = executor.kind === "slurm" && executor.options.mode === "array";
  if (detach === true && !arrays) throw refuse(cannotDetach(executor.name));
  if (detach === true && prepare === true) throw refuse(prepareAndDetach);
  if (prepare === true) return "prepare";
  return arrays ? "arrays" : null;
}

const cannotDetach = (executor: string): Diagnostic =>
  diagnostic(
    "cannot-detach",
    `\`--detach\` needs an executor with \`mode = "array"\`, and \`${executor}\` is none`,
    {
      notes: [
        "everywhere else it is the launcher that decides what runs next, so nothing would go on without it",
      ],
      hint: '`[executor.NAME]` with `kind = "slurm"` and `mode = "array"` in pipe.toml, and `--executor NAME`',
    },
  );

/** @throws Refusal where a flag says how the tasks of a run are run, and there is no run. */
function refuseForNothing(
  purpose: CheckedRequest["settings"]["purpose"],
  { prepare, detach }: RunValues,
): void {
  const refuseFlag = (message: string, hint: string) => {
    throw refuse(diagnostic("contradiction", message, { hint }));
  };
  if (purpose === "dry-run" && prepare === true) {
    refuseFlag("`--dry_run` touches nothing, and `--prepare` makes a run", "leave one of them out");
  }
  const flag = prepare === true ? "--prepare" : detach === true ? "--detach" : null;
  if (purpose === "statistics-only" && flag !== null) {
    refuseFlag(`\`--statistics_only\` runs no task, so \`${flag}\` means nothing`, "leave one of them out");
  }
}

const prepareAndDetach: Diagnostic = diagnostic(
  "contradiction",
  "`--prepare` submits nothing, and `--detach` everything",
  { hint: "leave one of them out" },
);

async function writeStatisticsOnly(checked: CheckedRequest): Promise<number> {
  const { writeStatistics } = await import("../run/write-statistics.ts");
  const { dataset, samples, valid, files, rewritten } = writeStatistics(checked, process.argv.slice(2));
  if (rewritten.length > 0) {
    const { putRightWarning } = await import("../run/put-right.ts");
    const { message, hint } = putRightWarning(rewritten);
    process.stderr.write(`warning: ${message}\n  hint: ${hint}\n`);
  }
  const { json } = checked.settings.output;
  const words = `${count(valid, "valid sample")} of ${thousands(samples)}: ${files.map((file) => shownPath(file, process.cwd())).join(", ")}`;
  process.stdout.write(`${json ? JSON.stringify({ dataset, samples, valid, files }) : words}\n`);
  return exitStatus.fine;
}

function modeFor({ settings }: CheckedRequest): ProgressMode {
  switch (settings.output.detail) {
    case "quiet":
      return "quiet";
    case "verbose":
      return "verbose";
    case "normal":
      // Tasks in this process print to the same terminal: their lines would tear the bars.
      return process.stderr.isTTY === true && settings.executor.kind !== "sequential" ? "live" : "plain";
  }
}

/** What makes `pipe exec` find the same pipeline and dataset from the same folder. */
function flagsOfExec(values: RunValues): readonly string[] {
  return [
    ...(values.pipeline === null ? [] : ["--pipeline", values.pipeline]),
    ...(values.dataPath === null ? [] : ["--data_path", values.dataPath]),
    ...(values.seed === null ? [] : ["--seed", String(values.seed)]),
  ];
}
