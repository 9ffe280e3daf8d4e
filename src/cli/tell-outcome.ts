// How a run ended, to whoever started it or came back to it: the summary or the JSON object on standard output, and the exit
// status that scripts decide by.
import type { RunSummary } from "../core/events.ts";
import { coloursWanted, palette } from "../report/colour.ts";
import type { ProgressOutput } from "../report/progress-output.ts";
import { sayDiagnostic } from "../report/say-diagnostic.ts";
import type { RunOutcome } from "../run/run-pipeline.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";

export interface Telling {
  readonly output: {
    readonly json: boolean;
    readonly detail: "quiet" | "normal" | "verbose";
    readonly color: boolean | null;
  };
  /** On standard error. */
  readonly colours: boolean;
  readonly execFlags: readonly string[];
  readonly workingFolder: string;
}

export async function tellOutcome(
  outcome: RunOutcome,
  show: ProgressOutput,
  { output, colours, execFlags, workingFolder }: Telling,
): Promise<ExitStatus> {
  const { ended } = show.progress;
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
        : summaryText(ended, show.progress, { colours: coloured, workingFolder, execFlags });
    process.stdout.write(`${text}\n`);
  }
  return statusOf(outcome);
}

export function statusOf({ why, summary }: RunOutcome): ExitStatus {
  switch (why) {
    case "executor-failed":
      return exitStatus.unable;
    case "interrupted":
      return exitStatus.interrupted;
    case "complete":
      return isFailed(summary) ? exitStatus.taskFailed : exitStatus.fine;
  }
}

/** A sample may also fail when all its tasks are well: its own record could not be written. */
const isFailed = ({ tasks, samples }: RunSummary): boolean => tasks.failed > 0 || samples.failed > 0;
