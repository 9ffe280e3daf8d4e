// The name of every file under DATA_PATH. Where two rooms spelled a name for themselves, one of them would look in the
// wrong place after the first change. Pure: nothing here looks at a disk.
//
//   DATA_PATH/
//     000042/ sample.json log.log …             one sample
//     statistics.{csv,json} configs.{csv,json} history.jsonl
//     runinfo/
//       lock/owner.json  bin/  aside/  checkpoint.jsonl checkpoint.0002.jsonl …
//       003/                                    one run
//         run.json pipeline.js pipeline.js.map plan.json events.jsonl jobs.jsonl pipe.log diff.patch report.html
//         workers/ID/  submit_scripts/  task_logs/BLOCK/000042.1.log
//         work/work.json work/remembered.jsonl …  results/012/t12345.1.json     where tasks run without a launcher
import { dirname, join } from "node:path";
import { type Attempt, type BlockName, type SampleId, sampleFolderName, type WorkerId } from "../core/ids.ts";

// ---- the dataset

/** `DATA_PATH/000042` */
export const sampleFolder = (dataPath: string, id: SampleId): string => join(dataPath, sampleFolderName(id));

/** Config, statistics and issue of a sample; written by the launcher only. */
export const sampleRecordName = "sample.json";
/** What the sample's tasks logged, in the order of the blocks. */
export const sampleLogName = "log.log";
export const sampleRecordPath = (dataPath: string, id: SampleId): string =>
  join(sampleFolder(dataPath, id), sampleRecordName);
export const sampleLogPath = (dataPath: string, id: SampleId): string =>
  join(sampleFolder(dataPath, id), sampleLogName);

/** Names in a sample's folder that a block must not write to, in any spelling: some disks do not tell case apart. */
export function isReservedInSample(name: string): boolean {
  const plain = name.replace(/^(\.\/+)+/, "").toLowerCase();
  return plain === sampleRecordName || plain === sampleLogName;
}

export const statisticsCsv = (dataPath: string): string => join(dataPath, "statistics.csv");
export const statisticsJson = (dataPath: string): string => join(dataPath, "statistics.json");
export const configsCsv = (dataPath: string): string => join(dataPath, "configs.csv");
export const configsJson = (dataPath: string): string => join(dataPath, "configs.json");
/** One line per run; see rundir/history.ts. */
export const historyPath = (dataPath: string): string => join(dataPath, "history.jsonl");

// ---- runinfo

export const runinfoFolder = (dataPath: string): string => join(dataPath, "runinfo");
/** Where the executable is staged for the nodes. */
export const binFolder = (dataPath: string): string => join(runinfoFolder(dataPath), "bin");
/** What a build is called by: the first 16 digits of its SHA-256. */
export const buildOf = (sha256: string): string => sha256.slice(0, 16);
/** `runinfo/bin/pipe-0123456789abcdef`: never written twice, so that what runs is never replaced under its feet. */
export const stagedExecutablePath = (dataPath: string, build: string): string =>
  join(binFolder(dataPath), `pipe-${build}`);
/** Beside it: its whole hash, as `sha256sum --check` reads it. */
export const stagedHashPath = (staged: string): string => `${staged}.sha256`;
/** Which executables of which machines have which hash; without it each start would read a hundred megabytes. */
export const executableHashesPath = (dataPath: string): string =>
  join(binFolder(dataPath), "executables.json");
/** Exists while a launcher works on the dataset. */
export const lockFolder = (dataPath: string): string => join(runinfoFolder(dataPath), "lock");
export const lockOwnerName = "owner.json";
/** Next to the lock: `lock.takeover.NONCE`, the right to put away the lock of that dead owner. */
export const takeoverStem = "lock.takeover.";
/** Written, read back and removed before a run, to see that the dataset can be written. */
export const probePath = (dataPath: string, nonce: string): string =>
  join(runinfoFolder(dataPath), `.probe.${nonce}.tmp`);
/**
 * Outputs that tasks which run again must not see lie here for so long, each below the name of its place, where it lay.
 * On the filesystem of the samples, so that a rename moves them.
 */
export const asideFolder = (dataPath: string): string => join(runinfoFolder(dataPath), "aside");
/** Of a sample, or of the dataset's own folder where it is null. */
export const asideName = (id: SampleId | null): string => (id === null ? "dataset" : sampleFolderName(id));
/** Outputs that somebody has changed by hand, and whose tasks ran again in this run, `003`; each below the name of its place. */
export const keptFolder = (dataPath: string, run: string): string =>
  join(runinfoFolder(dataPath), "kept", run);
/** The journal of what is remembered across runs: its segments lie in runinfo/ under names that begin so. */
export const checkpointStem = "checkpoint";

/** Where `pipe doctor` and its probe jobs meet; gone when all is well. */
export const doctorFolder = (dataPath: string): string => join(runinfoFolder(dataPath), "doctor");

// ---- one run

/** `3` → `003`: three digits at least. */
export const runName = (number: number): string => String(number).padStart(3, "0");

/** The number of a run folder, or null where the name is none (`3`, `0003` and `bin` are none). */
export function parseRunName(name: string): number | null {
  if (!/^\d{3,9}$/.test(name)) return null;
  const number = Number(name);
  return runName(number) === name ? number : null;
}

export const runFolder = (dataPath: string, run: number): string =>
  join(runinfoFolder(dataPath), runName(run));
/** The other way round: DATA_PATH of `DATA_PATH/runinfo/003`. */
export const datasetOf = (run: string): string => dirname(dirname(run));

