// Before a run begins: what tasks of earlier runs have done without a launcher is taken in, and arrays that still go on are
// watched to their end. Begun beside them, the same work would be done twice, in the same folders.
import { diagnostic, unable } from "../core/diagnostic.ts";
import { count } from "../report/amounts.ts";
import type { ProgressOutput } from "../report/progress-output.ts";
import type { CheckedRequest } from "../run/prepare.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";

/** Null where the new run may begin; otherwise what this command ends with. @throws Refusal */
export async function takeInEarlier(
  { dataPath, output }: CheckedRequest["settings"],
  commandLine: readonly string[],
  show: () => ProgressOutput,
): Promise<ExitStatus | null> {
  const { countNews, harvest, unfinishedRuns } = await import("../run/array/harvest-results.ts");
  const tell = (line: string) => {
    if (output.detail !== "quiet") process.stderr.write(`${line}\n`);
  };
  for (const run of unfinishedRuns(dataPath)) {
    const { jobsGoOn } = await import("../run/array/jobs-go-on.ts");
    const jobs = await jobsGoOn(run.path);
    if (jobs === "unknown") throw unable(cannotAsk(run));
    if (jobs === "some") {
      tell(`run ${run.name} goes on in Slurm without a launcher: it is watched to its end first`);
      const ended = await watchToTheEnd(dataPath, { run, commandLine }, show());
      if (ended !== null) return ended;
      continue;
    }
    if (countNews(run) === 0) continue;
    const { lockDataset } = await import("../run/lock-dataset.ts");
    const { taken } = await harvest(dataPath, { run, lock: lockDataset(dataPath, commandLine) });
    if (taken > 0) tell(`run ${run.name}: ${count(taken, "task")} done without a launcher taken in`);
  }
  return null;
}

async function watchToTheEnd(
  dataPath: string,
  of: { readonly run: RunFolder; readonly commandLine: readonly string[] },
  show: ProgressOutput,
): Promise<ExitStatus | null> {
  const { attachArrays } = await import("../run/array/array-run.ts");
  try {
    const { why, diagnostic: problem } = await attachArrays(dataPath, of, show);
    if (why === "interrupted") return exitStatus.interrupted;
    if (problem !== null) throw unable(problem);
    return null;
  } finally {
    show.close();
  }
}

const cannotAsk = (run: RunFolder) =>
  diagnostic("jobs-unknown", `whether the jobs of run ${run.name} still go on cannot be found out`, {
    notes: ["Slurm does not answer, and begun beside them the same work would be done twice"],
    hint: "try again in a minute, or where `squeue` works; `pipe cancel` ends that run",
  });
