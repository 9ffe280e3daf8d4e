// Attempts that were going on when their launcher was killed, as far as their workers have written down what they were at. What
// has appeared in the task's folder since is taken for theirs once the task writes it again; without this it would pass for a
// user's file for ever.
import { join } from "node:path";
import type { TaskName } from "../core/task.ts";
import { type BegunAttempt, begunIn } from "../rundir/at-work.ts";
import { runRecordPath, workersFolder } from "../rundir/layout.ts";
import { readRunRecord } from "../rundir/run-record.ts";
import { listRuns } from "../rundir/runs.ts";
import { listFolder } from "../system/durable-folder.ts";

/** So many runs back. */
const mostLookedAt = 20;

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
  const runs = [...listRuns(dataPath)].sort((a, b) => b.number - a.number).slice(0, mostLookedAt);
  return runs.flatMap((run) => {
    const read = readRunRecord(runRecordPath(run.path));
    if (read.kind !== "parsed" || read.value.finished !== null) return [];
    const names = listFolder(workersFolder(run.path));
    return names === "missing"
      ? []
      : names.flatMap((name) => begunIn(join(workersFolder(run.path), name)) ?? []);
  });
}
