// The run at a glance: one bar per block, as lines of text for a terminal of a given size. Pure, so that every size and
// every state can be looked at in a test; terminal-frame.ts brings the lines onto the screen.

import type { Moment } from "../core/ids.ts";
import { count, duration, roughDuration, taskRate, thousands } from "./amounts.ts";
import { palette } from "./colour.ts";
import { cutTo, padEnd, padStart, widthOf } from "./columns.ts";
import { type Pace, remaining } from "./pace.ts";
import { printable } from "./printable.ts";
import type { Progress } from "./progress.ts";
import { sayTarget } from "./say-failure.ts";
import type { BlockProgress } from "./tally.ts";

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly now: Moment;
  readonly colours: boolean;
}

/** At most `rows - 1` lines, none wider than `columns - 1`: a full line or screen would make the terminal scroll. */
export function renderLive(progress: Progress, pace: Pace, screen: Screen): string[] {
  const room = screen.rows - 1;
  if (room < 1 || screen.columns < 2) return [];
  const above = [headline(progress, pace, screen)];
  const below = [
    samplesLine(progress, screen),
    runningLine(progress, screen),
    interruptedLine(progress, screen),
  ];
  const extra = below.filter((line) => line !== null).slice(0, Math.max(0, room - 2));
  const bars = barLines(progress.blocks, room - 1 - extra.length, screen);
  return [...above, ...bars, ...extra].slice(0, room).map((line) => cutTo(line, screen.columns - 1));
}

/** `run 003 on local   2 failed   1 min 12 s, about 3 min left   12 tasks/s`; what matters most is cut last. */
function headline(progress: Progress, pace: Pace, screen: Screen): string {
  const colours = palette(screen.colours);
  const { run, startedAt } = progress;
  if (run === null || startedAt === null) return "starting";
  const elapsed = duration(Math.floor(Math.max(0, screen.now - startedAt) / 1000));
  const left = timeLeft(pace, progress, screen.now);
  const perSecond = pace.tasksPerSecond(progress, screen.now);
  const failed = progress.tasks.failed;
  return [
    `${colours.strong(`run ${run.name}`)} on ${printable(run.executor)}`,
    ...(failed === 0 ? [] : [colours.error(`${thousands(failed)} failed`)]),
    left === null ? elapsed : `${elapsed}, ${left}`,
    ...(perSecond === null ? [] : [taskRate(perSecond)]),
  ].join("   ");
}

/** `about 3 min left`, `at least 3 min left`, or null where nothing honest can be said. */
export function timeLeft(pace: Pace, progress: Progress, now: Moment): string | null {
  const left = pace.left(progress, now);
  return left === null ? null : `${left.atLeast ? "at least" : "about"} ${roughDuration(left.seconds)} left`;
}

function barLines(blocks: readonly Readonly<BlockProgress>[], room: number, screen: Screen): string[] {
  const shown = worthShowing(blocks, room);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
  const names = shown.map((block) => printable(block.name));
  const name = Math.min(widest(names), Math.max(8, Math.floor(screen.columns * 0.4)));
  const figures = shown.map(
    (block) => `${thousands(block.total - remaining(block))}/${thousands(block.total)}`,
  );
  const figure = widest(figures);
  const bar = barWidth(screen.columns);
  const lines = shown.map((block, i) =>
    [
      `  ${padEnd(cutTo(names[i] ?? "", name), name)}`,
      ...(bar === 0 ? [] : [barOf(block, bar, screen)]),
      padStart(figures[i] ?? "", figure),
      notesOf(block, screen),
    ]
      .join("  ")
      .trimEnd(),
  );
  const hidden = blocks.filter((block) => !shown.includes(block));
  return hidden.length === 0 || room < 1 ? lines : [...lines, hiddenLine(hidden)];
}

