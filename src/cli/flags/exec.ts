// `pipe exec`: one task, here, in the foreground, as the worker would run it.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag, jsonFlag } from "./common.ts";

export const execDeclaration = declareCommand({
  name: "exec",
  description: "Run one block on one sample, here and now, as a worker would",
  positionals: {
    block: { type: "text", required: true, description: "the block's name, as in Simulate_0" },
    sample: {
      type: "sample",
      required: false,
      description: "the sample's number; a block over the whole dataset has none",
    },
  },
  flags: {
    data_path: dataPathFlag,
    pipeline: {
      type: "path",
      placeholder: "FILE",
      description: "the pipeline's file (default: ./pipeline.ts, else ./pipe.toml)",
    },
    run: {
      type: "text",
      placeholder: "NNN",
      description: "run the pipeline as it was bundled for this run, not as the file is now",
    },
    seed: {
      type: "integer",
      placeholder: "SEED",
      description: "seed of the dataset's random numbers (default: the pipeline's, else 0)",
    },
    json: jsonFlag("print the result as one JSON object on standard output"),
    color: colourFlag,
  },
  examples: ["pipe exec Simulate_0 42"],
});

export type ExecValues = ValuesOf<typeof execDeclaration>;
