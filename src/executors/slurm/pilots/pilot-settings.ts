// What a person may say about pilots, all of it decided: defaults filled in, units gone.
import type { Seconds } from "../../../core/ids.ts";
import type { Capacity } from "../../../core/resources.ts";

export interface PilotSettings {
  /** How many are submitted at first, as far as there is work for them. */
  readonly initPilots: number;
  /** So many stay, also with nothing to do, while the run goes on. */
  readonly minPilots: number;
  readonly maxPilots: number;
  readonly nodesPerPilot: number;
  /** What is asked for on each node; null: as much as the largest task needs. */
  readonly perNode: {
    readonly cpus: number | null;
    readonly memory: Capacity["memory"];
    readonly gpus: number | null;
  };
  /**
   * Where nobody says how many cores of a node a pilot shall have: so many, by partition (`""`: the one that jobs go to that
   * name none); of those that are missing here, four.
   */
  readonly usualCores: Readonly<Record<string, number>>;
  /** Places per task that could run: 1 asks for as many places as there are tasks, 0.5 for half as many. */
  readonly parallelism: number;
  readonly walltime: Seconds;
  readonly maxIdletime: Seconds;
  readonly orphanTime: Seconds;
  /** Lines that are run on the node before the worker. */
  readonly workerInit: readonly string[];
  /** Copies the executable to the node before it is started. */
  readonly copyToNode: boolean;
  /** Of every job: partition, account and whatever else, by the names of Slurm's long options. */
  readonly options: Readonly<Record<string, string>>;
}
