// `pipe run --detach`: what was submitted, and what to type next.

import { shellCommand } from "../core/shell-word.ts";
import { count } from "../report/amounts.ts";
import type { Detached } from "../run/array/array-run.ts";
import type { CheckedRequest } from "../run/prepare.ts";
import { exitStatus } from "./exit-status.ts";

export function printDetached(
  { run, jobs, unsubmitted, why }: Detached,
  { dataPath, output }: CheckedRequest["settings"],
): number {
  if (output.json) {
    const json = { run: run.name, dataset: dataPath, detached: true, jobs, unsubmitted };
    process.stdout.write(`${JSON.stringify(json)}\n`);
    return exitStatus.fine;
  }
  const look = (command: string) => shellCommand(["pipe", command, run.name, "--data_path", dataPath]);
  const lines = [
    `run ${run.name} goes on without a launcher: ${count(jobs.length, "job")} submitted`,
    ...jobs.map(({ job, block, tasks }) => `  job ${job}: ${block}, ${count(tasks, "task")}`),
    ...(unsubmitted === 0
      ? []
      : [
          `not submitted: ${count(unsubmitted, "task")}, because Slurm took no more (${why ?? "limits"}); \`pipe attach\` submits the rest when others have ended`,
        ]),
    `how it stands:    ${look("status")}`,
    `watch to the end: ${look("attach")}`,
    `end it:           ${look("cancel")}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return exitStatus.fine;
}
