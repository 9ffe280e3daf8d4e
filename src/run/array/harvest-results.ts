// Results that tasks have left since a launcher was last there: taken into what is remembered before anything is judged anew, so
// that work which was done while nobody watched is not done again.
import { jobsGoOn } from "../../executors/slurm/jobs/say-jobs.ts";
import { createProgress } from "../../report/progress.ts";
import { openRun as readRun } from "../../report/read-run.ts";
import { runRecordPath, workPath } from "../../rundir/layout.ts";
import type { HeldLock } from "../../rundir/lock.ts";
import { readRunRecord } from "../../rundir/run-record.ts";
import { listRuns, type RunFolder } from "../../rundir/runs.ts";
import { sizeOf } from "../../system/durable-file.ts";
import type { Audience } from "../run-pipeline.ts";
import { listShelf, shelfCount } from "./results-folder.ts";
import { returnToRun, takeAll } from "./return-to-run.ts";

export interface Harvested {
  readonly run: RunFolder;
  /** How many tasks came to their end by it. */
  readonly taken: number;
  /** How many are still open. */
  readonly open: number;
}

/** Runs that were made for tasks without a launcher, and have not been said to be over; the newest last. */
export function unfinishedRuns(dataPath: string): readonly RunFolder[] {
  return listRuns(dataPath).slice(-mostLookedAt).filter(isGoingOnAlone);
}

/** A dataset with hundreds of runs is not searched for one that somebody prepared years ago. */
const mostLookedAt = 20;

export const isPrepared = (run: RunFolder): boolean => sizeOf(workPath(run.path)) !== "missing";

/** Made for tasks that need no launcher, and not over. */
export const isGoingOnAlone = (run: RunFolder): boolean => isPrepared(run) && isUnfinished(run);

function isUnfinished(run: RunFolder): boolean {
  const record = readRunRecord(runRecordPath(run.path));
  return record.kind === "parsed" && record.value.finished === null;
}

/** How many tasks have left something there that no launcher has told of yet. */
export function countNews(run: RunFolder): number {
  const told = new Set<number>();
  const reader = readRun(run);
  let tasks = 0;
  reader.poll((event) => {
    if (event.kind === "run-started") tasks = event.tasks;
    if (event.kind === "task-cached" || (event.kind === "task-ended" && event.next === "done"))
      told.add(event.task);
  });
  let news = 0;
  for (let shelf = 0; shelf < shelfCount(tasks); shelf++) {
    for (const [task, { endings, cleared }] of listShelf(run.path, shelf)) {
      if ((endings.length > 0 || cleared) && !told.has(task)) news++;
    }
  }
  return news;
}

/** Gives the lock back. */
export async function harvest(
  dataPath: string,
  what: { readonly run: RunFolder; readonly lock: HeldLock },
): Promise<Harvested> {
  const { run } = what;
  const jobs = await jobsGoOn(run.path);
  const silent: Audience = { listener: (event) => silent.progress.apply(event), progress: createProgress() };
  const held = await returnToRun(dataPath, what, silent);
  try {
    const { left } = silent.progress;
    const taken = takeAll(held);
    const { open } = held.account;
    const goesOn = open > 0 && (left === "prepared" || jobs !== "none");
    if (open > 0 && !goesOn) held.bringBack();
    if (goesOn) held.record({ kind: "launcher-left", why: left ?? "detached" });
    await held.finish(open === 0 ? "complete" : goesOn ? "left" : "interrupted");
    return { run, taken, open };
  } finally {
    await held.release();
  }
}
