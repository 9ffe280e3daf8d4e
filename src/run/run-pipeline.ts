// One run from the checked request to its last word. The only place that knows all the rooms at once.

import type { Diagnostic } from "../core/diagnostic.ts";
import type { RunEvent, RunSummary } from "../core/events.ts";
import { seconds } from "../core/ids.ts";
import { createPlan, type Plan } from "../plan/plan.ts";
import type { Progress } from "../report/progress.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { createScheduler } from "../scheduler/scheduler.ts";
import { monotonic } from "../system/clock.ts";
import { idsOf, tablesHave, validSamplesOf, writeTables } from "./aggregate.ts";
import { watchCancelRequest } from "./cancel-request.ts";
import { samplesOf } from "./dataset-samples.ts";
import { drive } from "./drive.ts";
import { executorFor } from "./executor-for.ts";
import { type Harvest, harvestPilots } from "./harvest-pilots.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { keptWarning } from "./kept-warning.ts";
import { createLauncherLog } from "./launcher-log.ts";
import { closeLeftRun } from "./left-runs.ts";
import { blockKeysOf, chosenBlocks } from "./open-cache.ts";
import { closeRun, openRun } from "./open-run.ts";
import { ownFiles } from "./own-files.ts";
import { partedSamples, samplesBeside } from "./parted-samples.ts";
import type { CheckedRequest } from "./prepare.ts";
import { putRight, putRightWarning } from "./put-right.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { RunCache } from "./run-cache.ts";
import { cacheWarnings, runStarted } from "./run-opening.ts";
import { ListedFailures, runSummary } from "./run-summary.ts";
import { SampleStore } from "./sample-store.ts";
import { SharedDisk } from "./shared-disk.ts";
import { patienceIn } from "./slurm-executor.ts";
import { staleTold } from "./stale-told.ts";
import { takenWarning } from "./taken-warning.ts";
import { TaskBook } from "./task-book.ts";
import { writtenSamples } from "./written-samples.ts";

/** Who shows the run while it goes: gets every event, and keeps the account of them. */
export interface Audience {
  listener(event: RunEvent): void;
  readonly progress: Progress;
}

export interface RunOutcome {
  readonly run: RunFolder;
  readonly why: "complete" | "interrupted" | "executor-failed";
  readonly summary: RunSummary;
  /** Why the executor could not work. */
  readonly diagnostic: Diagnostic | null;
}

/** Seconds between TERM and KILL for tasks that are ended with the run. */
const grace = seconds(5);

/**
 * Runs what was planned.
 * @throws Refusal where it could not be begun, or its record could not be written.
 */
