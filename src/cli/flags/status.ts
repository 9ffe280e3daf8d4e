// `pipe status`: how a run stands, while it runs or after.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag, jsonFlag, runFlag } from "./common.ts";

export const statusDeclaration = declareCommand({
  name: "status",
  description: "Show how a run stands, from any machine that sees the dataset",
  positionals: {},
  flags: {
    data_path: dataPathFlag,
    run: runFlag,
    watch: { type: "boolean", short: "w", default: false, description: "go on until the run has ended" },
    json: jsonFlag("print it as one JSON object"),
    color: colourFlag,
  },
  examples: ["pipe status --data_path /scratch/liver", "pipe status --run 003 --json"],
});

export type StatusValues = ValuesOf<typeof statusDeclaration>;
