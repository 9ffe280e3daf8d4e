// What is told of an event at once, in words: failures, warnings, interrupts; every task when somebody asked for that.
// The live view and the plain lines share this, so that neither keeps a failure for itself.

import { join } from "node:path";
import type { RunEvent, TaskFailure } from "../core/events.ts";
import type { WorkerId } from "../core/ids.ts";
import { runinfoFolder } from "../rundir/layout.ts";
import { count, duration, size } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import { createFailureFlood } from "./failure-flood.ts";
import { printable, printableLines } from "./printable.ts";
import { finalFailure, type Progress } from "./progress.ts";
import {
  failureLine,
  sayFailure,
  sayRepeatedFailure,
  sayRepeatedRetry,
  sayRetry,
  sayTarget,
} from "./say-failure.ts";

/** How much is told: `failures` leaves out warnings and repeated attempts, `tasks` adds each task's start and end. */
export type TellingLevel = "failures" | "messages" | "tasks";

export interface TellingOptions {
  readonly level: TellingLevel;
  readonly colours: boolean;
  /** Flags that make `pipe exec BLOCK SAMPLE` find the same pipeline and dataset. */
  readonly execFlags: readonly string[];
  readonly workingFolder: string | null;
  /** This machine's name: a node is named only where it is another one. */
  readonly host: string;
}

/** Texts of one or several lines. Call it after `progress` has seen the event. */
export function createTelling(progress: Progress, options: TellingOptions): (event: RunEvent) => string[] {
  const colours = palette(options.colours);
  const flood = createFailureFlood();
  const retries = createFailureFlood();
  const verbose = options.level === "tasks";

  function tellFailure(failed: TaskFailure, worker: WorkerId): string[] {
    const telling = flood.next(failed);
    switch (telling.kind) {
      case "silent":
        return verbose ? [`failed   ${taskName(failed)}: ${failureLine(failed.failure)}`] : [];
      case "count":
        return [sayRepeatedFailure(failed, telling, colours)];
      case "in-full": {
        const { execFlags, workingFolder } = options;
        const host = otherHost(worker);
        const text = sayFailure(failed, {
          runFolder: runFolderOf(progress),
          execFlags,
          workingFolder,
          host,
          colours,
        });
        return [telling.last ? `${text}\n  further failures like this one are only counted` : text];
      }
    }
  }

  function tellRetry(tried: TaskFailure, worker: WorkerId): string[] {
    const telling = retries.next(tried);
    switch (telling.kind) {
      case "silent":
        return verbose ? [`repeat   ${taskName(tried)}: ${failureLine(tried.failure)}`] : [];
      case "count":
        return [sayRepeatedRetry(tried, telling, colours)];
      case "in-full": {
        const text = sayRetry(tried, otherHost(worker), colours);
        return [telling.last ? `${text}\n  further repetitions like this one are only counted` : text];
      }
    }
  }

  function otherHost(worker: WorkerId): string | null {
    const host = progress.workers.get(worker)?.host ?? null;
    return host === options.host ? null : host;
  }

  return (event) => {
    switch (event.kind) {
      case "task-ended": {
        const failed = finalFailure(event);
        if (failed !== null) return tellFailure(failed, event.worker);
        const { block, sample, attempt, log, tail, outcome } = event;
        if (event.next === "retry" && outcome.kind === "failed" && options.level !== "failures") {
          const tried = { block, sample, attempt, log, tail, failure: outcome.failure };
          return tellRetry(tried, event.worker);
        }
        return verbose ? [endLine(event, colours)] : [];
      }
      case "warning":
        return options.level === "failures" ? [] : [sayWarning(event, colours)];
      case "interrupted":
        return [sayInterrupted(event.how, progress.tasks.running, colours)];
      case "task-started":
        return verbose ? [`start    ${taskName(event)}${again(event.attempt)}`] : [];
      case "task-cached":
        return verbose ? [cachedLine(event, colours)] : [];
      case "worker-joined":
        return verbose ? [`worker   ${printable(event.worker)} on ${printable(event.host)} is there`] : [];
      case "worker-gone":
        return verbose ? [`worker   ${printable(event.worker)} is gone: ${printable(event.why)}`] : [];
      default:
        return [];
    }
  };
}

export function runFolderOf(progress: Progress): string {
  return progress.run === null ? "" : join(runinfoFolder(progress.run.dataset), progress.run.name);
}

export function sayWarning(
  warning: { readonly message: string; readonly hint: string | null },
  colours: Palette,
): string {
  const hint = warning.hint === null ? "" : `\n  ${colours.hint("hint:")} ${printable(warning.hint)}`;
  const [first = "", ...more] = printableLines(warning.message);
  return [`${colours.warning("warning:")} ${first}`, ...more.map((line) => `  ${line}`)].join("\n") + hint;
}

function sayInterrupted(how: "finish-running" | "end-now", running: number, colours: Palette): string {
  const head = colours.warning("interrupted:");
  if (how === "end-now") return `${head} running tasks are being ended`;
  return running === 0
    ? `${head} no new tasks are started`
    : `${head} no new tasks are started; ${count(running, "running task")} may finish, Ctrl-C again ends them`;
}

type Named = Pick<Extract<RunEvent, { kind: "task-started" }>, "block" | "sample">;

const taskName = (task: Named): string => `${task.block} on ${sayTarget(task.sample)}`;
const again = (attempt: number): string => (attempt > 1 ? ` (attempt ${attempt})` : "");

function endLine(event: Extract<RunEvent, { kind: "task-ended" }>, colours: Palette): string {
  const { seconds, peakMemory } = event.usage;
  const memory = peakMemory === null ? "" : `, ${size(peakMemory)}`;
  const cost = `${duration(seconds)}${memory}`;
  switch (event.outcome.kind) {
    case "succeeded":
      return `done     ${taskName(event)} (${cost})`;
    case "issue":
      return `${colours.warning("issue")}    ${taskName(event)} (${cost}): ${printable(event.outcome.message)}`;
    case "failed":
      return `ended    ${taskName(event)} (${cost}): ${failureLine(event.outcome.failure)}`;
  }
}

function cachedLine(event: Extract<RunEvent, { kind: "task-cached" }>, colours: Palette): string {
  const issue = event.outcome.kind === "issue" ? event.outcome.message : null;
  const what = issue === null ? "" : `: ${colours.warning("issue")} ${printable(issue)}`;
  return `cached   ${taskName(event)}${what}`;
}
