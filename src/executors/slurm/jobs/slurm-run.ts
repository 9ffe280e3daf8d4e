// What all parts of one run on Slurm share.
import type { Seconds } from "../../../core/ids.ts";
import type { FactsAnswer } from "../client/cluster-facts.ts";
import type { SlurmCommands } from "../client/command.ts";
import type { JobsJournal } from "./jobs-journal.ts";
import type { StagedExecutable } from "./staging.ts";

export interface SlurmRun {
  readonly commands: SlurmCommands;
  readonly facts: () => Promise<FactsAnswer>;
  /** Whose jobs they are. */
  readonly user: number;
  /** Names this launcher among all of this user: a part of its jobs' names. */
  readonly runKey: string;
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
  readonly version: string;
  readonly seed: string | number | null;
  readonly journal: JobsJournal;
  readonly executable: StagedExecutable;
  /** All waiting times are multiplied with it: 1, but for tests. */
  readonly patience: number;
  readonly now: () => Seconds;
  readonly warn: (message: string, hint: string | null) => void;
}

/** Whether the cluster keeps accounts; while nobody answers, it does not. */
export async function keepsAccounts(run: Pick<SlurmRun, "facts">): Promise<boolean> {
  const answer = await run.facts();
  return answer.kind === "answer" && answer.facts.accounting;
}
