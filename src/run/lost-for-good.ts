// The end of a task of which no result tells: its place was lost under it, too often.
import type { RunEventBody } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import { type Attempt, seconds, type TaskId, workerId } from "../core/ids.ts";
import { failed, type Usage } from "../core/outcome.ts";
import type { TaskName } from "../core/task.ts";

export function lostForGood(
  failure: Failure,
  of: { readonly task: TaskId; readonly name: TaskName; readonly attempt: Attempt },
): RunEventBody {
  const { task, name, attempt } = of;
  const worker = workerId(failure.kind === "worker-lost" ? failure.worker : "nobody");
  return {
    ...{ kind: "task-ended", ...name, task, attempt, worker, lane: 0 },
    ...{ outcome: failed(failure), usage: noUsage, log: null, tail: [], next: "done" },
  };
}

const noUsage: Usage = { seconds: seconds(0), cpuSeconds: null, peakMemory: null };