export const runRecordPath = (run: string): string => join(run, "run.json");
/** The user's pipeline as bundled for this run. */
export const bundlePath = (run: string): string => join(run, "pipeline.js");
export const bundleMapPath = (run: string): string => join(run, "pipeline.js.map");
/** The pipe.toml that was read for this run, as it was; none where there was none. */
export const configurationPath = (run: string): string => join(run, "pipe.toml");
/** Somebody has asked for the end of the run, maybe from another machine. */
export const cancelRequestPath = (run: string): string => join(run, "cancel.json");
export const planPath = (run: string): string => join(run, "plan.json");
/** The journal of what happened; segments of a run that was taken over are `events.0002.jsonl`, … */
export const eventsStem = "events";
export const eventsPath = (run: string): string => join(run, `${eventsStem}.jsonl`);
/** The journal of the jobs that were submitted for the run: `jobs.jsonl`, `jobs.0002.jsonl`, … */
export const jobsStem = "jobs";
/** The launcher's own log; of those that took the run over `pipe.2.log`, … */
export const launcherLogPath = (run: string, launcher = 1): string =>
  join(run, launcher === 1 ? "pipe.log" : `pipe.${launcher}.log`);
/** What the working tree had that the commit has not. */
export const diffPath = (run: string): string => join(run, "diff.patch");
export const reportPath = (run: string): string => join(run, "report.html");
/** Every job script as submitted, with its job's output. */
export const submitScriptsFolder = (run: string): string => join(run, "submit_scripts");

// ---- tasks that run without a launcher

/** All that `pipe worker --task N` needs to know. */
export const workFolder = (run: string): string => join(run, "work");
export const workPath = (run: string): string => join(workFolder(run), "work.json");
/** What is remembered of each sample, a line each. */
export const rememberedPath = (run: string): string => join(workFolder(run), "remembered.jsonl");
/** Where each of those lines begins. */
export const rememberedOffsetsPath = (run: string): string => join(workFolder(run), "remembered.offsets");
/** Which task each element of an array is. */
export const taskTablePath = (run: string, slot: string): string =>
  join(workFolder(run), `${fileNameOf(slot)}.tasks`);
/** What the configuration said of array jobs. */
export const arraySettingsPath = (run: string): string => join(workFolder(run), "arrays.json");
/** What became of them, one file each; see run/array/results-folder.ts. */
export const resultsFolder = (run: string): string => join(run, "results");

// ---- workers

export const workersFolder = (run: string): string => join(run, "workers");
export const workerFolder = (run: string, worker: WorkerId): string =>
  join(workersFolder(run), fileNameOf(worker));
/** What the worker process itself printed: how its environment came up, how it died. */
export const workerLogPath = (run: string, worker: WorkerId): string =>
  join(workerFolder(run, worker), "worker.log");

/** What a pilot is told: `inbox.jsonl`, and `inbox.0002.jsonl` by the launcher that took over from the first. */
export const inboxStem = "inbox";
/** What a pilot answers; made empty by the launcher, written by the one process that has claimed the slot. */
export const outboxPath = (worker: string): string => join(worker, "outbox.jsonl");
/** How the environment of the slot's job came up, line by line; made empty by the launcher, written by the job's script. */
export const initRecordPath = (worker: string): string => join(worker, "init.log");
/** Which process the slot belongs to. */
export const claimPath = (worker: string): string => join(worker, "claim.json");

/** What the worker is at, and what it found there; see at-work.ts. */
export const atWorkPath = (worker: string): string => join(worker, "at-work.json");

/** Lines for the log of the sample that the worker is at, until they go to the launcher with its answer. */
export const loggedPath = (worker: string): string => join(worker, "logged.log");

/**
 * A place of its own for the files of one attempt of a task: nothing in it is ever shared or used again, because an
 * attempt that was given up may still be writing.
 */
export const attemptFolder = (worker: string, of: LogOf): string =>
  join(worker, `${fileNameOf(of.block)}.${taskFileName(of)}`);
/** PIPE_SAMPLE of a command: what it is told of its sample. `attempt` is a folder as above. */
export const commandSamplePath = (attempt: string): string => join(attempt, "sample.json");
/** PIPE_RESULT of a command: what it answers. */
export const commandResultPath = (attempt: string): string => join(attempt, "result.json");
/** What code of a task printed before it is known whether it printed anything worth keeping. */
export const attemptOutputPath = (attempt: string): string => join(attempt, "output.log");

// ---- task logs

export interface LogOf {
  readonly block: BlockName;
  /** Null for a dataset block. */
  readonly sample: SampleId | null;
  readonly attempt: Attempt;
}

export const taskLogsFolder = (run: string): string => join(run, "task_logs");
/** `task_logs/Simulate_0/000042.1.log`, relative to the run folder, as events and results carry it. */
export const taskLogName = (of: LogOf): string =>
  join("task_logs", fileNameOf(of.block), `${taskFileName(of)}.log`);
/** What a dataset block logs with `log`. */
export const datasetLogPath = (run: string, block: BlockName): string =>
  join(taskLogsFolder(run), fileNameOf(block), "log.log");
export const taskLogPath = (run: string, of: LogOf): string => join(run, taskLogName(of));

function taskFileName(of: LogOf): string {
  return `${of.sample === null ? "dataset" : sampleFolderName(of.sample)}.${of.attempt}`;
}

/** A name from outside as one part of a path: what could leave the folder or hide in it is written as `%2F`. */
export function fileNameOf(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_.+@=,-]/gu, (c) =>
    [...new TextEncoder().encode(c)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
  return plain.replace(/^\.+/, (dots) => "%2e".repeat(dots.length)) || "%";
}
