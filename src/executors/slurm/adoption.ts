// Pilots whose launcher is gone are taken over: they get a new inbox, and what they have in hand is theirs to finish. Jobs that
// were going to be submitted when the launcher died are looked for by their keys.
import { seconds } from "../../core/ids.ts";
import type { Assignment } from "../../protocol/assignment.ts";
import { workerFolder } from "../../rundir/layout.ts";
import { isFolder } from "../../system/durable-folder.ts";
import { isFileError } from "../../system/file-error.ts";
import { parseJobId } from "./job-id.ts";
import { type JobSlot, JobsJournal, openSlots, readJobs } from "./jobs-journal.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import { PilotMailbox } from "./pilot-mailbox.ts";
import { type NodeListener, PilotNode } from "./pilot-node.ts";
import type { PilotSettings } from "./pilot-settings.ts";
import { readMailbox } from "./read-mailbox.ts";
import type { SlurmRun } from "./slurm-run.ts";
import { parseSubmissionKey } from "./submission-key.ts";
import { mailboxOptions, resolveDoubt, rulesFor, serve, workersOf } from "./submissions.ts";

/** A run that was left by its launcher. */
export interface EarlierRun {
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
}

export interface Adopted {
  readonly jobs: readonly PilotJob[];
  /** What their pilots have in hand. */
  readonly tasks: readonly { readonly pilot: string; readonly of: number; readonly assignment: Assignment }[];
}
