// What a task has printed so far. Until it has ended, its output lies in the file that its worker process prints to;
// then it is copied into the task's own log, and that file is emptied for the next task.

import { workerId } from "../core/ids.ts";
import { workerLogPath } from "../rundir/layout.ts";
import { sizeOf } from "../system/durable-file.ts";
import { offsetOfLast, readFrom } from "./log-file.ts";
import type { AttemptLog } from "./log-index.ts";
import type { RunReader } from "./read-run.ts";
import { sayTarget } from "./say-failure.ts";
import type { RunningTask } from "./tally.ts";

export interface LiveOutput {
  /** All that there is now of the task that is looked for; false where it does not run or has printed nothing. */
  now(): boolean;
  /** Shows what was new at the look before, if the task still runs: call it after the events were read. */
  look(): void;
  /** The attempt is over; answers how many bytes of its log were shown. */
  end(attempt: AttemptLog): number;
}

interface Shown {
  readonly path: string;
  readonly attempt: number;
  at: number;
  /**
   * Read and not shown yet. A worker empties the file before the launcher can write down that the task has ended, so
   * what is read now may be the next task's; if it is, the event will have come by the next look.
   */
  held: Uint8Array[];
}

/** At one look: a task that has printed a gigabyte is shown little by little, and whole when it has ended. */
const most = 4 << 20;

export function createLiveOutput(request: {
  readonly reader: RunReader;
  readonly block: string | null;
  readonly sample: number | null;
  readonly lines: number | null;
  readonly json: boolean;
  readonly out: (bytes: Uint8Array) => void;
  readonly say: (line: string) => void;
}): LiveOutput {
  const { reader, block, sample, lines, json, out, say } = request;
  let shown: Shown | null = null;

  /** The task that is looked for, in its present attempt. */
  function current(): Shown | null {
    if (block === null || json) return null;
    const task = reader.progress.running().find((one) => one.block === block && one.sample === sample);
    const path = task === undefined ? null : outputPath(reader, task);
    if (task === undefined || path === null) return null;
    if (shown === null || shown.path !== path || shown.attempt !== task.attempt) {
      say(`${task.block} on ${sayTarget(task.sample)}, attempt ${task.attempt}: is running`);
      const at = lines === null ? 0 : (offsetOfLast(path, lines) ?? 0);
      shown = { path, attempt: task.attempt, at, held: [] };
    }
    return shown;
  }

  function show(one: Shown): void {
    for (const bytes of one.held) {
      out(bytes);
      one.at += bytes.length;
    }
    one.held = [];
  }

  function read(one: Shown, range: { most?: number }): void {
    readFrom(one.path, { from: one.at, ...range }, (bytes) => one.held.push(bytes));
  }

  return {
    now() {
      const one = current();
      if (one === null) return false;
      read(one, {});
      show(one);
      return true;
    },
    look() {
      const one = current();
      if (one === null) return;
      show(one);
      read(one, { most });
    },
    end(attempt) {
      const bytes = shown?.attempt === attempt.attempt ? shown.at : 0;
      shown = null;
      return bytes;
    },
  };
}

/** The worker's own file where it is one process, else that of its process in this lane. */
function outputPath(reader: RunReader, { worker, lane }: RunningTask): string | null {
  const candidates = [workerId(`${worker}-${lane}`), worker].map((id) => workerLogPath(reader.run.path, id));
  return candidates.find((path) => sizeOf(path) !== "missing") ?? null;
}
