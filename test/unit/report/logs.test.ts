// `pipe logs` from run folders that were written as a launcher and its workers write them.
import { expect, test } from "bun:test";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../../../src/core/diagnostic.ts";
import type { RunEvent } from "../../../src/core/events.ts";
import { sampleId } from "../../../src/core/ids.ts";
import { offsetOfLast, readFrom } from "../../../src/report/log-file.ts";
import { openRun } from "../../../src/report/read-run.ts";
import { type LogRequest, showLogs } from "../../../src/report/show-logs.ts";
import {
  boom,
  cached,
  ended,
  fails,
  issue,
  progressOf,
  runEnded,
  runStarted,
  sampleEnded,
  seeded,
  started,
} from "./events.ts";
import { RunFolderOnDisk } from "./run-folder.ts";

const story: readonly RunEvent[] = [
  runStarted(0, ["Scene_0", "Simulate_0"], 6, { datasetBlocks: ["Sheet_0"] }),
  ended(1, { block: "Scene_0", sample: 0 }),
  ended(2, { block: "Simulate_0", sample: 0 }, { log: "task_logs/Simulate_0/000000.1.log" }),
  sampleEnded(2, 0, "valid"),
  ended(3, { block: "Scene_0", sample: 1 }, { outcome: issue("too thin") }),
  sampleEnded(3, 1, "issue", 1),
  cached(3, { block: "Scene_0", sample: 2 }),
  ended(
    4,
    { block: "Simulate_0", sample: 2 },
    {
      outcome: fails({ kind: "killed", signal: "SIGKILL" }),
      next: "retry",
      log: "task_logs/Simulate_0/000002.1.log",
    },
  ),
  ended(
    5,
    { block: "Simulate_0", sample: 2, attempt: 2 },
    { outcome: fails(boom("no volume")), log: "task_logs/Simulate_0/000002.2.log" },
  ),
  sampleEnded(5, 2, "failed"),
  ended(6, { block: "Sheet_0", sample: null }, { log: "task_logs/Sheet_0/dataset.1.log" }),
];

async function folderWith(events: readonly RunEvent[]): Promise<RunFolderOnDisk> {
  const folder = new RunFolderOnDisk();
  await folder.events(events);
  folder.file("task_logs/Simulate_0/000000.1.log", "calm\n");
  folder.file("task_logs/Simulate_0/000002.1.log", "first try\n");
  folder.file("task_logs/Simulate_0/000002.2.log", "one\ntwo\nthree\n");
  folder.file("task_logs/Sheet_0/dataset.1.log", "sheet\n");
  folder.file("pipe.log", "launched\nended\n");
  return folder;
}

/** Standard output and standard error as one text each; `step` is called before each poll after the first. */
async function logs(
  folder: RunFolderOnDisk,
  more: Partial<LogRequest> = {},
  step: (poll: number) => Promise<"goes-on" | "over"> = async () => "over",
): Promise<{ out: string; said: string }> {
  const reader = openRun(folder.run);
  let out = "";
  const said: string[] = [];
  let polls = 0;
  let state = await step(0);
  const decoder = new TextDecoder();
  await showLogs({
    reader,
    poll(each) {
      reader.poll(each);
      const now = state;
      polls++;
      void step(polls).then((next) => {
        state = next;
      });
      return now;
    },
    block: null,
    sample: null,
    lines: null,
    follow: false,
    json: false,
    colours: false,
    workingFolder: folder.dataPath,
    flags: ["--data_path", "organs"],
    out: (part) => {
      out += typeof part === "string" ? part : decoder.decode(part);
    },
    say: (line) => said.push(line.replaceAll(folder.dataPath, "DATA")),
    pollEvery: 5,
    ...more,
  });
  return { out: out.replaceAll(folder.dataPath, "DATA"), said: said.join("\n") };
}

test("without arguments: who printed something or failed, newest first", async () => {
  using folder = await folderWith(story);
  expect(await logs(folder)).toEqual({
    out: `
block       sample  attempt  ended   after  log
Sheet_0     -             1  done      1 s  runinfo/003/task_logs/Sheet_0/dataset.1.log
Simulate_0  000002        2  failed    1 s  runinfo/003/task_logs/Simulate_0/000002.2.log
Simulate_0  000002        1  failed    1 s  runinfo/003/task_logs/Simulate_0/000002.1.log
Simulate_0  000000        1  done      1 s  runinfo/003/task_logs/Simulate_0/000000.1.log

show one: pipe logs Sheet_0 --data_path organs
`.trimStart(),
    said: "",
  });
});

