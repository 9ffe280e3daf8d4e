// `pipe status`: how a run stands, from its folder alone.
import { resolve } from "node:path";
import { findDataPath } from "../config/resolve.ts";
import { coloursWanted } from "../report/colour.ts";
import { statusJson } from "../report/json.ts";
import { launcherState, readLock } from "../report/launcher-state.ts";
import { openRun, type RunReader } from "../report/read-run.ts";
import { type StatusFacts, sayStatus } from "../report/say-status.ts";
import { watchRun } from "../report/watch-run.ts";
import { newestRun, type RunFolder, requireRun } from "../rundir/runs.ts";
import { wallClock } from "../system/clock.ts";
import { exitStatus } from "./exit-status.ts";
import type { StatusValues } from "./flags/status.ts";

export async function statusCommand(values: StatusValues): Promise<number> {
  const cwd = process.cwd();
  const dataPath = resolve(await findDataPath(values.dataPath, cwd));
  const run = requireRun(dataPath, values.run ?? "last");
  const without = await lookWithout(dataPath, run);
  const reader = openRun(run);
  const look = (): StatusFacts => lookAt(dataPath, reader, without);
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
function lookAt(dataPath: string, reader: RunReader, without: StatusFacts["without"]): StatusFacts {
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
    without,
  };
}

/** Of a run without a launcher: what its tasks have left is taken in first, where nobody else is at work. */
async function lookWithout(dataPath: string, run: RunFolder): Promise<StatusFacts["without"]> {
  const { isGoingOnAlone } = await import("../run/array/harvest-results.ts");
  if (!isGoingOnAlone(run)) return null;
  const { lookAlone } = await import("../run/array/look-alone.ts");
  return await lookAlone(dataPath, run, process.argv.slice(2));
}
