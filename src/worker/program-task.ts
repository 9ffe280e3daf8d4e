// A task whose block is a program: what it is told, in which surroundings, and which of the two ways of running it.

import { join } from "node:path";
import { createRandom } from "../api/random.ts";
import type { BlockSpec } from "../core/block.ts";
import type { Failure } from "../core/failure.ts";
import { sampleFolderName } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import { naturalOrder } from "../core/natural-order.ts";
import type { Outcome } from "../core/outcome.ts";
import { failed } from "../core/outcome.ts";
import { expand, type PlaceholderContext } from "../core/placeholder.ts";
import { noChanges, type SampleChanges } from "../core/sample.ts";
import type { Assignment } from "../protocol/assignment.ts";
import type { Listing } from "../system/observe-folder.ts";
import { markBelow } from "../system/process-mark.ts";
import { commandEnvironment } from "./command-environment.ts";
import { makeCommandFiles } from "./command-files.ts";
import type { Ending } from "./ending.ts";
import type { Place } from "./place.ts";
import { type CommandEnding, runCommand } from "./run-command.ts";
import { persistentPrograms } from "./run-persistent.ts";
import type { TaskOutput } from "./task-output.ts";
import type { ProgramUsage, UsageMeter } from "./usage-meter.ts";

export interface ProgramContext {
  readonly runFolder: string;
  readonly dataPath: string;
  readonly seed: string | number;
  readonly workerFolder: string;
  readonly output: TaskOutput;
  readonly mark: string;
  readonly grace: number;
  readonly meter: UsageMeter;
}

export interface ProgramTask {
  readonly spec: BlockSpec;
  readonly assignment: Assignment;
  readonly place: Place;
  /** The files that were there before it. */
  readonly before: Listing;
  readonly ending: Ending;
}

export interface ProgramRunner {
  run(task: ProgramTask): Promise<{
    readonly outcome: Outcome;
    readonly changes: SampleChanges;
    readonly program: ProgramUsage | null;
  }>;
  close(): Promise<void>;
}

export function createProgramRunner(context: ProgramContext): ProgramRunner {
  const persistent = persistentPrograms(context.grace);
  let count = 0;

  async function start(task: ProgramTask): Promise<CommandEnding> {
    const { spec, assignment, place, ending } = task;
    const argv = argumentsOf(task, context.dataPath);
    if ("kind" in argv) return { outcome: failed(argv), changes: noChanges, usage: null };
    const mark = markBelow(context.mark, String(count++));
    const { needs } = assignment;
    const added = { ...spec.environment, ...assignment.environment };
    const surroundings = { inherited: process.env, added, needs, mark };
    if (spec.kind.kind === "persistent") {
      const facts = { BLOCK: spec.name, DATASET_PATH: context.dataPath, RUN_PATH: context.runFolder };
      const start = {
        argv,
        // It works for many samples: none of their folders can be the one it lives in.
        folder: context.dataPath,
        environment: commandEnvironment({ ...surroundings, facts }),
        stderr: context.output.stderr,
      };
      return await persistent.run({ block: spec.name, start, mark, question: toldOf(task, context) }, ending);
    }
    const of = { block: spec.name, sample: place.sample, attempt: assignment.attempt };
    using files = makeCommandFiles(context.workerFolder, of, toldOf(task, context));
    const environment = commandEnvironment({
      ...surroundings,
      facts: {
        ...factsOf(task, context),
        [place.sample === null ? "DATASET" : "SAMPLE"]: files.samplePath,
        RESULT: files.resultPath,
      },
    });
    return await runCommand(
      { ...context, start: { argv, folder: place.folder, environment }, files, mark },
      ending,
    );
  }

  return {
    run: async (task) => {
      const { changes, usage, ...ended } = await start(task);
      const homeless = task.place.sample === null && ended.outcome.kind !== "failed" && holdsValues(changes);
      const outcome = homeless ? failed(valuesOfNobody) : ended.outcome;
      return { outcome, changes, program: usage ?? { cpuSeconds: null, peakMemory: null } };
    },
    close: () => persistent.close(),
  };
}

const holdsValues = ({ config, statistics }: SampleChanges): boolean =>
  Object.keys(config).length + Object.keys(statistics).length > 0;

/** Taken without a word they would be lost without a word: config and statistics are those of samples. */
const valuesOfNobody: Failure = {
  kind: "bad-result",
  problem: "a block over the dataset has no config and no statistics of its own; it writes them into a file",
  excerpt: "",
};

/** What PIPE_SAMPLE or PIPE_DATASET holds, and the line that a persistent command gets. */
function toldOf(task: ProgramTask, context: ProgramContext): JsonObject {
  const { assignment, place, before, spec } = task;
  const files = [...before.keys()].sort(naturalOrder);
  const about = { block: spec.name, attempt: assignment.attempt, seed: seedOf(task, context), files };
  if (assignment.target.kind === "sample") {
    const { id, config, statistics } = assignment.target.sample;
    return { id, path: place.folder, config, statistics, ...about };
  }
  const samples = assignment.target.valid.map((id) => ({
    id,
    path: join(context.dataPath, sampleFolderName(id)),
  }));
  return { id: null, path: place.folder, samples, ...about };
}

function factsOf(task: ProgramTask, context: ProgramContext): Record<string, string | number> {
  const { spec, assignment, place } = task;
  const facts: Record<string, string | number> = {
    BLOCK: spec.name,
    ATTEMPT: assignment.attempt,
    DATASET_PATH: context.dataPath,
    RUN_PATH: context.runFolder,
    SEED: seedOf(task, context),
  };
  if (place.sample === null) return facts;
  return { ...facts, SAMPLE_ID: place.sample, SAMPLE_PATH: place.folder };
}

/** The first number that `sample.random` would give a TypeScript block of this name; fits any generator's seed. */
function seedOf(task: ProgramTask, context: ProgramContext): number {
  const source = { seed: context.seed, sample: task.place.sample, block: task.spec.name };
  return createRandom(source).integer(0, 2 ** 31 - 1);
}

function argumentsOf(task: ProgramTask, dataPath: string): readonly string[] | Failure {
  const { kind } = task.spec;
  if (kind.kind === "code") throw new Error(`${task.spec.name} is no program`);
  const { target } = task.assignment;
  const values: PlaceholderContext = {
    // A persistent command is started for many samples, so none of them can be in its arguments.
    sample:
      target.kind === "sample" && kind.kind === "command"
        ? { ...target.sample, path: task.place.folder }
        : null,
    dataset: { path: dataPath },
  };
  const argv: string[] = [];
  for (const template of kind.argv) {
    const expanded = expand(template, values);
    if (expanded.kind === "no-such-value") return expanded;
    argv.push(expanded.text);
  }
  return argv;
}
