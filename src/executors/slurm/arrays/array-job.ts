// One array: a block on so many samples, an element each. Its script becomes `pipe worker`, which looks up by the element's number
// which task it is.
import { join } from "node:path";
import { type BlockName, type Seconds, seconds } from "../../../core/ids.ts";
import type { Resources } from "../../../core/resources.ts";
import { submitScriptsFolder, taskTablePath } from "../../../rundir/layout.ts";
import { publish } from "../../../system/durable-file.ts";
import { makeFolder } from "../../../system/durable-folder.ts";
import { jobScript } from "../jobs/job-script.ts";
import { literally, longOptions, resourceOptions } from "../jobs/sbatch-options.ts";
import type { StagedExecutable } from "../jobs/staging.ts";
import type { ArraySettings } from "./array-settings.ts";

export interface ArrayJob {
  readonly slot: string;
  readonly block: BlockName;
  /** How many elements it has, from 0. */
  readonly count: number;
  readonly needs: Resources;
  /** How often an element may try its task. */
  readonly attempts: number;
  /** What the block itself asks of Slurm; wins over the executor's. */
  readonly options: Readonly<Record<string, string>>;
  readonly after: Dependency | null;
}

export type Dependency =
  /** Element i waits until element i of each of these has ended well. */
  | { readonly kind: "element-by-element"; readonly jobs: readonly string[] }
  /** All of it waits until all of these are over, however. */
  | { readonly kind: "all-over"; readonly jobs: readonly string[] };

/** Seconds for each attempt besides its own time, and for all together: to start, to end what does not want to end. */
const perAttempt = 15;
const perJob = 60;

/** How long the job of an element may take; null: as long as the partition lets it. */
export function jobTime({ needs, attempts }: Pick<ArrayJob, "needs" | "attempts">, settings: ArraySettings) {
  const { time } = needs;
  return time === null ? settings.walltime : seconds(attempts * (time + perAttempt) + perJob);
}

/** @param outputs the folder of what its elements print. */
export function arrayOptions(job: ArrayJob, settings: ArraySettings, outputs: string): readonly string[] {
  const { count, needs, after } = job;
  const throttle = settings.maxRunning === null ? "" : `%${settings.maxRunning}`;
  const time: Seconds | null = jobTime(job, settings);
  return longOptions({
    array: `${count === 1 ? "0" : `0-${count - 1}`}${throttle}`,
    nodes: "1",
    ntasks: "1",
    ...resourceOptions({ ...needs, time }),
    ...(after === null ? {} : { dependency: dependencyText(after) }),
    output: join(literally(outputs), "%a.out"),
    "open-mode": "append",
    ...settings.options,
    ...job.options,
  });
}

function dependencyText({ kind, jobs }: Dependency): string {
  switch (kind) {
    case "element-by-element":
      return `aftercorr:${jobs.join(":")}`;
    case "all-over":
      return `afterany:${jobs.join(":")}`;
  }
}

/** What an element prints; removed by its worker where that is nothing. */
export const elementOutput = (runFolder: string, slot: string, element: number): string =>
  join(outputsOf(runFolder, slot), `${element}.out`);

const outputsOf = (runFolder: string, slot: string): string => join(submitScriptsFolder(runFolder), slot);

/** Writes the script and makes the folder of its output: one that is missing makes a job fail without a word. @throws FileError */
export function writeArrayScript(
  runFolder: string,
  of: {
    readonly job: ArrayJob;
    readonly settings: ArraySettings;
    readonly executable: StagedExecutable;
  },
): { readonly script: string; readonly options: readonly string[] } {
  const { job, settings, executable } = of;
  const { slot, block, count } = job;
  makeFolder(submitScriptsFolder(runFolder));
  const outputs = outputsOf(runFolder, slot);
  makeFolder(outputs);
  const options = arrayOptions(job, settings, outputs);
  const { path, sha256, size, build } = executable;
  const text = jobScript({
    about: [
      `${block} on ${count} samples; element N is the task on line N of ${taskTablePath(runFolder, slot)}`,
    ],
    options: options.filter((option) => !option.startsWith("--dependency")),
    init: settings.workerInit,
    initRecord: null,
    worker: [
      ...[path, "worker", "--run_dir", runFolder, "--build", build],
      ...["--tasks", taskTablePath(runFolder, slot), "--output", join(outputs, "%a.out")],
    ],
    local: settings.copyToNode ? { folder: "/tmp", sha256, size } : null,
  });
  const script = join(submitScriptsFolder(runFolder), `${slot}.sh`);
  publish(script, text, { durability: "synced" });
  return { script, options };
}
