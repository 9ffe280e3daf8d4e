// A worker process from its start to its end: load the bundle, say hello, work until nobody needs it. It loads nothing
// that a worker does not need: many of them start at once.
import { hostname } from "node:os";
import { loadBundle } from "../api/load-bundle.ts";
import type { Pipeline } from "../api/pipeline.ts";
import { type Diagnostic, Refusal } from "../core/diagnostic.ts";
import type { WorkerId } from "../core/ids.ts";
import { protocolVersion } from "../protocol/version.ts";
import { bundlePath, workerFolder, workerLogPath } from "../rundir/layout.ts";
import { noOrphans } from "../system/child-environment.ts";
import { freshMark, markVariable } from "../system/process-mark.ts";
import type { Channel } from "./channel.ts";
import { workLoop } from "./loop.ts";
import { createTaskRunner } from "./run-task.ts";
import { fileOutput } from "./task-output.ts";

export interface WorkerOptions {
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
  /** DATA_PATH, absolute. */
  readonly dataPath: string;
  readonly worker: WorkerId;
  /** Instead of the pipeline's own. */
  readonly seed: string | number | null;
  readonly version: string;
  /** Seconds between TERM and KILL for programs that have to end. */
  readonly grace?: number;
  /** `shared`: other machines work on the same dataset. */
  readonly disk: "own" | "shared";
}

/** Resolves with the exit status when the worker is done. */
export async function workerMain(channel: Channel, options: WorkerOptions): Promise<number> {
  const { runFolder, worker } = options;
  const mark = process.env[markVariable] ?? freshMark();
  // It is for this process; what blocks start must not inherit it.
  Reflect.deleteProperty(process.env, noOrphans);
  // Whatever the start has set it to: a block that ends the process without a word says 0.
  Reflect.set(process, "exitCode", 0);
  let pipeline: Pipeline;
  try {
    pipeline = await loadBundle(bundlePath(runFolder));
    pipeline.parts();
  } catch (error) {
    channel.send({ kind: "unfit", message: why(error) });
    await channel.flush();
    channel.close();
    return 1;
  }
  const runner = createTaskRunner({
    pipeline,
    runFolder,
    dataPath: options.dataPath,
    seed: options.seed ?? pipeline.seed,
    workerFolder: workerFolder(runFolder, worker),
    output: fileOutput({ path: workerLogPath(runFolder, worker), runFolder, stdout: 1, stderr: 2 }),
    process: "own-process",
    disk: options.disk,
    mark,
    ...(options.grace === undefined ? {} : { grace: options.grace }),
  });
  channel.send({
    kind: "hello",
    protocol: protocolVersion,
    version: options.version,
    pid: process.pid,
    host: hostname(),
  });
  await workLoop(channel, runner);
  await runner.close();
  return 0;
}

function why(error: unknown): string {
  if (error instanceof Refusal) return error.diagnostics.map(inWords).join("\n");
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function inWords({ message, place, notes }: Diagnostic): string {
  const where = place === null ? "" : `${place.file}:${place.line ?? 1}: `;
  return [`${where}${message}`, ...notes].join("\n");
}
