// A run told in a line now and then, for logs and pipes. Lines come at once when something new is reached, and else
// ever more rarely, up to one a minute: a run of three days leaves a log that a person can still read.

import type { RunEvent } from "../core/events.ts";
import type { Moment } from "../core/ids.ts";
import { count, duration, taskRate, thousands } from "./amounts.ts";
import { timeLeft } from "./live-view.ts";
import { type Pace, remaining } from "./pace.ts";
import { printable } from "./printable.ts";
import type { Progress } from "./progress.ts";

export interface PlainLines {
  /** Call it after `progress` has seen the event. */
  onEvent(event: RunEvent, now: Moment): string[];
  /** Call it about once a second; without `onEvent`, it tells how far a run has come that was begun by somebody else. */
  onTick(now: Moment): string[];
}

/** Seconds between two looks at whether there is anything new; the last one stays. */
const intervals = [5, 10, 20, 30, 60];
/** The same figures are told again only so often: enough to see that it lives. */
const unchanged = 600_000;
/** Milestones in quick succession are told in one line. */
const shortest = 1_000;

export function createPlainLines(progress: Progress, pace: Pace): PlainLines {
  let lookedAt: Moment | null = null;
  let saidAt = 0;
  let said = "";
  let step = 0;
  let milestone = false;
  let quarter = 0;
  const over = new Set<string>();

  function say(now: Moment): string[] {
    const line = progressLine(progress, pace, now);
    lookedAt = now;
    milestone = false;
    if (line.figures === said && (now - saidAt < unchanged || progress.ended !== null)) return [];
    said = line.figures;
    saidAt = now;
    return [line.text];
  }

  /** Another quarter of the samples has ended. */
  function quarterReached(): boolean {
    const { samples } = progress;
    const over = samples.valid + samples.issue + samples.failed + samples.unfinished;
    const now = samples.total === 0 ? 0 : Math.floor((4 * over) / samples.total);
    const more = now > quarter;
    quarter = now;
    return more;
  }

  /** The last task of a block is over. */
  function blockReached(): boolean {
    const fresh = progress.blocks.filter((block) => remaining(block) === 0 && !over.has(block.name));
    for (const block of fresh) over.add(block.name);
    return fresh.length > 0;
  }

  function onTick(now: Moment): string[] {
    if (progress.run === null || progress.ended !== null) return [];
    if (lookedAt === null) return say(now);
    milestone = blockReached() || milestone;
    const passed = now - lookedAt;
    if (milestone && passed >= shortest) return say(now);
    if (passed < (intervals[step] ?? 60) * 1000) return [];
    step = Math.min(step + 1, intervals.length - 1);
    return say(now);
  }

  return {
    onTick,
    onEvent(event, now) {
      switch (event.kind) {
        case "run-started":
          lookedAt = now;
          saidAt = now;
          return [startLine(event)];
        case "run-ended":
          return say(now);
        case "sample-ended":
          milestone = quarterReached() || milestone;
          return milestone ? onTick(now) : [];
        default:
          return [];
      }
    },
  };
}

function startLine(event: Extract<RunEvent, { kind: "run-started" }>): string {
  const perSample = event.blocks.filter((block) => block.scope === "sample").length;
  const further = event.blocks.length - perSample;
  const what = [
    `${count(event.samples, "sample")}, ${count(perSample, "block")} each`,
    ...(further > 0 ? [`${count(further, "block")} over the dataset`] : []),
    count(event.tasks, "task"),
  ];
  return `run ${event.run} on ${printable(event.executor)}: ${what.join(", ")}; dataset ${printable(event.dataset)}`;
}

/** `figures` is what counts for "has anything changed?": the time alone is no news. */
function progressLine(progress: Progress, pace: Pace, now: Moment): { text: string; figures: string } {
  const { tasks, samples } = progress;
  const over = tasks.ran + tasks.cached + tasks.skipped;
  const percent = tasks.total === 0 ? 100 : Math.floor((100 * over) / tasks.total);
  const ended = samples.valid + samples.issue + samples.failed + samples.unfinished;
  const figures = [
    `${String(percent).padStart(3)} %  ${thousands(over)} of ${count(tasks.total, "task")}`,
    `${thousands(ended)} of ${count(samples.total, "sample")}`,
    ...(tasks.running > 0 ? [`${thousands(tasks.running)} running`] : []),
    ...(tasks.cached > 0 ? [`${thousands(tasks.cached)} cached`] : []),
    ...(tasks.issues > 0 ? [count(tasks.issues, "issue")] : []),
    ...(tasks.failed > 0 ? [`${thousands(tasks.failed)} failed`] : []),
    ...(tasks.skipped > 0 ? [`${thousands(tasks.skipped)} skipped`] : []),
  ].join(", ");
  const perSecond = pace.tasksPerSecond(progress, now);
  const left = timeLeft(pace, progress, now);
  const times = [
    duration(Math.max(0, now - (progress.startedAt ?? now)) / 1000),
    ...(perSecond === null || progress.ended !== null ? [] : [taskRate(perSecond)]),
    ...(left === null ? [] : [left]),
  ].join(", ");
  return { text: `${figures}; ${times}`, figures };
}
