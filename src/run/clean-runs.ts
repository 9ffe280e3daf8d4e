// Runs that are old enough to go. The newest one always stays: it is what `pipe status` shows, and the next run takes its
// number from it; numbers that begin anew would make old records speak of the wrong run.
import { basename, join } from "node:path";
import type { Moment, Seconds } from "../core/ids.ts";
import { parseSegmentName } from "../journal/segments.ts";
import type { Amount, Kept } from "../report/say-clean.ts";
import {
  bundleMapPath,
  bundlePath,
  diffPath,
  eventsStem,
  launcherLogPath,
  planPath,
  reportPath,
  runRecordPath,
  submitScriptsFolder,
  taskLogsFolder,
  workersFolder,
} from "../rundir/layout.ts";
import { readRunRecord } from "../rundir/run-record.ts";
import { listRuns, type RunFolder } from "../rundir/runs.ts";
import { isTemporaryName } from "../system/durable-file.ts";
import { listFolder } from "../system/durable-folder.ts";
import { amountAt } from "../system/entries.ts";
import { assetFolder } from "./bundle.ts";

/** Both given: only what is old and not among the newest goes. Neither: nothing does. */
export interface RunChoice {
  readonly olderThan: Seconds | null;
  /** At least 1. */
  readonly keep: number | null;
}

export interface OldRun {
  readonly run: RunFolder;
  /** When it ended; where its launcher was killed, when it began. */
  readonly at: Moment;
  readonly amount: Amount;
  /** What pipe has made in its folder, absolute; run.json last, so that half a run is still one. */
  readonly entries: readonly string[];
}

export function findRuns(
  dataPath: string,
  { olderThan, keep, now }: RunChoice & { readonly now: Moment },
  kept: Kept[],
): { readonly remove: readonly OldRun[]; readonly stay: readonly RunFolder[] } {
  const runs = listRuns(dataPath);
  if (olderThan === null && keep === null) return { remove: [], stay: runs };
  const candidates = runs.slice(0, -Math.max(1, keep ?? 1));
  const remove = candidates.flatMap((run) =>
    oldRun(run, (at) => olderThan === null || now - at >= olderThan * 1000, kept),
  );
  return { remove, stay: runs.filter((run) => !remove.some((old) => old.run.number === run.number)) };
}

function oldRun(run: RunFolder, isOld: (at: Moment) => boolean, kept: Kept[]): OldRun[] {
  const record = readRunRecord(runRecordPath(run.path));
  if (record.kind !== "parsed") {
    kept.push({ path: run.path, why: "age-unknown" });
    return [];
  }
  const at = record.value.finished?.at ?? record.value.started;
  if (!isOld(at)) return [];
  const names = listFolder(run.path);
  const ours = names === "missing" ? [] : names.filter(isOurs);
  for (const name of names === "missing" ? [] : names) {
    if (!isOurs(name)) kept.push({ path: join(run.path, name), why: "not-ours" });
  }
  const last = basename(runRecordPath(run.path));
  const entries = [...ours.filter((name) => name !== last), ...ours.filter((name) => name === last)].map(
    (name) => join(run.path, name),
  );
  const amounts = entries.map(amountAt);
  return [
    {
      ...{ run, at, entries },
      amount: {
        files: amounts.reduce((sum, { files }) => sum + files, 0),
        bytes: amounts.reduce((sum, { bytes }) => sum + bytes, 0),
      },
    },
  ];
}

const names: ReadonlySet<string> = new Set([
  ...[runRecordPath, bundlePath, bundleMapPath, planPath, launcherLogPath, diffPath, reportPath].map((path) =>
    basename(path("run")),
  ),
  ...[submitScriptsFolder, workersFolder, taskLogsFolder].map((path) => basename(path("run"))),
  assetFolder,
]);

const isOurs = (name: string): boolean =>
  names.has(name) || parseSegmentName(eventsStem, name) !== null || isTemporaryName(name);
