// `pipe status` and `pipe logs` beside a run, and after its launcher was killed: they see the dataset and nothing else.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Playground, processesWith } from "../support/playground.ts";
import { filtered } from "../support/transcript.ts";

const gated = `import { existsSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Scene extends PipelineBlock { async run(sample: DataSample) { sample.setConfig("x", 1); } }
class Work extends PipelineBlock { async run(sample: DataSample) {
  console.log("working on", sample.id);
  while (!existsSync(sample.path + "/../../go")) await Bun.sleep(5);
  console.log("done with", sample.id);
} }
export default new Pipeline().append(new Scene()).append(new Work());
`;

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await Bun.sleep(10);
  }
}

/** Starts a run of one sample and waits until the status says that its last block runs. */
async function halfway(play: Playground) {
  play.write({ "pipeline.ts": gated });
  const run = play.start(["run", "--run_local", "--num_samples", "1", "--comment", "first try"]);
  await until(async () => {
    const { stdout } = await play.pipe(["status", "--json"]);
    return stdout !== "" && JSON.parse(stdout).running[0]?.block === "Work_0";
  });
  return run;
}

const text = (play: Playground, stdout: string) =>
  filtered(stdout, play.folder)
    .replace(/by \S+ on \S+,/, "by [USER] on [HOST],")
    .replace(/ on \S+$/gm, (words) => (words.includes("[") ? words : " on [HOST]"))
    .replace(/(\S) {2,}/g, "$1  ");

test("while it runs, after its launcher was killed, and after it was run again", async () => {
  await using play = new Playground();
  const run = await halfway(play);
  const during = await play.pipe(["status"]);
  expect([during.status, during.stderr]).toEqual([0, ""]);
  expect(text(play, during.stdout)).toBe(
    `run 000 of data is running
  pipe run --run_local --num_samples 1 --comment 'first try'
  started [MOMENT] UTC by [USER] on [HOST], [TIME] ago
  comment: first try
  launcher: pid [PID], alive; last event [TIME] ago

0 of 1 sample ended: 0 valid; 1 of 2 tasks

  block  tasks  ran  running mean longest
  Scene_0  1  1  0 [TIME] [TIME]
  Work_0  1  0  1  -  -

running:
  Work_0 on sample 000000: [TIME] on [HOST]
`,
  );

  run.signal("SIGKILL");
  await run.ended;
  await until(() => processesWith(play.token).length === 0);
  const after = await play.pipe(["status"]);
  expect([after.status, after.stderr]).toEqual([0, ""]);
  expect(after.stdout.split("\n")[0]).toBe("run 000 of data is unfinished, and its launcher is gone");
  expect(JSON.parse((await play.pipe(["status", "--json"])).stdout)).toMatchObject({
    run: "000",
    state: "abandoned",
    samples: { total: 1, valid: 0 },
    tasks: { total: 2, ran: 1, running: 1 },
  });

  play.write({ go: "" });
  expect((await play.pipe(["run", "--run_local"])).status).toBe(0);
  expect(JSON.parse((await play.pipe(["status", "--json"])).stdout)).toMatchObject({
    run: "001",
    state: "ended",
    ended: "complete",
    samples: { total: 1, valid: 1 },
    tasks: { total: 2, ran: 1, cached: 1, running: 0 },
  });
  expect(JSON.parse((await play.pipe(["status", "--json", "--run", "0"])).stdout)).toMatchObject({
    run: "000",
    state: "abandoned",
  });
});

test("a dataset without runs, and a run that it has not, are told with status 2", async () => {
  await using play = new Playground();
  const none = await play.pipe(["status"]);
  expect(filtered(`${none.status}\n${none.stdout}${none.stderr}`, play.folder)).toBe(
    `2
error: no run in \`[DIR]/data\`
  there is no numbered folder in \`[DIR]/data/runinfo\`
  hint: start one with \`pipe run\`, or name the dataset with \`--data_path\`
`,
  );
  expect((await play.pipe(["logs"])).status).toBe(2);
  play.write({ "pipeline.ts": gated, go: "" });
  await play.pipe(["run", "--run_local", "--num_samples", "1"]);
  const wrong = await play.pipe(["status", "--run", "7"]);
  expect(filtered(`${wrong.status}\n${wrong.stdout}${wrong.stderr}`, play.folder)).toBe(
    `2
error: no run \`7\` in \`[DIR]/data\`
  hint: the dataset has 000; the newest one is \`last\`
`,
  );
});

test("logs of a task while it runs and when it has ended, alone on standard output", async () => {
  await using play = new Playground();
  const run = await halfway(play);
  const following = play.start(["logs", "Work_0", "0", "--follow"]);
  await following.said("is running");
  await until(async () => (await play.pipe(["logs", "Work_0", "0"])).stdout === "working on 0\n");
  play.write({ go: "" });
  const followed = await following.ended;
  expect([followed.status, followed.stdout]).toEqual([0, "working on 0\ndone with 0\n"]);
  expect((await run.ended).status).toBe(0);
  const ended = await play.pipe(["logs", "Work_0", "0", "--lines", "1"]);
  expect(ended.stdout).toBe("done with 0\n");
  expect(ended.stderr).toMatch(/^Work_0 on sample 000000, attempt 1: done after .*\n$/);
  expect(existsSync(play.path("data/runinfo/000/task_logs/Work_0/000000.1.log"))).toBe(true);
  const silent = await play.pipe(["logs", "Scene_0", "0"]);
  expect(silent.stderr).toMatch(/^Scene_0 on sample 000000, attempt 1: done after .*; it printed nothing\n$/);
  const unknown = await play.pipe(["logs", "Wrok_0"]);
  expect(`${unknown.status}\n${unknown.stdout}${unknown.stderr}`).toBe(
    `2
error: run 000 has no block \`Wrok_0\`
  its blocks are Scene_0, Work_0
  hint: did you mean \`Work_0\`?
`,
  );
});
