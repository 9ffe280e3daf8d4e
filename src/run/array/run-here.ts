// The attempts of a command in this very process, for elements of an array: a second process of ours for each would be half of what
// a short task costs. Only commands (code may take its process with it), only without a memory limit (which the pool watches), and
// only inside a job, whose end ends everything.
import { mkdirSync, openSync } from "node:fs";
import { PipelineBlock } from "../../api/block.ts";
import type { PipelinePart } from "../../api/parts.ts";
import type { BlockSpec } from "../../core/block.ts";
import { attempt, workerId } from "../../core/ids.ts";
import type { TaskResult } from "../../protocol/answer.ts";
import { workerFolder, workerLogPath } from "../../rundir/layout.ts";
import { removeFolder } from "../../system/durable-folder.ts";
import { freshMark } from "../../system/process-mark.ts";
import { createTaskRunner } from "../../worker/run-task.ts";
import { fileOutput } from "../../worker/task-output.ts";
import { EndNow } from "../../worker/task-runner.ts";
import { type AttemptsInput, inARow } from "./run-attempts.ts";

/** As `runAttempts`. */
export async function runHere(
  input: AttemptsInput & { readonly dataPath: string },
  spec: BlockSpec,
): Promise<readonly [TaskResult, ...TaskResult[]]> {
  const { assignment, runFolder, dataPath, seed, signal, grace } = input;
  const worker = workerId(`task-${assignment.task}.${process.pid}`);
  const folder = workerFolder(runFolder, worker);
  mkdirSync(folder, { recursive: true });
  const path = workerLogPath(runFolder, worker);
  const output = openSync(path, "a");
  const runner = createTaskRunner({
    ...{ pipeline: { parts: () => [partOf(spec)] }, runFolder, dataPath, seed, workerFolder: folder, grace },
    output: fileOutput({ path, runFolder, stdout: output, stderr: output }),
    ...{ process: "own-process", mark: freshMark() },
  });
  const abort = new AbortController();
  const end = () => abort.abort(new EndNow(grace));
  signal.addEventListener("abort", end);
  try {
    return await inARow(input, (number) =>
      runner.run({ ...assignment, attempt: attempt(number) }, abort.signal),
    );
  } finally {
    signal.removeEventListener("abort", end);
    await runner.close();
    removeFolder(folder);
  }
}

/** Of a command nobody asks more than its spec: its pipeline need not be loaded. */
const partOf = (spec: BlockSpec): PipelinePart => ({ spec, block: new NoCode() });

class NoCode extends PipelineBlock {
  run(): void {
    throw new Error("a command has no code");
  }
}
