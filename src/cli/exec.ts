// `pipe exec BLOCK SAMPLE`: one task, here, in the foreground, as the worker would run it: the command that every
// failure names for repeating it.
import type { TaskFailure } from "../core/events.ts";
import { blockName } from "../core/ids.ts";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { never } from "../core/never.ts";
import { count, duration } from "../report/amounts.ts";
import { coloursWanted, palette } from "../report/colour.ts";
import { failureHeadline, sayTarget } from "../report/say-failure.ts";
import { failureWords } from "../report/say-failure-kind.ts";
import { executeTask, type TaskResult } from "../run/execute-task.ts";
import { exitStatus } from "./exit-status.ts";
import type { ExecValues } from "./flags/exec.ts";

export async function execCommand(values: ExecValues): Promise<number> {
  const result = await executeTask({ ...values, cwd: process.cwd() });
  if (values.json) process.stdout.write(`${JSON.stringify(asJson(values, result))}\n`);
  process.stderr.write(`${inWords(values, result)}\n`);
  return result.outcome.kind === "failed" ? exitStatus.taskFailed : exitStatus.fine;
}

function inWords({ block, sample, color }: ExecValues, result: TaskResult): string {
  const { outcome, usage, manifest } = result;
  const task = `${block} on ${sayTarget(sample)}`;
  switch (outcome.kind) {
    case "succeeded":
      return `${task}: done in ${duration(usage.seconds)}, ${count(filesOf(manifest).length, "file")} written`;
    case "issue":
      return `${task}: an issue after ${duration(usage.seconds)}: ${outcome.message}`;
    case "failed": {
      // Its output has just gone by, and this is the command that repeats it: only what happened is left to say.
      const isTerminal = process.stderr.isTTY === true;
      const colours = palette(coloursWanted({ flag: color, isTerminal, environment: process.env }));
      const { notes, hint } = failureWords(outcome.failure);
      const failure: TaskFailure = {
        ...{ block: blockName(block), sample, failure: outcome.failure },
        ...{ log: null, attempt: result.attempt, tail: [] },
      };
      return [
        `${colours.error("error:")} ${failureHeadline(failure, null)}`,
        ...notes.map((note) => `  ${note}`),
        ...(hint === null ? [] : [`  ${colours.hint("hint:")} ${hint}`]),
      ].join("\n");
    }
    default:
      return never(outcome);
  }
}

const filesOf = (manifest: TaskResult["manifest"]): readonly FileRecord[] =>
  manifest.files.filter((file) => entryKind(file) !== "folder");

function asJson({ block, sample }: ExecValues, { outcome, usage, changes, manifest }: TaskResult): object {
  return {
    ...{ block, sample, outcome: outcome.kind, seconds: usage.seconds },
    issue: outcome.kind === "issue" ? outcome.message : null,
    failure:
      outcome.kind === "failed" ? { ...outcome.failure, message: failureWords(outcome.failure).line } : null,
    ...{ config: changes.config, statistics: changes.statistics },
    files: filesOf(manifest).map(({ path, size }) => ({ path, size })),
  };
}
