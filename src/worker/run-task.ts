// One attempt of one task from assignment to result: look at the folder, run what the block is, look again. Whatever goes
// wrong on the way comes out as the outcome of this task and of no other.
import { DatasetBlock, PipelineBlock } from "../api/block.ts";
import { openDataset } from "../api/dataset.ts";
import type { PipelinePart } from "../api/parts.ts";
import { openSample } from "../api/sample.ts";
import { type Seconds, seconds } from "../core/ids.ts";
import { emptyManifest, type Manifest } from "../core/manifest.ts";
import { failed, type Outcome, type Usage } from "../core/outcome.ts";
import { noChanges, type SampleChanges } from "../core/sample.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { atWork } from "../rundir/at-work.ts";
import { wallClock } from "../system/clock.ts";
import { difference, type Listing, observeFolder, withContents } from "../system/observe-folder.ts";
import { missingFiles } from "./declared-files.ts";
import { type Ending, watchEnding } from "./ending.ts";
import { watchEscapes } from "./escapes.ts";
import { withOwnGpus } from "./own-gpus.ts";
import { type Place, placeOf } from "./place.ts";
import { createProgramRunner } from "./program-task.ts";
import { type CodeWork, runCode } from "./run-code.ts";
import { sharedDisk } from "./shared-disk.ts";
import { noOutput, type TaskOutput } from "./task-output.ts";
import type { TaskRunner } from "./task-runner.ts";
import { createUsageMeter, type ProgramUsage } from "./usage-meter.ts";
import { failureOfThrown } from "./what-was-thrown.ts";

export interface RunnerContext {
  readonly pipeline: { parts(): readonly PipelinePart[] };
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
  /** DATA_PATH, absolute. */
  readonly dataPath: string;
  /** The dataset's seed. */
  readonly seed: string | number;
  /** Where files between this worker and its commands go, absolute; need not exist. */
  readonly workerFolder: string;
  readonly output: TaskOutput;
  /** Whether blocks have this process to themselves, or run where other things happen too (the launcher). */
  readonly process: "own-process" | "shared-process";
  /** Above the marks of all that tasks start; see system/process-mark.ts. */
  readonly mark: string;
  /** Seconds between TERM and KILL; default 5. */
  readonly grace?: number;
  /** `shared`: other machines work on the same dataset. Default `own`. */
  readonly disk?: "own" | "shared";
}

export const defaultGrace: Seconds = seconds(5);

/** What came of running it, before anybody looked at the files. */
interface Ran {
  readonly outcome: Outcome;
  readonly changes: SampleChanges;
  /** Null where the work was done in this process. */
  readonly program: ProgramUsage | null;
}

