// `pipe worker`: a process that runs tasks for whoever started it. Called by launchers and job scripts, never needed by hand.
import { dirname, resolve } from "node:path";
import { type Diagnostic, diagnostic, refuse, unable } from "../core/diagnostic.ts";
import { workerId } from "../core/ids.ts";
import { version } from "../generated/version.ts";
import { wrongBuild } from "../system/own-build.ts";
import type { WorkerValues } from "./flags/worker.ts";

export async function workerCommand(values: WorkerValues): Promise<number> {
  refuseWrongBuild(values.build);
  const runFolder = resolve(values.runDir);
  if (values.task !== null || values.tasks !== null) {
    const { taskCommand } = await import("./worker-task.ts");
    return await taskCommand(values, runFolder);
  }
  if (values.slot !== null) return await pilot(values.slot, runFolder, values.byNode === true);
  if (values.channel === "guard") {
    const { guardMain } = await import("../system/guard.ts");
    await guardMain(Bun.stdin.stream(), 2);
    return 0;
  }
  const { ipcChannel } = await import("../worker/ipc-channel.ts");
  const channel = ipcChannel();
  if (channel === null || values.worker === null || values.channel === null) throw refuse(noChannel);
  const { workerMain } = await import("../worker/worker-main.ts");
  return await workerMain(channel, {
    runFolder,
    // DATA_PATH/runinfo/NNN
    dataPath: dirname(dirname(runFolder)),
    worker: workerId(values.worker),
    seed: values.seed === null ? null : seedOf(values.seed),
    version,
    disk: values.sharedDisk === true ? "shared" : "own",
  });
}

/** A job script names the build that it was made for. */
function refuseWrongBuild(build: string | null): void {
  const wrong = build === null ? null : wrongBuild(build);
  if (wrong === null) return;
  throw unable(
    diagnostic("wrong-build", wrong, {
      notes: ["two builds that talk to each other fail in ways that nobody understands"],
      hint: "start the run again: `pipe run` stages the executable anew",
    }),
  );
}

async function pilot(slot: string, runFolder: string, byNode: boolean): Promise<number> {
  const { pilotMain } = await import("../pilot/pilot-main.ts");
  const { selfCommand } = await import("../system/self-command.ts");
  const name = byNode ? `${slot}.${process.env.SLURM_NODEID ?? "0"}` : slot;
  return await pilotMain({ runFolder, worker: workerId(name), version, selfCommand: selfCommand() });
}

const noChannel: Diagnostic = diagnostic(
  "no-channel",
  "`pipe worker` was told neither a slot, nor was it started by a launcher",
  {
    notes: ["it gets its tasks from whoever starts it, and has nothing to do without"],
    hint: "run a pipeline with `pipe run --run_local`, or one task with `pipe exec BLOCK SAMPLE`",
  },
);

/** A whole number stands for itself, as in the pipeline: `--seed 7` and `new Pipeline({ seed: 7 })` are one seed. */
function seedOf(text: string): string | number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
