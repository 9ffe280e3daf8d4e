// A real job that sees what a worker would see. Everything that can be wrong between here and a node is one of its outcomes;
// which one it is must also be told where the node cannot write to us at all.
import { seconds } from "../../../core/ids.ts";
import { monotonic, wallClock } from "../../../system/clock.ts";
import { createDurable } from "../../../system/durable-file.ts";
import { makeFolders } from "../../../system/durable-folder.ts";
import { findByKey, isOf } from "../client/find-by-key.ts";
import type { JobId } from "../client/job-id.ts";
import type { SeenJob } from "../client/seen-job.ts";
import { queryJobs } from "../client/squeue.ts";
import { submit } from "../client/submit.ts";
import { cancelJobs } from "../jobs/cancel.ts";
import { pongIn, show, untilNamed } from "./probe-files.ts";
import type { ProbeOutcome, RoundTrip } from "./probe-outcome.ts";
import {
  endName,
  initPath,
  outputPath,
  pingName,
  pongName,
  questionPath,
  rounds,
  scriptPath,
  writeQuestion,
} from "./probe-protocol.ts";
import { type ProbeJob, probeQuestion, probeScript } from "./probe-script.ts";
import { type ProbeTerms, watchProbe } from "./probe-watch.ts";

/** Whatever happens, no job of it is left behind. @throws FileError where the folder cannot be written. */
export async function runProbe(job: ProbeJob, terms: ProbeTerms): Promise<ProbeOutcome> {
  makeFolders(job.folder);
  createDurable(questionPath(job.folder), writeQuestion(probeQuestion(job)));
  const { text, options } = probeScript(job);
  createDurable(scriptPath(job.folder), text);
  createDurable(initPath(job.folder), "");
  createDurable(outputPath(job.folder), "");
  const id = await submitted(job, options, terms);
  if (typeof id !== "string") return id;
  let outcome: ProbeOutcome | null = null;
  try {
    outcome = await watchProbe(job, id, terms);
    if (outcome.kind === "answered") outcome = await thereAndBack(job, outcome);
    return outcome;
  } finally {
    await endOf(
      job,
      terms,
      outcome?.kind === "answered" && outcome.trips.length === rounds ? "by-itself" : "cancel",
    );
  }
}

/** One that has answered everything ends by itself, in a moment. Its folder is not taken away under its feet. */
async function endOf(
  job: ProbeJob,
  { commands, user }: ProbeTerms,
  how: "by-itself" | "cancel",
): Promise<void> {
  const belongs = (seen: Pick<SeenJob, "name" | "key">): boolean => isOf(seen, job.key);
  for (let look = 0; how === "by-itself" && look < mostLooks; look++) {
    await Bun.sleep(100);
    const queue = await queryJobs(commands, { user, belongs });
    if (queue.kind === "unknown" || queue.jobs.every(({ meaning }) => meaning.kind === "ended")) return;
  }
  await cancelJobs(commands, { user, belongs });
}

const mostLooks = 20;

/** The job's number, or why there is none. */
async function submitted(
  job: ProbeJob,
  options: readonly string[],
  terms: ProbeTerms,
): Promise<JobId | ProbeOutcome> {
  const { commands, user, signal } = terms;
  const start = monotonic();
  for (;;) {
    const answer = await submit(commands, { script: scriptPath(job.folder), key: job.key, options });
    switch (answer.kind) {
      case "submitted":
        return answer.job;
      case "never":
        return { kind: "refused", submission: answer };
      case "doubtful": {
        const since = seconds(monotonic() - start + 60);
        const found = await findByKey(commands, {
          ...{ key: job.key, user, since, now: wallClock(), accounting: false },
        });
        if (found.kind === "found" && found.jobs[0] !== undefined) return found.jobs[0].submitted;
        return { kind: "not-submitted", message: answer.message };
      }
      case "later":
        if (signal.aborted || monotonic() - start > patienceWithLater) {
          return { kind: "not-submitted", message: answer.message };
        }
        terms.tell({ kind: "submitting", message: answer.message });
        await Bun.sleep(2000);
    }
  }
}

/** Seconds. */
const patienceWithLater = 30;

async function thereAndBack(
  job: ProbeJob,
  outcome: Extract<ProbeOutcome, { kind: "answered" }>,
): Promise<ProbeOutcome> {
  const trips: RoundTrip[] = [];
  for (let round = 1; round <= rounds; round++) {
    const sent = { at: wallClock(), clock: monotonic() };
    const [{ found, took }] = await Promise.all([
      untilNamed(job.folder, [pongName(round)], job.patience).then((name) => ({
        found: name,
        took: seconds(monotonic() - sent.clock),
      })),
      show(job.folder, pingName(round), job.nonce),
    ]);
    const pong = found === null ? null : pongIn(job.folder, found);
    if (pong === null || pong.nonce !== job.nonce) break;
    // Its clock was read somewhere between the two moments of ours.
    const ahead = seconds((pong.at - sent.at) / 1000 - took / 2);
    trips.push({ seconds: took, clockAhead: ahead, clockDoubt: seconds(took / 2) });
  }
  await show(job.folder, endName, job.nonce);
  return { ...outcome, trips };
}
