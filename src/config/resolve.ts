// One answer to every setting of a run: the command line wins over pipe.toml (`[run]`, then `[pipeline]`), that over the
// pipeline itself, that over the defaults. Decided in one place, or `--seed` would win here and lose there.

import { resolve } from "node:path";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import { builtInExecutor } from "./built-in-executors.ts";
import {
  type CacheFlags,
  type CacheSettings,
  chooseCache,
  choosePurpose,
  noCacheFlags,
  type Purpose,
} from "./cache-settings.ts";
import type { Config, ExecutorConfig } from "./config.ts";
import { loadFolderConfig } from "./find-pipeline.ts";
import { executorKinds } from "./keys.ts";

export interface RunSettings {
  readonly purpose: Purpose;
  /** Absolute. */
  readonly dataPath: string;
  /** As they were asked for; null: not said. What the ranges mean is decided with the samples that exist. */
  readonly samples: {
    /** `0-99,120` */
    readonly ranges: string | null;
    readonly start: number | null;
    readonly count: number | null;
  };
  readonly until: string | null;
  readonly executor: ExecutorConfig;
  /** null: as many as the executor thinks right. */
  readonly maxProcesses: number | null;
  readonly seed: number | string;
  readonly cache: CacheSettings;
  readonly comment: string | null;
  readonly output: OutputSettings;
}

export interface OutputSettings {
  readonly json: boolean;
  readonly detail: "quiet" | "normal" | "verbose";
  /** What was said about colours; null: the terminal decides. */
  readonly color: boolean | null;
}

/** What the command line said; null: nothing. */
export interface RunFlags extends CacheFlags {
  readonly dataPath: string | null;
  readonly numSamples: number | null;
  readonly startSample: number | null;
  readonly samples: readonly string[] | null;
  readonly until: string | null;
  readonly runSequential: boolean | null;
  readonly runLocal: boolean | null;
  readonly executor: string | null;
  readonly maxProcesses: number | null;
  readonly seed: number | null;
  readonly comment: string | null;
  readonly quiet: boolean | null;
  readonly verbose: boolean | null;
  readonly json: boolean | null;
  readonly color: boolean | null;
}

export const noRunFlags: RunFlags = {
  ...noCacheFlags,
  ...{ dataPath: null, numSamples: null, startSample: null, samples: null, until: null },
  ...{ runSequential: null, runLocal: null, executor: null, maxProcesses: null },
  ...{ seed: null, comment: null, quiet: null, verbose: null, json: null, color: null },
};

export interface SettingSources {
  readonly flags: RunFlags;
  readonly config: Config;
  /** What `new Pipeline({ … })` said. */
  readonly pipeline: { readonly seed: number | string };
  /** Paths of flags are relative to it, those of pipe.toml were made absolute when it was read. */
  readonly cwd: string;
}

/** @throws Refusal with everything that contradicts itself. */
export function resolveSettings(sources: SettingSources): RunSettings {
  const { flags, config, pipeline, cwd } = sources;
  const { run } = config;
  const found: Diagnostic[] = [];
  const executor = chooseExecutor(flags, config, found);
  const output = chooseOutput(flags, config, found);
  const cache = chooseCache(flags, config, found);
  const purpose = choosePurpose(flags, whatRuns(flags), found);
  if (executor?.kind === "sequential" && flags.maxProcesses !== null && flags.maxProcesses > 1) {
    found.push(
      diagnostic("contradiction", "a sequential run has one process, so `--max_processes` means nothing", {
        hint: "`--run_local` runs in several processes",
      }),
    );
  }
  if (executor === null || found.length > 0) throw refuse(...found);
  const ofExecutor = executor.kind === "local" ? executor.options.maxProcesses : null;
  return {
    purpose,
    dataPath: dataPathFrom(flags.dataPath, config, cwd),
    samples: {
      ranges: flags.samples?.join(",") ?? run.samples,
      start: flags.startSample ?? run.startSample ?? config.pipeline.startSample,
      count: flags.numSamples ?? run.numSamples ?? config.pipeline.numSamples,
    },
    until: flags.until ?? run.until,
    executor,
    maxProcesses: flags.maxProcesses ?? run.maxProcesses ?? ofExecutor,
    seed: flags.seed ?? run.seed ?? config.pipeline.seed ?? pipeline.seed,
    cache,
    comment: flags.comment ?? run.comment,
    output,
  };
}

