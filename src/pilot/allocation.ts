// What the job that we run in has given us, from the environment that Slurm makes. Pure: the environment is an argument.
import { type Bytes, bytes, type Seconds, seconds } from "../core/ids.ts";
import type { Capacity } from "../core/resources.ts";
import type { Environment } from "../system/child-environment.ts";
import { gpusIn } from "../system/machine.ts";

export interface Allocation {
  /** `12`, or `12_3` for an element of an array; null outside of any job. */
  readonly job: string | null;
  /** How often Slurm has started this job anew. */
  readonly restarts: number;
  /** What of this node is ours; null where the environment does not say. */
  readonly cpus: number | null;
  readonly memory: Bytes | null;
  /** The names of our GPUs, as CUDA_VISIBLE_DEVICES has them. */
  readonly gpus: readonly string[];
  /** Seconds until it ends, if that is known. */
  readonly endsIn: Seconds | null;
  /** Which of the job's nodes this is, from 0. */
  readonly nodeIndex: number;
}

/** @param now milliseconds since 1970, by the clock of this node. */
export function allocationIn(environment: Environment, now: number): Allocation {
  const number = (name: string): number | null => {
    const text = environment[name];
    const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  };
  const array = environment.SLURM_ARRAY_JOB_ID;
  const cpus = number("SLURM_CPUS_ON_NODE");
  const end = number("SLURM_JOB_END_TIME");
  return {
    job:
      array === undefined
        ? (environment.SLURM_JOB_ID ?? null)
        : `${array}_${environment.SLURM_ARRAY_TASK_ID ?? "?"}`,
    restarts: number("SLURM_RESTART_COUNT") ?? 0,
    cpus,
    memory: memoryIn(number("SLURM_MEM_PER_NODE"), number("SLURM_MEM_PER_CPU"), cpus),
    gpus: gpusOf(environment, number("SLURM_GPUS_ON_NODE")),
    endsIn: end === null ? null : seconds(Math.max(0, end - now / 1000)),
    nodeIndex: number("SLURM_NODEID") ?? 0,
  };
}

/** What may be used: what was asked for, where the allocation is not less. */
export function capacityOf(asked: Capacity, given: Allocation): Capacity {
  return {
    cpus: given.cpus === null ? asked.cpus : Math.min(asked.cpus, given.cpus),
    memory:
      asked.memory === null || given.memory === null
        ? (given.memory ?? asked.memory)
        : bytes(Math.min(asked.memory, given.memory)),
    gpus: given.job === null ? asked.gpus : Math.min(asked.gpus, given.gpus.length),
  };
}

/** Slurm counts in megabytes; 0 is the whole node, of which we do not know the size. */
function memoryIn(perNode: number | null, perCpu: number | null, cpus: number | null): Bytes | null {
  if (perNode !== null) return perNode > 0 ? bytes(perNode * megabyte) : null;
  return perCpu !== null && perCpu > 0 && cpus !== null ? bytes(perCpu * cpus * megabyte) : null;
}

const megabyte = 1024 * 1024;

function gpusOf(environment: Environment, count: number | null): readonly string[] {
  const visible = environment.CUDA_VISIBLE_DEVICES ?? environment.ROCR_VISIBLE_DEVICES;
  if (visible !== undefined) return gpusIn(visible);
  const indexes = environment.SLURM_STEP_GPUS ?? environment.SLURM_JOB_GPUS;
  if (indexes !== undefined && indexes !== "") return indexes.split(",").map((name) => name.trim());
  return Array.from({ length: count ?? 0 }, (_, index) => String(index));
}
