// The files between a launcher and tasks that run without one: what is written is what is read, and a part of it costs no more than
// that part.
import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { digestOf } from "../../../../src/cache/digest.ts";
import { keyVersion } from "../../../../src/cache/key.ts";
import type { TaskRecord } from "../../../../src/cache/record.ts";
import { attempt, blockName, bytes, moment, sampleId, seconds, taskId } from "../../../../src/core/ids.ts";
import { defaultResources } from "../../../../src/core/resources.ts";
import {
  memoryOf,
  type RememberedSample,
  readAllRemembered,
  readRemembered,
  writeRemembered,
} from "../../../../src/run/array/remembered-samples.ts";
import {
  isFailed,
  leaveCleared,
  leaveEnding,
  listShelf,
  makeResultsFolders,
  nothingLeft,
  readEnding,
  shelfCount,
} from "../../../../src/run/array/results-folder.ts";
import { endingText, parseEnding, type TaskEnding } from "../../../../src/run/array/task-ending.ts";
import { readTaskTable, readWholeTable, writeTaskTable } from "../../../../src/run/array/task-table.ts";
import type { Work } from "../../../../src/run/array/work.ts";
import { parseWork, workText } from "../../../../src/run/array/work-text.ts";
import { scratch } from "../../system/scratch.ts";

const block = blockName("Simulate_0");
const record: TaskRecord = {
  ...{ block, sample: sampleId(42) },
  key: { version: keyVersion, options: digestOf("o"), code: digestOf("c"), before: digestOf("b") },
  ...{ outcome: { kind: "succeeded" }, changes: { config: {}, statistics: { n: "ä\u2028" } } },
  files: [{ path: "mesh ü.obj", size: 3, modified: 17.5, sha256: "a".repeat(64) }],
  ...{ removed: [], found: [], after: digestOf("a"), run: "003", at: moment(17), accepted: null },
};
const usage = { seconds: seconds(1.5), cpuSeconds: null, peakMemory: bytes(1000) };
const ending = (task: number, kept: TaskRecord | null, pid = 1): TaskEnding => ({
  ...{ task: taskId(task), block, sample: sampleId(42), by: { host: "n1", pid, job: "17_3", restart: 0 } },
  how: {
    kind: "ran",
    attempts: [
      {
        attempt: attempt(1),
        outcome:
          kept === null ? { kind: "failed", failure: { kind: "exited", status: 3 } } : { kind: "succeeded" },
        ...{ usage, started: moment(1), ended: moment(2), log: null, tail: ["last words"] },
      },
    ],
    record: kept,
  },
});

describe("an ending", () => {
  test("is read as it was written", () => {
    const plain = { task: taskId(7), block, sample: null, by: { host: "n", pid: 1, job: null, restart: 2 } };
    for (const one of [
      ending(5, record),
      ending(5, null),
      { ...plain, how: { kind: "stands" } } as const,
      { ...plain, how: { kind: "not-retried" } } as const,
    ]) {
      expect(parseEnding(endingText(one))).toEqual(one);
    }
  });

  test("is none where a part of it is missing", () => {
    const text = endingText(ending(5, record));
    for (let length = 0; length < text.length - 2; length += 7)
      expect(parseEnding(text.slice(0, length))).toBeNull();
    expect(parseEnding(text.replace('"version":1', '"version":2'))).toBeNull();
  });

  test("of several the first that is no failure counts, and strangers are passed over", () => {
    using folder = scratch();
    makeResultsFolders(folder.path, 2500);
    expect(shelfCount(2500)).toBe(3);
    leaveEnding(folder.path, ending(2001, null));
    leaveEnding(folder.path, ending(2001, record, 2));
    leaveEnding(folder.path, ending(2001, record, 3));
    leaveCleared(folder.path, taskId(2002));
    leaveCleared(folder.path, taskId(2002));
    for (const name of ["t2003.json", ".t2004.1.json.0123456789abcdef.tmp", "x.1.json", "t2005.1.json.bak"])
      writeFileSync(folder.at("results", "002", name), "{}");
    const shelf = listShelf(folder.path, 2);
    expect([...shelf]).toEqual([
      [taskId(2001), { endings: [1, 2, 3], cleared: false }],
      [taskId(2002), { endings: [], cleared: true }],
    ]);
    const read = readEnding(folder.path, taskId(2001), shelf.get(taskId(2001)) ?? nothingLeft);
    expect(read?.by.pid).toBe(2);
    expect(read !== null && isFailed(read)).toBe(false);
  });

  test("that cannot be read counts as none", () => {
    using folder = scratch();
    makeResultsFolders(folder.path, 10);
    writeFileSync(folder.at("results", "000", "t1.1.json"), endingText(ending(1, record)).slice(0, 50));
    // Under another task's name.
    writeFileSync(folder.at("results", "000", "t2.1.json"), endingText(ending(1, record)));
    const shelf = listShelf(folder.path, 0);
    for (const task of [1, 2]) {
      expect(readEnding(folder.path, taskId(task), shelf.get(taskId(task)) ?? nothingLeft)).toBeNull();
    }
  });
});

