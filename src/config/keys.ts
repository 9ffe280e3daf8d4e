// Every table of pipe.toml with its keys, as data: the check, the types of the values and the hints come from here, so
// that a key cannot be documented and unknown at the same time.

import type { CamelCase } from "../core/camel-case.ts";
import type { Bytes, Seconds } from "../core/ids.ts";

/** What may stand behind a key. */
export type KeyDeclaration = { readonly required?: true } & (
  | { readonly type: "text" }
  /** Relative to the file's folder. */
  | { readonly type: "path" }
  | { readonly type: "boolean" }
  | { readonly type: "integer"; readonly minimum: number; readonly maximum?: number }
  /** A number above 0, up to 1. */
  | { readonly type: "ratio" }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  /** A text or a list of texts. */
  | { readonly type: "texts" }
  /** A program and its arguments. */
  | { readonly type: "command" }
  /** Whole numbers and ranges: `"0-99,120"`, `[1, 2]`, `["0-9", 12]`. */
  | { readonly type: "samples" }
  | { readonly type: "seed" }
  | { readonly type: "block-name" }
  | { readonly type: "duration" }
  | { readonly type: "size" }
  /** A table of texts and numbers whose keys are names of environment variables. */
  | { readonly type: "environment" }
  /** A table of texts and numbers whose keys are long options of `sbatch`, without their dashes. */
  | { readonly type: "slurm-options" }
);

export type TableDeclaration = Readonly<Record<string, KeyDeclaration>>;

/** `data_path` becomes `dataPath`; null where a key is absent. */
export type TableValues<T extends TableDeclaration> = {
  readonly [K in keyof T as CamelCase<K>]: T[K] extends { required: true }
    ? KeyValue<T[K]>
    : KeyValue<T[K]> | null;
};

type KeyValue<K> = K extends { type: "boolean" }
  ? boolean
  : K extends { type: "integer" | "ratio" }
    ? number
    : K extends { type: "choice"; choices: readonly (infer C)[] }
      ? C
      : K extends { type: "texts" | "command" }
        ? readonly string[]
        : K extends { type: "seed" }
          ? number | string
          : K extends { type: "duration" }
            ? Seconds
            : K extends { type: "size" }
              ? Bytes
              : K extends { type: "environment" | "slurm-options" }
                ? Readonly<Record<string, string>>
                : string;

const table = <const T extends TableDeclaration>(declaration: T): T => declaration;

const whole = (minimum: number, maximum?: number) =>
  ({ type: "integer", minimum, ...(maximum === undefined ? {} : { maximum }) }) as const;

/** What a block may ask of the machine it runs on. */
const needs = table({
  cpus: whole(1),
  memory: { type: "size" },
  gpus: whole(0),
  time: { type: "duration" },
  retries: whole(0),
});

/** What only Slurm understands; passed on by these names. */
const slurmWords = table({
  partition: { type: "text" },
  account: { type: "text" },
  qos: { type: "text" },
  constraint: { type: "text" },
  reservation: { type: "text" },
});

const forSlurm = table({ ...slurmWords, slurm_options: { type: "slurm-options" } });

export const pipelineTable = table({
  data_path: { type: "path" },
  num_samples: whole(1),
  start_sample: whole(0),
  seed: { type: "seed" },
});

/** Defaults for the flags of `pipe run`. */
export const runTable = table({
  data_path: { type: "path" },
  num_samples: whole(1),
  start_sample: whole(0),
  samples: { type: "samples" },
  until: { type: "text" },
  executor: { type: "text" },
  max_processes: whole(1, 4096),
  seed: { type: "seed" },
  verify: { type: "choice", choices: ["full", "none"] },
  retry_issues: { type: "boolean" },
  comment: { type: "text" },
  quiet: { type: "boolean" },
  verbose: { type: "boolean" },
  json: { type: "boolean" },
  color: { type: "boolean" },
});

/** `[blocks.NAME]`: what changes from machine to machine. */
export const overrideTable = table({ ...needs, ...forSlurm, environment: { type: "environment" } });

/** `[[block]]`: a step that is a program. */
export const blockTable = table({
  name: { type: "block-name", required: true },
  command: { type: "command", required: true },
  persistent: { type: "boolean" },
  ...needs,
  after: { type: "texts" },
  inputs: { type: "texts" },
  outputs: { type: "texts" },
  optional_outputs: { type: "texts" },
  watch: { type: "texts" },
  requires: { type: "texts" },
  scope: { type: "choice", choices: ["sample", "dataset"] },
  environment: { type: "environment" },
  ...forSlurm,
});

export const executorKinds = ["sequential", "local", "slurm"] as const;
export type ExecutorKind = (typeof executorKinds)[number];

const kind = { type: "choice", choices: executorKinds, required: true } as const;

export const sequentialTable = table({ kind });

export const localTable = table({
  kind,
  max_processes: whole(1, 4096),
  memory: { type: "size" },
  gpus: whole(0),
});

export const slurmTable = table({
  kind,
  mode: { type: "choice", choices: ["pilot", "array"] },
  init_pilots: whole(0),
  min_pilots: whole(0),
  max_pilots: whole(1),
  nodes_per_pilot: whole(1),
  cores_per_node: whole(1),
  memory_per_node: { type: "size" },
  gpus_per_node: whole(0),
  parallelism: { type: "ratio" },
  walltime: { type: "duration" },
  max_idletime: { type: "duration" },
  max_running: whole(1),
  orphan_time: { type: "duration" },
  worker_init: { type: "texts" },
  copy_to_node: { type: "boolean" },
  ...forSlurm,
});

/** The tables at the top of the file, and how they are opened. */
export const topTables = {
  pipeline: "[pipeline]",
  run: "[run]",
  executor: "[executor.NAME]",
  blocks: "[blocks.NAME]",
  block: "[[block]]",
} as const;
