// What the answer of a submission means: there is a job, there may be one, there is none yet, there will never be one. The
// second is why this is a page of its own: "Socket timed out" was printed for jobs that ran, and whoever tries again at
// once then has two of them.
import type { CommandResult } from "./command.ts";
import { complaintOf } from "./command.ts";
import { type JobId, parseJobId } from "./job-id.ts";
import { type LaterReason, type NeverWhat, refusals } from "./refusals.ts";

export type { LaterReason, NeverWhat } from "./refusals.ts";

export type Submission =
  | { readonly kind: "submitted"; readonly job: JobId; readonly cluster: string | null }
  /** It may have been submitted: look by key, and never submit the same again before that. */
  | { readonly kind: "doubtful"; readonly message: string }
  /** Nothing was submitted, and the same may work in a while. */
  | { readonly kind: "later"; readonly message: string; readonly reason: LaterReason }
  /** Nothing was submitted, and trying again would not help. */
  | {
      readonly kind: "never";
      /** Slurm's own words. */
      readonly message: string;
      /** What it means, for the user. */
      readonly explanation: string;
      readonly hint: string;
      readonly what: NeverWhat;
    };

export function classifySubmission(result: CommandResult): Submission {
  switch (result.kind) {
    case "not-there":
      return {
        kind: "never",
        message: result.message,
        explanation: "jobs are submitted with it, so there is no Slurm to run on",
        hint: "log in where jobs are submitted, or load the cluster's Slurm module; `--run_local` runs in processes of this machine",
        what: "other",
      };
    case "timed-out":
      // Also while it waits for room in a full queue: it may be let in at the very moment in which we end it.
      return { kind: "doubtful", message: `\`sbatch\` was ended: ${complaintOf(result)}` };
    case "ended": {
      const job = parseAnswer(result.stdout);
      if (result.status === 0) {
        if (job !== null) return { kind: "submitted", ...job };
        return {
          kind: "doubtful",
          message: `\`sbatch\` ended well without a job's number: ${excerpt(result.stdout)}`,
        };
      }
      // A number all the same: a wrapper of the site may have failed after the submission.
      if (job !== null || result.status === null) return { kind: "doubtful", message: complaintOf(result) };
      return refused(result.stderr === "" ? result.stdout : result.stderr, result);
    }
  }
}

/** `14`, or `14;cluster`, on the last line: plugins of a site print lines before it. */
function parseAnswer(stdout: string): { readonly job: JobId; readonly cluster: string | null } | null {
  const last = stdout.trimEnd().split("\n").at(-1)?.trim() ?? "";
  const match = /^(\d+)(?:;(\S+))?$/.exec(last);
  const job = match?.[1] === undefined ? null : parseJobId(match[1]);
  return job === null ? null : { job, cluster: match?.[2] ?? null };
}

function refused(said: string, result: CommandResult): Submission {
  const message = complaintOf(result);
  if (maybe.test(said)) return { kind: "doubtful", message };
  for (const { when, means } of refusals) {
    const found = when.exec(said);
    if (found !== null) {
      const verdict = means(found);
      return verdict.kind === "later" ? { ...verdict, message } : { ...verdict, message };
    }
  }
  return {
    kind: "never",
    message,
    explanation: "Slurm refused the job",
    hint: "the options that were given stand in `#SBATCH` lines at the top of the job's script; `sbatch` it by hand to try",
    what: "other",
  };
}

/** The request was sent, or may have been, and what became of it is not known. */
const maybe = new RegExp(
  [
    "Socket timed out",
    "Zero Bytes were transmitted",
    "Unexpected message",
    "Message (?:send|receive) failure",
    "Communication shutdown failure",
    "Unable to contact slurm controller \\((?:send|receive|shutdown) failure\\)",
    "Connection (?:reset|timed out)",
    "Connection forced closed",
    "Connection rejected by handler",
    "Kernel reported delayed socket error",
    "Header lengths are longer than data",
    "Insane message length",
    "Broken pipe",
    "communications connection",
  ].join("|"),
  "i",
);

const excerpt = (text: string): string =>
  text.trim() === "" ? "it printed nothing" : `"${text.trim().slice(0, 200)}"`;
