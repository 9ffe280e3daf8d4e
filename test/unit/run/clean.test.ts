import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { lookAtCheckpoint, openCheckpoint } from "../../../src/cache/checkpoint.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import { Refusal } from "../../../src/core/diagnostic.ts";
import type { RunEvent } from "../../../src/core/events.ts";
import { attempt, type BlockName, blockName, moment, sampleId, seconds } from "../../../src/core/ids.ts";
import { type FileRecord, folderRecord } from "../../../src/core/manifest.ts";
import { succeeded } from "../../../src/core/outcome.ts";
import { JournalWriter } from "../../../src/journal/writer.ts";
import { cleanJson, sayClean } from "../../../src/report/say-clean.ts";
import { type CleanTask, clean } from "../../../src/run/clean.ts";
import { eventsFormat } from "../../../src/rundir/events-format.ts";
import { eventsPath, runRecordPath, sampleFolder, taskLogName } from "../../../src/rundir/layout.ts";
import { acquireLock } from "../../../src/rundir/lock.ts";
import { writeRunRecord } from "../../../src/rundir/run-record.ts";
import { listRuns, runOf } from "../../../src/rundir/runs.ts";
import { wallClock } from "../../../src/system/clock.ts";
import { type Scratch, scratch } from "../system/scratch.ts";

const day = 86_400_000;
const [old, kept] = [blockName("Old_0"), blockName("Mesh_0")] as const;

/** A dataset as runs leave it. */
class Dataset implements Disposable {
  readonly #scratch: Scratch = scratch();
  readonly path = this.#scratch.path;