describe("a table of tasks", () => {
  test("gives each element its own, and no other", () => {
    using folder = scratch();
    const tasks = [0, 7, 123_456_789, 3].map(taskId);
    expect(writeTaskTable(folder.at("a1.tasks"), tasks)).toBe("written");
    expect(writeTaskTable(folder.at("a1.tasks"), [])).toBe("exists");
    expect([0, 1, 2, 3, 4].map((element) => readTaskTable(folder.at("a1.tasks"), element))).toEqual([
      ...tasks,
      null,
    ]);
    expect(readTaskTable(folder.at("a2.tasks"), 0)).toBeNull();
    expect(readWholeTable(readFileSync(folder.at("a1.tasks"), "utf8"))).toEqual(tasks);
  });
});

describe("remembered samples", () => {
  const lines = (sample: number) => [
    `["task","Simulate_0",${sample},{"v":1,"text":"ü ${"x".repeat(sample % 50)}"}]`,
    `["forget","Simulate_0",${sample}]`,
  ];
  const samples: readonly RememberedSample[] = Array.from({ length: 300 }, (_, sample) => ({
    ...{ sample: sampleId(sample), standing: sample % 2 === 0 ? [0] : [], stops: sample === 3 ? [1] : [] },
    ...{ stood: sample % 7 === 0, lines: sample % 3 === 0 ? [] : lines(sample) },
  }));

  test("are read one by one, and all together, as they were written", () => {
    using folder = scratch();
    mkdirSync(folder.at("work"));
    writeRemembered(folder.path, samples);
    for (const index of [0, 1, 41, 299])
      expect(readRemembered(folder.path, index)).toEqual(samples[index] as RememberedSample);
    expect([...readAllRemembered(folder.path)]).toEqual([...samples]);
    // What lies behind is not looked at.
    appendFileSync(folder.at("work", "remembered.jsonl"), "\u0000garbage");
    expect(readRemembered(folder.path, 299)).toEqual(samples[299] as RememberedSample);
    expect(() => readRemembered(folder.path, 300)).toThrow();
  });

  test("are asked as the checkpoint is", () => {
    const memory = memoryOf({ ...(samples[0] as RememberedSample), lines: [] }, [block]);
    expect(memory.get(block, sampleId(42))).toBeNull();
    memory.put(record);
    expect(memory.get(block, sampleId(42))).toEqual(record);
    memory.forget(block, sampleId(42));
    expect(memory.get(block, sampleId(42))).toBeNull();
    expect(memory.forgotten(block, sampleId(42))).toEqual(record);
  });
});

describe("work.json", () => {
  const spec: Work["specs"][number] = {
    ...{ name: block, type: "Simulate", scope: "sample", kind: { kind: "command", argv: ["sh", "-c", "ü"] } },
    ...{
      needs: { ...defaultResources, time: seconds(30) },
      retries: 2,
      after: null,
      inputs: ["*.obj"],
      outputs: null,
    },
    ...{
      optionalOutputs: [],
      watch: [],
      requires: ["gmsh"],
      environment: { A: "b" },
      executorOptions: { partition: "x" },
    },
  };
  const work: Work = {
    ...{ run: "003", tool: "0.1.0", seed: "a seed", samples: [0, 1, 2, 7].map(sampleId), specs: [spec] },
    keys: new Map([[block, { version: keyVersion, options: digestOf("o"), code: digestOf("c") }]]),
    blocks: [{ policy: { kind: "forced", follows: block }, notRetried: true, needs: defaultResources }],
    ...{ looks: true, ownInfo: false },
  };

  test("says after reading what it said before", () => {
    for (const one of [work, { ...work, samples: [], seed: 7 }]) {
      expect(parseWork(workText(one), "work.json")).toEqual({ kind: "work", work: one });
    }
  });

  test("of another version, cut or edited is refused", () => {
    const text = workText(work);
    for (const bad of [
      text.replace('"version": 1', '"version": 2'),
      text.slice(0, 200),
      text.replace('"scope": "sample"', '"scope": "nothing"'),
      text.replace('"looks": true', '"looks": 1'),
      "[]",
    ]) {
      expect(parseWork(bad, "/x/work.json")).toMatchObject({
        kind: "unusable",
        diagnostic: { code: "unusable-work" },
      });
    }
  });
});
