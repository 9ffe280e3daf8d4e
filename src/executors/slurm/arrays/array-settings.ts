// What the configuration says of array jobs, all of it decided. Kept with the run, because whoever takes it over has nothing
// but the run's folder.
import { type Seconds, seconds } from "../../../core/ids.ts";
import { isObject, type Json, type JsonObject } from "../../../core/json.ts";

export interface ArraySettings {
  /** How many elements of one array may run at once; null: as many as Slurm lets. */
  readonly maxRunning: number | null;
  /** The time limit of jobs whose block has none; null: the partition's own. */
  readonly walltime: Seconds | null;
  readonly workerInit: readonly string[];
  readonly copyToNode: boolean;
  /** Of every job, by the names of Slurm's long options. */
  readonly options: Readonly<Record<string, string>>;
}

export const arraySettingsJson = ({ walltime, ...rest }: ArraySettings): JsonObject => ({
  ...{ format: "pipe-arrays", version: 1, walltime, ...rest },
});

/** Null where it is none. */
export function parseArraySettings(text: string): ArraySettings | null {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || value.format !== "pipe-arrays" || value.version !== 1) return null;
  const { maxRunning, walltime, workerInit, copyToNode, options } = value;
  if (!isObject(options) || !Array.isArray(workerInit)) return null;
  return {
    maxRunning: typeof maxRunning === "number" ? maxRunning : null,
    walltime: typeof walltime === "number" ? seconds(walltime) : null,
    workerInit: workerInit.filter((line) => typeof line === "string"),
    copyToNode: copyToNode === true,
    options: Object.fromEntries(
      Object.entries(options).flatMap(([name, option]) =>
        typeof option === "string" ? [[name, option]] : [],
      ),
    ),
  };
}
