// The worker processes of a pilot: the same pool that runs tasks at home, with the bundle of the run that is served.
import { workerId } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import { createPool } from "../pool/pool.ts";
import type { Pool, PoolEvent } from "../pool/pool-terms.ts";
import type { Environment } from "../system/child-environment.ts";

export interface PoolSurroundings {
  /** The pilot's own; its processes are called after it. */
  readonly name: string;
  readonly capacity: Capacity;
  /** As CUDA_VISIBLE_DEVICES has them. */
  readonly gpus: readonly string[];
  /** This program with the words before `worker`. */
  readonly selfCommand: readonly string[];
  readonly environment: Environment;
}

export function createPilotPool(
  around: PoolSurroundings,
  of: { readonly runFolder: string; readonly seed: string | number | null },
  emit: (event: PoolEvent) => void,
): Pool {
  const { name, capacity, gpus, selfCommand, environment } = around;
  const { runFolder, seed } = of;
  const command = (worker: string, channel: "ipc" | "guard") => [
    ...[...selfCommand, "worker", "--run_dir", runFolder, "--worker", worker, "--channel", channel],
    ...(channel === "ipc" ? ["--shared_disk"] : []),
    // With `=`: a seed may begin with a dash.
    ...(seed === null ? [] : [`--seed=${seed}`]),
  ];
  return createPool({
    workerOf: (lane) => workerId(`${name}-${lane}`),
    commandOf: (worker) => command(worker, "ipc"),
    guardCommand: command(`${name}-guard`, "guard"),
    processes: capacity.cpus,
    ...{ capacity, gpus, runFolder, environment, emit },
  });
}
