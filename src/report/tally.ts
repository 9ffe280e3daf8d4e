// How many tasks of each block wait, run, ended and how. Every task is in exactly one phase, so that the figures add up
// at any moment, also when something is told twice or late.

import type { BlockScope } from "../core/block.ts";
import { blame } from "../core/failure.ts";
import type { Attempt, BlockName, Moment, SampleId, WorkerId } from "../core/ids.ts";
import type { Outcome, Usage } from "../core/outcome.ts";

/** `ran + cached + skipped = total` once the run has ended; before, the rest waits or runs. */
export interface TaskCounts {
  total: number;
  /** Executed in this run and over, however they ended; a task counts once whatever its attempts. */
  ran: number;
  cached: number;
  skipped: number;
  running: number;
  /** Outcomes, remembered ones included. */
  issues: number;
  failed: number;
  /** Executed, but ended with the run before there was an outcome. */
  unfinished: number;
  /** Attempts that failed and were or will be followed by another one. */
  retries: number;
}

export interface BlockProgress extends TaskCounts {
  readonly name: BlockName;
  readonly scope: BlockScope;
  /** Attempts that ended in this run, the seconds they took together and the longest of them. */
  attempts: number;
  seconds: number;
  longest: number;
  /** Share of remembered results among the latest tasks, 0…1: they cost no time, and they come in stretches. */
  cachedLately: number;
}

export interface RunningTask {
  readonly block: BlockName;
  readonly sample: SampleId | null;
  readonly attempt: Attempt;
  readonly worker: WorkerId;
  /** Which process of the worker. */
  readonly lane: number;
  readonly since: Moment;
}

export interface Tally {
  readonly blocks: readonly BlockProgress[];
  readonly tasks: TaskCounts;
  /** In the order in which they started. */
  running(): readonly RunningTask[];
  /** Seconds of work until `now`, of all tasks together, those still running included. */
  work(now: Moment): number;
  /** These answer false, and change nothing, where the task is unknown or was over before. */
  started(task: RunningTask): boolean;
  attemptFailed(block: BlockName, sample: SampleId | null, usage: Usage): boolean;
  ran(block: BlockName, sample: SampleId | null, how: { outcome: Outcome; usage: Usage }): boolean;
  remembered(block: BlockName, sample: SampleId | null, outcome: Outcome): boolean;
  /** All tasks of so many samples, of which nothing else will be heard. */
  rememberedWhole(samples: number): void;
  /** Its tasks that have not begun will not any more. */
  sampleEnded(sample: SampleId): void;
  runEnded(): void;
}

// waiting ──▶ running ──▶ over          over: ran, with an outcome
//    │  ▲        │
//    │  └─again──┘                      again: an attempt failed, another one follows
//    ├──▶ cached
//    └──▶ skipped ──▶ running, …        (a sibling may still run when its sample has ended)
const waiting = 0;
const running = 1;
const again = 2;
const over = 3;
const cached = 4;
const skipped = 5;

/** How much one task counts in a running average over about the last thirty. */
const lately = 1 / 32;

