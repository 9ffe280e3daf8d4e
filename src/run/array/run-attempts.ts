// The attempts of one task in a process of their own, one after another until one ends well: a crash, a time limit and too much
// memory are answered by the same pool as everywhere else. No guard: whoever called this, Slurm or a person, is one.
import { join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import { attempt, type WorkerId, workerId } from "../../core/ids.ts";
import { failed } from "../../core/outcome.ts";
import { createPool } from "../../pool/pool.ts";
import type { TaskResult } from "../../protocol/answer.ts";
import type { Assignment } from "../../protocol/assignment.ts";
import { workerFolder, workerLogPath } from "../../rundir/layout.ts";
import { sizeOf } from "../../system/durable-file.ts";
import { removeFolder } from "../../system/durable-folder.ts";
import { selfCommand } from "../../system/self-command.ts";
import { unbegun } from "../../worker/run-task.ts";

export interface AttemptsInput {
  /** Of the first attempt. */
  readonly assignment: Assignment;
  readonly attempts: number;
  readonly runFolder: string;
  readonly seed: string | number;
  /** Ends what runs: TERM, and KILL after so many seconds. */
  readonly signal: AbortSignal;
  readonly grace: number;
  /** After an attempt that another one is to follow: nothing of it may lie in its way. Answers why there must not be another. */
  readonly between: (failed: TaskResult) => Failure | null;
}

/** Their results in order; the last one counts. */
export async function runAttempts(input: AttemptsInput): Promise<readonly [TaskResult, ...TaskResult[]]> {
  const { assignment, runFolder, signal } = input;
  const worker = workerId(`task-${assignment.task}.${process.pid}`);
  let answer: (result: TaskResult) => void = () => {};
  const pool = createPool({
    workerOf: () => worker,
    commandOf: (name) => workerCommand(input, name),
    guardCommand: null,
    processes: 1,
    capacity: assignment.needs,
    runFolder,
    environment: process.env,
    emit: (event) => {
      if (event.kind === "ended") answer(event.result);
    },
  });
  const cancel = () => pool.cancel(assignment.task, input.grace);
  signal.addEventListener("abort", cancel);
  const once = (number: number): Promise<TaskResult> =>
    new Promise((resolve) => {
      answer = resolve;
      pool.assign([{ ...assignment, attempt: attempt(number) }]);
    });
  try {
    return await inARow(input, once);
  } finally {
    signal.removeEventListener("abort", cancel);
    await pool.stop({ kind: "finish" });
    removeIfSilent(runFolder, worker);
  }
}

/** One attempt after another, as many as it takes and as there may be. */
export async function inARow(
  {
    assignment,
    attempts,
    signal,
    between,
  }: Pick<AttemptsInput, "assignment" | "attempts" | "signal" | "between">,
  once: (number: number) => Promise<TaskResult>,
): Promise<readonly [TaskResult, ...TaskResult[]]> {
  const settled = async (number: number): Promise<TaskResult> => {
    const result = await once(number);
    // Slurm signals every process of a job: what ended the task may be about to reach us as well.
    if (endedBySignal(result)) await Bun.sleep(300);
    return result;
  };
  const first = await settled(1);
  const results: [TaskResult, ...TaskResult[]] = [first];
  for (let last = first; isWorthAnother(last, signal) && results.length < attempts; ) {
    const failure = between(last);
    const number = results.length + 1;
    if (failure !== null) {
      results.push(unbegun({ ...assignment, attempt: attempt(number) }, failed(failure)));
      break;
    }
    last = await settled(number);
    results.push(last);
  }
  return results;
}

function endedBySignal({ outcome }: TaskResult): boolean {
  if (outcome.kind !== "failed") return false;
  const { kind } = outcome.failure;
  return kind === "killed" || kind === "command-signal" || kind === "persistent-died";
}

function isWorthAnother({ outcome }: TaskResult, signal: AbortSignal): boolean {
  return outcome.kind === "failed" && outcome.failure.kind !== "cancelled" && !signal.aborted;
}

function workerCommand({ runFolder, seed }: AttemptsInput, worker: WorkerId): readonly string[] {
  const words = ["worker", "--run_dir", runFolder, "--worker", worker, "--channel", "ipc"];
  // With `=`: a seed may begin with a dash.
  return [...selfCommand(), ...words, `--seed=${seed}`];
}

/** A folder per task is a lot where there are a hundred thousand; one in which nothing stands is no use to anybody. */
function removeIfSilent(runFolder: string, worker: WorkerId): void {
  const size = sizeOf(join(workerLogPath(runFolder, worker)));
  if (size === 0 || size === "missing") removeFolder(workerFolder(runFolder, worker));
}
