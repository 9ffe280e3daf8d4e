// What tasks printed that succeeded. Which ones did is asked of the run's events, so that the log of a failure is never
// taken for one of them; a log that no event names stays.
import { join } from "node:path";
import { Refusal } from "../core/diagnostic.ts";
import { openRun } from "../report/read-run.ts";
import type { Kept } from "../report/say-clean.ts";
import { taskLogName, taskLogsFolder } from "../rundir/layout.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { listFolder } from "../system/durable-folder.ts";
import { type SeenFile, seeFile } from "./clean-files.ts";

export interface RunLogs {
  readonly files: readonly SeenFile[];
  /** Those that may be empty afterwards. */
  readonly folders: readonly string[];
}

export function findLogs(runs: readonly RunFolder[], kept: Kept[]): readonly RunLogs[] {
  return runs.flatMap((run) => {
    const blocks = listFolder(taskLogsFolder(run.path));
    // Most tasks print nothing: where there are no logs, the events need not be read.
    if (blocks === "missing" || blocks.length === 0) return [];
    const files: SeenFile[] = [];
    try {
      openRun(run).poll((event) => {
        if (event.kind !== "task-ended" || event.log === null || event.outcome.kind !== "succeeded") return;
        if (event.log !== taskLogName(event)) return;
        const seen = seeFile(join(run.path, event.log));
        if (seen !== null) files.push(seen);
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      kept.push({ path: taskLogsFolder(run.path), why: "events-unreadable" });
      return [];
    }
    return [{ files, folders: blocks.map((block) => join(taskLogsFolder(run.path), block)) }];
  });
}
