// `pipe attach` of a run of arrays: its jobs need no launcher, so there is nothing to go on with but to look on, to submit again
// what is lost, and to write down how it ends.
import { coloursWanted } from "../report/colour.ts";
import { createProgressOutput } from "../report/progress-output.ts";
import { attachArrays } from "../run/array/array-run.ts";
import type { RunFolder } from "../rundir/runs.ts";
import type { AttachValues } from "./flags/attach.ts";
import { tellOutcome } from "./tell-outcome.ts";

export async function attachToArrays(
  dataPath: string,
  run: RunFolder,
  values: AttachValues,
): Promise<number> {
  const { stderr } = process;
  const workingFolder = process.cwd();
  const isTerminal = stderr.isTTY === true;
  const colours = coloursWanted({ flag: values.color, isTerminal, environment: process.env });
  const detail = values.quiet ? "quiet" : values.verbose ? "verbose" : "normal";
  const json = values.json === true;
  if (detail !== "quiet") stderr.write(`run ${run.name} goes on in Slurm; it is watched to its end\n`);
  const show = createProgressOutput({
    mode: detail === "normal" ? (isTerminal ? "live" : "plain") : detail,
    ...{ stream: stderr, colours, execFlags: [], workingFolder, atEnd: json ? "keep" : "clear" },
  });
  try {
    const outcome = await attachArrays(dataPath, { run, commandLine: process.argv.slice(2) }, show);
    show.close();
    const output = { json, detail, color: values.color } as const;
    return await tellOutcome(outcome, show, { output, colours, execFlags: [], workingFolder });
  } finally {
    show.close();
  }
}
