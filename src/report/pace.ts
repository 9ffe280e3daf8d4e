// How fast a run goes, and how long it will probably still take. Guessed from too little, an estimate is worse than none:
// so there is none before every block that is still to come has been measured a few times.

import type { Moment } from "../core/ids.ts";
import type { Progress } from "./progress.ts";
import type { BlockProgress } from "./tally.ts";

export interface Pace {
  /** Takes a measurement, at most one a second; call it as often as you like. */
  note(progress: Progress, now: Moment): void;
  /** Over the last minute, or null where it is too early to say. */
  tasksPerSecond(progress: Progress, now: Moment): number | null;
  left(progress: Progress, now: Moment): TimeLeft | null;
}

export interface TimeLeft {
  readonly seconds: number;
  /** There is more to come than could be measured: a block over the dataset, or an end of remembered results. */
  readonly atLeast: boolean;
}

interface Mark {
  readonly at: Moment;
  readonly settled: number;
  readonly work: number;
}

const window = 60_000;
const shortest = 3_000;
const fewestAttempts = 3;

export function createPace(): Pace {
  const marks: Mark[] = [];

  function since(now: Moment): Mark | null {
    const first = marks[0];
    return first === undefined || now - first.at < shortest ? null : first;
  }

  return {
    note(progress, now) {
      const latest = marks.at(-1);
      if (latest !== undefined && now - latest.at < 1000) return;
      marks.push({ at: now, settled: settled(progress), work: progress.work(now) });
      while ((marks[1]?.at ?? now) < now - window) marks.shift();
    },

    tasksPerSecond(progress, now) {
      const from = since(now);
      if (from === null) return null;
      const perSecond = ((settled(progress) - from.settled) / (now - from.at)) * 1000;
      return perSecond > 0 ? perSecond : null;
    },

    left(progress, now) {
      const from = since(now);
      if (from === null || progress.interrupted !== null || progress.ended !== null) return null;
      const expected = expectedWork(progress, now);
      if (expected === null) return null;
      const atOnce = ((progress.work(now) - from.work) / (now - from.at)) * 1000;
      if (!(atOnce > 0.001)) return null;
      return { seconds: Math.max(expected.work / atOnce, expected.chain), atLeast: expected.atLeast };
    },
  };
}

/** Tasks that are over; skipped ones took no time and are no sign of speed. */
const settled = ({ tasks }: Progress): number => tasks.ran + tasks.cached;

export const remaining = (block: Readonly<BlockProgress>): number =>
  block.total - block.ran - block.cached - block.skipped;

/** Seconds of work to come; and the longest that one sample has still to go, since its blocks wait for each other. */
function expectedWork(
  progress: Progress,
  now: Moment,
): { readonly work: number; readonly chain: number; readonly atLeast: boolean } | null {
  let work = 0;
  let chain = 0;
  let atLeast = false;
  let anything = false;
  const means = new Map<string, number>();
  for (const block of progress.blocks) {
    const left = remaining(block);
    if (left === 0) continue;
    anything = true;
    if (block.attempts < Math.min(fewestAttempts, block.total)) {
      // A sample's block that is not yet measured may be nearly all of the work.
      if (block.scope === "sample") return null;
      atLeast = true;
      continue;
    }
    const mean = block.seconds / block.attempts;
    means.set(block.name, mean);
    const reached = (block.ran + block.cached) / (block.ran + block.cached + block.skipped);
    work += left * reached * (1 - block.cachedLately) * mean;
    if (left > block.running) chain += mean;
    if (block.cachedLately > 0.5) atLeast = true;
  }
  for (const task of progress.running()) {
    const mean = means.get(task.block) ?? 0;
    work -= Math.min(mean, Math.max(0, now - task.since) / 1000);
  }
  return anything ? { work: Math.max(0, work), chain, atLeast } : null;
}
