// How a run stands, as text: who started it and whether it still goes on, what is done, what runs, what went wrong.

import type { Moment } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { shellCommand } from "../core/shell-word.ts";
import type { RunRecord } from "../rundir/run-record.ts";
import { isoTime } from "../system/clock.ts";
import { count, duration, thousands } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import type { LauncherState } from "./launcher-state.ts";
import { printable } from "./printable.ts";
import type { Progress } from "./progress.ts";
import { sayTarget, shownPath } from "./say-failure.ts";
import { blockTable, failureLines, issueLines, type SummaryOptions } from "./summary.ts";
import { sayWarning } from "./tell-event.ts";

export interface StatusFacts {
  readonly run: string;
  readonly dataset: string;
  readonly progress: Progress;
  readonly record: RunRecord | null;
  readonly launcher: LauncherState;
  readonly damaged: number;
  readonly now: Moment;
  /** Of a run that goes on without a launcher; null where it is not known. */
  readonly without: WithoutLauncher | null;
}

export interface WithoutLauncher {
  /** Tasks that have ended and were not taken into the figures, because another run is going on. */
  readonly waiting: number;
  /** What Slurm says of its jobs, a line each. */
  readonly jobs: readonly string[];
}

/** Several lines without a newline at the end. */
export function sayStatus(facts: StatusFacts, options: SummaryOptions): string {
  const colours = palette(options.colours);
  const { progress } = facts;
  const parts = [
    [headline(facts, options, colours), ...originLines(facts), ...launcherLines(facts)],
    progress.run === null ? [] : [samplesLine(progress)],
    progress.run === null ? [] : blockTable(progress.blocks),
    runningLines(facts),
    issueLines(progress, colours),
    failureLines(progress, options),
    warningLines(facts, colours),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headline(
  { run, dataset, launcher, progress }: StatusFacts,
  options: SummaryOptions,
  colours: Palette,
): string {
  const head = `${colours.strong(`run ${run}`)} of ${shownPath(dataset, options.workingFolder)}`;
  switch (launcher.kind) {
    case "ended":
      return `${head} ${endedHow(launcher.why)}`;
    case "alive":
    case "out-of-sight":
      return `${head} ${progress.run === null ? "is being prepared" : progress.interrupted === null ? "is running" : "is being ended"}`;
    case "left":
      return `${head} ${launcher.why === "prepared" ? "is prepared" : "goes on without a launcher"}`;
    case "gone":
      return `${head} ${colours.error("is unfinished")}, and its launcher is gone`;
    default:
      return never(launcher);
  }
}

function endedHow(why: "complete" | "interrupted" | "executor-failed"): string {
  switch (why) {
    case "complete":
      return "has ended";
    case "interrupted":
      return "was interrupted";
    case "executor-failed":
      return "stopped because its executor could not work";
    default:
      return never(why);
  }
}

function originLines({ record, progress, launcher, now }: StatusFacts): string[] {
  if (record === null) return [];
  const end = launcher.kind === "ended" ? launcher.at : null;
  const started = progress.startedAt ?? record.started;
  const took = end === null ? "" : `, took ${duration(Math.max(0, end - started) / 1000)}`;
  const ago = end === null ? `, ${duration(Math.max(0, now - started) / 1000)} ago` : "";
  return [
    `  ${printable(shellCommand(["pipe", ...record.commandLine]))}`,
    `  started ${shownMoment(record.started)} by ${printable(record.user)} on ${printable(record.host)}${ago}${took}`,
    ...(record.comment === null || record.comment === "" ? [] : [`  comment: ${printable(record.comment)}`]),
  ];
}

function launcherLines(facts: StatusFacts): string[] {
  const { launcher, progress, record, now } = facts;
  const last = progress.lastEventAt;
  const heard = last === null ? "no event yet" : `last event ${duration(Math.max(0, now - last) / 1000)} ago`;
  switch (launcher.kind) {
    case "ended":
      return [];
    case "alive":
      return [`  launcher: pid ${launcher.owner.process.pid}, alive; ${heard}`];
    case "out-of-sight": {
      const { host, pid } = launcher.owner.process;
      return [`  launcher: pid ${pid} on ${printable(host)}, which cannot be asked from here; ${heard}`];
    }
    case "left":
      return withoutLines(launcher.why, facts.without);
    case "gone":
      return [`  launcher: it ended without a word, after ${heard}; ${howToGoOn(record)}`];
    default:
      return never(launcher);
  }
}

function withoutLines(why: "prepared" | "detached", without: WithoutLauncher | null): string[] {
  const how =
    why === "prepared"
      ? "  launcher: none; its tasks are run by whoever calls them (`pipe worker --task N`)"
      : "  launcher: it left, and the jobs go on; `pipe attach` watches them to the end";
  if (without === null) return [how];
  const { waiting, jobs } = without;
  const late = `  ${count(waiting, "task")} more ended since, to be taken in when the dataset is free`;
  return [how, ...(waiting > 0 ? [late] : []), ...jobs.map((line) => `  ${printable(line)}`)];
}

/** Jobs of a cluster go on without their launcher: they are not to be started a second time. */
function howToGoOn(record: RunRecord | null): string {
  return record?.configuration.executor_kind === "slurm"
    ? "`pipe attach` goes on with what its jobs have and had, `pipe cancel` ends them"
    : "start `pipe run` again to go on";
}

/** UTC and to the second: the reader may sit in another time zone than the cluster. */
function shownMoment(at: Moment): string {
  return `${isoTime(at).slice(0, 19).replace("T", " ")} UTC`;
}

function samplesLine({ samples, tasks }: Progress): string {
  const ended = samples.valid + samples.issue + samples.failed + samples.unfinished;
  const parts = [
    `${thousands(samples.valid)} valid`,
    ...(samples.issue > 0 ? [`${thousands(samples.issue)} with an issue`] : []),
    ...(samples.failed > 0 ? [`${thousands(samples.failed)} failed`] : []),
    ...(samples.unfinished > 0 ? [`${thousands(samples.unfinished)} unfinished`] : []),
  ];
  const over = tasks.ran + tasks.cached + tasks.skipped;
  return `${thousands(ended)} of ${count(samples.total, "sample")} ended: ${parts.join(", ")}; ${thousands(over)} of ${count(tasks.total, "task")}`;
}

const mostRunning = 10;

function runningLines({ progress, launcher, now }: StatusFacts): string[] {
  const tasks = progress.running();
  if (tasks.length === 0) return [];
  const lines = tasks.slice(0, mostRunning).map((task) => {
    const host = progress.workers.get(task.worker)?.host ?? task.worker;
    const again = task.attempt > 1 ? `, attempt ${task.attempt}` : "";
    return `  ${task.block} on ${sayTarget(task.sample)}: ${duration(Math.max(0, now - task.since) / 1000)} on ${printable(host)}${again}`;
  });
  const more = tasks.length > mostRunning ? [`  … and ${thousands(tasks.length - mostRunning)} more`] : [];
  return [launcher.kind === "gone" ? "was running:" : "running:", ...lines, ...more];
}

const mostWarnings = 3;

function warningLines({ progress, damaged }: StatusFacts, colours: Palette): string[] {
  const lines = progress.warnings.slice(-mostWarnings).map((warning) => sayWarning(warning, colours));
  if (damaged === 0) return lines;
  const lost = `${count(damaged, "event")} of this run cannot be read; the figures lack them`;
  return [...lines, sayWarning({ message: lost, hint: null }, colours)];
}
