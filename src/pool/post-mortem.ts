// How a worker process died, told as the failure of the task that did it.

import { join } from "node:path";
import type { Failure } from "../core/failure.ts";
import { type Bytes, moment, seconds, type TaskId } from "../core/ids.ts";
import { emptyManifest } from "../core/manifest.ts";
import { failed } from "../core/outcome.ts";
import { noChanges } from "../core/sample.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { leftByDead } from "../rundir/at-work.ts";
import { datasetOf, taskLogName, workerFolder } from "../rundir/layout.ts";
import { takeLogged } from "../rundir/logged.ts";
import { monotonic, wallClock } from "../system/clock.ts";
import { takeOutput } from "../system/take-output.ts";
import type { ProcessEnding, WorkerProcess } from "./worker-process.ts";

/** `kills`: whether the kernel has ended processes for want of memory since this one was started. */
export function failureOfDeath(
  ending: ProcessEnding,
  seen: { readonly kills: boolean; readonly peak: Bytes | null; readonly limit: Bytes | null },
): Failure {
  if (ending.signal === null) return { kind: "exited", status: ending.status ?? -1 };
  if (ending.signal === "SIGKILL" && seen.kills) {
    return { kind: "out-of-memory", limit: seen.limit, peak: seen.peak };
  }
  return { kind: "killed", signal: ending.signal };
}

/**
 * The answer for a task whose process cannot give it any more, with the last words that are in the process's output and the files
 * that it left. Nothing of the process may live any more.
 */
export function answerForTheDead(
  assignment: Assignment,
  failure: Failure,
  of: { readonly process: WorkerProcess; readonly runFolder: string; readonly peak: Bytes | null },
): TaskResult {
  const { block, attempt, target } = assignment;
  const sample = target.kind === "sample" ? target.sample.id : null;
  const log = taskLogName({ block, sample, attempt });
  const { kept, tail } = takeOutput(of.process.log, join(of.runFolder, log));
  const folder = workerFolder(of.runFolder, of.process.worker);
  const took = seconds(monotonic() - of.process.since);
  const ended = wallClock();
  return {
    task: assignment.task,
    attempt,
    outcome: failed(failure),
    changes: noChanges,
    manifest: leftByDead(
      { block, sample, attempt },
      { workerFolder: folder, dataPath: datasetOf(of.runFolder) },
    ),
    usage: { seconds: took, cpuSeconds: null, peakMemory: of.peak },
    started: moment(ended - took * 1000),
    ended,
    log: kept ? log : null,
    tail,
    ...takeLogged(folder),
  };
}

/** The answer for a task that never began. */
export function answerUnbegun(assignment: Assignment, failure: Failure): TaskResult {
  const now = wallClock();
  return {
    task: assignment.task,
    attempt: assignment.attempt,
    outcome: failed(failure),
    changes: noChanges,
    manifest: emptyManifest,
    usage: { seconds: seconds(0), cpuSeconds: null, peakMemory: null },
    started: now,
    ended: now,
    log: null,
    tail: [],
  };
}

/** The task that it had said to be at; else the only one there is; else nobody knows. */
export function culpritOf(abandoned: readonly Assignment[], begun: TaskId | null): Assignment | undefined {
  const named = abandoned.find(({ task }) => task === begun);
  return named ?? (abandoned.length === 1 ? abandoned[0] : undefined);
}

export function inWords({ status, signal }: ProcessEnding): string {
  return signal === null ? `exit status ${status ?? "unknown"}` : `signal ${signal}`;
}
