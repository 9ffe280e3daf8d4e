// What programs read: the object of `pipe run --json` and the like. Its names are a promise; sentences for people are in
// `message` only, the facts beside it.

import { join } from "node:path";
import type { RunSummary, TaskFailure } from "../core/events.ts";
import { moment, seconds } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { never } from "../core/never.ts";
import { runinfoFolder } from "../rundir/layout.ts";
import { isoTime } from "../system/clock.ts";
import type { LauncherState } from "./launcher-state.ts";
import type { Ended, Progress } from "./progress.ts";
import { failureLine } from "./say-failure.ts";
import type { StatusFacts } from "./say-status.ts";
import type { BlockProgress } from "./tally.ts";

type JsonRecord = { readonly [key: string]: Json };

/** The object that `pipe run --json` prints at the end. */
export function runJson(ended: Ended, progress: Progress): JsonRecord {
  const { summary, why } = ended;
  const runFolder = join(runinfoFolder(summary.dataset), summary.run);
  return {
    run: summary.run,
    dataset: summary.dataset,
    ended: why,
    seconds: rounded(summary.seconds),
    samples: { ...summary.samples },
    tasks: { ...summary.tasks },
    blocks: progress.blocks.map(blockJson),
    issues: progress
      .issues()
      .map(({ block, message, count, samples }) => ({ block, message, count, samples })),
    failures: summary.failures.map((failed) => failureJson(failed, runFolder)),
  };
}

/** The same of a run that broke off without its last words: its record could not be written any more. */
export function brokenRunJson(run: NonNullable<Progress["run"]>, progress: Progress): JsonRecord {
  const { samples, tasks, startedAt, lastEventAt } = progress;
  const { total, ran, cached, issues, failed } = tasks;
  const lasted = startedAt === null || lastEventAt === null ? 0 : (lastEventAt - startedAt) / 1000;
  const summary: RunSummary = {
    ...{ run: run.name, dataset: run.dataset, seconds: seconds(lasted) },
    samples: { total: samples.total, valid: samples.valid, issues: samples.issue, failed: samples.failed },
    tasks: { total, ran, cached, issues, failed, skipped: total - ran - cached },
    failures: progress.failedTasks,
  };
  const at = lastEventAt ?? moment(0);
  return { ...runJson({ at, why: "executor-failed", summary }, progress), ended: "broken" };
}

export function blockJson(block: Readonly<BlockProgress>): JsonRecord {
  const { name, scope, total, ran, cached, issues, failed, skipped, running, retries } = block;
  const seconds = rounded(block.seconds);
  return { name, scope, total, ran, cached, issues, failed, skipped, running, retries, seconds };
}

/** `log` is a whole path; `facts` is the failure as it was found, without words for people. */
export function failureJson(failed: TaskFailure, runFolder: string): JsonRecord {
  const { kind: _kind, ...facts } = failed.failure;
  return {
    block: failed.block,
    sample: failed.sample,
    kind: failed.failure.kind,
    message: failureLine(failed.failure),
    log: failed.log === null ? null : join(runFolder, failed.log),
    attempt: failed.attempt,
    tail: failed.tail,
    facts,
  };
}

function issuesJson(progress: Progress): Json {
  return progress.issues().map(({ block, message, count, samples }) => ({ block, message, count, samples }));
}

/** To the millisecond: further digits are noise. */
export const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** The object that `pipe status --json` prints. */
export function statusJson(facts: StatusFacts): JsonRecord {
  const { progress, record, launcher, now } = facts;
  const { tasks, samples } = progress;
  const runFolder = join(runinfoFolder(facts.dataset), facts.run);
  const started = progress.startedAt ?? record?.started ?? null;
  const end = launcher.kind === "ended" ? launcher.at : now;
  return {
    run: facts.run,
    dataset: facts.dataset,
    state: stateWord(facts),
    ended: launcher.kind === "ended" ? launcher.why : null,
    command_line: record === null ? null : record.commandLine,
    comment: record?.comment ?? null,
    user: record?.user ?? null,
    host: record?.host ?? null,
    started: started === null ? null : isoTime(started),
    seconds: started === null ? null : rounded(Math.max(0, end - started) / 1000),
    launcher: launcherJson(launcher),
    last_event: progress.lastEventAt === null ? null : isoTime(progress.lastEventAt),
    samples: {
      total: samples.total,
      valid: samples.valid,
      issues: samples.issue,
      failed: samples.failed,
      unfinished: samples.unfinished,
    },
    tasks: {
      total: tasks.total,
      ran: tasks.ran,
      cached: tasks.cached,
      issues: tasks.issues,
      failed: tasks.failed,
      skipped: tasks.skipped,
      running: tasks.running,
    },
    blocks: progress.blocks.map(blockJson),
    running: progress.running().map(({ block, sample, attempt, worker, since }) => ({
      block,
      sample,
      attempt,
      worker,
      host: progress.workers.get(worker)?.host ?? null,
      seconds: rounded(Math.max(0, now - since) / 1000),
    })),
    issues: issuesJson(progress),
    failures: progress.failedTasks.map((failed) => failureJson(failed, runFolder)),
    warnings: progress.warnings.map(({ at, message, hint }) => ({ at: isoTime(at), message, hint })),
    damaged: facts.damaged,
    waiting: facts.without?.waiting ?? 0,
    jobs: facts.without?.jobs ?? [],
  };
}

/** One word for programs to wait for. */
function stateWord({
  launcher,
  progress,
}: StatusFacts): "preparing" | "running" | "prepared" | "detached" | "ended" | "abandoned" {
  switch (launcher.kind) {
    case "left":
      return launcher.why;
    case "ended":
      return "ended";
    case "gone":
      return "abandoned";
    case "alive":
    case "out-of-sight":
      return progress.run === null ? "preparing" : "running";
    default:
      return never(launcher);
  }
}

function launcherJson(launcher: LauncherState): Json {
  if (launcher.kind === "ended") return { state: "ended", host: null, pid: null };
  const { owner } = launcher;
  return { state: launcher.kind, host: owner?.process.host ?? null, pid: owner?.process.pid ?? null };
}
