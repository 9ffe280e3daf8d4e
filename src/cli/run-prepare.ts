// `pipe run --prepare`: everything up to the first task, and then what to call from a job script, in words.
import { never } from "../core/never.ts";
import { thousands } from "../report/amounts.ts";
import type { ProgressOutput } from "../report/progress-output.ts";
import { shownPath } from "../report/say-failure.ts";
import { type Prepared, prepareAndLeave } from "../run/array/prepare-and-leave.ts";
import type { CheckedRequest } from "../run/prepare.ts";
import { exitStatus } from "./exit-status.ts";

export async function prepareCommand(
  checked: CheckedRequest,
  what: Parameters<typeof prepareAndLeave>[1],
  show: ProgressOutput,
): Promise<number> {
  const prepared = await prepareAndLeave(checked, what, show);
  show.close();
  const { json } = checked.settings.output;
  process.stdout.write(`${json ? JSON.stringify(prepared) : inWords(prepared)}\n`);
  return exitStatus.fine;
}

function inWords(prepared: Prepared): string {
  const { run, run_dir, tasks, open, blocks, command } = prepared;
  const width = Math.max(...blocks.map(({ block }) => block.length));
  return [
    `run ${run} is prepared in ${shownPath(run_dir, process.cwd())}: ${thousands(open)} of ${thousands(tasks)} tasks are to be run`,
    "",
    ...blocks.map((block) => `  ${block.block.padEnd(width)}  ${numbers(block)}`),
    "",
    `each by: ${[...command, "N"].join(" ")}`,
    "exit status 0: ended well, with an issue, or nothing left to do; 1: failed, or a task before it has not ended",
    "the next `pipe run` takes in what was done; `pipe status` counts it",
  ].join("\n");
}

function numbers({ scope, first, step, count }: Prepared["blocks"][number]): string {
  const last = first + step * (count - 1);
  switch (scope) {
    case "dataset":
      return `task ${first}, when all samples have ended`;
    case "sample":
      if (count === 0) return "no task";
      if (count === 1) return `task ${first}`;
      return count === 2 ? `tasks ${first}, ${last}` : `tasks ${first}, ${first + step} … ${last}`;
    default:
      return never(scope);
  }
}