export async function runPipeline(
  checked: CheckedRequest,
  what: {
    readonly plan: Plan;
    readonly create: Plan["samples"];
    readonly commandLine: readonly string[];
    /** The run to go on with, `003`, whose launcher is gone; null: a new one. */
    readonly resume: string | null;
  },
  audience: Audience,
): Promise<RunOutcome> {
  const { settings } = checked;
  const { plan } = what;
  const since = monotonic();
  const keys = await blockKeysOf(checked);
  const open = await openRun(checked, { ...what, keys });
  let recorder: Recorder | null = null;
  try {
    const failures = new ListedFailures();
    using log = createLauncherLog(open.run.path, audience.progress);
    recorder = await createRecorder(open.run, (event) => {
      audience.listener(event);
      log.note(event);
      failures.note(event);
    });
    const { record } = recorder;
    record(runStarted(checked, open.run.name, plan));
    let harvest: Harvest = { taken: 0, seen: new Map() };
    const earlier = {
      runs: open.left.map(({ run }) => ({ runFolder: run.path })),
      taken: () => harvest.seen,
    };
    const { executor, needs, counted, prefetch, warnings, ...more } = await executorFor({
      ...{ checked, plan, run: open.run, grace, earlier },
    });
    for (const warning of warnings) record({ kind: "warning", ...warning });
    const order = checked.specs.map((spec) => spec.name);
    const { checkpoint, judging, outputs } = open.cache;
    harvest = harvestPilots(
      open.left.map(({ run }) => run),
      {
        ...{ dataPath: settings.dataPath, checkpoint, judging, outputs, plan },
        ownFiles: ownFiles(plan.blocks, plan.graph),
      },
    );
    if (harvest.taken > 0) record({ kind: "warning", ...takenWarning(harvest.taken) });
    for (const warning of cacheWarnings(checked, open.cache)) record(warning);
    const notRetried = new Set(chosenBlocks(checked).doNotRetryBlocks);
    const { dataPath } = settings;
    const runFolder = open.run.path;
    const warn = (message: string, hint: string | null) => record({ kind: "warning", message, hint });
    const shared = executor.kind === "slurm" ? new SharedDisk({ dataPath, runFolder, plan, warn }) : null;
    if (shared !== null) outputs.listen(shared.onMoved);
    const cache = new RunCache({
      ...{ checkpoint, judging, outputs, run: open.run.name },
      ...(shared === null ? {} : { shared: shared.cache }),
      ...{ notRetried, ownFiles: ownFiles(plan.blocks, plan.graph) },
      onStale: staleTold((message) => record({ kind: "warning", message, hint: null })),
      onKept: (kept, sample) => record({ kind: "warning", ...keptWarning(kept, sample) }),
    });
    const looks = settings.cache.kind === "disabled" || settings.cache.verify === "full";
    const written = writtenSamples(settings.dataPath, { order, looks });
    const rewriteAll = !written.isCurrent;
    const allBlocks = plan.blocks.length === order.length;
    if (rewriteAll || !allBlocks) written.invalidate();
    const { standing, rest } =
      rewriteAll || what.resume !== null
        ? { standing: [], rest: plan.samples }
        : await partedSamples(plan, {
            ...{ cache, isSuspect: written.isSuspect, looks, dataPath: settings.dataPath },
          });
    if (standing.length > 0) record({ kind: "samples-cached", count: standing.length });
    if (rest.length > 0) written.begin();
    const all = samplesOf(settings.dataPath);
    const others = samplesBeside(plan, all).filter(written.isSuspect);
    const rewritten = [...putRight(settings.dataPath, others, { memory: checkpoint, specs: checked.specs })];
    const toRun = standing.length > 0 ? createPlan(plan.blocks, rest) : plan;
    const samplesOfRun = new SampleStore({
      ...{ dataPath: settings.dataPath, samples: toRun.samples, order, rewriteAll, allBlocks },
      isSuspect: written.isSuspect,
      onUnfinished: () => written.invalidate(),
      onPutRight: (sample) => rewritten.push(sample),
      ...(shared === null ? {} : { onWritten: shared.onWritten }),
    });
    const ending = await drive({
      ...{ plan: toRun, record, grace, cache },
      executor: shared?.executor(executor, toRun) ?? executor,
      listenForInterrupts: (on) => {
        const stopListening = listenForInterrupts(on);
        const seconds = 10 * patienceIn(process.env);
        const stopLooking = watchCancelRequest(open.run.path, seconds, () => on("end-now"));
        return () => {
          stopLooking();
          stopListening();
        };
      },
      scheduler: createScheduler({
        ...{ plan: toRun, needs: counted, prefetch, ...more },
        retries: plan.blocks.map((block) => block.retries),
      }),
      book: new TaskBook({
        ...{ plan: toRun, needs, cache, samples: samplesOfRun },
        validSamples: () => idsOf(validSamplesOf(settings.dataPath)),
        onLogged: shared?.onLogged ?? (() => {}),
      }),
      recordLost: Promise.race([recorder.lost, open.cache.lost]),
    });
    const isWhole = allBlocks && plan.samples.length === all.length;
    written.end(ending.kind === "complete" && isWhole);
    if (rewritten.length > 0) record({ kind: "warning", ...putRightWarning(rewritten) });
    const nothingNew = rest.length + rewritten.length === 0 && tablesHave(settings.dataPath, standing.length);
    if (!nothingNew) writeTables(settings.dataPath, validSamplesOf(settings.dataPath), order);
    const summary = runSummary({
      ...{ run: open.run.name, dataset: settings.dataPath, seconds: seconds(monotonic() - since) },
      ...{ progress: audience.progress, failures },
    });
    record({ kind: "run-ended", why: ending.kind, summary });
    await recorder.close();
    recorder = null;
    closeRun(settings.dataPath, open, ending.kind);
    for (const left of open.left) if (left.run.name !== open.run.name) closeLeftRun(left);
    const diagnostic = ending.kind === "executor-failed" ? ending.diagnostic : null;
    return { run: open.run, why: ending.kind, summary, diagnostic };
  } finally {
    // After an error nobody can be told more than that error; what is in memory still goes to the disk if it can.
    await recorder?.close().catch(() => {});
    await open.cache.close();
    open.lock.release();
  }
}