export function createTally(
  planned: readonly { readonly name: BlockName; readonly scope: BlockScope }[],
  samples: number,
): Tally {
  const blocks: BlockProgress[] = planned.map(({ name, scope }) => ({
    name,
    scope,
    ...noTasks(scope === "dataset" ? 1 : samples),
    ...{ attempts: 0, seconds: 0, longest: 0, cachedLately: 0 },
  }));
  const tasks = noTasks(blocks.reduce((sum, block) => sum + block.total, 0));
  const blockIndex = new Map(blocks.map((block, index) => [block.name, index]));
  // Row 0 is the dataset's; the samples follow in the order in which they are first heard of.
  const rows = new Map<SampleId, number>();
  const phases = new Uint8Array((samples + 1) * blocks.length);
  const runningTasks = new Map<number, RunningTask>();
  let endedWork = 0;
  let sumOfStarts = 0;

  function rowOf(sample: SampleId | null): number {
    if (sample === null) return 0;
    const known = rows.get(sample);
    if (known !== undefined) return known;
    rows.set(sample, rows.size + 1);
    return rows.size;
  }

  /** The task's place, if it is one of the plan and not over yet; it has left the phase that it was in. */
  function take(name: BlockName, sample: SampleId | null): { block: BlockProgress; slot: number } | null {
    const index = blockIndex.get(name);
    const block = index === undefined ? undefined : blocks[index];
    if (index === undefined || block === undefined) return null;
    const slot = rowOf(sample) * blocks.length + index;
    switch (phases[slot]) {
      case undefined:
      case over:
      case cached:
        return null;
      case running:
        sumOfStarts -= runningTasks.get(slot)?.since ?? 0;
        runningTasks.delete(slot);
        count(block, "running", -1);
        break;
      case skipped:
        count(block, "skipped", -1);
        break;
    }
    return { block, slot };
  }

  function count(block: BlockProgress, what: Exclude<keyof TaskCounts, "total">, by: number): void {
    block[what] += by;
    tasks[what] += by;
  }

  function countOutcome(block: BlockProgress, outcome: Outcome): void {
    if (outcome.kind === "issue") count(block, "issues", 1);
    // What was ended because the run was is nobody's failure.
    else if (outcome.kind === "failed")
      count(block, blame(outcome.failure) === "nobody" ? "unfinished" : "failed", 1);
  }

  function measure(block: BlockProgress, usage: Usage): void {
    endedWork += usage.seconds;
    block.attempts++;
    block.seconds += usage.seconds;
    block.longest = Math.max(block.longest, usage.seconds);
  }

  function close(name: BlockName, sample: SampleId | null): BlockProgress | null {
    const place = take(name, sample);
    if (place === null) return null;
    phases[place.slot] = over;
    count(place.block, "ran", 1);
    return place.block;
  }

  function unfinished(slot: number): void {
    const block = blocks[slot % blocks.length];
    if (block === undefined) return;
    phases[slot] = over;
    count(block, "ran", 1);
    count(block, "unfinished", 1);
  }

  return {
    blocks,
    tasks,
    running: () => [...runningTasks.values()],
    work: (now) => endedWork + Math.max(0, runningTasks.size * now - sumOfStarts) / 1000,

    started(task) {
      const place = take(task.block, task.sample);
      if (place === null) return false;
      phases[place.slot] = running;
      runningTasks.set(place.slot, task);
      sumOfStarts += task.since;
      count(place.block, "running", 1);
      return true;
    },

    attemptFailed(name, sample, usage) {
      const place = take(name, sample);
      if (place === null) return false;
      phases[place.slot] = again;
      count(place.block, "retries", 1);
      measure(place.block, usage);
      return true;
    },

    ran(name, sample, { outcome, usage }) {
      const block = close(name, sample);
      if (block === null) return false;
      measure(block, usage);
      block.cachedLately *= 1 - lately;
      countOutcome(block, outcome);
      return true;
    },

    remembered(name, sample, outcome) {
      const place = take(name, sample);
      if (place === null) return false;
      phases[place.slot] = cached;
      count(place.block, "cached", 1);
      place.block.cachedLately += (1 - place.block.cachedLately) * lately;
      countOutcome(place.block, outcome);
      return true;
    },

    rememberedWhole(samples) {
      for (const block of blocks) if (block.scope === "sample") count(block, "cached", samples);
    },

    sampleEnded(sample) {
      const first = rowOf(sample) * blocks.length;
      blocks.forEach((block, index) => {
        if (block.scope === "dataset") return;
        const phase = phases[first + index];
        if (phase === again) unfinished(first + index);
        if (phase !== waiting) return;
        phases[first + index] = skipped;
        count(block, "skipped", 1);
      });
    },

    runEnded() {
      for (const task of [...runningTasks.values()]) {
        const block = close(task.block, task.sample);
        if (block !== null) count(block, "unfinished", 1);
      }
      for (let slot = 0; slot < phases.length; slot++) if (phases[slot] === again) unfinished(slot);
      for (const block of blocks) {
        count(block, "skipped", block.total - block.ran - block.cached - block.skipped);
      }
    },
  };
}

function noTasks(total: number): TaskCounts {
  const none = { ran: 0, cached: 0, skipped: 0, running: 0, issues: 0, failed: 0, unfinished: 0, retries: 0 };
  return { total, ...none };
}
