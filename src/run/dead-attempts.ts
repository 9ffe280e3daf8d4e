// Attempts that were going on when their launcher was killed, as far as their workers have written down what they were at. What
// has appeared in the task's folder since is taken for theirs once the task writes it again; without this it would pass for a
// user's file for ever.
import { join } from "node:path";
import type { TaskName } from "../core/task.ts";
import { type BegunAttempt, begunIn } from "../rundir/at-work.ts";
import { workersFolder } from "../rundir/layout.ts";
import { listFolder } from "../system/durable-folder.ts";
import { unfinishedRuns } from "./unfinished-runs.ts";

/** Whether a path has appeared since an attempt at the task began that nobody has seen the end of. */
export type AppearedUnderDead = (task: TaskName, path: string) => boolean;

/** Looks when it is asked for the first time: few ever ask. */
export function deadAttempts(dataPath: string): AppearedUnderDead {
  let begun: readonly BegunAttempt[] | null = null;
  return (task, path) => {
    begun ??= begunAttempts(dataPath);
    return begun.some((attempt) => attempt.isOf(task) && !attempt.before.has(path));
  };
}

function begunAttempts(dataPath: string): readonly BegunAttempt[] {
  return unfinishedRuns(dataPath).flatMap(({ run }) => {
    const workers = workersFolder(run.path);
    const names = listFolder(workers);
    return names === "missing" ? [] : names.flatMap((name) => begunIn(join(workers, name)) ?? []);
  });
}
