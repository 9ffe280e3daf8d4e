// `pipe cancel`: ends a run and its jobs, wherever its launcher is.
import { resolve } from "node:path";
import { findDataPath } from "../config/resolve.ts";
import { cancelRun } from "../run/cancel-run.ts";
import { requireRun } from "../rundir/runs.ts";
import { exitStatus } from "./exit-status.ts";
import type { CancelValues } from "./flags/cancel.ts";

export async function cancelCommand(values: CancelValues): Promise<number> {
  const dataPath = resolve(await findDataPath(values.dataPath, process.cwd()));
  const run = requireRun(dataPath, values.run ?? "last");
  const ended = await cancelRun(dataPath, run, process.argv.slice(2));
  process.stdout.write(
    values.json ? `${JSON.stringify({ run: run.name, ...ended })}\n` : `${wordsOf(run.name, ended)}\n`,
  );
  return ended.problem === null ? exitStatus.fine : exitStatus.unable;
}

function wordsOf(run: string, ended: Awaited<ReturnType<typeof cancelRun>>): string {
  const launcher = {
    none: "no launcher was left",
    ended: "its launcher was told to end, and has",
    asked: "its launcher, on another machine, will end when it sees that it was asked to",
  }[ended.launcher];
  const jobs =
    ended.jobs.length === 0
      ? "no job was queued or running"
      : `jobs that were told to end: ${ended.jobs.join(", ")}`;
  const problem = ended.problem === null ? [] : [`not all is known to have ended: ${ended.problem}`];
  return [`run ${run}: ${launcher}; ${jobs}`, ...problem].join("\n");
}
