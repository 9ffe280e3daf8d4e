// `pipe check`: is the pipeline sound, without running it.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, jsonFlag } from "./common.ts";

export const checkDeclaration = declareCommand({
  name: "check",
  description: "Type-check a pipeline and look for mistakes in it, without running anything",
  positionals: {
    pipeline: {
      type: "path",
      required: false,
      description: "the pipeline's file (default: ./pipeline.ts, else ./pipe.toml)",
    },
  },
  flags: { json: jsonFlag("print what was found as JSON"), color: colourFlag },
  examples: ["pipe check", "pipe check pipeline.ts --json"],
});

export type CheckValues = ValuesOf<typeof checkDeclaration>;
