// `pipe logs`: what the tasks of a run printed.
import { findDataPath } from "../config/resolve.ts";
import { coloursWanted } from "../report/colour.ts";
import { launcherState, readLock } from "../report/launcher-state.ts";
import { openRun } from "../report/read-run.ts";
import { showLogs } from "../report/show-logs.ts";
import { newestRun, requireRun } from "../rundir/runs.ts";
import { exitStatus } from "./exit-status.ts";
import type { LogsValues } from "./flags/logs.ts";

export async function logsCommand(values: LogsValues): Promise<number> {
  const cwd = process.cwd();
  const dataPath = await findDataPath(values.dataPath, cwd);
  const run = requireRun(dataPath, values.run ?? "last");
  const reader = openRun(run);
  await showLogs({
    reader,
    poll(each) {
      // The lock first: a launcher writes its last event before it gives the lock back.
      const lock = readLock(dataPath);
      reader.poll(each);
      const newest = newestRun(dataPath)?.number === run.number;
      const { kind } = launcherState({ run: run.name, newest, progress: reader.progress }, lock);
      return kind === "ended" || kind === "gone" ? "over" : "goes-on";
    },
    block: values.block,
    sample: values.sample,
    lines: values.lines,
    follow: values.follow,
    json: values.json,
    colours: coloursWanted({
      flag: values.color,
      isTerminal: process.stdout.isTTY === true,
      environment: process.env,
    }),
    workingFolder: cwd,
    flags: [
      ...(values.run === null ? [] : ["--run", values.run]),
      ...(values.dataPath === null ? [] : ["--data_path", values.dataPath]),
    ],
    out: (text) => process.stdout.write(text),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  return exitStatus.fine;
}
