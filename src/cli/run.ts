// `pipe run`: flags in, one run, words out.

import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import type { RunSummary } from "../core/events.ts";
import { count, thousands } from "../report/amounts.ts";
import { coloursWanted, palette } from "../report/colour.ts";
import { createProgressOutput, type ProgressMode } from "../report/progress-output.ts";
import { sayDiagnostic } from "../report/say-diagnostic.ts";
import { shownPath } from "../report/say-failure.ts";
import type { Terminal } from "../report/terminal-frame.ts";
import { refuseUnusableExecutor } from "../run/executor-for.ts";
import { explainRun } from "../run/judge-all.ts";
import type { CheckedRequest } from "../run/prepare.ts";
import { checkRequest, planFor } from "../run/prepare.ts";
import { runPipeline } from "../run/run-pipeline.ts";
import { exitStatus } from "./exit-status.ts";
import type { RunValues } from "./flags/run.ts";

export async function runCommand(values: RunValues): Promise<number> {
  const cwd = process.cwd();
  using checked = await checkRequest({ pipeline: values.pipeline, flags: values, cwd });
  const { output, purpose } = checked.settings;
  if (purpose === "statistics-only") return await writeStatisticsOnly(checked);
  const planned = planFor(checked);
  if (purpose === "dry-run") {
    const { printAll } = await import("./explain.ts");
    const order = planned.plan.blocks.map(({ name }) => name);
    printAll(await explainRun(checked, planned.plan), { ...output, order, flags: flagsOfExec(values) });
    return exitStatus.fine;
  }
  const without = withoutLauncher(checked, values);
  if (without === null) refuseUnusableExecutor(checked.settings.executor, planned.plan);
  const colours = coloursWanted({
    flag: output.color,
    isTerminal: process.stderr.isTTY === true,
    environment: process.env,
  });
  const execFlags = flagsOfExec(values);
  const show = createProgressOutput({
    mode: modeFor(checked),
    stream: standardError(),
    ...{ colours, execFlags, workingFolder: cwd },
    // No summary follows that would say it again.
    atEnd: output.json ? "keep" : "clear",
  });
  try {
    const what = { ...planned, commandLine: process.argv.slice(2) };
    await takeInEarlier(checked.settings, what.commandLine);
    if (without === "prepare") {
      const { prepareCommand } = await import("./run-prepare.ts");
      return await prepareCommand(checked, what, show);
    }
    const outcome = await runPipeline(checked, what, show);
    show.close();
    const ended = show.progress.ended;
    if (ended === null) throw new Error("a run that ended without an end");
    if (outcome.diagnostic !== null) {
      process.stderr.write(`${sayDiagnostic(outcome.diagnostic, palette(colours))}\n`);
    }
    if (output.json) {
      const { runJson } = await import("../report/json.ts");
      process.stdout.write(`${JSON.stringify(runJson(ended, show.progress))}\n`);
    } else {
      const { summaryLine, summaryText } = await import("../report/summary.ts");
      const coloured = coloursWanted({
        flag: output.color,
        isTerminal: process.stdout.isTTY === true,
        environment: process.env,
      });
      const text =
        output.detail === "quiet"
          ? summaryLine(ended)
          : summaryText(ended, show.progress, { colours: coloured, workingFolder: cwd, execFlags });
      process.stdout.write(`${text}\n`);
    }
    switch (outcome.why) {
      case "executor-failed":
        return exitStatus.unable;
      case "interrupted":
        return exitStatus.interrupted;
      case "complete":
        return isFailed(outcome.summary) ? exitStatus.taskFailed : exitStatus.fine;
    }
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

/** What tasks have done since without a launcher is remembered before anything is judged. */
async function takeInEarlier(
  { dataPath, output }: CheckedRequest["settings"],
  commandLine: readonly string[],
): Promise<void> {
  const { harvestAll } = await import("../run/array/harvest-results.ts");
  for (const { run, taken } of await harvestAll(dataPath, commandLine)) {
    if (taken === 0 || output.detail === "quiet") continue;
    process.stderr.write(`run ${run.name}: ${count(taken, "task")} done without a launcher taken in\n`);
  }
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

const prepareAndDetach: Diagnostic = diagnostic(
  "contradiction",
  "`--prepare` submits nothing, and `--detach` everything",
  { hint: "leave one of them out" },
);

/** A sample may also fail when all its tasks are well: its own record could not be written. */
const isFailed = ({ tasks, samples }: RunSummary): boolean => tasks.failed > 0 || samples.failed > 0;

async function writeStatisticsOnly(checked: CheckedRequest): Promise<number> {
  const { writeStatistics } = await import("../run/write-statistics.ts");
  const { dataset, samples, valid, files } = writeStatistics(checked, process.argv.slice(2));
  const { json } = checked.settings.output;
  const words = `${count(valid, "valid sample")} of ${thousands(samples)}: ${files.map((file) => shownPath(file, process.cwd())).join(", ")}`;
  process.stdout.write(`${json ? JSON.stringify({ dataset, samples, valid, files }) : words}\n`);
  return exitStatus.fine;
}

/** As it is now: while blocks run in this process, `process.stderr.write` leads into their logs. */
function standardError(): Terminal {
  const { stderr } = process;
  return {
    write: stderr.write.bind(stderr),
    get columns() {
      return stderr.columns;
    },
    get rows() {
      return stderr.rows;
    },
  };
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
