// What `pipe` tells the shell, in one place: scripts around a run decide by these numbers and nothing else.
import type { Fault } from "../core/diagnostic.ts";
import { never } from "../core/never.ts";

export const exitStatus = {
  /** All tasks ended well or with an issue. */
  fine: 0,
  /** At least one task failed. */
  taskFailed: 1,
  /** The command line, the configuration or the pipeline is wrong, and nothing was started. */
  wrong: 2,
  /** The executor could not work; a bug in pipe ends like this too, since it says nothing about the tasks. */
  unable: 3,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export function statusOfFault(fault: Fault): ExitStatus {
  switch (fault) {
    case "user":
      return exitStatus.wrong;
    case "environment":
      return exitStatus.unable;
    default:
      return never(fault);
  }
}
