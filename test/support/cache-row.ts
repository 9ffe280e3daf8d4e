// One row of the table "what changes × what runs again": a change, and exactly the tasks that the next start must run.
import type { Files } from "./cache-project.ts";
import type { CacheRig, Ran, StartOptions } from "./cache-rig.ts";

export const all: readonly number[] = [0, 1, 2];
/** All three blocks of the usual project on its three samples. */
export const everything: Ran = { Scene: all, Simulate: all, Measure: all };
export const nothing: Ran = {};

export interface Row {
  /** What changes, in the words of the README's table. */
  readonly change: string;
  /** What runs again, in its words. */
  readonly again: string;
  /** Default: the usual project. */
  readonly files?: Files;
  readonly act: (rig: CacheRig) => void | Promise<void>;
  /** What the start after the change runs. */
  readonly runs: Ran;
  /** What the first start runs; default: everything. */
  readonly firstRuns?: Ran;
  readonly first?: StartOptions;
  /** Of the start after the change, and of the one after that; default: those of the first. */
  readonly second?: StartOptions;
  /** What the start after that runs; default: nothing. */
  readonly thirdRuns?: Ran;
  /** Tasks of the pipeline after the change; default: nine. */
  readonly tasks?: number;
  /** How many of them cannot be reached; default: none. */
  readonly skipped?: number;
  /** How many stand with an issue; default: none. */
  readonly issues?: number;
  /** How many fail; default: none. */
  readonly failed?: number;
  /** Exit status of the start after the change; default 0. */
  readonly status?: number;
  /** What the dataset holds that one from scratch would not, by path: what is rightly kept. */
  readonly kept?: Files;
  /** What the start after the change must say on standard error. */
  readonly says?: readonly RegExp[];
}
