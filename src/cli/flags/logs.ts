// `pipe logs`: what the tasks of a run printed.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag, jsonFlag, runFlag } from "./common.ts";

export const logsDeclaration = declareCommand({
  name: "logs",
  description: "Show what tasks printed, or the launcher's own log",
  positionals: {
    block: { type: "text", required: false, description: "only of this block" },
    sample: { type: "sample", required: false, description: "only of this sample" },
  },
  flags: {
    data_path: dataPathFlag,
    run: runFlag,
    follow: { type: "boolean", short: "f", default: false, description: "go on showing what is added" },
    lines: {
      type: "integer",
      minimum: 0,
      placeholder: "N",
      description: "the last N lines of each log only",
    },
    json: jsonFlag("print one JSON object per log"),
    color: colourFlag,
  },
  examples: ["pipe logs Simulate_0 42", "pipe logs --run 003 --lines 20"],
});

export type LogsValues = ValuesOf<typeof logsDeclaration>;
