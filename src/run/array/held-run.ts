// A prepared run in the hands of a launcher: the one that made it, or one that comes back to it. It alone holds the dataset's lock,
// writes the checkpoint, the samples' records and the run's events; what its tasks left it takes in by the account.
import type { Checkpoint } from "../../cache/checkpoint.ts";
import type { RunEvent, RunEventBody, RunSummary } from "../../core/events.ts";
import type { Failure } from "../../core/failure.ts";
import { attempt, type SampleId, seconds, type TaskId, workerId } from "../../core/ids.ts";
import type { RunEnding } from "../../rundir/run-record.ts";
import type { RunFolder } from "../../rundir/runs.ts";
import { wallClock } from "../../system/clock.ts";
import { idsOf, validSamplesOf, writeTables } from "../aggregate.ts";
import { samplesOf } from "../dataset-samples.ts";
import type { Judging } from "../judging.ts";
import { createLauncherLog } from "../launcher-log.ts";
import { lostForGood } from "../lost-for-good.ts";
import { closeRun, type OpenRun } from "../open-run.ts";
import type { Outputs } from "../outputs.ts";
import { putRightWarning } from "../put-right.ts";
import { createRecorder } from "../recorder.ts";
import type { Audience } from "../run-pipeline.ts";
import { ListedFailures, runSummary } from "../run-summary.ts";
import { SampleStore } from "../sample-store.ts";
import { unwrittenWarning } from "../unwritten-warning.ts";
import { writtenSamples } from "../written-samples.ts";
import { RunAccount } from "./account.ts";
import type { PreparedRun } from "./judging-of-work.ts";
import { type SampleStart, untouched } from "./remembered-samples.ts";
import { lastAttempt, type RanBy, type TaskEnding } from "./task-ending.ts";

export interface HeldRun {
  readonly run: RunFolder;
  readonly prepared: PreparedRun;
  readonly account: RunAccount;
  readonly record: (event: RunEventBody) => void;
  /** Rejects when events or what is remembered cannot be brought to the disk; never resolves. */
  readonly lost: Promise<never>;
  /** A task that is not to be run again although it left no ending, and never will. */
  giveUp(task: TaskId, failure: Failure): void;
  /** Nothing runs any more: what was put out of sight of tasks that never ended comes back. */
  bringBack(): void;
  /** The last words of the run; `left` when it goes on without a launcher. */
  finish(how: RunEnding | "left"): Promise<RunSummary>;
  /** Lets go of everything, whatever has happened. */
  release(): Promise<void>;
}

export interface HoldInput {
  readonly open: Pick<OpenRun, "run" | "lock" | "record">;
  readonly checkpoint: Checkpoint;
  readonly checkpointLost: Promise<never>;
  readonly prepared: PreparedRun;
  readonly judging: Judging;
  readonly outputs: Outputs;
  readonly starts: readonly SampleStart[];
  /** Whether samples in which nothing runs are written anew all the same. */
  readonly rewriteAll: boolean;
  /** What earlier launchers of this run have told already. */
  readonly told: ReadonlySet<string>;
  readonly audience: Audience;
}

