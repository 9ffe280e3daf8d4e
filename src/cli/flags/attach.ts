// `pipe attach`: take over a run whose launcher is gone.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag, dataPathFlag, jsonFlag } from "./common.ts";

export const attachDeclaration = declareCommand({
  name: "attach",
  description: "Take over a run whose launcher is gone, with its jobs, and see it to its end",
  positionals: {
    run: { type: "text", required: false, description: "which run, as in `003` (default: the newest such)" },
  },
  flags: {
    data_path: dataPathFlag,
    launcher_is_dead: {
      type: "boolean",
      default: false,
      description:
        "the launcher was on another machine, and you know that it does not live any more: take its lock",
    },
    quiet: { type: "boolean", default: false, description: "print failures and one last line" },
    verbose: { type: "boolean", default: false, description: "print every task" },
    json: jsonFlag("print one JSON object at the end"),
    color: colourFlag,
  },
  examples: ["pipe attach", "pipe attach 003 --data_path /scratch/liver"],
});

export type AttachValues = ValuesOf<typeof attachDeclaration>;
