// Coming back to a run whose launcher is gone: it left, or was killed. What earlier launchers have told is read first, so that
// nothing is told twice; then it is held as by the one that made it.
import { type Checkpoint, openCheckpoint } from "../../cache/checkpoint.ts";
import { diagnostic, type Refusal, unable } from "../../core/diagnostic.ts";
import type { RunEvent } from "../../core/events.ts";
import { version } from "../../generated/version.ts";
import { blockGraph } from "../../plan/graph.ts";
import { openRun as readRun } from "../../report/read-run.ts";
import { datasetRefusal } from "../../rundir/dataset-refusal.ts";
import { runRecordPath } from "../../rundir/layout.ts";
import type { HeldLock } from "../../rundir/lock.ts";
import { readRunRecord } from "../../rundir/run-record.ts";
import type { RunFolder } from "../../rundir/runs.ts";
import { deadAttempts } from "../dead-attempts.ts";
import { createOutputs } from "../outputs.ts";
import type { Audience } from "../run-pipeline.ts";
import { writtenSamples } from "../written-samples.ts";
import { type HeldRun, holdRun, sampleMark, taskMark } from "./held-run.ts";
import { judgingOf, openPrepared, type PreparedRun } from "./judging-of-work.ts";
import { readAllRemembered } from "./remembered-samples.ts";
import { listShelf, readEnding, shelfCount } from "./results-folder.ts";

/** Takes the lock over, also when it cannot be held. @throws Refusal */
export async function returnToRun(
  dataPath: string,
  what: { readonly run: RunFolder; readonly lock: HeldLock },
  audience: Audience,
): Promise<HeldRun> {
  const { run, lock } = what;
  let checkpoint: Checkpoint | null = null;
  try {
    const record = readRunRecord(runRecordPath(run.path));
    if (record.kind !== "parsed") throw noRecord(run);
    const prepared = await openPrepared(run.path, dataPath);
    const { order } = prepared;
    const told = new Set<string>();
    readRun(run).poll((event) => {
      audience.progress.apply(event);
      note(told, event);
    });
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => {});
    checkpoint = await openCheckpoint({
      ...{ dataPath, tool: version, run: run.name, order },
      onTrouble: (trouble) => lost.reject(datasetRefusal(dataPath, trouble.error)),
    });
    forgetCleared(prepared, checkpoint);
    const memory = checkpoint;
    const outputs = createOutputs({
      ...{ dataPath, memory, order, graph: blockGraph(prepared.work.specs), run: run.name },
      appearedUnderDead: deadAttempts(dataPath),
      onTouched: (touched) => memory.put(touched),
    });
    const held = await holdRun({
      open: { run, lock, record: record.value },
      ...{ checkpoint, checkpointLost: lost.promise, prepared, audience, told, outputs },
      judging: judgingOf(prepared, { memory, outputs }),
      starts: [...readAllRemembered(run.path)].map(({ standing, stops, stood }) => ({
        standing,
        stops,
        stood,
      })),
      rewriteAll: !writtenSamples(dataPath, { order, looks: prepared.work.looks }).isCurrent,
    });
    lock.announce(run.name);
    held.account.begin();
    return held;
  } catch (error) {
    await checkpoint?.close();
    lock.release();
    throw error;
  }
}

/** Takes in how all tasks have ended that have. Answers how many were not known before. */
export function takeAll({ account, prepared }: Pick<HeldRun, "account" | "prepared">): number {
  const { folder, plan } = prepared;
  const before = account.open;
  for (let shelf = 0; shelf < shelfCount(plan.taskCount); shelf++) {
    for (const [task, left] of listShelf(folder, shelf)) {
      if (task >= plan.taskCount || left.endings.length === 0 || !account.isOpen(task)) continue;
      const ending = readEnding(folder, task, left);
      if (ending !== null) account.take(ending);
    }
  }
  return before - account.open;
}

/** What was put away by a task of this run stands no more, whether that has ended or was killed in the middle. */
function forgetCleared({ folder, plan, work }: PreparedRun, checkpoint: Checkpoint): void {
  for (let shelf = 0; shelf < shelfCount(plan.taskCount); shelf++) {
    for (const [task, { cleared }] of listShelf(folder, shelf)) {
      if (!cleared || task >= plan.taskCount) continue;
      const { block, sample } = plan.describe(task);
      const record = checkpoint.get(block, sample);
      if (record !== null && Number(record.run) < Number(work.run)) checkpoint.forget(block, sample);
    }
  }
}

function note(told: Set<string>, event: RunEvent): void {
  if (event.kind === "task-cached" || (event.kind === "task-ended" && event.next === "done")) {
    told.add(taskMark(event.task));
  }
  if (event.kind === "sample-ended") told.add(sampleMark(event.sample));
}

const noRecord = (run: RunFolder): Refusal =>
  unable(
    diagnostic("no-run-record", `run ${run.name} has no run.json that can be read`, {
      notes: [`it lies in \`${run.path}\``],
      hint: "start `pipe run` anew",
    }),
  );
