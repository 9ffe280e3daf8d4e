// Every way a task can fail, as a user meets it: the other samples finish, the exit status is 1, nothing is left
// running, and the message names what a person needs.
import { describe, expect, test } from "bun:test";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

interface Case {
  readonly name: string;
  /** Files beside pipeline.ts. */
  readonly files?: Readonly<Record<string, string>>;
  /** The block under test as an expression; the block's type is always `Bad`. */
  readonly block: string;
  readonly options?: string;
  readonly kind: string;
  /** What the message must contain, each of them. */
  readonly says: readonly string[];
}

/** Runs its text only on sample 1; the others are well. */
const code = (body: string) => `new (class Bad extends PipelineBlock { async run(sample: DataSample) {
  if (sample.id !== 1) { sample.addStatistic("done", 1); return; }
  ${body}
} })()`;

/** The same for a shell script, which gets the sample's number as its first argument. */
const script = (body: string) => `#!/bin/sh
if [ "$1" != 1 ]; then exit 0; fi
${body}
`;
const runScript = `command("Bad", ["./bad.sh", "{sample.id}"])`;

const cases: readonly Case[] = [
  {
    name: "an exception names its message and the line of the source",
    block: code(`throw new TypeError("no such organ: spleen");`),
    kind: "exception",
    says: ["TypeError: no such organ: spleen", "pipeline.ts:"],
  },
  {
    name: "a block that throws something that is no Error",
    block: code(`throw "just a string";`),
    kind: "exception",
    says: ["just a string"],
  },
  {
    name: "a block that ends its process",
    block: code(`console.log("about to leave"); process.exit(7);`),
    kind: "exited",
    says: ["status 7", "about to leave"],
  },
  {
    name: "a block that ends its process with status 0 is no success",
    block: code(`process.exit(0);`),
    kind: "exited",
    says: ["status 0"],
  },
  {
    name: "a crash of the process by a signal",
    block: code(
      `console.error("last words"); process.kill(process.pid, "SIGSEGV"); await new Promise(() => {});`,
    ),
    kind: "killed",
    says: ["SIGSEGV", "last words"],
  },
  {
    name: "a block that never returns",
    block: code(`for (;;) {}`),
    options: `{ time: "1s" }`,
    kind: "timeout",
    says: ["1 s", "time"],
  },
  {
    name: "a block that waits for ever",
    block: code(`await new Promise(() => {});`),
    options: `{ time: "1s" }`,
    kind: "timeout",
    says: ["1 s"],
  },
  {
    name: "a command over its time, with grandchildren that ignore TERM and that left the session",
    files: {
      "bad.sh": script(`trap '' TERM
(trap '' TERM; while :; do sleep 60; done) &
setsid sh -c 'trap "" TERM; while :; do sleep 60; done' &
echo started
wait`),
    },
    block: runScript,
    options: `{ time: "1s" }`,
    kind: "timeout",
    says: ["1 s", "started"],
  },
  {
    name: "more memory than the block asked for",
    block: code(
      `const held: Uint8Array[] = []; for (;;) { held.push(new Uint8Array(32 << 20).fill(1)); await Bun.sleep(5); }`,
    ),
    options: `{ memory: "400M" }`,
    kind: "out-of-memory",
    says: ["400M", "memory"],
  },
  {
    name: "a program that is not there",
    block: `command("Bad", ["no-such-program-anywhere"])`,
    kind: "cannot-start",
    says: ["no-such-program-anywhere", "not found"],
  },
  {
    name: "a file that is not executable",
    files: { "bad.sh.txt": "#!/bin/sh\nexit 0\n" },
    block: `command("Bad", ["./bad.sh.txt"])`,
    kind: "cannot-start",
    says: ["bad.sh.txt", "chmod +x"],
  },
  {
    name: "an exit status",
    files: { "bad.sh": script(`echo "mesh has 3 holes" >&2; exit 42`) },
    block: runScript,
    kind: "command-status",
    says: ["42", "mesh has 3 holes", "bad.sh"],
  },
  {
    name: "a signal is told apart from status 137",
    files: { "bad.sh": script("kill -KILL $$") },
    block: runScript,
    kind: "command-signal",
    says: ["SIGKILL"],
  },
  {
    name: "status 137 is told apart from a signal",
    files: { "bad.sh": script("exit 137") },
    block: runScript,
    kind: "command-status",
    says: ["137"],
  },
  {
    name: "a PIPE_RESULT that is no JSON",
    files: { "bad.sh": script(`echo '{"statistics": {oops' > "$PIPE_RESULT"`) },
    block: runScript,
    kind: "bad-result",
    says: ["PIPE_RESULT", "oops"],
  },
  {
    name: "a PIPE_RESULT with an unknown key",
    files: { "bad.sh": script(`echo '{"statistic": {"a": 1}}' > "$PIPE_RESULT"`) },
    block: runScript,
    kind: "bad-result",
    says: ["statistic", "statistics"],
  },
  {
    name: "a persistent command that dies in the middle",
    files: {
      "bad.sh": `#!/bin/sh
while read -r line; do
  case "$line" in *'"id":1,'*|*'"id": 1,'*) echo "dying now" >&2; exit 9;; esac
  echo '{"statistics": {"ok": 1}}'
done
`,
    },
    block: `command("Bad", ["./bad.sh"], { persistent: true })`,
    kind: "persistent-died",
    says: ["9", "dying now"],
  },
  {
    name: "a persistent command that answers with rubbish",
    files: {
      "bad.sh": `#!/bin/sh
while read -r line; do
  case "$line" in *'"id":1,'*|*'"id": 1,'*) echo "Warning: deprecated";; *) echo '{}';; esac
done
`,
    },
    block: `command("Bad", ["./bad.sh"], { persistent: true })`,
    kind: "bad-answer",
    says: ["Warning: deprecated", "standard output"],
  },
  {
    name: "an output that was declared and not written",
    block: code("return;"),
    options: `{ outputs: ["mesh.obj"] }`,
    kind: "output-missing",
    says: ["mesh.obj"],
  },
  {
    name: "a statistic that JSON cannot carry, by the path of its field",
    block: code(`sample.addStatistic("stress", { max: [1, Number.NaN] as never });`),
    kind: "bad-value",
    says: ["stress.max[1]", "NaN"],
  },
];