test("of one task: the newest attempt's output alone on standard output, the others named beside", async () => {
  using folder = await folderWith(story);
  expect(await logs(folder, { block: "Simulate_0", sample: sampleId(2) })).toEqual({
    out: "one\ntwo\nthree\n",
    said: `Simulate_0 on sample 000002, attempt 1: failed after 1 s: killed by signal SIGKILL; log: DATA/runinfo/003/task_logs/Simulate_0/000002.1.log
Simulate_0 on sample 000002, attempt 2: failed after 1 s: Error: no volume`,
  });
  expect((await logs(folder, { block: "Simulate_0", sample: sampleId(2), lines: 2 })).out).toBe(
    "two\nthree\n",
  );
  expect((await logs(folder, { block: "Sheet_0" })).out).toBe("sheet\n");
});

test("with --lines and no sample: the ends of all logs", async () => {
  using folder = await folderWith(story);
  expect(await logs(folder, { block: "Simulate_0", lines: 1 })).toEqual({
    out: "calm\nfirst try\nthree\n",
    said: `Simulate_0 on sample 000000, attempt 1: done after 1 s
Simulate_0 on sample 000002, attempt 1: failed after 1 s: killed by signal SIGKILL
Simulate_0 on sample 000002, attempt 2: failed after 1 s: Error: no volume`,
  });
});

test("a task without a log says why there is none", async () => {
  using folder = await folderWith(story);
  const said = async (sample: number, block = "Scene_0") =>
    (await logs(folder, { block, sample: sampleId(sample) })).said;
  expect(await said(0)).toBe("Scene_0 on sample 000000, attempt 1: done after 1 s; it printed nothing");
  expect(await said(1)).toBe(
    "Scene_0 on sample 000001, attempt 1: issue after 1 s: too thin; it printed nothing",
  );
  expect(await said(2)).toBe(
    "Scene_0 on sample 000002 was not run in run 003: the result of an earlier run stands",
  );
  expect(await said(1, "Simulate_0")).toBe("Simulate_0 on sample 000001 was not run in run 003");
  rmSync(join(folder.run.path, "task_logs/Simulate_0/000000.1.log"));
  expect(await said(0, "Simulate_0")).toBe(
    "Simulate_0 on sample 000000, attempt 1: done after 1 s\nits log is gone: DATA/runinfo/003/task_logs/Simulate_0/000000.1.log",
  );
});

test("an unknown block or sample is refused with what there is", async () => {
  using folder = await folderWith(story);
  const refusal = async (more: Partial<LogRequest>) => {
    try {
      await logs(folder, more);
    } catch (error) {
      if (error instanceof Refusal)
        return error.diagnostics.map(({ message, notes, hint }) => [message, ...notes, hint]);
      throw error;
    }
    throw new Error("not refused");
  };
  expect(await refusal({ block: "Simulat_0" })).toEqual([
    [
      "run 003 has no block `Simulat_0`",
      "its blocks are Scene_0, Simulate_0, Sheet_0",
      "did you mean `Simulate_0`?",
    ],
  ]);
  expect(await refusal({ block: "42" })).toEqual([
    [
      "run 003 has no block `42`",
      "its blocks are Scene_0, Simulate_0, Sheet_0",
      "write the block before the sample",
    ],
  ]);
  expect(await refusal({ block: "Scene_0", sample: sampleId(99) })).toEqual([
    ["run 003 has no sample `000099`", "it has 000000 to 000002 (3 samples)", null],
  ]);
});

test("--json: one object per attempt and line", async () => {
  using folder = await folderWith(story);
  const lines = (await logs(folder, { block: "Simulate_0", sample: sampleId(2), json: true })).out
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      block: "Simulate_0",
      sample: 2,
      attempt: 1,
      outcome: "failed",
      kind: "killed",
      message: "killed by signal SIGKILL",
      ended: "2023-11-14T22:13:24.000Z",
      seconds: 1,
      log: "DATA/runinfo/003/task_logs/Simulate_0/000002.1.log",
      text: "first try\n",
    },
    {
      block: "Simulate_0",
      sample: 2,
      attempt: 2,
      outcome: "failed",
      kind: "exception",
      message: "Error: no volume",
      ended: "2023-11-14T22:13:25.000Z",
      seconds: 1,
      log: "DATA/runinfo/003/task_logs/Simulate_0/000002.2.log",
      text: "one\ntwo\nthree\n",
    },
  ]);
});

