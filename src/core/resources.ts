// What a task needs and what a place has. Without this one type in the middle, cores would be counted
// differently by the pipeline, the scheduler and the executors.
import type { Bytes, Seconds } from "./ids.ts";

/** What one task asks for while it runs. */
export interface Resources {
  /** Cores; at least 1. */
  readonly cpus: number;
  /** Memory in bytes, or null: not limited and not counted. */
  readonly memory: Bytes | null;
  /** Whole GPUs. */
  readonly gpus: number;
  /** Walltime of one attempt in seconds, or null: it may run for ever. */
  readonly time: Seconds | null;
}

/** What a place where tasks run offers in all, or still has free. */
export interface Capacity {
  readonly cpus: number;
  /** Bytes; null: not counted there. */
  readonly memory: Bytes | null;
  readonly gpus: number;
}

export const defaultResources: Resources = { cpus: 1, memory: null, gpus: 0, time: null };

export function fits(need: Resources, free: Capacity): boolean {
  return (
    need.cpus <= free.cpus &&
    need.gpus <= free.gpus &&
    (need.memory === null || free.memory === null || need.memory <= free.memory)
  );
}

/**
 * The same need, cut to what a place has in all: such a task runs there alone instead of never.
 * `cut` names what had to be cut, for a warning.
 */
export function clampTo(
  need: Resources,
  place: Capacity,
): { readonly need: Resources; readonly cut: readonly ("cpus" | "memory" | "gpus")[] } {
  const cut: ("cpus" | "memory" | "gpus")[] = [];
  if (need.cpus > place.cpus) cut.push("cpus");
  if (need.gpus > place.gpus) cut.push("gpus");
  const tooMuchMemory = need.memory !== null && place.memory !== null && need.memory > place.memory;
  if (tooMuchMemory) cut.push("memory");
  return {
    need: {
      cpus: Math.min(need.cpus, place.cpus),
      gpus: Math.min(need.gpus, place.gpus),
      memory: tooMuchMemory ? place.memory : need.memory,
      time: need.time,
    },
    cut,
  };
}
