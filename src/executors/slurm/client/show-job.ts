// One job in detail, for explaining how it ended: squeue does not tell exit codes, and accounts are not kept everywhere.
import { complaintOf, queryLimit, type SlurmCommands } from "./command.ts";
import type { JobId } from "./job-id.ts";
import { type ExitCode, type JobMeaning, meaningOf, parseExitCode } from "./states.ts";
import { keyInComment, type SubmissionKey } from "./submission-key.ts";

export type JobDetails =
  | {
      readonly kind: "answer";
      readonly meaning: JobMeaning;
      readonly exit: ExitCode | null;
      /** Where its script ran; empty where it never did. */
      readonly node: string;
    }
  /** Slurm has forgotten it, or its number is another job's now. */
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly message: string };

export async function showJob(
  commands: SlurmCommands,
  job: { readonly id: JobId; readonly key: SubmissionKey },
): Promise<JobDetails> {
  const result = await commands.run("scontrol", ["--oneliner", "show", "job", job.id], queryLimit);
  if (result.kind === "ended" && result.status !== 0 && /Invalid job id/i.test(result.stderr)) {
    return { kind: "absent" };
  }
  if (result.kind !== "ended" || result.status !== 0) {
    return { kind: "unknown", message: complaintOf(result) };
  }
  return parseJobDetails(result.stdout, job.key);
}

export function parseJobDetails(text: string, key: SubmissionKey): JobDetails {
  if (keyInComment(/\bComment=(\S*)/.exec(text)?.[1] ?? "") !== key) return { kind: "absent" };
  const value = (name: string): string => new RegExp(`(?:^|\\s)${name}=(\\S*)`).exec(text)?.[1] ?? "";
  const exit = parseExitCode(value("ExitCode"));
  const node = value("BatchHost") || value("NodeList");
  return {
    kind: "answer",
    meaning: meaningOf({ state: value("JobState"), reason: value("Reason"), exit }),
    exit,
    node: node === "(null)" ? "" : node,
  };
}
