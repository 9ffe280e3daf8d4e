// One submission. Whoever calls this has written down before that it will be made, with its key, and written the job's
// output folder to the disk: a folder that is not there makes a job fail without a word.
import { classifySubmission, type Submission } from "./classify-submission.ts";
import { type SlurmCommands, submitLimit } from "./command.ts";
import { commentOf, jobNameOf, type SubmissionKey } from "./submission-key.ts";

export type { Submission } from "./classify-submission.ts";

export interface SubmitRequest {
  /** The job's script, an absolute path; read by the command, so it may be removed afterwards. */
  readonly script: string;
  readonly key: SubmissionKey;
  /** Long options with their dashes, as in `--time=60`: they win over those in the script and in the environment. */
  readonly options: readonly string[];
  /**
   * `never` (default): a job whose node is lost ends there. Otherwise Slurm starts it again under the same number two
   * minutes later, with everything it had written still lying about.
   */
  readonly requeue?: "never" | "by-slurm";
}

/** Never throws. */
export async function submit(commands: SlurmCommands, request: SubmitRequest): Promise<Submission> {
  return classifySubmission(await commands.run("sbatch", submitWords(request), submitLimit));
}

/** The words after the command. */
export function submitWords({ script, key, options, requeue = "never" }: SubmitRequest): readonly string[] {
  const waits = options.some((option) => /^--dependency(?:=|$)/.test(option));
  return [
    ...["--parsable", `--job-name=${jobNameOf(key)}`, `--comment=${commentOf(key)}`],
    ...(requeue === "never" ? ["--no-requeue"] : ["--requeue"]),
    // A job whose dependency can never be satisfied waits for ever otherwise.
    ...(waits ? ["--kill-on-invalid-dep=yes"] : []),
    ...options,
    script,
  ];
}
