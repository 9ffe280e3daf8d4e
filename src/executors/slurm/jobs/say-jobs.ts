// What Slurm says of a run's jobs, a line for each state that some of them are in: for `pipe status` of a run that goes on
// without a launcher. Nobody waits for an answer that does not come.
import { type SlurmCommands, slurmCommands } from "../client/command.ts";
import type { QueryAnswer, SeenJob } from "../client/seen-job.ts";
import { queryJobs } from "../client/squeue.ts";
import { partsOf } from "../client/submission-key.ts";
import { type JobSlot, openSlots, readJobs } from "./jobs-journal.ts";

/** Seconds. */
const patience = 20;

/** Empty where the run has no jobs, or none that may still do something. */
export async function sayJobs(runFolder: string): Promise<readonly string[]> {
  const open = openSlots(readJobs(runFolder));
  if (open.length === 0) return [];
  const answer = await askOfJobs(open, inAMoment());
  if (answer.kind === "unknown") return [`Slurm does not say how its jobs stand: ${answer.message}`];
  return linesOf(open, answer.jobs);
}

/** Whether any job of a run waits or runs; `unknown` where Slurm does not say. */
export async function jobsGoOn(runFolder: string): Promise<"some" | "none" | "unknown"> {
  const open = openSlots(readJobs(runFolder));
  if (open.length === 0) return "none";
  const answer = await askOfJobs(open, inAMoment());
  if (answer.kind === "unknown") return "unknown";
  return answer.jobs.some(({ meaning }) => meaning.kind !== "ended") ? "some" : "none";
}

/** What Slurm lists of these, and of nothing else. */
export async function askOfJobs(open: readonly JobSlot[], commands: SlurmCommands): Promise<QueryAnswer> {
  const keys = new Set<string | null>(open.map(({ key }) => key));
  return await queryJobs(commands, { user: process.getuid?.() ?? 0, belongs: ({ key }) => keys.has(key) });
}

function inAMoment(): SlurmCommands {
  const commands = slurmCommands(process.env);
  return { run: (program, argv) => commands.run(program, argv, { seconds: patience }) };
}

/** Elements of one array in one state are one line. */
export function linesOf(open: readonly JobSlot[], jobs: readonly SeenJob[]): readonly string[] {
  const groups = new Map<string, { readonly slot: string; readonly what: string; count: number }>();
  for (const job of jobs) {
    const slot = job.key === null ? job.name : partsOf(job.key).slot;
    const what = inWords(job);
    const group = groups.get(`${slot} ${what}`) ?? { slot, what, count: 0 };
    group.count += countOf(job);
    groups.set(`${slot} ${what}`, group);
  }
  return [...groups.values()].map(({ slot, what, count }) => {
    const facts = open.find((one) => one.slot === slot);
    const block = facts === undefined ? slot : String(facts.facts.block ?? slot);
    const number = facts?.state.kind === "submitted" ? ` (job ${facts.state.job})` : "";
    return `${block}${number}: ${count} ${what}`;
  });
}

function inWords({ meaning }: SeenJob): string {
  switch (meaning.kind) {
    case "waiting":
      return `waiting: ${meaning.words} (${meaning.reason})`;
    case "alive":
      return meaning.state === "RUNNING" ? "running" : meaning.state.toLowerCase();
    case "ended":
      return `ended: ${meaning.words}`;
    case "unknown":
      return `in state ${meaning.state}`;
  }
}

function countOf({ elements }: SeenJob): number {
  if (elements.kind !== "rest") return 1;
  return elements.ranges.reduce(
    (sum, { first, last, step }) => sum + Math.floor((last - first) / step) + 1,
    0,
  );
}
