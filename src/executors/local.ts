// Tasks in worker processes of this machine: one worker, in the scheduler's eyes, with as many lanes as there are
// processes. The pool does the work; this says whose events they are.
import { type WorkerId, workerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import { createPool } from "../pool/pool.ts";
import type { PoolTiming } from "../pool/pool-terms.ts";
import type { Environment } from "../system/child-environment.ts";
import type { Executor, ExecutorListener } from "./executor.ts";

export interface LocalOptions {
  /** How many tasks may run side by side, and so processes. */
  readonly maxProcesses: number;
  /** What the tasks may take together; `cpus` is how many run side by side. */
  readonly capacity: Capacity;
  /** The names of its GPUs, as CUDA_VISIBLE_DEVICES has them; none where they cannot be told apart. */
  readonly gpus: readonly string[];
  /** This program with the words before `worker`; see system/self-command.ts. */
  readonly selfCommand: readonly string[];
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
  /** The dataset's seed; null: the pipeline's own. */
  readonly seed: string | number | null;
  readonly host: string;
  readonly environment: Environment;
  readonly timing?: Partial<PoolTiming>;
}

export const localWorker: WorkerId = workerId("local");

export function createLocalExecutor(options: LocalOptions): Executor {
  let emit: ExecutorListener = () => {};
  const worker = localWorker;
  const pool = createPool({
    workerOf: (lane) => workerId(`${localWorker}-${lane}`),
    commandOf: (name) => workerCommand(options, name, "ipc"),
    guardCommand: workerCommand(options, workerId("guard"), "guard"),
    processes: options.maxProcesses,
    capacity: options.capacity,
    gpus: options.gpus,
    runFolder: options.runFolder,
    environment: options.environment,
    emit: (event) => emit(event.kind === "started" || event.kind === "ended" ? { ...event, worker } : event),
    ...(options.timing === undefined ? {} : { timing: options.timing }),
  });
  let open = true;
  return {
    kind: "local",
    start: async (listener) => {
      emit = listener;
      const { host, capacity } = options;
      setImmediate(() => {
        if (open) emit({ kind: "joined", worker, host, capacity });
      });
    },
    assign: (_worker, assignments) => pool.assign(assignments),
    stop: async (how) => {
      open = false;
      await pool.stop(how);
      emit = () => {};
    },
  };
}

function workerCommand(options: LocalOptions, worker: WorkerId, channel: "ipc" | "guard"): readonly string[] {
  const words = ["worker", "--run_dir", options.runFolder, "--worker", worker, "--channel", channel];
  // With `=`: a seed may begin with a dash.
  const seed = options.seed === null ? [] : [`--seed=${options.seed}`];
  return [...options.selfCommand, ...words, ...seed];
}