/** @throws Refusal where the pipeline has mistakes. */
export function createTaskRunner(context: RunnerContext): TaskRunner {
  const parts = new Map(context.pipeline.parts().map((part) => [part.spec.name, part]));
  const grace = context.grace ?? defaultGrace;
  const meter = createUsageMeter();
  const escapes = watchEscapes(context.process);
  const programs = createProgramRunner({ ...context, grace, meter });
  // Who shares the launcher's process ends with it: nobody is left to read them.
  const notes = context.process === "own-process" ? atWork(context.workerFolder) : null;
  const shared = context.disk === "shared" ? sharedDisk(context) : null;
  let condition: TaskRunner["condition"] = "good";

  async function runBlock(
    part: PipelinePart,
    assignment: Assignment,
    at: { readonly place: Place; readonly before: Listing; readonly ending: Ending },
  ): Promise<Ran> {
    if (part.spec.kind.kind !== "code") return await programs.run({ ...at, spec: part.spec, assignment });
    const opened = openWork(part, assignment, { place: at.place, seed: context.seed });
    using _gpus = withOwnGpus(assignment);
    const ended = await runCode(opened.work, at.ending, escapes);
    if (ended.kind === "given-up") condition = "spoiled";
    const keeps = ended.outcome.kind !== "failed";
    return { outcome: ended.outcome, changes: keeps ? opened.changes() : noChanges, program: null };
  }

  async function attempt(assignment: Assignment, ending: Ending): Promise<Ran & { manifest: Manifest }> {
    const part = parts.get(assignment.block);
    if (part === undefined) {
      const message = `the pipeline of this run has no block \`${assignment.block}\``;
      return { ...notRun({ kind: "cannot-load", message }), manifest: emptyManifest };
    }
    const own = placeOf(assignment, context);
    const place = shared === null ? own : { ...own, logFile: shared.logFile };
    const before = observeFolder(place.folder, place.concerns);
    const missing = missingFiles(part.spec.inputs, before);
    if (missing.length > 0) {
      return { ...notRun({ kind: "input-missing", patterns: missing }), manifest: emptyManifest };
    }
    if (ending.order !== null) return { ...notRun(ending.order.failure), manifest: emptyManifest };
    notes?.begin({ block: assignment.block, sample: place.sample, attempt: assignment.attempt }, before);
    const ran = await runBlock(part, assignment, { place, before, ending });
    const after = observeFolder(place.folder, place.concerns);
    const left = difference(before, after);
    const outcome = await outcomeOf(ran.outcome, { part, place, after, left });
    // Of a failure nothing is remembered: its files need not be read.
    if (outcome.kind !== "failed") return { ...ran, manifest: await withContents(place.folder, left) };
    const manifest = shared?.withoutMade(place, before, after) ?? left;
    return { ...ran, outcome, changes: noChanges, manifest };
  }

  /** Of a task that has done its work: whether what it was to leave is there, and stays. */
  async function outcomeOf(
    outcome: Outcome,
    at: {
      readonly part: PipelinePart;
      readonly place: Place;
      readonly after: Listing;
      readonly left: Manifest;
    },
  ): Promise<Outcome> {
    const lacking = outcome.kind === "succeeded" ? missingFiles(at.part.spec.outputs, at.after) : [];
    if (lacking.length > 0) return failed({ kind: "output-missing", patterns: lacking });
    if (outcome.kind === "failed" || shared === null) return outcome;
    const failure = await shared.bringToDisk(at.place, at.left);
    return failure === null ? outcome : failed(failure);
  }

  return {
    get condition() {
      return condition;
    },
    run: async (assignment, signal, onTimeOver) => {
      const started = wallClock();
      using ending = watchEnding(signal, assignment.needs.time, { seconds: grace });
      if (onTimeOver !== undefined) void ending.ordered.then(onTimeOver);
      context.output.begin();
      meter.begin();
      let ran: Ran & { readonly manifest: Manifest };
      try {
        ran = await attempt(assignment, ending);
      } catch (thrown) {
        // The filesystem refused something, or we have a bug: either way it is this task's, and it is told.
        ran = { ...notRun(failureOfThrown(thrown)), manifest: emptyManifest };
      }
      const usage: Usage = meter.end(ran.program);
      const { block, attempt: count, target } = assignment;
      const sample = target.kind === "sample" ? target.sample.id : null;
      const printed = context.output.end({ block, sample, attempt: count });
      return {
        task: assignment.task,
        attempt: count,
        outcome: ran.outcome,
        changes: ran.changes,
        manifest: ran.manifest,
        usage,
        started,
        ended: wallClock(),
        log: printed.log,
        tail: ran.outcome.kind === "failed" ? printed.tail : [],
        ...(shared === null ? {} : shared.takeLogged()),
      };
    },
    close: async () => {
      await programs.close();
      escapes.close();
      notes?.[Symbol.dispose]();
    },
  };
}

/** The answer for a task that was never begun. */
export function unbegun(assignment: Assignment, outcome: Outcome): TaskResult {
  const now = wallClock();
  return {
    task: assignment.task,
    attempt: assignment.attempt,
    outcome,
    changes: noChanges,
    manifest: emptyManifest,
    usage: { seconds: seconds(0), cpuSeconds: null, peakMemory: null },
    started: now,
    ended: now,
    ...noOutput,
  };
}

const notRun = (failure: Parameters<typeof failed>[0]): Ran => ({
  outcome: failed(failure),
  changes: noChanges,
  program: null,
});

function openWork(
  part: PipelinePart,
  assignment: Assignment,
  at: { readonly place: Place; readonly seed: string | number },
): { readonly work: CodeWork; changes(): SampleChanges } {
  const { block } = part;
  const { target } = assignment;
  const source = {
    path: at.place.folder,
    block: part.spec.name,
    seed: at.seed,
    logFile: at.place.logFile,
  };
  if (block instanceof PipelineBlock && target.kind === "sample") {
    const { sample, changes } = openSample({ ...source, state: target.sample });
    return {
      work: {
        run: () => block.run(sample),
        validate: block.validateSample === undefined ? null : () => block.validateSample?.(sample),
      },
      changes,
    };
  }
  if (block instanceof DatasetBlock && target.kind === "dataset") {
    const { dataset } = openDataset({ ...source, valid: target.valid });
    return { work: { run: () => block.run(dataset), validate: null }, changes: () => noChanges };
  }
  throw new Error(`${part.spec.name} was given a ${target.kind}, and it works on another`);
}
