// pipe.toml as checked values. From here on nobody asks whether `cpus` is a number.

import type { Place } from "../core/diagnostic.ts";
import type {
  blockTable,
  localTable,
  overrideTable,
  pipelineTable,
  runTable,
  slurmTable,
  TableDeclaration,
  TableValues,
} from "./keys.ts";
import type { TomlPath } from "./toml-position.ts";

export interface Config {
  /** Where it was read from; null where there is no pipe.toml. */
  readonly origin: { readonly file: string; readonly folder: string } | null;
  readonly pipeline: TableValues<typeof pipelineTable>;
  readonly run: TableValues<typeof runTable>;
  readonly executors: readonly ExecutorConfig[];
  readonly overrides: readonly BlockOverride[];
  readonly blocks: readonly CommandBlockEntry[];
  /** Where something stands in the file, for complaints that can only be made later; null where it does not. */
  readonly placeOf: (path: TomlPath) => Place | null;
}

/** `[executor.NAME]` */
export type ExecutorConfig =
  | { readonly kind: "sequential"; readonly name: string }
  | { readonly kind: "local"; readonly name: string; readonly options: LocalOptions }
  | { readonly kind: "slurm"; readonly name: string; readonly options: SlurmOptions };

type WithoutKind<T extends TableDeclaration> = Omit<TableValues<T>, "kind">;
export type LocalOptions = WithoutKind<typeof localTable>;
export type SlurmOptions = WithoutKind<typeof slurmTable>;

/** `[blocks.NAME]`: NAME is a unique name (`Simulate_0`), or a type (`Simulate`) and then meant for all of that type. */
export interface BlockOverride {
  readonly name: string;
  readonly values: TableValues<typeof overrideTable>;
  readonly place: Place;
}

/** `[[block]]`; `options` are those of `command(name, argv, options)` in a pipeline.ts. */
export interface CommandBlockEntry {
  readonly name: string;
  readonly argv: readonly string[];
  readonly options: CommandBlockOptions;
  readonly place: Place;
}

/** Exactly the keys that were given: `optional_outputs` is `optionalOutputs` here. */
export type CommandBlockOptions = Present<Omit<TableValues<typeof blockTable>, "name" | "command">>;

export type Present<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

/** Where there is no pipe.toml. */
export const noConfig: Config = {
  origin: null,
  pipeline: { dataPath: null, numSamples: null, startSample: null, seed: null },
  run: {
    dataPath: null,
    numSamples: null,
    startSample: null,
    samples: null,
    until: null,
    executor: null,
    maxProcesses: null,
    seed: null,
    verify: null,
    retryIssues: null,
    comment: null,
    quiet: null,
    verbose: null,
    json: null,
    color: null,
  },
  executors: [],
  overrides: [],
  blocks: [],
  placeOf: () => null,
};
