// A launcher in small: the sequential executor over a bundled pipeline, in a process of its own, because its blocks try to
// end it. Standard output is one line of JSON with every event; standard error what the tasks printed.
import { dirname, join } from "node:path";
import { loadBundle } from "../../src/api/load-bundle.ts";
import { attempt, blockName, sampleId, taskId } from "../../src/core/ids.ts";
import { failed } from "../../src/core/outcome.ts";
import { defaultResources } from "../../src/core/resources.ts";
import { freshSample } from "../../src/core/sample.ts";
import type { ExecutorEvent } from "../../src/executors/executor.ts";
import { executorKinds } from "../../src/executors/registry.ts";
import { sequentialWorker } from "../../src/executors/sequential.ts";
import type { Assignment } from "../../src/protocol/assignment.ts";
import { freshMark } from "../../src/system/process-mark.ts";
import { passThroughOutput } from "../../src/worker/pass-through-output.ts";
import { createTaskRunner, unbegun } from "../../src/worker/run-task.ts";
import { EndNow } from "../../src/worker/task-runner.ts";

const [, , runFolder = "", ...words] = process.argv;
const workerFolder = join(runFolder, "workers", "sequential");
const toTerminal = process.stderr.write.bind(process.stderr);
const toResults = process.stdout.write.bind(process.stdout);
const output = passThroughOutput({
  path: join(workerFolder, "output.log"),
  runFolder,
  show: (bytes) => void toTerminal(bytes),
});
const runner = createTaskRunner({
  pipeline: await loadBundle(join(runFolder, "pipeline.js")),
  ...{ runFolder, dataPath: dirname(dirname(runFolder)), seed: 7, workerFolder, output },
  process: "shared-process",
  mark: freshMark(),
  grace: 0.3,
});
const executor = await executorKinds.sequential({
  runner,
  host: "here",
  capacity: { cpus: 1, memory: null, gpus: 0 },
  unbegun: (assignment) => unbegun(assignment, failed({ kind: "cancelled" })),
  endNow: (grace) => new EndNow(grace),
});
const events: ExecutorEvent[] = [];
const all = Promise.withResolvers<void>();
// Block:sample, one word for each task.
const assignments = words.map((word, index): Assignment => {
  const [block = "", sample = "0"] = word.split(":");
  return {
    ...{
      task: taskId(index),
      attempt: attempt(1),
      block: blockName(block),
      needs: defaultResources,
      environment: {},
      key: null,
    },
    target: { kind: "sample", sample: freshSample(sampleId(Number(sample))) },
  };
});
await executor.start((event) => {
  events.push(event);
  if (events.filter(({ kind }) => kind === "ended").length === words.length) all.resolve();
});
executor.assign(sequentialWorker, assignments);
if (events.length > 0) throw new Error("an event came from inside a call");
await all.promise;
await executor.stop({ kind: "finish" });
toResults(`${JSON.stringify(events)}\n`);
