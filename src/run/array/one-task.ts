// `pipe worker --task N`: one task of a prepared run, from whatever job script calls it, with or without a launcher alive. May be
// called twice, on two nodes, at once: what is done is not done again, and what counts is decided by whoever gathers the endings.
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { recordOf } from "../../cache/remember.ts";
import type { BlockSpec } from "../../core/block.ts";
import type { Failure } from "../../core/failure.ts";
import { attempt, type SampleId, type TaskId } from "../../core/ids.ts";
import { entryKind, type Manifest } from "../../core/manifest.ts";
import { isOfEnding, signalPatience } from "../../core/of-ending.ts";
import { failed } from "../../core/outcome.ts";
import type { TaskName } from "../../core/task.ts";
import type { TaskResult } from "../../protocol/answer.ts";
import type { Assignment } from "../../protocol/assignment.ts";
import { sampleFolder } from "../../rundir/layout.ts";
import type { Environment } from "../../system/child-environment.ts";
import { wallClock } from "../../system/clock.ts";
import { syncFile } from "../../system/durable-file.ts";
import { syncFolder } from "../../system/durable-folder.ts";
import { isFileError } from "../../system/file-error.ts";
import { unbegun } from "../../worker/run-task.ts";
import { ownFiles } from "../own-files.ts";
import { type Desk, deskFor, type NotReached } from "./desk.ts";
import type { PreparedRun } from "./judging-of-work.ts";
import { isFailed, leaveCleared, leaveEnding } from "./results-folder.ts";
import type { AttemptsInput } from "./run-attempts.ts";
import type { EndedAttempt, RanBy, TaskEnding } from "./task-ending.ts";

export type OneTask = { readonly name: TaskName } & (
  | NotReached
  /** Somebody has run it to its end before. */
  | { readonly kind: "done-before"; readonly ending: TaskEnding }
  | { readonly kind: "ended"; readonly ending: TaskEnding }
  /** It was told to stop, and leaves nothing: whoever runs it next begins anew. */
  | { readonly kind: "stopped" }
);

/** Seconds between TERM and KILL for a task that is told to stop; Slurm itself gives 30 s as a rule. */
const grace = 5;

/** @throws Refusal, FileError */
export async function runOneTask(
  prepared: PreparedRun,
  task: TaskId,
  how: { readonly signal: AbortSignal; readonly environment: Environment },
): Promise<OneTask> {
  const name = prepared.plan.describe(task);
  const desk = deskFor(prepared, task);
  if (desk.kind === "not-reached") return { ...desk, name };
  if (desk.before !== null && !isFailed(desk.before)) {
    return { kind: "done-before", ending: desk.before, name };
  }
  const by = ranBy(how.environment);
  const end = (ending: TaskEnding["how"]): OneTask => {
    const whole: TaskEnding = { task, ...name, by, how: ending };
    leaveEnding(prepared.folder, whole);
    return { kind: "ended", ending: whole, name };
  };
  const { blockIndex } = prepared.plan.positionOf(task);
  const verdict = desk.judging.judge(blockIndex, name.sample);
  if (verdict.kind === "current") return end({ kind: "stands" });
  if (prepared.work.blocks[blockIndex]?.notRetried === true) return end({ kind: "not-retried" });
  putAway(prepared, { task, name }, desk);
  const results = await attemptsOf(prepared, { task, name, desk, ...how }).finally(() =>
    desk.outputs.outOfSight.show(name.block, name.sample),
  );
  const last = results.at(-1) ?? results[0];
  const { outcome } = last;
  const [first, ...others] = results.map(endedAttempt);
  if (isOfEnding(outcome) && !how.signal.aborted) await Bun.sleep(signalPatience * 1000);
  // Told to stop, a task fails in many ways, and none of them is its own.
  const stopped = how.signal.aborted || (outcome.kind === "failed" && outcome.failure.kind === "cancelled");
  if (first === undefined || (outcome.kind === "failed" && stopped)) return { kind: "stopped", name };
  if (outcome.kind === "failed") return end({ kind: "ran", attempts: [first, ...others], record: null });
  const { judging } = desk;
  const manifest = desk.outputs.whoseFound(name, own(prepared, blockIndex, last.manifest));
  const record = recordOf(
    {
      ...{ ...name, key: judging.key(blockIndex, name.sample), outcome, changes: last.changes, manifest },
      ...{ run: prepared.work.run, at: wallClock() },
    },
    judging.after(blockIndex, name.sample),
  );
  syncOutputs(folderOf(prepared, name.sample), manifest);
  return end({ kind: "ran", attempts: [first, ...others], record });
}

