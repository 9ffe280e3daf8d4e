// `pipe worker`: what launchers and job scripts call; never needed by hand, documented all the same.
import { declareCommand, type ValuesOf } from "../command.ts";

export const workerDeclaration = declareCommand({
  name: "worker",
  description: "Run tasks for a launcher; called by pipe itself",
  positionals: {},
  flags: {
    run_dir: {
      type: "path",
      placeholder: "DIR",
      required: true,
      description: "the run's folder, DATA_PATH/runinfo/NNN",
    },
    worker: {
      type: "text",
      placeholder: "ID",
      required: true,
      description: "the worker's name within its run: its folder is workers/ID",
    },
    channel: {
      type: "choice",
      choices: ["ipc", "guard"],
      placeholder: "KIND",
      required: true,
      description:
        "how tasks come and results go: ipc, from the process that started this one; guard: none, it waits for the launcher to die and ends what that left",
    },
    build: {
      type: "text",
      placeholder: "HASH",
      description: "the build that the launcher means, as in bin/pipe-HASH; another one refuses to start",
    },
    seed: {
      type: "text",
      placeholder: "SEED",
      mayBeEmpty: true,
      description: "the dataset's seed, instead of the pipeline's own",
    },
  },
  examples: [],
});

export type WorkerValues = ValuesOf<typeof workerDeclaration>;