/** More blocks than rows: those at work first, then the next to come, then those that are over. In the pipeline's order. */
function worthShowing(
  blocks: readonly Readonly<BlockProgress>[],
  room: number,
): readonly Readonly<BlockProgress>[] {
  if (blocks.length <= room) return blocks;
  const rank = (block: Readonly<BlockProgress>): number => {
    if (block.running > 0) return 0;
    const left = remaining(block);
    return left === 0 ? 3 : left < block.total ? 1 : 2;
  };
  const best = blocks
    .map((block, index) => ({ index, rank: rank(block) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, Math.max(0, room - 1));
  const chosen = new Set(best.map(({ index }) => index));
  return blocks.filter((_, index) => chosen.has(index));
}

function hiddenLine(hidden: readonly Readonly<BlockProgress>[]): string {
  const over = hidden.filter((block) => remaining(block) === 0).length;
  const waiting = hidden.filter((block) => remaining(block) === block.total && block.running === 0).length;
  const working = hidden.length - over - waiting;
  const parts = [
    ...(over > 0 ? [`${over} ended`] : []),
    ...(working > 0 ? [`${working} at work`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  return `  … and ${count(hidden.length, "more block")}: ${parts.join(", ")}`;
}

const barWidth = (columns: number): number => (columns < 44 ? 0 : Math.min(30, Math.floor(columns / 4)));

/** Full only when all are over; what was skipped is an empty stretch at its end, since nobody did it. */
function barOf(block: Readonly<BlockProgress>, width: number, screen: Screen): string {
  const colours = palette(screen.colours);
  const cells = (tasks: number) => (block.total === 0 ? width : Math.floor((width * tasks) / block.total));
  const done = cells(block.ran + block.cached);
  const over = cells(block.ran + block.cached + block.skipped);
  const paint = block.failed > 0 ? colours.error : block.issues > 0 ? colours.warning : colours.good;
  return (
    paint("█".repeat(done)) + colours.faint("·".repeat(over - done)) + colours.faint("░".repeat(width - over))
  );
}

function notesOf(block: Readonly<BlockProgress>, screen: Screen): string {
  const colours = palette(screen.colours);
  const { running, cached, issues, failed, skipped, retries } = block;
  return [
    ...(running > 0 ? [`${thousands(running)} running`] : []),
    ...(cached > 0 ? [`${thousands(cached)} cached`] : []),
    ...(issues > 0 ? [colours.warning(count(issues, "issue"))] : []),
    ...(failed > 0 ? [colours.error(`${thousands(failed)} failed`)] : []),
    ...(retries > 0 ? [colours.warning(`${thousands(retries)} repeated`)] : []),
    ...(skipped > 0 ? [`${thousands(skipped)} skipped`] : []),
  ].join("  ");
}

function samplesLine({ samples }: Progress, screen: Screen): string {
  const colours = palette(screen.colours);
  const ended = samples.valid + samples.issue + samples.failed + samples.unfinished;
  const parts = [
    ...(samples.valid > 0 ? [`${thousands(samples.valid)} valid`] : []),
    ...(samples.issue > 0 ? [colours.warning(`${thousands(samples.issue)} with an issue`)] : []),
    ...(samples.failed > 0 ? [colours.error(`${thousands(samples.failed)} failed`)] : []),
    ...(samples.unfinished > 0 ? [`${thousands(samples.unfinished)} unfinished`] : []),
  ];
  const detail = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  return `  ${thousands(ended)} of ${count(samples.total, "sample")} ended${detail}`;
}

/** Only tasks that have run for a while: names that change ten times a second cannot be read. */
const longEnough = 5_000;
const mostNamed = 3;

function runningLine(progress: Progress, screen: Screen): string | null {
  // They come in the order in which they started.
  const oldest = progress.running().filter((task) => screen.now - task.since >= longEnough);
  if (oldest.length === 0) return null;
  const named = oldest.slice(0, mostNamed).map((task) => {
    return `${task.block} on ${sayTarget(task.sample)} (${duration(Math.floor((screen.now - task.since) / 1000))})`;
  });
  const more = oldest.length > mostNamed ? `, and ${oldest.length - mostNamed} more` : "";
  return `  longest: ${named.join(", ")}${more}`;
}

function interruptedLine({ interrupted, ended }: Progress, screen: Screen): string | null {
  if (interrupted === null || ended !== null) return null;
  const colours = palette(screen.colours);
  return interrupted === "finish-running"
    ? `  ${colours.warning("interrupted:")} running tasks may finish; Ctrl-C again ends them`
    : `  ${colours.warning("interrupted:")} running tasks are being ended`;
}
