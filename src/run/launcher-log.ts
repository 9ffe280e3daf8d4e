// pipe.log: what the launcher told while the run went on, with its times, for whoever comes later and has no terminal
// to scroll back. A log that cannot be written ends no run: the events are the record.
import type { RunEvent } from "../core/events.ts";
import { count } from "../report/amounts.ts";
import type { Progress } from "../report/progress.ts";
import { createTelling } from "../report/tell-event.ts";
import { launcherLogPath } from "../rundir/layout.ts";
import { AppendFile } from "../system/append-file.ts";
import { isoTime } from "../system/clock.ts";
import { isFileError } from "../system/file-error.ts";
import { hostName } from "../system/host.ts";

export interface LauncherLog extends Disposable {
  /** Call it after `progress` has seen the event. */
  note(event: RunEvent): void;
}

/** @throws FileError where it cannot be made. */
export function createLauncherLog(run: string, progress: Progress): LauncherLog {
  const file = begin(run);
  const tell = createTelling(progress, {
    ...{ level: "messages", colours: false, execFlags: [], workingFolder: null },
    host: hostName(),
  });
  return {
    note(event) {
      const told = [...landmarks(event), ...tell(event)];
      if (told.length === 0) return;
      try {
        const text = told.map((each) => `${isoTime(event.at)} ${each.replaceAll("\n", "\n  ")}\n`).join("");
        file.append(new TextEncoder().encode(text));
      } catch (error) {
        if (!isFileError(error)) throw error;
      }
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/** Each launcher of a run has a file of its own: the one before may not be as dead as it seems. */
function begin(run: string): AppendFile {
  for (let number = 1; ; number++) {
    try {
      return AppendFile.create(launcherLogPath(run, number));
    } catch (error) {
      if (!isFileError(error, "exists")) throw error;
    }
  }
}

function landmarks(event: RunEvent): readonly string[] {
  switch (event.kind) {
    case "run-started":
      return [
        `run ${event.run} on ${event.executor}: ${count(event.samples, "sample")}, ${count(event.tasks, "task")}`,
      ];
    case "worker-joined":
      return [`worker ${event.worker} on ${event.host}: ${event.capacity.cpus} cpus`];
    case "worker-gone":
      return [`worker ${event.worker} is gone: ${event.why}`];
    case "launcher-left":
      return [`the launcher left (${event.why})`];
    case "run-ended": {
      const { tasks } = event.summary;
      return [
        `run ended (${event.why}): ${tasks.ran} ran, ${tasks.cached} cached, ${tasks.issues} with an issue, ${tasks.failed} failed, ${tasks.skipped} skipped`,
      ];
    }
    default:
      return [];
  }
}
