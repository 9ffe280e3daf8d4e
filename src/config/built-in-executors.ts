// The executors that are there without a line of configuration, each called by its kind.
import type { ExecutorConfig, LocalOptions, SlurmOptions } from "./config.ts";

export function builtInExecutor(name: string): ExecutorConfig | null {
  switch (name) {
    case "sequential":
      return { kind: "sequential", name };
    case "local":
      return { kind: "local", name, options: noLocalOptions };
    case "slurm":
      return { kind: "slurm", name, options: noSlurmOptions };
    default:
      return null;
  }
}

const noLocalOptions: LocalOptions = { maxProcesses: null, memory: null, gpus: null };

const noSlurmOptions: SlurmOptions = {
  mode: null,
  initPilots: null,
  minPilots: null,
  maxPilots: null,
  nodesPerPilot: null,
  coresPerNode: null,
  memoryPerNode: null,
  gpusPerNode: null,
  parallelism: null,
  walltime: null,
  maxIdletime: null,
  maxRunning: null,
  orphanTime: null,
  workerInit: null,
  copyToNode: null,
  partition: null,
  account: null,
  qos: null,
  constraint: null,
  reservation: null,
  slurmOptions: null,
};
