// What endings add up to, in whatever order they are found.
import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { digestOf } from "../../../../src/cache/digest.ts";
import { keyVersion } from "../../../../src/cache/key.ts";
import { recordOf } from "../../../../src/cache/remember.ts";
import {
  attempt,
  moment,
  sampleFolderName,
  sampleId,
  seconds,
  type TaskId,
  taskId,
} from "../../../../src/core/ids.ts";
import { emptyManifest } from "../../../../src/core/manifest.ts";
import { noChanges } from "../../../../src/core/sample.ts";
import { blockGraph } from "../../../../src/plan/graph.ts";
import { RunAccount } from "../../../../src/run/array/account.ts";
import { judgingOf, preparedOf } from "../../../../src/run/array/judging-of-work.ts";
import { memoryOf, type SampleStart, untouched } from "../../../../src/run/array/remembered-samples.ts";
import type { TaskEnding } from "../../../../src/run/array/task-ending.ts";
import type { Work } from "../../../../src/run/array/work.ts";
import { createOutputs } from "../../../../src/run/outputs.ts";
import { SampleStore } from "../../../../src/run/sample-store.ts";
import { blockSpec } from "../../../support/block-specs.ts";
import { scratch } from "../../system/scratch.ts";

const samples = [0, 1].map(sampleId);
const specs = [blockSpec("First_0"), blockSpec("Second_0"), blockSpec("All_0", { scope: "dataset" })];
const by = { host: "n1", pid: 1, job: null, restart: 0 };
const usage = { seconds: seconds(1), cpuSeconds: null, peakMemory: null };

async function world(folder: string, starts: readonly SampleStart[] = []) {
  for (const sample of samples) mkdirSync(`${folder}/${sampleFolderName(sample)}`);
  mkdirSync(`${folder}/runinfo`);
  const work: Work = {
    ...{ run: "003", tool: "0", seed: 0, samples, specs, looks: false, ownInfo: false },
    keys: new Map(
      specs.map(({ name }) => [name, { version: keyVersion, options: digestOf(name), code: digestOf("c") }]),
    ),
    blocks: specs.map(({ needs }) => ({
      ...{ policy: { kind: "as-remembered", issues: "stand" } as const, notRetried: false, needs },
    })),
  };
  const prepared = await preparedOf(folder, folder, work);
  const { order, plan } = prepared;
  const memory = memoryOf({ sample: sampleId(0), ...untouched, lines: [] }, order);
  const graph = blockGraph(specs);
  const judging = judgingOf(prepared, {
    memory,
    outputs: createOutputs({
      ...{ dataPath: folder, memory, order, graph, run: null },
      ...{ appearedUnderDead: () => false, onTouched: () => {} },
    }),
  });
  const told: string[] = [];
  const account = new RunAccount({
    ...{ prepared, memory, judging },
    samples: new SampleStore({
      ...{ dataPath: folder, samples, order, rewriteAll: false, allBlocks: true, isSuspect: () => false },
      ...{ onUnfinished: () => {}, onPutRight: () => {} },
    }),
    start: (index) => starts[index] ?? untouched,
    validSamples: () => samples,
    listener: {
      cached: (task) => told.push(`cached ${task}`),
      ran: (task) => told.push(`ran ${task}`),
      lost: (task) => told.push(`lost ${task}`),
      misfit: (task) => told.push(`misfit ${task}`),
      sampleEnded: (sample, how, skipped) => told.push(`sample ${sample} ${how}, ${skipped} skipped`),
    },
  });
  account.begin();
  const ran = (task: number, how: "well" | "issue" | "failed" | "on another sample"): TaskEnding => {
    const name = plan.describe(taskId(task));
    const { blockIndex } = plan.positionOf(taskId(task));
    const outcome =
      how === "issue" ? ({ kind: "issue", message: "no" } as const) : ({ kind: "succeeded" } as const);
    const key = judging.key(blockIndex, name.sample);
    const record = recordOf(
      {
        ...{ ...name, outcome, changes: noChanges, manifest: emptyManifest, run: "003", at: moment(task) },
        key: how === "on another sample" ? { ...key, before: digestOf("another") } : key,
      },
      judging.after(blockIndex, name.sample),
    );
    const failed = { kind: "failed", failure: { kind: "exited", status: 1 } } as const;
    return {
      ...{ task: taskId(task), ...name, by },
      how: {
        kind: "ran",
        attempts: [
          {
            ...{ attempt: attempt(1), usage, started: moment(0), ended: moment(1), log: null, tail: [] },
            outcome: how === "failed" ? failed : outcome,
          },
        ],
        record: how === "failed" ? null : record,
      },
    };
  };
  return { account, told, ran, memory, due: (task: number) => account.isDue(task as TaskId) };
}

test("a task is due when those before it have ended well, the dataset's when all samples are at rest", async () => {
  using folder = scratch();
  const { account, told, ran, memory, due } = await world(folder.path);
  expect([0, 1, 2, 3, 4].map(due)).toEqual([true, false, true, false, false]);
  account.take(ran(0, "well"));
  expect([0, 1].map(due)).toEqual([false, true]);
  account.take(ran(1, "well"));
  account.take(ran(2, "issue"));
  expect(told).toEqual(["ran 0", "ran 1", "sample 0 valid, 0 skipped", "ran 2", "sample 1 issue, 1 skipped"]);
  expect(due(4)).toBe(true);
  account.take(ran(4, "well"));
  expect(account.open).toBe(0);
  expect(memory.get(specs[0]?.name ?? ("" as never), sampleId(1))?.outcome.kind).toBe("issue");
});

test("an ending that is found before the one that it needs waits for it", async () => {
  using folder = scratch();
  const { account, told, ran } = await world(folder.path);
  const first = ran(0, "well");
  // Its key is known only when the first has ended: taken from another account of the same run.
  using other = scratch();
  const beside = await world(other.path);
  beside.account.take(beside.ran(0, "well"));
  account.take(beside.ran(1, "well"));
  expect(told).toEqual([]);
  account.take(first);
  expect(told).toEqual(["ran 0", "ran 1", "sample 0 valid, 0 skipped"]);
});

test("a failure and a loss stop their sample, and the dataset's block runs all the same", async () => {
  using folder = scratch();
  const { account, told, ran, due } = await world(folder.path);
  account.take(ran(0, "failed"));
  account.giveUp(taskId(2), { kind: "worker-lost", worker: "17_0", why: "cancelled" });
  expect(told).toEqual(["ran 0", "sample 0 failed, 1 skipped", "lost 2", "sample 1 failed, 1 skipped"]);
  expect(due(4)).toBe(true);
});

test("what was made of another sample than is there now counts as nothing", async () => {
  using folder = scratch();
  const { account, told, ran, memory, due } = await world(folder.path);
  account.take(ran(0, "on another sample"));
  expect(told).toEqual(["misfit 0"]);
  expect(due(0)).toBe(true);
  expect(memory.get(specs[0]?.name ?? ("" as never), sampleId(0))).toBeNull();
});

test("what is not to run again stops its sample unfinished; whole samples that stand are told together", async () => {
  using folder = scratch();
  const { account, told } = await world(folder.path, [
    { standing: [], stops: [0], stood: false },
    { standing: [0, 1], stops: [], stood: true },
  ]);
  expect(told).toEqual(["sample 0 unfinished, 2 skipped"]);
  expect(account.openSamples).toBe(0);
});
