// `pipe status`: how a run stands, from its folder alone.
import { resolve } from "node:path";
import { findDataPath } from "../config/resolve.ts";
import { coloursWanted } from "../report/colour.ts";
import { statusJson } from "../report/json.ts";
import { launcherState, readLock } from "../report/launcher-state.ts";
import { openRun, type RunReader } from "../report/read-run.ts";
import { type StatusFacts, sayStatus } from "../report/say-status.ts";
import { watchRun } from "../report/watch-run.ts";
import { newestRun, requireRun } from "../rundir/runs.ts";
import { wallClock } from "../system/clock.ts";
import { exitStatus } from "./exit-status.ts";
import type { StatusValues } from "./flags/status.ts";

export async function statusCommand(values: StatusValues): Promise<number> {
  const cwd = process.cwd();
  const dataPath = resolve(await findDataPath(values.dataPath, cwd));
  const reader = openRun(requireRun(dataPath, values.run ?? "last"));
  const look = (): StatusFacts => lookAt(dataPath, reader);
  const colours = coloursWanted({
    flag: values.color,
    isTerminal: process.stdout.isTTY === true,
    environment: process.env,
  });
  let facts = look();
  if (values.watch && !values.json) {
    facts = await watchRun({ reader, look, stream: process.stdout, colours });
  }
  const text = values.json
    ? JSON.stringify(statusJson(facts), null, 2)
    : sayStatus(facts, { colours, workingFolder: cwd, execFlags: [] });
  process.stdout.write(`${text}\n`);
  return exitStatus.fine;
}

/** The lock first: a launcher writes its last event before it gives the lock back. */
function lookAt(dataPath: string, reader: RunReader): StatusFacts {
  const { run, progress, record } = reader;
  const lock = readLock(dataPath);
  reader.poll();
  const newest = newestRun(dataPath)?.number === run.number;
  return {
    run: run.name,
    dataset: dataPath,
    progress,
    record,
    launcher: launcherState({ run: run.name, newest, progress }, lock),
    damaged: reader.damaged,
    now: wallClock(),
  };
}
