// A run whose tasks work on other machines, put together: what is told of the dataset's files to those who are to see them, what is
// waited for here, and the logs that only the launcher appends to.

import { join } from "node:path";
import { lyingAt } from "../cache/output-place.ts";
import type { TaskRecord } from "../cache/record.ts";
import { type SampleId, sampleFolderName, seconds } from "../core/ids.ts";
import { type FileRecord, folderRecord } from "../core/manifest.ts";
import type { Sight } from "../core/sight.ts";
import type { TaskName } from "../core/task.ts";
import type { Executor } from "../executors/executor.ts";
import type { Plan } from "../plan/plan.ts";
import { datasetLogPath, sampleLogPath, sampleRecordName } from "../rundir/layout.ts";
import { appendLogged } from "../rundir/logged.ts";
import { taskFolder } from "../rundir/task-folder.ts";
import { monotonic, wallClock } from "../system/clock.ts";
import { isFileError } from "../system/file-error.ts";
import { untilInSight } from "../system/in-sight.ts";
import type { RunCacheInput } from "./run-cache.ts";
import { sightedExecutor } from "./sighted-executor.ts";
import { Traces } from "./traces.ts";

export interface SharedDiskInput {
  readonly dataPath: string;
  readonly runFolder: string;
  readonly plan: Plan;
  readonly warn: (message: string, hint: string | null) => void;
}

export class SharedDisk {
  readonly #input: SharedDiskInput;
  readonly #traces: Traces;
  readonly #hasDatasetBlocks: boolean;

  constructor(input: SharedDiskInput) {
    this.#input = input;
    const { blocks, graph } = input.plan;
    this.#traces = new Traces({ order: blocks.map(({ name }) => name), graph, now: monotonic });
    this.#hasDatasetBlocks = graph.sampleBlockCount < blocks.length;
  }

  executor(executor: Executor, plan: Plan): Executor {
    const { dataPath } = this.#input;
    const describe: Plan["describe"] = (task) => plan.describe(task);
    return sightedExecutor(executor, { traces: this.#traces, dataPath, describe, patience: seconds(view) });
  }

  /** For the cache of the run. */
  readonly cache: NonNullable<RunCacheInput["shared"]> = {
    onCurrent: (record) => {
      if (!isRecent(record)) return;
      this.#traces.touched(record.sample, new Map(record.files.map((file) => [file.path, file])));
      this.#traces.touched(record.sample, new Map(record.removed.map((path) => [path, null])));
    },
    inSight: async (records) => {
      const files = records.filter(isRecent).flatMap(filesOf);
      const sight: Sight = { files, gone: [] };
      if (files.length > 0) {
        await untilInSight(this.#input.dataPath, sight, { patience: seconds(view), younger: seconds(0) });
      }
    },
  };

  /** We have removed, moved or written these. */
  readonly onMoved = (sample: SampleId | null, paths: readonly string[]): void => {
    const folder = taskFolder({ dataPath: this.#input.dataPath, sample });
    this.#traces.touched(sample, new Map(paths.map((path) => [path, fileNow(folder, path)])));
  };

  /** Blocks over the dataset read them. */
  readonly onWritten = (sample: SampleId): void => {
    if (this.#hasDatasetBlocks) this.onMoved(sample, [sampleRecordName]);
  };

  readonly onLogged = ({ block, sample }: TaskName, lines: string): void => {
    const { dataPath, runFolder, warn } = this.#input;
    const log = sample === null ? datasetLogPath(runFolder, block) : sampleLogPath(dataPath, sample);
    try {
      appendLogged(log, lines);
    } catch (error) {
      if (!isFileError(error)) throw error;
      warn(`what ${block} has logged is not in \`${log}\`: ${error.code}`, null);
    }
  };
}

function fileNow(folder: string, path: string): FileRecord | null {
  const lying = lyingAt(join(folder, path.replace(/\/$/, "")));
  switch (lying.kind) {
    case "file":
    case "link":
      return { path, size: lying.size, modified: lying.modified, sha256: null };
    case "folder":
      return folderRecord(path);
    default:
      return null;
  }
}

const filesOf = ({ sample, files }: TaskRecord): readonly FileRecord[] =>
  files.map((file) => ({
    ...file,
    path: sample === null ? file.path : `${sampleFolderName(sample)}/${file.path}`,
  }));

/** Left so shortly before that somebody may not see it yet; whose clock it was does not matter much. */
const isRecent = ({ at }: TaskRecord): boolean => wallClock() - at < 180_000;

/** Seconds that our own view may be behind where opening a file does not bring it up to date. */
const view = 6;
