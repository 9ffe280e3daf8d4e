// `pipe worker`: a process that runs tasks for whoever started it. Called by launchers, never by hand.
import { dirname, resolve } from "node:path";
import { diagnostic, refuse, unable } from "../core/diagnostic.ts";
import { workerId } from "../core/ids.ts";
import { version } from "../generated/version.ts";
import { wrongBuild } from "../system/own-build.ts";
import { ipcChannel } from "../worker/ipc-channel.ts";
import { workerMain } from "../worker/worker-main.ts";
import type { WorkerValues } from "./flags/worker.ts";

export async function workerCommand(values: WorkerValues): Promise<number> {
  const wrong = values.build === null ? null : wrongBuild(values.build);
  if (wrong !== null) {
    throw unable(
      diagnostic("wrong-build", wrong, {
        notes: ["two builds that talk to each other fail in ways that nobody understands"],
        hint: "start the run again: `pipe run` stages the executable anew",
      }),
    );
  }
  if (values.channel === "guard") {
    const { guardMain } = await import("../system/guard.ts");
    await guardMain(Bun.stdin.stream(), 2);
    return 0;
  }
  const channel = ipcChannel();
  if (channel === null) {
    throw refuse(
      diagnostic("no-channel", "`pipe worker --channel ipc` was not started by a launcher", {
        notes: ["it gets its tasks from the process that starts it, and has nothing to do without one"],
        hint: "run a pipeline with `pipe run --run_local`, or one task with `pipe exec BLOCK SAMPLE`",
      }),
    );
  }
  const runFolder = resolve(values.runDir);
  return await workerMain(channel, {
    runFolder,
    // DATA_PATH/runinfo/NNN
    dataPath: dirname(dirname(runFolder)),
    worker: workerId(values.worker),
    seed: values.seed === null ? null : seedOf(values.seed),
    version,
  });
}

/** A whole number stands for itself, as in the pipeline: `--seed 7` and `new Pipeline({ seed: 7 })` are one seed. */
function seedOf(text: string): string | number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
