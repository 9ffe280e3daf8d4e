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
    task: {
      type: "integer",
      minimum: 0,
      placeholder: "N",
      description:
        "run this one task of a run made by `pipe run --prepare`, numbered as in its plan.json, and leave; needs no launcher",
    },
    tasks: {
      type: "path",
      placeholder: "FILE",
      description:
        "as --task, in an element of a Slurm array: the task is line SLURM_ARRAY_TASK_ID of this file",
    },
    output: {
      type: "path",
      placeholder: "FILE",
      description: "with --tasks: where this job's output goes; removed at the end if nothing was printed",
    },
    slot: {
      type: "text",
      placeholder: "SLOT",
      description:
        "be a pilot: run task after task as the mailbox in workers/SLOT says, until there is nothing left to do",
    },
    by_node: {
      type: "boolean",
      description: "with --slot, on one of several nodes of a job: the mailbox is that of SLOT.INDEX",
    },
    worker: {
      type: "text",
      placeholder: "ID",
      description: "the worker's name within its run: its folder is workers/ID",
    },
    channel: {
      type: "choice",
      choices: ["ipc", "guard"],
      placeholder: "KIND",
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
    shared_disk: {
      type: "boolean",
      description:
        "other machines work on the same dataset: what a task leaves is brought to the disk before it is answered",
    },
  },
  examples: ["pipe worker --run_dir /scratch/liver/runinfo/003 --task 17"],
});

export type WorkerValues = ValuesOf<typeof workerDeclaration>;
