// `pipe attach`: goes on with a run whose launcher is gone, as it was started: its bundle, its pipe.toml, its command line.
import { resolve } from "node:path";
import { findDataPath } from "../config/resolve.ts";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { requireLeftRun } from "../run/resume-run.ts";
import { exitStatus } from "./exit-status.ts";
import type { AttachValues } from "./flags/attach.ts";
import { type RunValues, runDeclaration } from "./flags/run.ts";
import { parseCommandLine } from "./parse.ts";
import { runRequest } from "./run.ts";

export async function attachCommand(values: AttachValues): Promise<number> {
  const cwd = process.cwd();
  const dataPath = resolve(await findDataPath(values.dataPath, cwd));
  const left = requireLeftRun(dataPath, { run: values.run, vouchedDead: values.launcherIsDead });
  if (left === null) {
    process.stdout.write(`no run of ${dataPath} has lost its launcher: there is nothing to take over\n`);
    return exitStatus.fine;
  }
  const { run, record, samples } = left;
  const { isArrayRun } = await import("../run/array/array-run.ts");
  if (isArrayRun(run)) {
    const { attachToArrays } = await import("./attach-arrays.ts");
    return await attachToArrays(dataPath, run, values);
  }
  const started = valuesOf(record.commandLine, run.name);
  const { working_folder: folder, pipeline } = record.configuration;
  if (typeof folder !== "string" || typeof pipeline !== "string") throw tooOld(run.name);
  return await runRequest(
    {
      ...started,
      ...{
        pipeline,
        dataPath,
        quiet: values.quiet || started.quiet,
        verbose: values.verbose || started.verbose,
      },
      ...{ json: values.json || started.json, color: values.color ?? started.color },
      // What was chosen then, whatever the dataset has by now.
      ...{ samples: [samples], numSamples: null, startSample: null },
    },
    { cwd: folder, resume: run },
  );
}

function valuesOf(commandLine: readonly string[], run: string): RunValues {
  const [command, ...words] = commandLine;
  const line = command === "run" ? parseCommandLine(runDeclaration, words) : null;
  if (line?.kind !== "values") throw tooOld(run);
  return line.values;
}

const tooOld = (run: string) =>
  refuse(
    diagnostic(
      "cannot-attach",
      `run ${run} does not say how it was started in a way that this pipe understands`,
      {
        hint: "start `pipe run` anew: what its jobs have done by now is taken over",
      },
    ),
  );
