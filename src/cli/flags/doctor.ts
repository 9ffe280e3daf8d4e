// `pipe doctor`: this machine and the cluster's nodes.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag, jsonFlag } from "./common.ts";

export const doctorDeclaration = declareCommand({
  name: "doctor",
  description: "Check this machine and, with a real probe job, the nodes that tasks would run on",
  positionals: {
    pipeline: {
      type: "path",
      required: false,
      description: "the pipeline's file (default: ./pipeline.ts, else ./pipe.toml)",
    },
  },
  flags: {
    data_path: dataPathFlag,
    executor: {
      type: "text",
      placeholder: "NAME",
      description:
        "look where this executor runs: slurm (default), local, sequential, or one named in pipe.toml",
    },
    timeout: {
      type: "duration",
      placeholder: "TIME",
      description: "how long a probe job may wait for a node, as in 1h (default: 5m); then it is cancelled",
    },
    verbose: { type: "boolean", short: "v", default: false, description: "tell more of what is well, too" },
    json: jsonFlag("print what was found as one JSON object"),
    color: colourFlag,
    probe: {
      type: "path",
      placeholder: "DIR",
      description: "the node's half: what a probe job calls, never needed by hand",
    },
  },
  examples: ["pipe doctor", "pipe doctor --executor gpu --timeout 1h", "pipe doctor --executor local --json"],
});

export type DoctorValues = ValuesOf<typeof doctorDeclaration>;
