// The kinds of places where tasks can run. A new kind is a line here and a file beside this one; whoever lists them for a
// person, or makes one, asks here.
import type { Executor } from "./executor.ts";
import type { LocalOptions } from "./local.ts";
import type { SequentialOptions } from "./sequential.ts";
import type { SlurmExecutorOptions } from "./slurm/slurm-executor.ts";

export const executorKinds = {
  sequential: async (options: SequentialOptions): Promise<Executor> =>
    (await import("./sequential.ts")).createSequentialExecutor(options),
  local: async (options: LocalOptions): Promise<Executor> =>
    (await import("./local.ts")).createLocalExecutor(options),
  slurm: async (options: SlurmExecutorOptions): Promise<Executor> =>
    (await import("./slurm/slurm-executor.ts")).createSlurmExecutor(options),
} as const;

export type ExecutorKind = keyof typeof executorKinds;

export const executorKindNames: readonly string[] = Object.keys(executorKinds);

export const isExecutorKind = (name: string): name is ExecutorKind => Object.hasOwn(executorKinds, name);
