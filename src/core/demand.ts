// How much work there is for places that are not there yet. Without it an executor that has to ask for its places,
// hours before it gets them, would have to guess what the scheduler knows.
import type { Resources } from "./resources.ts";

/** Tasks that need the same, each as much as the fields of `Resources` say, on one kind of place. */
export interface Demand extends Resources {
  readonly kindOfPlace: number;
  /** Tasks that wait for a worker or that a worker has: so many could run now, had they all a place. */
  readonly ready: number;
  /**
   * So many more, at most, could run at once later on, had all tasks a place as soon as they are ready. Counted are
   * tasks that wait for others of their sample, for their sample's turn or for the verdict whether they are
   * remembered, of each sample that has not ended no more than can run side by side; tasks over the dataset too. It
   * is too high by what turns out to be remembered and by samples that stop early, and never too low.
   */
  readonly ahead: number;
}