test("the launcher's own log, and a run that has printed nothing", async () => {
  using folder = await folderWith(story);
  expect(await logs(folder, { block: "launcher" })).toEqual({ out: "launched\nended\n", said: "" });
  expect((await logs(folder, { block: "launcher", lines: 1 })).out).toBe("ended\n");
  using silent = new RunFolderOnDisk();
  expect((await logs(silent)).said).toBe("run 003 has not begun any task");
  await silent.events(story.slice(0, 2));
  expect((await logs(silent)).said).toBe("no task of run 003 has printed anything or failed");
});

test("following one task: what it prints while it runs comes at once, the rest when it has ended, nothing twice", async () => {
  using folder = new RunFolderOnDisk();
  const task = { block: "Simulate_0", sample: 7 };
  await folder.events([runStarted(0, ["Simulate_0"], 10), started(1, task)]);
  folder.file("workers/local-0/worker.log", "a\n");
  const worker = join(folder.run.path, "workers/local-0/worker.log");
  const shown = await logs(
    folder,
    { block: "Simulate_0", sample: sampleId(7), follow: true },
    async (poll) => {
      if (poll === 2) appendFileSync(worker, "b\n");
      if (poll === 5) {
        folder.file("task_logs/Simulate_0/000007.1.log", "a\nb\nc\n");
        folder.file("workers/local-0/worker.log", "another task\n");
        await folder.events([ended(3, task, { log: "task_logs/Simulate_0/000007.1.log" })]);
      }
      return "goes-on";
    },
  );
  expect(shown.out).toBe("a\nb\nc\n");
  expect(shown.said).toBe(
    "Simulate_0 on sample 000007, attempt 1: is running\nSimulate_0 on sample 000007, attempt 1: done after 1 s",
  );
});

test("a task that runs is shown as far as it has come", async () => {
  using folder = new RunFolderOnDisk();
  await folder.events([runStarted(0, ["Simulate_0"], 10), started(1, { block: "Simulate_0", sample: 7 })]);
  expect(await logs(folder, { block: "Simulate_0", sample: sampleId(7) })).toEqual({
    out: "",
    said: "Simulate_0 on sample 000007 is running",
  });
  folder.file("workers/local-0/worker.log", "a\nb\n");
  expect(await logs(folder, { block: "Simulate_0", sample: sampleId(7), lines: 1 })).toEqual({
    out: "b\n",
    said: "Simulate_0 on sample 000007, attempt 1: is running",
  });
});

test("following a run: each log as its task ends, until the run does", async () => {
  using folder = await folderWith(story.slice(0, 2));
  let written = false;
  const shown = await logs(folder, { follow: true }, async (poll) => {
    if (poll === 2) {
      await folder.events(story.slice(2, 7));
      await folder.events([...story.slice(7), runEnded(9, progressOf(story))]);
      written = true;
    }
    return written ? "over" : "goes-on";
  });
  expect(shown.out).toBe("calm\nfirst try\none\ntwo\nthree\nsheet\n");
});

test("the last lines are found from behind, wherever pieces of the file begin", () => {
  using folder = new RunFolderOnDisk();
  const path = join(folder.run.path, "a.log");
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const lines = Array.from({ length: random.below(40) }, () => "é".repeat(random.below(6000)));
    const text = lines.join("\n") + (random.chance(0.5) && lines.length > 0 ? "\n" : "");
    folder.file("a.log", text);
    const whole = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
    const wanted = random.below(8);
    const parts: Uint8Array[] = [];
    readFrom(path, { from: offsetOfLast(path, wanted) ?? -1 }, (bytes) => parts.push(bytes));
    const expected = wanted === 0 ? "" : whole.slice(-wanted).join("\n") + (text.endsWith("\n") ? "\n" : "");
    expect(Buffer.concat(parts).toString()).toBe(expected);
  }
  expect(offsetOfLast(join(folder.run.path, "none"), 3)).toBeNull();
});
