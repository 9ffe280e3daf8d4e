// `pipe clean`: makes room in a dataset.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag, jsonFlag } from "./common.ts";

export const cleanDeclaration = declareCommand({
  name: "clean",
  description: "Delete old runs, logs and results that nobody needs; shows first, deletes with --yes",
  positionals: {},
  flags: {
    data_path: dataPathFlag,
    older_than: {
      type: "duration",
      placeholder: "TIME",
      description: "runs that ended longer ago than this, as in 30d; the newest always stays",
    },
    keep_runs: {
      type: "integer",
      minimum: 1,
      placeholder: "N",
      description: "runs but for the newest N; with --older_than: only what is old, too",
    },
    logs: { type: "boolean", default: false, description: "logs of tasks that succeeded" },
    removed_blocks: {
      type: "boolean",
      default: false,
      description: "results of blocks that are no longer in the pipeline, unless they were changed since",
    },
    yes: { type: "boolean", short: "y", default: false, description: "delete; without it nothing is" },
    pipeline: {
      type: "path",
      placeholder: "FILE",
      description: "for --removed_blocks: the pipeline's file (default: ./pipeline.ts, else ./pipe.toml)",
    },
    json: jsonFlag("print it as one JSON object"),
    color: colourFlag,
  },
  examples: ["pipe clean --older_than 30d", "pipe clean --keep_runs 3 --logs --removed_blocks --yes"],
});

export type CleanValues = ValuesOf<typeof cleanDeclaration>;
