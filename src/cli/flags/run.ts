// `pipe run`: everything that one start of a pipeline can be told on the command line.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag } from "./common.ts";

export const runDeclaration = declareCommand({
  name: "run",
  description: "Run a pipeline over the samples of a dataset",
  positionals: {
    pipeline: {
      type: "path",
      required: false,
      description: "the pipeline's file (default: ./pipeline.ts, else ./pipe.toml)",
    },
  },
  flags: {
    data_path: dataPathFlag,
    num_samples: {
      type: "integer",
      minimum: 1,
      placeholder: "N",
      description: "run over N samples, from --start_sample on; those that do not exist are made",
    },
    start_sample: {
      type: "integer",
      minimum: 0,
      placeholder: "S",
      description: "with --num_samples: the first one (default: 0)",
    },
    samples: { type: "list", placeholder: "RANGES", description: "only these samples: 0-99,120" },
    until: { type: "text", placeholder: "BLOCK", description: "stop after this block" },
    run_sequential: {
      type: "boolean",
      description: "run in this process, one task after the other: for a debugger",
    },
    run_local: { type: "boolean", description: "run in processes of this machine" },
    executor: {
      type: "text",
      placeholder: "NAME",
      description: "run on this executor: slurm (default), local, sequential, or one named in pipe.toml",
    },
    max_processes: {
      type: "integer",
      minimum: 1,
      maximum: 4096,
      placeholder: "N",
      description: "with --run_local: so many processes at most (default: one per core)",
    },
    seed: {
      type: "integer",
      placeholder: "SEED",
      description: "seed of the dataset's random numbers (default: the pipeline's, else 0)",
    },
    disable_caching: {
      type: "boolean",
      description: "run everything, whatever is remembered; results are recorded all the same",
    },
    force_run_blocks: {
      type: "list",
      placeholder: "BLOCKS",
      description: "run these blocks, and what follows from them",
    },
    do_not_retry_blocks: {
      type: "list",
      placeholder: "BLOCKS",
      description: "samples that would need these blocks stop there",
    },
    retry_issues: {
      type: "boolean",
      description: "run tasks again that ended with an issue",
      negative: "a remembered issue stands, whatever pipe.toml says",
    },
    accept_code: {
      type: "list",
      placeholder: "BLOCKS",
      description: "the code of these blocks changed, but their earlier results are kept",
    },
    verify: {
      type: "choice",
      choices: ["full", "none"],
      placeholder: "HOW",
      description:
        "`full` (default) looks at the files of remembered results, `none` trusts that they are there",
    },
    dry_run: { type: "boolean", description: "print what would run and why, touch nothing" },
    prepare: {
      type: "boolean",
      description: "make the run's folder, print what runs its tasks from any job script, and run nothing",
    },
    detach: {
      type: "boolean",
      description: 'on an executor with mode = "array": submit everything, then leave; `pipe status` looks',
    },
    statistics_only: {
      type: "boolean",
      description: "run nothing, write statistics.csv and configs.csv of the samples there are",
    },
    comment: {
      type: "text",
      mayBeEmpty: true,
      placeholder: "TEXT",
      description: "kept with the run and in the dataset's history",
    },
    quiet: { type: "boolean", short: "q", description: "print failures and the summary only" },
    verbose: { type: "boolean", short: "v", description: "print every task" },
    json: { type: "boolean", description: "print the result as one JSON object on standard output" },
    color: colourFlag,
  },
  examples: [
    "pipe run --run_local --num_samples 24",
    "pipe run pipeline.ts --data_path /scratch/liver --samples 0-99,120 --until Simulate_0",
    "pipe run --dry_run --force_run_blocks Simulate_0",
  ],
});

export type RunValues = ValuesOf<typeof runDeclaration>;