describe("a failure of one sample", () => {
  for (const one of cases) {
    test(one.name, async () => {
      await using play = new Playground();
      play.write({
        ...one.files,
        "pipeline.ts": `import { Pipeline, PipelineBlock, command, type DataSample } from "pipe";
class First extends PipelineBlock { async run(sample: DataSample) { sample.setConfig("x", sample.id); ${
          one.kind === "output-missing" ? `if (sample.id !== 1) await sample.write("mesh.obj", "v");` : ""
        } } }
class After extends PipelineBlock { async run(sample: DataSample) { sample.addStatistic("x", 1); } }
export default new Pipeline().append(new First()).append(${one.block}, ${one.options ?? "{}"}).append(new After());
`,
      });
      const ending = await play.pipe([
        "run",
        "--run_local",
        "--max_processes",
        "2",
        "--num_samples",
        "3",
        "--json",
      ]);
      expect(ending.signal).toBeNull();
      const report = asReport(ending.stdout);
      const everySampleFails = one.block.includes("no-such-program") || one.block.includes("sh.txt");
      const failed = everySampleFails ? 3 : 1;
      expect(report.failures.map((f) => [f.block, f.kind])).toEqual(
        Array.from({ length: failed }, () => ["Bad_0", one.kind]),
      );
      expect(report.samples).toEqual({ total: 3, valid: 3 - failed, issues: 0, failed });
      expect(report.tasks.skipped).toBe(failed);
      expect(report.tasks.ran + report.tasks.cached + report.tasks.skipped).toBe(report.tasks.total);
      expect(ending.status).toBe(1);
      for (const words of one.says) expect(ending.stderr).toContain(words);
      // Our own lines of a stack say nothing to somebody who wrote a pipeline.
      expect(ending.stderr).not.toContain("src/worker/");
      expect(ending.stderr).toContain("Bad_0 failed on sample 000001");
      expect(ending.stderr).toContain("pipe exec Bad_0 1");
    });
  }

  test("is tried again as often as `retries` says, and each attempt keeps its log", async () => {
    await using play = new Playground();
    play.write({
      "pipeline.ts": `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { appendFileSync, readFileSync, existsSync } from "node:fs";
class Flaky extends PipelineBlock { async run(sample: DataSample) {
  const tries = sample.path + "/../tries-" + sample.id;
  appendFileSync(tries, "x");
  const count = readFileSync(tries, "utf8").length;
  console.log("attempt", count);
  sample.addStatistic("from_attempt", count);
  if (count <= sample.id) throw new Error("not yet");
} }
export default new Pipeline().append(new Flaky(), { retries: 2 });
`,
    });
    const ending = await play.pipe(["run", "--run_local", "--num_samples", "4", "--json"]);
    const report = asReport(ending.stdout);
    expect(ending.status).toBe(1);
    expect(report.samples).toEqual({ total: 4, valid: 3, issues: 0, failed: 1 });
    expect(report.tasks.ran).toBe(4);
    expect(report.failures.map((f) => f.sample)).toEqual([3]);
    expect(play.read("data/tries-3")).toBe("xxx");
    expect(play.read("data/statistics.csv")).toBe("sample,Flaky_0.from_attempt\n0,1\n1,2\n2,3\n");
    for (const attempt of [1, 2, 3]) {
      expect(play.read(`data/runinfo/000/task_logs/Flaky_0/000003.${attempt}.log`)).toContain(
        `attempt ${attempt}`,
      );
    }
  });
});

test("a pipeline that cannot be loaded by workers: status 3 with the reason, and no task is tried over and over", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `import { Pipeline, PipelineBlock } from "pipe";
if (process.argv.includes("worker")) throw new Error("not on this node");
class Never extends PipelineBlock { run() {} }
export default new Pipeline().append(new Never());
`,
  });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "50", "--json"]);
  expect(ending.status).toBe(3);
  expect(ending.stderr).toContain("not on this node");
  const report = asReport(ending.stdout);
  expect(report.samples.valid).toBe(0);
  expect(report.tasks.ran + report.tasks.skipped).toBe(50);
  expect(ending.stderr).not.toContain("is repeated");
  expect(play.read("data/runinfo/000/events.jsonl")).not.toContain('"attempt":2');
});

test("a block that closes what its worker speaks through is ended, and the others go on", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `import { closeSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Closes extends PipelineBlock { run(sample: DataSample) {
  if (sample.id === 1) for (let fd = 3; fd < 40; fd++) try { closeSync(fd); } catch {}
} }
export default new Pipeline().append(new Closes());
`,
  });
  const ending = await play.pipe([
    "run",
    "--run_local",
    "--max_processes",
    "2",
    "--num_samples",
    "3",
    "--json",
  ]);
  expect(ending.status).toBe(1);
  const { samples, failures } = asReport(ending.stdout);
  expect(samples).toEqual({ total: 3, valid: 2, issues: 0, failed: 1 });
  expect(failures.map(({ sample }) => sample)).toEqual([1]);
}, 20_000);
