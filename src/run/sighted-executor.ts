// An executor whose places are other machines, each with its own view of the dataset: what they are given says what they must see
// first, and what they leave is in our own sight before anything of it is removed.
import type { BlockName, SampleId, Seconds } from "../core/ids.ts";
import { pathInDataset, type Sight } from "../core/sight.ts";
import type { Executor, ExecutorEvent } from "../executors/executor.ts";
import type { TaskResult } from "../protocol/answer.ts";
import { untilInSight } from "../system/in-sight.ts";
import type { Traces } from "./traces.ts";

export interface SightedInput {
  readonly traces: Traces;
  readonly dataPath: string;
  /** How long a view may be behind, where it is not NFS. */
  readonly patience: Seconds;
  readonly describe: (task: TaskResult["task"]) => {
    readonly block: BlockName;
    readonly sample: SampleId | null;
  };
}

export function sightedExecutor(executor: Executor, input: SightedInput): Executor {
  const { traces, dataPath, patience, describe } = input;
  const held = new Set<Promise<void>>();
  const { demand, holds } = executor;

  async function seenByUs(sample: SampleId | null, { manifest }: TaskResult): Promise<void> {
    await untilInSight(dataPath, sightOf(sample, manifest), { patience, younger: patience });
  }

  return {
    kind: executor.kind,
    start: (listener) => {
      const hear = (event: ExecutorEvent): void => {
        if (event.kind !== "ended") {
          listener(event);
          return;
        }
        const { worker, result } = event;
        const of = describe(result.task);
        traces.ended(worker, of, result);
        const { manifest, outcome } = result;
        // What a failed task left is removed by who hears of it: not by what the folder looked like before.
        if (outcome.kind !== "failed" || manifest.files.length + manifest.removed.length === 0) {
          listener(event);
          return;
        }
        const seen = seenByUs(of.sample, result).finally(() => {
          held.delete(seen);
          listener(event);
        });
        held.add(seen);
      };
      return executor.start(hear);
    },
    assign: (worker, assignments) =>
      executor.assign(
        worker,
        assignments.map((assignment) => traces.given(worker, assignment)),
      ),
    ...(demand === undefined ? {} : { demand: (all) => demand.call(executor, all) }),
    ...(holds === undefined ? {} : { holds: (assignment) => holds.call(executor, assignment) }),
    stop: async (how) => {
      await executor.stop(how);
      await Promise.all(held);
    },
  };
}

function sightOf(sample: SampleId | null, { files, removed }: TaskResult["manifest"]): Sight {
  const whole = (path: string) => pathInDataset(sample, path);
  return { files: files.map((file) => ({ ...file, path: whole(file.path) })), gone: removed.map(whole) };
}
