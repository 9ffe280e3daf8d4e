// The live view as it is on a real pseudo-terminal: the program writes to it, and what would be on the screen is compared.
import { expect, test } from "bun:test";
import { executable, Playground } from "../support/playground.ts";
import { filtered } from "../support/transcript.ts";
import { Screen } from "../unit/report/screen.ts";

/** Each task of `Work` waits for a file with its sample's number; sample 1 fails, sample 2 has an issue. */
const gated = `import { existsSync } from "node:fs";
import { Pipeline, PipelineBlock, SampleIssue, type DataSample } from "pipe";
class Scene extends PipelineBlock { async run(sample: DataSample) { sample.setConfig("x", 1); } }
class Work extends PipelineBlock { async run(sample: DataSample) {
  console.log("working on", sample.id);
  while (!existsSync(sample.path + "/../../go" + sample.id)) await Bun.sleep(5);
  if (sample.id === 1) throw new Error("no volume");
  if (sample.id === 2) throw new SampleIssue("did not converge");
} }
export default new Pipeline().append(new Scene()).append(new Work());
`;

/** A program on a terminal of its own; \`screen\` is what a person sees now. */
function onTerminal(play: Playground, args: readonly string[], size: { cols: number; rows: number }) {
  let bytes = "";
  const decoder = new TextDecoder();
  const closed = Promise.withResolvers<void>();
  const { PATH = "/usr/bin:/bin" } = process.env;
  const child = Bun.spawn([executable, ...args], {
    cwd: play.folder,
    env: { PATH, HOME: play.folder, LANG: "C.UTF-8", NO_COLOR: "1", PIPE_TEST_TOKEN: play.token },
    terminal: {
      ...size,
      data: (_terminal, data) => {
        bytes += decoder.decode(data, { stream: true });
      },
      exit: () => closed.resolve(),
    },
  });
  const screen = () => {
    const one = new Screen(size.cols);
    // The last bytes may be a part of a sequence or of a line.
    one.write(bytes.slice(0, bytes.lastIndexOf("\n") + 1));
    return one.text;
  };
  return {
    child,
    bytes: () => bytes,
    screen,
    async shows(what: (screen: string) => boolean): Promise<string> {
      const deadline = performance.now() + 20_000;
      for (;;) {
        const now = screen();
        if (what(now)) return now;
        if (performance.now() > deadline) throw new Error(`waited in vain; the screen shows\n${now}`);
        await Bun.sleep(20);
      }
    },
    /** The end of the output, after the program is gone. */
    async ended(): Promise<string> {
      await child.exited;
      await closed.promise;
      return screen();
    },
  };
}

const run = ["run", "--run_local", "--max_processes", "2", "--num_samples", "4"];

/** Elapsed times and paces differ from run to run, and with them the widths of columns. */
function still(text: string, play: Playground): string {
  return filtered(text, play.folder)
    .replace(/ +\[TIME\](, (about|at least) .* left)?( +\S+ tasks\/\S+)?/g, "  [TIME]")
    .replace(/^ +at async .*\n/gm, "")
    .replace(/(\S) {2,}/g, "$1  ");
}

test("bars grow, a failure scrolls away above them, and the summary takes their place", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": gated });
  const live = onTerminal(play, run, { cols: 110, rows: 30 });
  const first = await live.shows((text) => /Work_0 .* 2 running/.test(text));
  expect(first).toMatch(/^run 000 on local/);
  play.write({ go1: "" });
  const failing = await live.shows((text) => text.includes("1 failed") && /Work_0 .* 2 running/.test(text));
  expect(still(failing, play).replace(/Scene_0.*/, "Scene_0 …")).toBe(
    `
error: Work_0 failed on sample 000001: Error: no volume
  at run ([DIR]/pipeline.ts:7:34)
  last lines of its output:
    working on 1
  log: data/runinfo/000/task_logs/Work_0/000001.1.log
  repeat it here: pipe exec Work_0 1
run 000 on local  1 failed  [TIME]
  Scene_0 …
  Work_0  ██████░░░░░░░░░░░░░░░░░░░░░  1/4  2 running  1 failed
  1 of 4 samples ended: 1 failed
`.trim(),
  );
  play.write({ go0: "", go2: "", go3: "" });
  const end = await live.ended();
  expect(live.child.exitCode).toBe(1);
  expect(still(end, play)).toBe(
    `
error: Work_0 failed on sample 000001: Error: no volume
  at run ([DIR]/pipeline.ts:7:34)
  last lines of its output:
    working on 1
  log: data/runinfo/000/task_logs/Work_0/000001.1.log
  repeat it here: pipe exec Work_0 1
run 000 ended after  [TIME]: 4 samples, 2 valid, 1 with an issue, 1 failed

  block  tasks  ran  issues  failed mean longest
  Scene_0  4  4  0  0  [TIME]  [TIME]
  Work_0  4  4  1  1  [TIME]  [TIME]

issues:
  Work_0: did not converge (1 sample: 000002)

failures:
  Work_0: Error: no volume (1 task: 000001)
    log: data/runinfo/000/task_logs/Work_0/000001.1.log

dataset: data
tables:  data/statistics.csv, data/configs.csv
logs:  data/runinfo/000

what it printed: pipe logs Work_0 1
repeat it here:  pipe exec Work_0 1
`.trim(),
  );
});

test("a terminal of 30 columns and 5 rows is never overfilled", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": gated });
  const size = { cols: 30, rows: 5 };
  const live = onTerminal(play, ["run", "--run_local", "--start_sample", "3", "--num_samples", "2"], size);
  const frame = await live.shows((text) => text.includes("Work_0") && text.includes("0/2"));
  expect(frame.split("\n").length).toBeLessThan(5);
  play.write({ go3: "", go4: "" });
  await live.child.exited;
  expect(live.child.exitCode).toBe(0);
  // A line of any frame that were too wide would make the screen throw. The summary behind them may be.
  const bars = new Screen(30);
  bars.write(live.bytes().slice(0, live.bytes().indexOf("run 000 ended")));
  expect(bars.text).toBe("");
});

test("Ctrl-C on the terminal is told at once and in the bars; the cursor is never hidden", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": gated });
  const live = onTerminal(play, run, { cols: 110, rows: 30 });
  await live.shows((text) => /Work_0 .* 2 running/.test(text));
  live.child.terminal?.write("\x03");
  const interrupted = await live.shows((text) => text.includes("running tasks may finish"));
  expect(interrupted).toContain(
    "interrupted: no new tasks are started; 2 running tasks may finish, Ctrl-C again ends them",
  );
  play.write({ go0: "", go1: "", go2: "", go3: "" });
  await live.ended();
  expect(live.child.exitCode).toBe(130);
  expect(live.bytes()).not.toContain("\x1b[?");
});
