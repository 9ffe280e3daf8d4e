// `pipe run`: flags in, one run, words out.

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
import type { RunFolder } from "../rundir/runs.ts";
import { exitStatus } from "./exit-status.ts";
import type { RunValues } from "./flags/run.ts";

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
  if (purpose === "statistics-only") return await writeStatisticsOnly(checked);
  const planned = planFor(checked);
  if (purpose === "dry-run") {
    const { printAll } = await import("./explain.ts");
    const order = planned.plan.blocks.map(({ name }) => name);
    printAll(await explainRun(checked, planned.plan), { ...output, order, flags: flagsOfExec(values) });
    return exitStatus.fine;
  }
  refuseUnusableExecutor(checked.settings.executor, planned.plan);
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
  if (resume !== null) {
    const { openRun } = await import("../report/read-run.ts");
    openRun(resume).poll((event) => show.progress.apply(event));
  }
  try {
    const outcome = await runPipeline(
      checked,
      { ...planned, commandLine: process.argv.slice(2), resume: resume?.name ?? null },
      show,
    );
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

/** A sample may also fail when all its tasks are well: its own record could not be written. */
const isFailed = ({ tasks, samples }: RunSummary): boolean => tasks.failed > 0 || samples.failed > 0;

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
