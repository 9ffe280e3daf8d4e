// How many samples may be in progress, and how far ahead of them verdicts are asked for. Without the first bound
// a run with one slow block would begin every sample and finish none; without the second it would ask for a
// hundred thousand verdicts before the first task runs, or for too few and leave workers idle.

export interface Load {
  /** How many tasks can run at once. */
  readonly places: number;
  /** How many tasks wait in backlogs of workers. */
  readonly backlogged: number;
  /**
   * How many samples are in progress. Those that only wait for a kind of place of which there is none are left out:
   * they would keep all others from beginning, for as long as a partition for GPUs has a queue of its own.
   */
  readonly begun: number;
  /** How many tasks may wait at each place (see durations.ts). */
  readonly deepest: number;
  /** Samples that are asked about beyond what could begin at once. */
  readonly lookAhead: number;
  /** Tasks being judged or waiting, of whose kind of place there is one; infinite where no kind is missing. */
  readonly inReach: number;
}

/** What keeps workers busy while verdicts come in. */
export const defaultLookAhead = 32;

/**
 * A sample may begin while fewer than this are in progress: as many as places, those that only wait in a backlog,
 * and an eighth more (at least three), since between two tasks of a sample its place would be empty.
 *
 * It is also why a task that needs much is never kept waiting for ever by small ones that slip past it: samples
 * behind it soon may not begin, the small ones come to an end, and their room becomes its room.
 */
export function mayBeInProgress(load: Load): number {
  return load.places + 2 + Math.ceil(load.places / 8) + load.backlogged;
}

/**
 * A new sample is looked at while `mayBeLookedAt` have not been looked at without beginning, and beyond that while
 * all that have wait for a kind of place that is not there: the next ones may have work for the places that are.
 */
export function mayLookFurther(load: Load, looked: number): boolean {
  return looked < mayBeLookedAt(load) || load.inReach < load.lookAhead;
}

export function mayBeLookedAt(load: Load): number {
  const couldBegin = Math.max(0, mayBeInProgress(load) - load.begun);
  return couldBegin + load.places * load.deepest + load.lookAhead;
}
