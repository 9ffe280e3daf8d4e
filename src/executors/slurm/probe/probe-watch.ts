// From the submission of a probe to its answer, or to the certainty that none will come. Files are looked at often, Slurm
// seldom: what the node writes is both quicker and truer.
import { type Seconds, seconds } from "../../../core/ids.ts";
import { monotonic } from "../../../system/clock.ts";
import { tailOf } from "../../../system/take-output.ts";
import type { SlurmCommands } from "../client/command.ts";
import { isOf } from "../client/find-by-key.ts";
import type { JobId } from "../client/job-id.ts";
import type { SeenJob } from "../client/seen-job.ts";
import { showJob } from "../client/show-job.ts";
import { queryJobs } from "../client/squeue.ts";
import type { InitState } from "../jobs/init-record.ts";
import { answerIn, initStateIn } from "./probe-files.ts";
import type { ProbeOutcome, ProbeProgress } from "./probe-outcome.ts";
import { outputPath } from "./probe-protocol.ts";
import { noDatasetStatus, otherDatasetStatus, type ProbeJob } from "./probe-script.ts";

export interface ProbeTerms {
  readonly commands: SlurmCommands;
  readonly user: number;
  /** How long it may wait for a node. */
  readonly timeout: Seconds;
  /** Aborted: cancel the job and come back. */
  readonly signal: AbortSignal;
  readonly tell: (progress: ProbeProgress) => void;
}

export async function watchProbe(job: ProbeJob, id: JobId, terms: ProbeTerms): Promise<ProbeOutcome> {
  const { commands, user, timeout, signal } = terms;
  const start = monotonic();
  let asked = 0;
  let stuck = 0;
  let unseen = 0;
  let silent = 0;
  let waits: { readonly reason: string; readonly words: string } = notYet;
  let running: { readonly since: number; readonly node: string } | null = null;
  let over: { readonly since: number; readonly outcome: ProbeOutcome } | null = null;

  for (;;) {
    if (signal.aborted) return { kind: "interrupted" };
    const answer = answerIn(job.folder);
    if (answer !== null && answer.nonce === job.nonce) {
      terms.tell({ kind: "answered", job: id, node: answer.node });
      return { kind: "answered", job: id, answer, trips: [], output: tailOf(outputPath(job.folder)) };
    }
    const init = initStateIn(job.folder);
    if (init.kind === "failed") return failedInit(job, id, init);
    const now = monotonic();
    if (over !== null && (over.outcome.kind !== "ended" || now - over.since > settling)) {
      // What it printed may have come only now.
      return over.outcome.kind === "ended"
        ? { ...over.outcome, output: tailOf(outputPath(job.folder)) }
        : over.outcome;
    }
    if (running !== null && now - running.since > job.patience) {
      const { node, since } = running;
      const doing =
        init.kind === "nothing" ? "nothing-seen" : init.kind === "ready" ? "executable" : "worker-init";
      const output = tailOf(outputPath(job.folder));
      return { kind: "silent", job: id, node, seconds: seconds(now - since), doing, output };
    }
    if (running === null && over === null && now - start > timeout) {
      return { kind: "waits-too-long", job: id, seconds: seconds(now - start), ...waits };
    }
    if (now >= asked) {
      asked = now + pace(now - start);
      const seen = await queryJobs(commands, { user, belongs: (one) => isOf(one, job.key) });
      silent = seen.kind === "unknown" ? silent + 1 : 0;
      if (seen.kind === "unknown" && silent >= patienceWithSilence) {
        return { kind: "unknown", job: id, message: seen.message };
      }
      if (seen.kind === "answer") {
        const one = seen.jobs.find(({ submitted }) => submitted === id) ?? seen.jobs[0];
        unseen = one === undefined ? unseen + 1 : 0;
        if (unseen >= 3 && now - start > knownAfter) {
          return { kind: "unknown", job: id, message: "Slurm does not know the job any more" };
        }
        if (one !== undefined) {
          const { meaning, nodes } = one;
          terms.tell({ kind: "seen", job: id, meaning, nodes });
          if (meaning.kind === "waiting") {
            waits = { reason: meaning.reason, words: meaning.words };
            stuck = meaning.hope === "needs-help" ? stuck + 1 : 0;
            if (stuck >= 3) return { kind: "never-starts", job: id, ...waits };
          }
          if (meaning.kind === "alive") running ??= { since: now, node: nodes };
          if (meaning.kind === "ended")
            over ??= { since: now, outcome: await ended(job, id, { commands, over: one }) };
        }
      }
    }
    await Bun.sleep(lookEvery);
  }
}

const notYet = { reason: "", words: "Slurm has not looked at it yet" };

/** Milliseconds between two looks at the files. */
const lookEvery = 30;
/** Seconds that the last files of a job that is over may take to show here. */
const settling = 8;
/** Seconds after which Slurm must know a job. */
const knownAfter = 10;
/** Questions without an answer in a row. */
const patienceWithSilence = 3;

/** Seconds between two questions to Slurm. */
const pace = (elapsed: number): number => (elapsed < 10 ? 1 : elapsed < 60 ? 3 : 10);

function failedInit(job: ProbeJob, id: JobId, init: Extract<InitState, { kind: "failed" }>): ProbeOutcome {
  const { node, line, status } = init;
  return { kind: "init-failed", job: id, node, line, status, output: tailOf(outputPath(job.folder)) };
}

async function ended(
  job: ProbeJob,
  id: JobId,
  { commands, over }: { readonly commands: SlurmCommands; readonly over: SeenJob },
): Promise<ProbeOutcome> {
  const shown = await showJob(commands, { id, key: job.key });
  const details = shown.kind === "answer" ? shown : null;
  const node = details?.node || over.nodes;
  if (details?.exit?.status === noDatasetStatus) return { kind: "no-dataset", job: id, node };
  if (details?.exit?.status === otherDatasetStatus) return { kind: "other-dataset", job: id, node };
  const meaning = details?.meaning ?? over.meaning;
  const how = meaning.kind === "ended" ? meaning.words : `it is ${over.state}`;
  return { kind: "ended", job: id, node, how, output: tailOf(outputPath(job.folder)) };
}
