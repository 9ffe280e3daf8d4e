// What runs a task in this very process, for the sequential executor and for `pipe exec`: the worker's own code, with
// everything that tasks print passed on to the terminal.
import { join } from "node:path";
import type { Pipeline } from "../api/pipeline.ts";
import { workerId } from "../core/ids.ts";
import { workerFolder } from "../rundir/layout.ts";
import { startGuard } from "../system/guard.ts";
import { freshMark } from "../system/process-mark.ts";
import { selfCommand } from "../system/self-command.ts";
import { standardOutputToError } from "../system/standard-output.ts";
import { passThroughOutput } from "../worker/pass-through-output.ts";
import { createTaskRunner } from "../worker/run-task.ts";
import type { TaskRunner } from "../worker/task-runner.ts";

export function createSequentialRunner(what: {
  readonly pipeline: Pipeline;
  readonly runFolder: string;
  readonly dataPath: string;
  readonly seed: number | string;
  readonly grace: number;
}): TaskRunner {
  const folder = workerFolder(what.runFolder, workerId("sequential"));
  const writeToTerminal = process.stderr.write.bind(process.stderr);
  const output = passThroughOutput({
    path: join(folder, "output.log"),
    runFolder: what.runFolder,
    // Standard output is for the run's results.
    show: (bytes) => void writeToTerminal(bytes),
  });
  const restoreStandardOutput = standardOutputToError();
  const mark = freshMark();
  const runner = createTaskRunner({ ...what, workerFolder: folder, output, process: "shared-process", mark });
  const hasPrograms = what.pipeline.parts().some((part) => part.spec.kind.kind !== "code");
  const words = ["worker", "--run_dir", what.runFolder, "--worker", "guard", "--channel", "guard"];
  const guard = hasPrograms
    ? startGuard({ command: [...selfCommand(), ...words], environment: process.env, mark })
    : null;
  return {
    get condition() {
      return runner.condition;
    },
    run: (assignment, signal) => runner.run(assignment, signal),
    close: async () => {
      await runner.close();
      await guard?.dismiss();
      output[Symbol.dispose]();
      restoreStandardOutput();
    },
  };
}