  constructor() {
    mkdirSync(this.at("runinfo"));
  }

  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  write(name: string, content = "x"): string {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  run(number: number, daysAgo: number): void {
    const run = runOf(this.path, number);
    const at = moment(wallClock() - daysAgo * day);
    for (const name of ["pipeline.js", "plan.json", "events.jsonl", "pipe.log", "workers/local/worker.log"]) {
      this.write(`runinfo/${run.name}/${name}`, "0123456789");
    }
    writeRunRecord(runRecordPath(run.path), {
      ...{ run: run.name, commandLine: ["run"], comment: null, started: at },
      ...{ finished: number % 2 === 0 ? { at, ending: "complete" } : null },
      ...{ versions: { pipe: "1", bun: "1" }, git: null, host: "h", user: "u", configuration: {} },
    });
  }

  /** Writes the files and remembers the task that left them. */
  async task(
    block: BlockName,
    sample: number | null,
    files: Readonly<Record<string, string>>,
  ): Promise<void> {
    const folder = sample === null ? this.path : sampleFolder(this.path, sampleId(sample));
    mkdirSync(folder, { recursive: true });
    const records: FileRecord[] = Object.entries(files).map(([path, content]) => {
      if (path.endsWith("/")) {
        mkdirSync(join(folder, path), { recursive: true });
        return folderRecord(path);
      }
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
      const { size, mtimeMs } = lstatSync(join(folder, path));
      const sha256 = createHash("sha256").update(content).digest("hex");
      return { path, size, modified: mtimeMs, sha256 };
    });
    await this.remember(block, sample, records);
  }

  async remember(block: BlockName, sample: number | null, files: readonly FileRecord[]): Promise<void> {
    const checkpoint = await openCheckpoint({ dataPath: this.path, tool: "1", run: "000", order: [kept] });
    const digest = digestOf("x");
    checkpoint.put({
      ...{ block, sample: sample === null ? null : sampleId(sample), outcome: { kind: "succeeded" } },
      key: { version: 1, options: digest, code: digest, before: digest },
      ...{ changes: { config: {}, statistics: {} }, files, removed: [], found: [], after: digest },
      ...{ run: "000", at: moment(0), accepted: null },
    });
    await checkpoint.close();
  }

  memory() {
    return lookAtCheckpoint(this.path, [kept]).memory;
  }

  /** Everything there, but for what a checkpoint and a lock are made of. */
  list(folder = ""): string[] {
    return readdirSync(this.at(folder), { recursive: true, encoding: "utf8" })
      .filter((name) => !/checkpoint|reserve/.test(name))
      .sort();
  }

  clean(how: CleanTask["how"], more: Partial<CleanTask> = {}) {
    return clean({
      ...{ dataPath: this.path, runs: { olderThan: null, keep: null }, logs: false, blocks: null },
      ...{ how, commandLine: ["clean"], ...more },
    });
  }

  [Symbol.dispose](): void {
    this.#scratch[Symbol.dispose]();
  }
}

async function refused(act: Promise<unknown>): Promise<string[]> {
  try {
    await act;
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics.map((d) => d.code);
    throw error;
  }
  return [];
}

const old30 = { runs: { olderThan: seconds(30 * 86_400), keep: null } };

describe("runs", () => {
  const names = (data: Dataset) => listRuns(data.path).map(({ name }) => name);

  test("that are old go, whole, and only when that was asked for; the newest stays however old it is", async () => {
    using data = new Dataset();
    for (const [number, age] of [100, 50, 31, 29].entries()) data.run(number, age);
    const before = data.list();
    const facts = await data.clean("show", old30);
    expect(facts.runs.map(({ run, files }) => [run, files])).toEqual([
      ["000", 6],
      ["001", 6],
      ["002", 6],
    ]);
    expect(data.list()).toEqual(before);
    expect(await data.clean("delete", old30)).toEqual(facts);
    expect(names(data)).toEqual(["003"]);
    using ancient = new Dataset();
    ancient.run(7, 400);
    await ancient.clean("delete", old30);
    expect(names(ancient)).toEqual(["007"]);
  });

  test("go but for the newest few; both choices together mean what both of them let go", async () => {
    using data = new Dataset();
    for (const [number, age] of [100, 1, 50, 40, 2].entries()) data.run(number, age);
    await data.clean("delete", { runs: { olderThan: seconds(30 * 86_400), keep: 3 } });
    expect(names(data)).toEqual(["001", "002", "003", "004"]);
    await data.clean("delete", { runs: { olderThan: null, keep: 2 } });
    expect(names(data)).toEqual(["003", "004"]);
  });

  test("keep what somebody laid into their folder, and stay when nobody can say how old they are", async () => {
    using data = new Dataset();
    for (const number of [0, 1, 2, 3]) data.run(number, 90);
    const notes = data.write("runinfo/000/notes.txt");
    data.write("runinfo/001/run.json", "{");
    data.write("runinfo/002/run.json", '{"format":"pipe-run","version":99}');
    data.write("runinfo/README", "mine");
    const facts = await data.clean("delete", old30);
    expect(facts.kept).toEqual([
      { path: notes, why: "not-ours" },
      { path: data.at("runinfo/001"), why: "age-unknown" },
      { path: data.at("runinfo/002"), why: "age-unknown" },
    ]);
    expect(data.list("runinfo/000")).toEqual(["notes.txt"]);
    expect(names(data)).toEqual(["000", "001", "002", "003"]);
    expect(existsSync(data.at("runinfo/README"))).toBe(true);
  });
});

describe("logs", () => {
  async function withLogs(data: Dataset): Promise<void> {
    data.run(0, 1);
    rmSync(eventsPath(data.at("runinfo/000")));
    const ended = (sample: number, number: number, outcome: unknown): unknown => {
      const task = { block: kept, sample: sampleId(sample), attempt: attempt(number) };
      const log = taskLogName(task);
      data.write(`runinfo/000/${log}`, "hello");
      return {
        ...{ kind: "task-ended", at: 0, task: sample, ...task, worker: "local", lane: 0, outcome },
        ...{ usage: { seconds: 1, cpuSeconds: null, peakMemory: null }, log, tail: [], next: "done" },
      };
    };
    const failure = { kind: "exited", status: 1 };
    const events = [
      ended(0, 1, succeeded),
      ended(1, 1, { kind: "failed", failure }),
      ended(1, 2, succeeded),
      ended(2, 1, { kind: "issue", message: "no" }),
      { ...(ended(3, 1, succeeded) as RunEvent), log: "../../000000/result.txt" },
    ];
    const writer = await JournalWriter.create(eventsPath(data.at("runinfo/000")), {
      ...{ ...eventsFormat, tool: "1", facts: {} },
    });
    for (const event of events) writer.append(JSON.parse(JSON.stringify(event)));
    await writer.close();
    data.write("000000/result.txt");
    data.write("runinfo/000/task_logs/Mesh_0/mine.txt");
  }

  test("of attempts that succeeded go; of failures and issues, and what no event names, they stay", async () => {
    using data = new Dataset();
    await withLogs(data);
    const facts = await data.clean("delete", { logs: true });
    expect(facts.logs).toEqual({ files: 2, bytes: 10 });
    expect(data.list("runinfo/000/task_logs/Mesh_0")).toEqual([
      ...["000001.1.log", "000002.1.log", "000003.1.log", "mine.txt"],
    ]);
    expect(existsSync(data.at("000000/result.txt"))).toBe(true);
    expect((await data.clean("show", { logs: true })).logs.files).toBe(0);
  });

  test("of a run whose events cannot be read stay", async () => {
    using data = new Dataset();
    await withLogs(data);
    data.write("runinfo/000/events.jsonl", "none\nof\nours\n");
    const facts = await data.clean("delete", { logs: true });
    expect(facts.logs.files).toBe(0);
    expect(data.list("runinfo/000/task_logs/Mesh_0")).toHaveLength(6);
  });
});

describe("results of blocks that are no longer in the pipeline", () => {
  const removed = { blocks: [kept] };

  test("go with the folders that their tasks made, and are forgotten; of others nothing is touched", async () => {
    using data = new Dataset();
    for (const id of [0, 1]) {
      await data.task(kept, id, { "mesh.stl": "mesh" });
      await data.task(old, id, {
        "frames/": "",
        "frames/f0.png": "zero",
        "frames/f1.png": "one",
        "a.txt": "a",
      });
    }
    await data.task(old, null, { "overview.txt": "all" });
    data.write("000001/frames/mine.txt");
    const facts = await data.clean("show", removed);
    expect(facts.blocks).toEqual([{ block: old, tasks: 3, files: 7, bytes: 19 }]);
    const before = data.list();
    expect(await data.clean("show")).toMatchObject({ blocks: [] });
    expect(data.list()).toEqual(before);
    await data.clean("delete", removed);
    expect(data.list().filter((name) => !name.startsWith("runinfo"))).toEqual([
      ...["000000", "000000/mesh.stl", "000001", "000001/frames", "000001/frames/mine.txt"],
      "000001/mesh.stl",
    ]);
    expect(data.memory().blocks).toEqual([kept]);
    expect((await data.clean("show", removed)).blocks).toEqual([]);
  });

  test("stay where they were changed or replaced, and where a block of the pipeline left the same file", async () => {
    using data = new Dataset();
    await data.task(old, 0, {
      a: "a",
      edited: "one",
      grown: "one",
      touched: "t",
      linked: "l",
      shared: "s",
      gone: "g",
    });
    await data.task(old, 1, { "both/": "", "own/": "" });
    await data.task(kept, 0, { shared: "s" });
    await data.task(kept, 1, { "both/": "" });
    data.write("000000/grown", "one and more");
    data.write("000000/edited", "two");
    utimesSync(data.at("000000/touched"), 1, 1);
    utimesSync(data.at("000000/edited"), 1, 1);
    rmSync(data.at("000000/gone"));
    rmSync(data.at("000000/linked"));
    symlinkSync("a", data.at("000000/linked"));
    const facts = await data.clean("delete", removed);
    expect(facts.kept).toEqual([
      { path: data.at("000000/edited"), why: "changed" },
      { path: data.at("000000/grown"), why: "changed" },
      { path: data.at("000000/linked"), why: "changed" },
    ]);
    expect(data.list("000000")).toEqual(["edited", "grown", "linked", "shared"]);
    expect(data.list("000001")).toEqual(["both"]);
  });

  test("are never looked for outside of the sample's folder, nor behind a link, nor among pipe's own files", async () => {
    using data = new Dataset();
    using elsewhere = scratch();
    writeFileSync(elsewhere.at("f0.png"), "zero");
    data.write("outside.txt", "zero");
    data.write("000000/sample.json", "zero");
    symlinkSync(elsewhere.path, data.at("000000/frames"));
    const like = (path: string): FileRecord => {
      const { size, mtimeMs } = lstatSync(elsewhere.at("f0.png"));
      return { path, size, modified: mtimeMs, sha256: createHash("sha256").update("zero").digest("hex") };
    };
    const paths = [
      "../outside.txt",
      "frames/f0.png",
      "sample.json",
      elsewhere.at("f0.png"),
      "a/../../outside.txt",
    ];
    await data.remember(old, 0, paths.map(like));
    data.write("runinfo/own", "zero");
    await data.remember(old, null, [like("runinfo/own"), like("./runinfo/own")]);
    const before = data.list();
    const facts = await data.clean("delete", removed);
    expect(facts.kept.every(({ why }) => why === "elsewhere")).toBe(true);
    expect(facts.kept.length).toBeGreaterThanOrEqual(5);
    expect(data.list()).toEqual(before);
    expect(existsSync(elsewhere.at("f0.png"))).toBe(true);
  });
});

describe("temporary files", () => {
  const nonce = "0123456789abcdef";

  test("that kills left go, wherever they lie; what only looks like them, and what a record names, stays", async () => {
    using data = new Dataset();
    data.run(0, 1);
    for (const path of [
      ".statistics.csv",
      "000000/.sample.json",
      "000000/a/b/.c.txt",
      "runinfo/.probe",
      "runinfo/000/.run.json",
    ]) {
      data.write(`${path}.${nonce}.tmp`, "half");
    }
    data.write(`runinfo/.lock.${nonce}.tmp/owner.json`);
    const stay = [
      `000000/.x.tmp`,
      `000000/x.${nonce}.tmp`,
      `000000/.x.${nonce.slice(1)}.tmp`,
      `notes/.y.${nonce}.tmp`,
    ];
    for (const path of stay) data.write(path);
    await data.task(kept, 1, { [`.odd.${nonce}.tmp`]: "a result" });
    const facts = await data.clean("show");
    expect(facts.temporary).toEqual({ files: 6, bytes: 20 });
    await data.clean("delete");
    expect(data.list().filter((name) => name.endsWith(".tmp"))).toEqual(
      [...stay, `000001/.odd.${nonce}.tmp`].sort(),
    );
    expect((await data.clean("show")).temporary.files).toBe(0);
  });
});

describe("cleaning", () => {
  test("is refused while a run goes on, and where there is no dataset", async () => {
    using data = new Dataset();
    data.run(0, 90);
    data.run(1, 90);
    const lock = acquireLock(data.path, { command: "pipe run" });
    if (lock.kind !== "acquired") throw new Error("not acquired");
    expect(await refused(data.clean("delete", old30))).toEqual(["dataset-locked"]);
    expect(await refused(data.clean("show", old30))).toEqual(["dataset-locked"]);
    lock.release();
    expect(listRuns(data.path)).toHaveLength(2);
    expect(await refused(data.clean("delete", { dataPath: data.at("nowhere") }))).toEqual(["no-dataset"]);
    expect(existsSync(data.at("nowhere"))).toBe(false);
    await data.clean("delete", old30);
    expect(listRuns(data.path)).toHaveLength(1);
    expect(existsSync(data.at("runinfo/lock"))).toBe(false);
  });

  test("is told in words, first as what would go and then as what has gone", async () => {
    using data = new Dataset();
    data.run(0, 0);
    const facts = {
      ...{ dataset: data.path, logs: { files: 3, bytes: 2048 }, temporary: { files: 0, bytes: 0 } },
      runs: Array.from({ length: 12 }, (_, i) => ({
        run: `${100 + i}`,
        at: moment(i * day),
        files: 10,
        bytes: 100,
      })),
      blocks: [{ block: old, tasks: 1500, files: 1500, bytes: 3 * 1024 ** 3 }],
      kept: [{ path: data.at("000000/edited\n.txt"), why: "changed" as const }],
    };
    const options = {
      colours: false,
      workingFolder: data.path,
      command: "pipe clean --logs --yes",
      further: [],
    };
    const said = sayClean(facts, { ...options, state: "planned" }).split("\n");
    expect(said[0]).toMatch(/^run 100 of 1970-01-01 +10 files +100 bytes$/);
    expect(said.slice(9)).toEqual([
      expect.stringMatching(/^3 more runs +30 files +300 bytes$/),
      expect.stringMatching(/^logs of tasks that succeeded +3 files +2K$/),
      expect.stringMatching(/^results of Old_0, no more in the pipeline \(1,500 tasks\) +1,500 files +3G$/),
      "kept:",
      "  000000/edited\\n.txt: changed since its task wrote it",
      "nothing has been deleted yet: 1,623 files, 3G",
      "  hint: `pipe clean --logs --yes` deletes it",
    ]);
    expect(
      sayClean(facts, { ...options, state: "done" })
        .split("\n")
        .at(-1),
    ).toBe("deleted: 1,623 files, 3G");
    const none = await data.clean("show");
    expect(sayClean(none, { ...options, state: "planned", further: ["--logs"] })).toBe(
      "nothing to delete\n  hint: more can go: `--logs`",
    );
    expect(cleanJson(facts, "done")).toMatchObject({
      ...{ deleted: true, total: { files: 1623 }, logs: { files: 3, bytes: 2048 }, kept_count: 1 },
      removed_blocks: [{ block: "Old_0", tasks: 1500 }],
    });
  });
});
