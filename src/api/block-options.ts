// The options of append() and command(), as the user's editor shows them. check-options.ts says what is wrong with them.

/** Options of a block in a pipeline. `pipe.toml` and the command line may override them. */
export interface BlockOptions {
  /** The full unique name, instead of class name and counter. Letters, digits and `_`. */
  readonly name?: string;
  /** Cores; default 1. Limits how many tasks run side by side. */
  readonly cpus?: number;
  /** `"4G"` (1K = 1024 bytes), or a number of bytes. A task that takes more is ended. Default: no limit. */
  readonly memory?: string | number;
  /** Whole GPUs; default 0. */
  readonly gpus?: number;
  /** Walltime of one attempt: `"30m"`, `"1h30m"`, `"02:00:00"`, or a number of seconds. Default: no limit. */
  readonly time?: string | number;
  /** Further attempts of a failed task; default 0. An issue is never tried again. */
  readonly retries?: number;
  /** Names of the earlier blocks that this one depends on; default: the one before it. `[]`: on none. */
  readonly after?: string | readonly string[];
  /** Files that must be there before it runs: glob patterns relative to the sample's folder. */
  readonly inputs?: string | readonly string[];
  /** Files that it must leave behind. Siblings run in parallel only if both declare theirs. */
  readonly outputs?: string | readonly string[];
  /** Files that it may leave behind. */
  readonly optionalOutputs?: string | readonly string[];
  /**
   * Files that count as a part of the block's code: when one of them changes, its tasks run again. Paths or glob patterns
   * relative to the pipeline's folder (a folder means all files in it): what a script imports, what a block reads.
   */
  readonly watch?: string | readonly string[];
  /** Programs that `pipe doctor` looks for on the nodes. */
  readonly requires?: string | readonly string[];
  /** Further environment variables of a command. */
  readonly environment?: Readonly<Record<string, string | number>>;
  /** Of a command: started once per worker, fed one JSON line per sample. */
  readonly persistent?: boolean;
  /** Of a command: `"dataset"` runs it once, after every sample has ended. Default `"sample"`. */
  readonly scope?: "sample" | "dataset";
  /** Slurm partition. */
  readonly partition?: string;
  /** Slurm account. */
  readonly account?: string;
  /** Slurm quality of service. */
  readonly qos?: string;
  /** Slurm constraint: features that a node must have. */
  readonly constraint?: string;
  /** Slurm reservation. */
  readonly reservation?: string;
  /** Any other long option of a Slurm job, without its dashes: `{ exclusive: "", gres: "gpu:a100:1" }`. */
  readonly slurmOptions?: Readonly<Record<string, string | number>>;
}