/** For commands that look at a dataset: a broken pipe.toml is no obstacle where the flag says it all. Absolute. */
export async function findDataPath(flag: string | null, cwd: string): Promise<string> {
  return flag === null ? dataPathFrom(null, await loadFolderConfig(cwd), cwd) : resolve(cwd, flag);
}

/** The dataset's folder, absolute; `data` in the working directory where nobody says otherwise. */
export function dataPathFrom(flag: string | null, config: Config, cwd: string): string {
  if (flag !== null) return resolve(cwd, flag);
  return config.run.dataPath ?? config.pipeline.dataPath ?? resolve(cwd, "data");
}

/** The flags that only a start that runs something has a use for, by name. */
function whatRuns(flags: RunFlags): Readonly<Record<string, unknown>> {
  return {
    num_samples: flags.numSamples,
    start_sample: flags.startSample,
    samples: flags.samples,
    until: flags.until,
    run_sequential: flags.runSequential,
    run_local: flags.runLocal,
    executor: flags.executor,
    max_processes: flags.maxProcesses,
    seed: flags.seed,
    comment: flags.comment,
  };
}

function chooseExecutor(flags: RunFlags, config: Config, found: Diagnostic[]): ExecutorConfig | null {
  const said = [
    ...(flags.runSequential === true ? ["--run_sequential"] : []),
    ...(flags.runLocal === true ? ["--run_local"] : []),
    ...(flags.executor === null ? [] : ["--executor"]),
  ];
  if (said.length > 1) {
    found.push(
      diagnostic("contradiction", `${said.map((flag) => `\`${flag}\``).join(" and ")} exclude each other`, {
        hint: "keep the one that says where the tasks shall run",
      }),
    );
    return null;
  }
  const byFlag =
    flags.runSequential === true ? "sequential" : flags.runLocal === true ? "local" : flags.executor;
  const name = byFlag ?? config.run.executor ?? "default";
  const declared = (wanted: string) => config.executors.find((one) => one.name === wanted);
  // What nobody has named differently is Slurm, as `[executor.slurm]` has it where that is there.
  const usual = name === "default" ? (declared("default") ?? declared("slurm")) : declared(name);
  const executor = usual ?? builtInExecutor(name === "default" ? "slurm" : name);
  if (executor === null) found.push(unknownExecutor(name, byFlag !== null, config));
  return executor;
}

function unknownExecutor(name: string, byFlag: boolean, config: Config): Diagnostic {
  const known = [...new Set([...executorKinds, ...config.executors.map((one) => one.name)])];
  const near = nearest(name, known);
  const place = byFlag ? null : config.placeOf(["run", "executor"]);
  return diagnostic("unknown-executor", `unknown executor \`${name}\``, {
    ...(place === null ? {} : { place }),
    notes: [`known: ${known.join(", ")}`],
    hint: near === null ? `declare it in pipe.toml with \`[executor.${name}]\`` : `did you mean \`${near}\`?`,
  });
}

function chooseOutput(flags: RunFlags, config: Config, found: Diagnostic[]): OutputSettings {
  const { run } = config;
  if (flags.quiet === true && flags.verbose === true) {
    found.push(
      diagnostic("contradiction", "`--quiet` and `--verbose` exclude each other", {
        hint: "keep one of them",
      }),
    );
  }
  if (run.quiet === true && run.verbose === true) {
    const place = config.placeOf(["run", "verbose"]);
    found.push(
      diagnostic("contradiction", "`quiet` and `verbose` exclude each other", {
        ...(place === null ? {} : { place }),
        hint: "keep one of them",
      }),
    );
  }
  // A flag also takes back what pipe.toml says of its opposite.
  const quiet = flags.quiet ?? (flags.verbose === true ? false : run.quiet) ?? false;
  const verbose = flags.verbose ?? (flags.quiet === true ? false : run.verbose) ?? false;
  return {
    json: flags.json ?? run.json ?? false,
    detail: quiet ? "quiet" : verbose ? "verbose" : "normal",
    color: flags.color ?? run.color,
  };
}