/** Begins to record; nothing has been looked at yet. */
export async function holdRun(input: HoldInput): Promise<HeldRun> {
  const { open, checkpoint, prepared, judging, starts, audience } = input;
  const { plan, dataPath, order } = prepared;
  const failures = new ListedFailures(audience.progress.failedTasks);
  const log = createLauncherLog(open.run.path, audience.progress);
  const recorder = await createRecorder(open.run, (event: RunEvent) => {
    audience.listener(event);
    log.note(event);
    failures.note(event);
  });
  const { record } = recorder;
  const written = writtenSamples(dataPath, { order, looks: prepared.work.looks });
  const allBlocks = plan.blocks.length === order.length;
  const rewritten: SampleId[] = [];
  written.begin();
  const tellOnce = (mark: string, event: RunEventBody): void => {
    if (!input.told.has(mark)) record(event);
  };
  const account = new RunAccount({
    ...{ prepared, memory: checkpoint, judging },
    samples: new SampleStore({
      ...{ dataPath, samples: plan.samples, order, rewriteAll: input.rewriteAll, allBlocks },
      isSuspect: written.isSuspect,
      onUnfinished: () => written.invalidate(),
      onPutRight: (sample) => rewritten.push(sample),
    }),
    start: (index) => starts[index] ?? untouched,
    validSamples: () => idsOf(validSamplesOf(dataPath)),
    listener: {
      cached(task, { outcome }) {
        tellOnce(taskMark(task), { kind: "task-cached", task, ...plan.describe(task), outcome });
      },
      ran(task, ending) {
        const { how, by } = ending;
        // Of a failure people want to know where it was.
        const place = how.kind === "ran" && how.record === null && by.job !== null ? workerOf(by) : null;
        const capacity = { cpus: 1, memory: null, gpus: 0 };
        if (place !== null) record({ kind: "worker-joined", worker: place, host: by.host, capacity });
        for (const event of eventsOf(task, ending)) tellOnce(taskMark(task), event);
        if (place !== null) record({ kind: "worker-gone", worker: place, why: "its task has ended" });
      },
      lost(task, failure) {
        const name = plan.describe(task);
        tellOnce(taskMark(task), lostForGood(failure, { task, name, attempt: attempt(1) }));
      },
      sampleEnded(sample, how, skipped, unwritten) {
        if (unwritten !== null) record({ kind: "warning", ...unwrittenWarning(unwritten, sample) });
        tellOnce(sampleMark(sample), { kind: "sample-ended", sample, ending: how, skipped });
      },
      misfit(task) {
        const { block, sample } = plan.describe(task);
        record({
          kind: "warning",
          message: `what ${block}${sample === null ? "" : ` on sample ${sample}`} left is not used: it was made of another sample than is there now`,
          hint: null,
        });
      },
    },
  });
  let isOpen = true;
  return {
    run: open.run,
    ...{ prepared, account, record },
    lost: Promise.race([recorder.lost, input.checkpointLost]),
    giveUp: (task, failure) => account.giveUp(task, failure),
    bringBack() {
      for (const [index, sample] of plan.samples.entries()) {
        const open = plan.blocks.find(
          (_, block) => block < plan.graph.sampleBlockCount && account.isOpen(plan.taskOf(index, block)),
        );
        if (open === undefined) continue;
        input.outputs.outOfSight.takeOver(open.name, sample);
        input.outputs.outOfSight.showAll(sample);
      }
    },
    async finish(how) {
      const isWhole = allBlocks && plan.samples.length === samplesOf(dataPath).length;
      written.end(how === "complete" && isWhole);
      if (rewritten.length > 0) record({ kind: "warning", ...putRightWarning(rewritten) });
      writeTables(dataPath, validSamplesOf(dataPath), order);
      const { progress } = audience;
      const since = progress.startedAt ?? wallClock();
      const summary = runSummary({
        ...{ run: open.run.name, dataset: dataPath, progress, failures },
        seconds: seconds(Math.max(0, wallClock() - since) / 1000),
      });
      if (how !== "left") record({ kind: "run-ended", why: how, summary });
      await recorder.close();
      isOpen = false;
      if (how !== "left") closeRun(dataPath, open, how);
      return summary;
    },
    async release() {
      // After an error nobody can be told more than that error; what is in memory still goes to the disk if it can.
      if (isOpen) await recorder.close().catch(() => {});
      log[Symbol.dispose]();
      await checkpoint.close();
      open.lock.release();
    },
  };
}

/** What has been told of a task or a sample, in the words of `HoldInput.told`. */
export const taskMark = (task: TaskId): string => `t${task}`;
export const sampleMark = (sample: number): string => `s${sample}`;

/** Every attempt of it, the last one as the one that counts. */
function eventsOf(task: TaskId, { block, sample, by, how }: TaskEnding): readonly RunEventBody[] {
  if (how.kind !== "ran") return [];
  const last = lastAttempt(how.attempts);
  return how.attempts.map((one): RunEventBody => {
    const { attempt, outcome, usage, log, tail } = one;
    const worker = workerOf(by);
    return {
      ...{ kind: "task-ended", task, block, sample, attempt, worker, lane: 0, outcome, usage, log, tail },
      next: one === last ? "done" : "retry",
    };
  });
}

/** `17_3` for an element of an array, else the node. */
export const workerOf = ({ job, host }: RanBy) => workerId(job ?? host);
