// What is said of pilots that do not come up, or never will: everything that is known, and what to change.
import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../../../core/diagnostic.ts";
import { initRecordPath, submitScriptsFolder } from "../../../rundir/layout.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";
import { lastLines, readInit, sayBringUp, type Told } from "./bring-up.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotNode } from "./pilot-node.ts";
import { jobOutputPath, type Submitted } from "./submissions.ts";

/** `p0001 (job 17)`. */
export function nameOfJob({ slot, state }: PilotJob): string {
  return state.kind === "submitted" ? `${slot} (job ${state.job})` : slot;
}

/** Of a job that ended, or will, without a word of its pilots. */
export function sayNeverCameUp(
  { runFolder }: Pick<SlurmRun, "runFolder">,
  job: PilotJob,
  workerInit: readonly string[],
): Told {
  const output = jobOutputPath(runFolder, job.slot);
  return sayBringUp({
    ...{ slot: job.slot, nodes: job.where, meaning: job.meaning, output, workerInit },
    job: job.state.kind === "submitted" ? job.state.job : null,
    init: readInit(initRecordPath(job.nodes[0]?.folder ?? "")),
    printed: lastLines(output, 10),
  });
}

/** Of a pilot that worked and was not heard of again. */
export function sayLost(
  runFolder: string,
  { worker, slot, state }: PilotNode,
  { job, why }: { readonly job: PilotJob | undefined; readonly why: string },
): Told {
  const output = jobOutputPath(runFolder, slot);
  const printed = lastLines(output, 5).filter((line) => !/^[\d-]+T[\d:.]+Z pipe: (pilot|leaving)/.test(line));
  const where = state.kind === "gone" && state.host !== null ? ` on ${state.host}` : "";
  const name = job?.state.kind === "submitted" ? `${worker} (job ${job.state.job})` : worker;
  return {
    message: [
      `the pilot ${name}${where} is lost, what it had is run again elsewhere: ${why}`,
      ...(printed.length === 0 ? [] : ["it printed at last:", ...printed.map((line) => `  ${line}`)]),
    ].join("\n"),
    hint: `all that it printed: ${output}`,
  };
}

export function sayCannotWork(
  runFolder: string,
  slot: string,
  of: { worker: string; message: string },
): Told {
  const [first = "", ...rest] = of.message.split("\n");
  return {
    message: [`${of.worker} cannot work: ${first}`, ...rest.map((line) => `  ${line}`)].join("\n"),
    hint: `all that it printed: ${jobOutputPath(runFolder, slot)}`,
  };
}

/** Of a job that waits for what does not come by itself. @param minutes until it is given up */
export function sayHelpless(job: PilotJob, words: string, minutes: number): Told {
  return {
    message: `the pilot ${nameOfJob(job)} will not start by itself: ${words}`,
    hint: `mend the executor's options in pipe.toml; a pilot that waits like this for ${minutes} minutes is given up`,
  };
}

export function neverStarts(job: PilotJob, words: string): Diagnostic {
  const { options } = job.kind;
  const asked = Object.entries(options).map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  return diagnostic(
    "never-starts",
    `the pilot ${nameOfJob(job)} waited in the queue for what will not come: ${words}`,
    {
      notes: asked.length === 0 ? [] : [`asked for: ${asked.join(", ")}`],
      hint: "mend the executor's options in pipe.toml; `pipe doctor` tries them",
    },
  );
}

export function refusedSubmission(
  runFolder: string,
  slot: string,
  answer: Extract<Submitted, { kind: "never" }>,
): Diagnostic {
  return diagnostic("submission-refused", `Slurm refuses the job of a pilot: ${answer.message}`, {
    notes: [`what it means: ${answer.explanation}`, `the script: ${scriptOf(runFolder, slot)}`],
    hint: answer.hint,
  });
}

/** After so many that none is likely to work. */
export function noneComesUp(failures: number, last: Told): Diagnostic {
  const [first = "", ...notes] = last.message.split("\n");
  return diagnostic("no-pilot", `${failures} pilots in a row did not come up; the last: ${first}`, {
    ...{ notes, hint: last.hint },
  });
}

const scriptOf = (runFolder: string, slot: string): string =>
  join(submitScriptsFolder(runFolder), `${slot}.sh`);
