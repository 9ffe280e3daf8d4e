// `pipe explain`: why tasks will run or will not.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag } from "./common.ts";

export const explainDeclaration = declareCommand({
  name: "explain",
  description: "Say what `pipe run` would run and why, and touch nothing",
  positionals: {
    block: { type: "text", required: false, description: "only this block, as in Simulate_0" },
    sample: { type: "sample", required: false, description: "only this sample: its task field by field" },
  },
  flags: {
    data_path: dataPathFlag,
    pipeline: {
      type: "path",
      placeholder: "FILE",
      description: "the pipeline's file (default: ./pipeline.ts, else ./pipe.toml)",
    },
    samples: { type: "list", placeholder: "RANGES", description: "only these samples: 0-99,120" },
    seed: {
      type: "integer",
      placeholder: "SEED",
      description: "seed of the dataset's random numbers (default: the pipeline's, else 0)",
    },
    verify: {
      type: "choice",
      choices: ["full", "none"],
      placeholder: "HOW",
      description: "`none`: do not look at the files of remembered results",
    },
    verbose: { type: "boolean", short: "v", description: "a line for every task" },
    json: { type: "boolean", description: "print it as one JSON object" },
    color: colourFlag,
  },
  examples: ["pipe explain", "pipe explain Simulate_0 42", "pipe run --dry_run --force_run_blocks Mesh_0"],
});

export type ExplainValues = ValuesOf<typeof explainDeclaration>;