/** What an earlier run left. The checkpoint is the launcher's: it learns by the mark that this does not stand any more. */
function putAway(
  { folder }: PreparedRun,
  { task, name }: { readonly task: TaskId; readonly name: TaskName },
  { memory, outputs, judging }: Desk,
): void {
  const { block, sample } = name;
  // One that was killed before its time may have left aside what it was not to see.
  outputs.outOfSight.takeOver(block, sample);
  outputs.outOfSight.showAll(sample);
  const record = memory.get(block, sample) ?? memory.forgotten(block, sample);
  if (record !== null) {
    leaveCleared(folder, task);
    memory.forget(block, sample);
    judging.changed(sample);
    outputs.putAway(record);
  }
  outputs.outOfSight.hide(block, sample);
}

async function attemptsOf(
  prepared: PreparedRun,
  of: {
    readonly task: TaskId;
    readonly name: TaskName;
    readonly desk: Desk;
    readonly signal: AbortSignal;
    readonly environment: Environment;
  },
): Promise<readonly [TaskResult, ...TaskResult[]]> {
  const { plan, work, folder } = prepared;
  const { task, name, desk, signal } = of;
  const { blockIndex } = plan.positionOf(task);
  const spec = plan.blocks[blockIndex];
  const needs = work.blocks[blockIndex]?.needs;
  if (spec === undefined || needs === undefined) throw new RangeError(`no block ${blockIndex}`);
  const sweep = (failed: TaskResult) =>
    desk.outputs.sweep(name.sample, own(prepared, blockIndex, failed.manifest));
  const assignment: Assignment = {
    ...{ task, attempt: attempt(1), block: name.block, target: desk.target, needs },
    ...{ environment: spec.environment, key: desk.judging.key(blockIndex, name.sample) },
  };
  // The job before this one may have been killed in the middle.
  const before = desk.outputs.spoiltBefore(name);
  if (before !== null) return [unbegun(assignment, failed(before))];
  const between = (last: TaskResult): Failure | null => {
    sweep(last);
    return desk.outputs.spoiltBefore(name);
  };
  const input: AttemptsInput = {
    ...{ assignment, attempts: spec.retries + 1, runFolder: folder, seed: work.seed, signal, grace, between },
  };
  const results = canRunHere(spec, { ...input, environment: of.environment })
    ? await (await import("./run-here.ts")).runHere({ ...input, dataPath: prepared.dataPath }, spec)
    : await (await import("./run-attempts.ts")).runAttempts(input);
  const last = results.at(-1) ?? results[0];
  if (last.outcome.kind === "failed") sweep(last);
  return results;
}

/**
 * Whether this process may run it: code may take its process with it, a memory limit is watched by the pool, and outside of a job
 * nothing would end the command if this process were killed.
 */
function canRunHere(
  { kind }: BlockSpec,
  of: { readonly assignment: Assignment; readonly environment: Environment },
): boolean {
  const inJob = (of.environment.SLURM_JOB_ID ?? "") !== "";
  return kind.kind === "command" && of.assignment.needs.memory === null && inJob;
}

function own({ plan }: PreparedRun, block: number, manifest: Manifest): Manifest {
  return ownFiles(plan.blocks, plan.graph)(block, manifest);
}

const folderOf = ({ dataPath }: PreparedRun, sample: SampleId | null): string =>
  sample === null ? dataPath : sampleFolder(dataPath, sample);

/** Whoever reads the ending may read the files at once, on another machine; and an error of the disk comes out here. */
function syncOutputs(folder: string, { files }: Manifest): void {
  const folders = new Set<string>();
  for (const file of files) {
    const path = join(folder, file.path);
    folders.add(dirname(path));
    if (entryKind(file) === "file") syncFile(path);
  }
  for (const path of folders) {
    try {
      syncFolder(path);
    } catch (error) {
      if (!isFileError(error, "missing", "wrong-kind")) throw error;
    }
  }
}

function endedAttempt(result: TaskResult): EndedAttempt {
  const { attempt: number, outcome, usage, started, ended, log, tail } = result;
  return { attempt: number, outcome, usage, started, ended, log, tail };
}

function ranBy(environment: Readonly<Record<string, string | undefined>>): RanBy {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURM_RESTART_COUNT } = environment;
  const element =
    SLURM_ARRAY_JOB_ID === undefined || SLURM_ARRAY_TASK_ID === undefined
      ? null
      : `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`;
  const restart = Number(SLURM_RESTART_COUNT ?? 0);
  return {
    ...{ host: hostname(), pid: process.pid, job: element ?? SLURM_JOB_ID ?? null },
    restart: Number.isSafeInteger(restart) ? restart : 0,
  };
}
