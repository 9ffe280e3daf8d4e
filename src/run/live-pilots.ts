// Pilots of a run whose launcher is gone may still be at samples of this dataset. Who starts something else there must not
// meet them: two tasks would write into one folder.
import { diagnostic, unable } from "../core/diagnostic.ts";
import { slurmCommands } from "../executors/slurm/client/command.ts";
import { openSlots, readJobs } from "../executors/slurm/jobs/jobs-journal.ts";
import { askOfJobs } from "../executors/slurm/jobs/say-jobs.ts";
import { type LeftRun, mayHavePilots } from "./left-runs.ts";

/** @throws Refusal where jobs of such a run are queued or run, or nobody can say that they do not. */
export async function refuseLivePilots(left: readonly LeftRun[]): Promise<void> {
  for (const one of left.filter(mayHavePilots)) {
    const answer = await askOfJobs(openSlots(readJobs(one.run.path)), slurmCommands(process.env));
    const alive = answer.kind === "unknown" || answer.jobs.some(({ meaning }) => meaning.kind !== "ended");
    if (!alive) continue;
    const { name } = one.run;
    throw unable(
      diagnostic(
        "pilots-alive",
        `jobs of run ${name} still work on this dataset, though its launcher is gone`,
        {
          notes: answer.kind === "unknown" ? [`Slurm does not say whether they do: ${answer.message}`] : [],
          hint: `\`pipe attach ${name}\` goes on with them, \`pipe cancel ${name}\` ends them`,
        },
      ),
    );
  }
}
