// `pipe run --prepare` and `pipe worker --task N`: the tasks of a run called one by one, as from a job script that a person
// wrote, with no launcher alive.
import { describe, expect, test } from "bun:test";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { measuring } from "../support/pipelines.ts";
import { type Ending, Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

/** Logs carry times; everything else in a dataset must not. */
const notTiming = (path: string) =>
  path.startsWith("runinfo/") || path.endsWith("log.log") || path === "history.jsonl";

interface Prepared {
  readonly run_dir: string;
  readonly tasks: number;
  readonly open: number;
  readonly command: readonly string[];
}

async function prepare(play: Playground, ...flags: readonly string[]): Promise<Prepared> {
  const ending = await play.pipe(["run", "--prepare", "--json", ...flags]);
  expect(ending.status).toBe(0);
  return JSON.parse(ending.stdout);
}

const task = (play: Playground, { run_dir }: Prepared, number: number): Promise<Ending> =>
  play.pipe(["worker", "--run_dir", run_dir, "--task", String(number)]);

/** All tasks, sample by sample, so many samples at once. */
async function runAll(play: Playground, prepared: Prepared, lanes = 4): Promise<readonly Ending[]> {
  const perSample = 3;
  const endings: Ending[] = [];
  const samples = Math.floor(prepared.tasks / perSample);
  const lane = async (first: number): Promise<void> => {
    for (let sample = first; sample < samples; sample += lanes) {
      for (let block = 0; block < perSample; block++) {
        endings[sample * perSample + block] = await task(play, prepared, sample * perSample + block);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, first) => lane(first)));
  for (let rest = samples * perSample; rest < prepared.tasks; rest++) {
    endings[rest] = await task(play, prepared, rest);
  }
  return endings;
}

describe("a prepared run", () => {
  test("leaves the same bytes as a local one, and the next run takes everything in", async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": measuring });
    await play.pipe(["run", "--run_local", "--num_samples", "8", "--data_path", "local"]);
    const prepared = await prepare(play, "--num_samples", "8");
    expect(prepared).toMatchObject({ tasks: 25, open: 25 });
    expect(prepared.command.at(-1)).toBe("--task");
    expect(existsSync(play.path("data/runinfo/lock"))).toBe(false);
    const endings = await runAll(play, prepared);
    // Two samples of eight end with an issue in the second block.
    expect(endings.map(({ status }) => status)).toEqual(Array.from({ length: 25 }, () => 0));
    expect(endings[3 * 3 + 2]?.stderr).toContain("Measure_0 on sample 000003: not begun");
    // Nothing per task is left that says nothing.
    expect(Object.keys(play.tree("data/runinfo/000/workers"))).toEqual([]);
    const status = await play.pipe(["status", "--json"]);
    expect(JSON.parse(status.stdout)).toMatchObject({
      ...{ state: "ended", ended: "complete" },
      tasks: { total: 25, ran: 23, cached: 0, issues: 2, failed: 0, skipped: 2 },
      samples: { valid: 6, issues: 2 },
    });
    const again = asReport((await play.pipe(["run", "--run_local", "--json"])).stdout);
    expect(again.tasks).toEqual({ total: 25, ran: 0, cached: 23, issues: 2, failed: 0, skipped: 2 });
    expect(play.tree("data", notTiming)).toEqual(play.tree("local", notTiming));
  });

  test("does nothing twice, and tasks that are called at once do each other no harm", async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": measuring });
    await play.pipe(["run", "--run_local", "--num_samples", "4", "--data_path", "local"]);
    const prepared = await prepare(play, "--num_samples", "4");
    await Promise.all([task(play, prepared, 0), task(play, prepared, 0)]);
    expect(Object.keys(play.tree("data/runinfo/000/results")).length).toBeLessThanOrEqual(2);
    await runAll(play, prepared, 2);
    const before = play.tree("data/runinfo/000/results");
    const again = await runAll(play, prepared, 2);
    expect(again.filter(({ stderr }) => stderr.includes("has ended before"))).toHaveLength(12);
    expect(play.tree("data/runinfo/000/results")).toEqual(before);
    await play.pipe(["status"]);
    expect(play.tree("data", notTiming)).toEqual(play.tree("local", notTiming));
  });

  test("says what is missing, and stops a chain there", async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": measuring });
    const prepared = await prepare(play, "--num_samples", "2");
    const early = await task(play, prepared, 1);
    expect(early).toMatchObject({ status: 1 });
    expect(early.stderr).toContain(
      "Simulate_0 on sample 000000: not begun, Scene_0 on sample 000000 has not ended",
    );
    expect(await task(play, prepared, 6)).toMatchObject({ status: 1 });
    const beyond = await task(play, prepared, 7);
    expect(beyond.status).toBe(2);
    expect(beyond.stderr).toContain("the run has no task 7");
    const elsewhere = await play.pipe(["worker", "--run_dir", play.path("nowhere"), "--task", "0"]);
    expect(elsewhere.status).toBe(2);
    expect(elsewhere.stderr).toContain("pipe run --prepare");
  });

  test("runs only what changed, removes what that had left, and stops early where a sample ends as before", async () => {
    await using play = new Playground();
    const text = (
      frames: number,
      unit: string,
    ) => `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Scene extends PipelineBlock { constructor(readonly o: { unit: string }) { super(); }
  run(s: DataSample) { s.setConfig("x", 1); } }
class Simulate extends PipelineBlock { constructor(readonly o: { frames: number }) { super(); }
  async run(s: DataSample) { for (let i = 0; i < this.o.frames; i++) await s.write("f" + i + ".txt", "x"); } }
class Measure extends PipelineBlock { async run(s: DataSample) { s.addStatistic("n", (await s.files("f*.txt")).length); } }
export default new Pipeline().append(new Scene({ unit: "${unit}" })).append(new Simulate({ frames: ${frames} })).append(new Measure());
`;
    play.write({ "pipeline.ts": text(5, "m") });
    await play.pipe(["run", "--run_local", "--num_samples", "2"]);
    play.write({ "pipeline.ts": text(3, "m") });
    const fewer = await prepare(play);
    expect(fewer).toMatchObject({ tasks: 6, open: 4 });
    const first = await task(play, fewer, 0);
    expect(first.stderr).toContain("stands");
    await task(play, fewer, 1);
    expect(existsSync(play.path("data/000000/f4.txt"))).toBe(false);
    await task(play, fewer, 2);
    await task(play, fewer, 4);
    await task(play, fewer, 5);
    await play.pipe(["status"]);
    expect(JSON.parse(play.read("data/000001/sample.json")).statistics.Measure_0).toEqual({ n: 3 });
    // Another option of the first block, and the same sample after it.
    play.write({ "pipeline.ts": text(3, "mm") });
    const early = await prepare(play);
    expect(early.open).toBe(6);
    await task(play, early, 0);
    expect((await task(play, early, 1)).stderr).toContain("stands");
    expect((await task(play, early, 2)).stderr).toContain("stands");
  });

  test("a task that is killed in the middle is run again, and what it had put away is not believed", async () => {
    await using play = new Playground();
    const text = (version: number) => `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Slow extends PipelineBlock { constructor(readonly o: { version: number }) { super(); }
  async run(s: DataSample) { await s.write("v.txt", String(this.o.version)); console.log("begun");
    if (this.o.version === 2 && !(await Bun.file(s.path + "/../go").exists())) await Bun.sleep(60_000);
    await s.write("done.txt", "done"); } }
export default new Pipeline().append(new Slow({ version: ${version} }));
`;
    play.write({ "pipeline.ts": text(1) });
    await play.pipe(["run", "--run_local", "--num_samples", "1"]);
    play.write({ "pipeline.ts": text(2) });
    const prepared = await prepare(play);
    const slow = play.start(["worker", "--run_dir", prepared.run_dir, "--task", "0"]);
    const deadline = Date.now() + 20_000;
    while (!existsSync(play.path("data/000000/v.txt")) || play.read("data/000000/v.txt") !== "2") {
      if (Date.now() > deadline) throw new Error("it did not begin");
      await Bun.sleep(20);
    }
    slow.signal("SIGKILL");
    await slow.ended;
    // With the old code again, and nobody looking at files: the old result must not come back to life.
    play.write({ "pipeline.ts": text(1) });
    const reverted = asReport((await play.pipe(["run", "--run_local", "--json", "--verify", "none"])).stdout);
    expect(reverted.tasks.ran).toBe(1);
    rmSync(play.path("data/000000/done.txt"));
    writeFileSync(play.path("data/go"), "");
    play.write({ "pipeline.ts": text(2) });
    const once = await prepare(play);
    expect((await task(play, once, 0)).status).toBe(0);
    expect(play.read("data/000000/v.txt")).toBe("2");
  });

  test("failures are tried again as often as the block says, told, and not remembered", async () => {
    await using play = new Playground();
    play.write({
      "pipe.toml": `[[block]]
name = "Fail"
command = ["sh", "-c", "echo try >> ../tries.txt; echo broken >&2; exit 7"]
retries = 2
[[block]]
name = "After"
command = ["true"]
`,
    });
    const prepared = await prepare(play, "--num_samples", "1");
    const failed = await task(play, prepared, 0);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("failed:");
    expect(play.read("data/tries.txt").split("\n")).toHaveLength(4);
    expect((await task(play, prepared, 1)).status).toBe(1);
    const status = JSON.parse((await play.pipe(["status", "--json"])).stdout);
    expect(status).toMatchObject({ state: "ended", tasks: { ran: 1, failed: 1, skipped: 1 } });
    expect(status.failures[0]).toMatchObject({ block: "Fail_0", sample: 0, tail: ["broken"] });
    const next = asReport((await play.pipe(["run", "--run_local", "--json"])).stdout);
    expect(next.tasks).toMatchObject({ ran: 1, cached: 0, failed: 1 });
  });
});

test("--detach where nothing would go on by itself is refused", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": measuring });
  const ending = await play.pipe(["run", "--detach", "--run_local", "--num_samples", "1"]);
  expect(ending.status).toBe(2);
  expect(ending.stderr).toContain('mode = "array"');
  expect(existsSync(play.path("data"))).toBe(false);
});
