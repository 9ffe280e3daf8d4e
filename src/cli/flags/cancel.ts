// `pipe cancel`: end a run and its jobs.
import { declareCommand, type ValuesOf } from "../command.ts";
import { dataPathFlag, jsonFlag } from "./common.ts";

export const cancelDeclaration = declareCommand({
  name: "cancel",
  description: "End a run and all its jobs, and no others",
  positionals: {
    run: { type: "text", required: false, description: "which run, as in `003` (default: the last one)" },
  },
  flags: {
    data_path: dataPathFlag,
    json: jsonFlag("print it as one JSON object"),
  },
  examples: ["pipe cancel", "pipe cancel 003 --data_path /scratch/liver"],
});

export type CancelValues = ValuesOf<typeof cancelDeclaration>;
