// The unguessable mark that every process of a task carries in its environment, so that none can hide: a run's mark is
// the beginning of its workers' marks, a worker's the beginning of its tasks' marks.
//
//   4f2a….              the run
//   4f2a….0-3.          the third process in place 0
//   4f2a….0-3.17.       the seventeenth program that it started
import { randomBytes } from "node:crypto";

export const markVariable = "PIPE_TASK_TOKEN";

/** A mark that nobody else has. */
export const freshMark = (): string => `${randomBytes(12).toString("hex")}.`;

/** A mark below another one. `name` without dots; the dot at the end keeps `1` apart from `17`. */
export const markBelow = (above: string, name: string): string => `${above}${name}.`;

/** What the environment of every process with this mark, or one below it, contains. */
export const marked = (mark: string): string => `${markVariable}=${mark}`;
