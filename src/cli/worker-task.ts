// `pipe worker --task N`: one task of a prepared run, for job scripts, ours or a person's. What became of it stands on standard
// error and in the exit status: 0 ended well, with an issue, or nothing to do; 1 failed, or what it needs is not there.
import { basename, dirname, join, resolve } from "node:path";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { type TaskId, taskId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { duration } from "../report/amounts.ts";
import { sayTarget } from "../report/say-failure.ts";
import { failureWords } from "../report/say-failure-kind.ts";
import { openPrepared } from "../run/array/judging-of-work.ts";
import type { OneTask } from "../run/array/one-task.ts";
import { lastAttempt, type TaskEnding } from "../run/array/task-ending.ts";
import { exitStatus } from "./exit-status.ts";
import type { WorkerValues } from "./flags/worker.ts";

export async function taskCommand(values: WorkerValues, runFolder: string): Promise<number> {
  const prepared = await openPrepared(runFolder, dirname(dirname(runFolder)));
  const task = await taskIn(values);
  if (task >= prepared.plan.taskCount) throw refuse(noSuchTask(task, prepared.plan.taskCount));
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, onSignal);
  const { runOneTask } = await import("../run/array/one-task.ts");
  const became = await runOneTask(prepared, task, { signal: stop.signal, environment: process.env });
  const { words, status } = tell(became);
  // In an array of a hundred thousand elements a file for each that went well would be no help to anybody.
  if (status !== exitStatus.fine || values.output === null) process.stderr.write(`${words}\n`);
  else await removeIfEmpty(resolve(values.output));
  return status;
}

async function taskIn({ task, tasks }: WorkerValues): Promise<TaskId> {
  if (tasks === null) return taskId(task ?? 0);
  const { readTaskTable } = await import("../run/array/task-table.ts");
  const element = Number(process.env.SLURM_ARRAY_TASK_ID ?? Number.NaN);
  if (!Number.isSafeInteger(element)) throw refuse(noElement);
  const found = readTaskTable(resolve(tasks), element);
  if (found === null) throw refuse(noSuchElement(tasks, element));
  return found;
}

/** `%a` in its name stands for the element, as in Slurm's own options; in the folder's it is a part of a name. */
async function removeIfEmpty(pattern: string): Promise<void> {
  const { sizeOf } = await import("../system/durable-file.ts");
  const { removeQuietly } = await import("../system/durable-folder.ts");
  const name = basename(pattern).replaceAll("%a", process.env.SLURM_ARRAY_TASK_ID ?? "%a");
  const path = join(dirname(pattern), name);
  if (sizeOf(path) === 0) removeQuietly(path);
}

function tell(became: OneTask): { readonly words: string; readonly status: number } {
  const name = `${became.name.block} on ${sayTarget(became.name.sample)}`;
  switch (became.kind) {
    case "not-reached": {
      const of = `${became.of.block} on ${sayTarget(became.of.sample)}`;
      switch (became.why) {
        case "missing":
          return { words: `${name}: not begun, ${of} has not ended`, status: exitStatus.taskFailed };
        case "failed":
          return { words: `${name}: not begun, ${of} failed`, status: exitStatus.taskFailed };
        case "misfit":
          return {
            words: `${name}: not begun, ${of} has ended for another sample than is there now`,
            status: exitStatus.taskFailed,
          };
        case "issue":
          return { words: `${name}: not begun, ${of} ended with an issue`, status: exitStatus.fine };
        case "not-retried":
          return { words: `${name}: not begun, ${of} is not to be run`, status: exitStatus.fine };
        default:
          return never(became.why);
      }
    }
    case "done-before":
      return { words: `${name}: has ended before, on ${became.ending.by.host}`, status: exitStatus.fine };
    case "stopped":
      return { words: `${name}: was told to stop`, status: exitStatus.taskFailed };
    case "ended":
      return tellEnding(name, became.ending);
    default:
      return never(became);
  }
}

function tellEnding(name: string, { how }: TaskEnding): { readonly words: string; readonly status: number } {
  switch (how.kind) {
    case "stands":
      return { words: `${name}: stands, its sample is as it was`, status: exitStatus.fine };
    case "not-retried":
      return { words: `${name}: would have to run, and is not to`, status: exitStatus.fine };
    case "ran": {
      const { outcome, usage } = lastAttempt(how.attempts);
      if (outcome.kind === "succeeded") {
        return { words: `${name}: done in ${duration(usage.seconds)}`, status: exitStatus.fine };
      }
      if (outcome.kind === "issue") {
        return { words: `${name}: an issue: ${outcome.message}`, status: exitStatus.fine };
      }
      const { line } = failureWords(outcome.failure);
      return { words: `${name}: failed: ${line}`, status: exitStatus.taskFailed };
    }
    default:
      return never(how);
  }
}

const noSuchTask = (task: number, count: number): Diagnostic =>
  diagnostic("no-such-task", `the run has no task ${task}`, {
    hint:
      count === 0 ? "it has none at all" : `its tasks are 0 to ${count - 1}; plan.json says which is which`,
  });

const noElement: Diagnostic = diagnostic("no-element", "`--tasks` outside of a Slurm array", {
  notes: ["there is no SLURM_ARRAY_TASK_ID in the environment"],
  hint: "name one task with `--task N`",
});

const noSuchElement = (file: string, element: number): Diagnostic =>
  diagnostic("no-such-element", `\`${file}\` has no task for element ${element}`);
