// Results that pilots wrote down after their launcher was gone, taken into what is remembered. Each is only taken where it was
// run with the very key that the task has now: for another code, or another sample, it is no result.

import { join } from "node:path";
import type { Checkpoint } from "../cache/checkpoint.ts";
import type { KeyParts } from "../cache/record.ts";
import { recordOf } from "../cache/remember.ts";
import type { SampleId } from "../core/ids.ts";
import { readMailbox } from "../executors/slurm/pilots/read-mailbox.ts";
import type { Plan } from "../plan/plan.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment, TaskKey } from "../protocol/assignment.ts";
import { sampleLogPath, workersFolder } from "../rundir/layout.ts";
import { appendLogged } from "../rundir/logged.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { wallClock } from "../system/clock.ts";
import { listFolder } from "../system/durable-folder.ts";
import { isFileError } from "../system/file-error.ts";
import type { Judging } from "./judging.ts";
import type { Outputs } from "./outputs.ts";
import type { OwnFiles } from "./own-files.ts";

interface Left {
  readonly run: string;
  readonly assignment: Assignment;
  readonly result: TaskResult;
}

export interface Harvest {
  /** So many results are remembered now that were not. */
  readonly taken: number;
  /** By the folder of a pilot: so many answers were looked at. What it has answered since is for who takes it over. */
  readonly seen: ReadonlyMap<string, number>;
}

/** For who holds the dataset's lock, before anything is judged. */
export function harvestPilots(
  runs: readonly RunFolder[],
  into: {
    readonly dataPath: string;
    readonly checkpoint: Checkpoint;
    readonly judging: Judging;
    readonly plan: Plan;
    readonly ownFiles: OwnFiles;
    readonly outputs: Outputs;
  },
): Harvest {
  const bySample = new Map<SampleId, Left[]>();
  const seen = new Map<string, number>();
  for (const run of runs) {
    for (const left of leftIn(run, seen)) {
      const { target } = left.assignment;
      if (target.kind !== "sample" || left.result.outcome.kind === "failed") continue;
      const list = bySample.get(target.sample.id) ?? [];
      bySample.set(target.sample.id, list);
      list.push(left);
    }
  }
  let taken = 0;
  for (const [sample, left] of bySample) taken += takeSample(sample, left, into);
  return { taken, seen };
}

function takeSample(
  sample: SampleId,
  left: readonly Left[],
  { checkpoint, judging, plan, ownFiles, outputs, dataPath }: Parameters<typeof harvestPilots>[1],
): number {
  let taken = 0;
  const wanted = new Set(plan.samples);
  if (!wanted.has(sample)) return 0;
  for (let block = 0; block < plan.graph.sampleBlockCount; block++) {
    const verdict = judging.judge(block, sample);
    if (verdict.kind === "current") {
      judging.settle(block, verdict.record);
      if (verdict.record.outcome.kind === "issue") break;
      continue;
    }
    if (typeof judging.before(block, sample) !== "string") continue;
    const key = judging.key(block, sample);
    const name = judging.name(block);
    const found = left.findLast(({ assignment }) => assignment.block === name && isSame(assignment.key, key));
    const outcome = found?.result.outcome;
    if (found === undefined || outcome === undefined || outcome.kind === "failed") continue;
    const record = recordOf(
      {
        ...{ block: name, sample, key, outcome, changes: found.result.changes },
        manifest: outputs.whoseFound({ block: name, sample }, ownFiles(block, found.result.manifest)),
        ...{ run: found.run, at: wallClock() },
      },
      judging.after(block, sample),
    );
    const { logged } = found.result;
    if (logged !== undefined) appendLogged(sampleLogPath(dataPath, sample), logged);
    checkpoint.put(record);
    judging.changed(sample);
    taken += 1;
    if (outcome.kind === "issue") break;
    judging.settle(block, record);
  }
  judging.release(sample);
  return taken;
}

function leftIn(run: RunFolder, seen: Map<string, number>): readonly Left[] {
  const names = listFolder(workersFolder(run.path));
  if (names === "missing") return [];
  return names.flatMap((name) => {
    try {
      const folder = join(workersFolder(run.path), name);
      const { answered } = readMailbox(folder);
      seen.set(folder, answered.length);
      return answered.map(({ assignment, result }) => ({ run: run.name, assignment, result }));
    } catch (error) {
      if (!isFileError(error)) throw error;
      return [];
    }
  });
}

function isSame(a: TaskKey | null, b: KeyParts): boolean {
  if (a === null) return false;
  return a.version === b.version && a.options === b.options && a.code === b.code && a.before === b.before;
}
