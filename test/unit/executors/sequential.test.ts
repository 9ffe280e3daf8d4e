// Tasks in the launcher's own process: they print like any script, and whatever they try, the launcher goes on.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ExecutorEvent } from "../../../src/executors/executor.ts";

const entry = resolve(import.meta.dir, "../../support/sequential-entry.ts");

async function run(pipeline: string, words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "pipe-sequential-"));
  const runFolder = join(folder, "data", "runinfo", "000");
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(
    join(runFolder, "pipeline.js"),
    `import { command, Pipeline, PipelineBlock } from "pipe";\n${pipeline}`,
  );
  const child = Bun.spawn([process.execPath, entry, runFolder, ...words], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const log = (name: string) => {
    const path = join(runFolder, "task_logs", name);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  };
  const logs = { A: log("A_0/000000.1.log"), B: log("B_0/000000.1.log") };
  rmSync(folder, { recursive: true });
  return { status: child.exitCode, stdout, stderr, logs };
}

function eventsIn(stdout: string): readonly ExecutorEvent[] {
  return JSON.parse(stdout);
}

const block = (name: string, body: string) =>
  `class ${name} extends PipelineBlock { async run(sample) { ${body} } }\n`;
const two = (a: string, b = "") =>
  `${block("A", a)}${block("B", b)}export default new Pipeline().append(new A()).append(new B());`;

test("tasks run one after another in the order they were given, each told when it starts and ends", async () => {
  const { stdout, status } = await run(two("sample.addStatistic('x', sample.id);"), [
    "A_0:0",
    "A_0:1",
    "B_0:0",
  ]);
  expect(status).toBe(0);
  const told = eventsIn(stdout).map((event) => {
    if (event.kind === "started") return `started ${event.task}`;
    return event.kind === "ended" ? `ended ${event.result.task}` : event.kind;
  });
  expect(told).toEqual(["joined", "started 0", "ended 0", "started 1", "ended 1", "started 2", "ended 2"]);
});

test("what a block prints goes to standard error and to its log; standard output stays for the results", async () => {
  const { stdout, stderr, logs } = await run(
    `${block("A", `console.log("seen", { a: 1 }); process.stdout.write("raw\\n"); console.error("err");`)}
export default new Pipeline().append(new A()).append(command("B", ["sh", "-c", "echo from program; echo its error >&2"]));`,
    ["A_0:0", "B_0:0"],
  );
  expect(logs).toEqual({ A: "seen { a: 1 }\nraw\nerr\n", B: "from program\nits error\n" });
  expect(stderr).toBe(`${logs.A}${logs.B}`);
  expect(eventsIn(stdout).length).toBe(5);
});

describe("the launcher survives", () => {
  const cases: readonly (readonly [string, string, object])[] = [
    ["a block that ends the process", "process.exit(4);", { kind: "exited", status: 4 }],
    [
      "one that catches what is thrown then",
      "try { process.exit(4); } catch {}",
      { kind: "exited", status: 4 },
    ],
    [
      "an exception in a timer",
      `setTimeout(() => { throw new Error("in a timer"); }, 1); await new Promise(() => {});`,
      { kind: "exception", message: "in a timer" },
    ],
    [
      "a rejection that nobody waits for",
      `Promise.reject(new Error("nobody waits")); await new Promise(() => {});`,
      { kind: "exception", message: "nobody waits" },
    ],
  ];
  for (const [name, body, failure] of cases) {
    test(name, async () => {
      const { stdout, status } = await run(two(body), ["A_0:0", "B_0:0"]);
      expect(status).toBe(0);
      const results = eventsIn(stdout).flatMap((event) => (event.kind === "ended" ? [event.result] : []));
      expect(results[0]?.outcome).toMatchObject({ kind: "failed", failure });
      expect(results[1]?.outcome).toEqual({ kind: "succeeded" });
    });
  }

  test("a rejection of a call that the block forgot to await is the block's failure", async () => {
    const { stdout, status } = await run(
      two(`const write = async () => { throw new Error("disk on fire"); }; write();`),
      ["A_0:0", "B_0:0"],
    );
    expect(status).toBe(0);
    const results = eventsIn(stdout).flatMap((event) => (event.kind === "ended" ? [event.result] : []));
    expect(results[0]?.outcome).toMatchObject({ failure: { kind: "exception", message: "disk on fire" } });
    expect(results[1]?.outcome).toEqual({ kind: "succeeded" });
  });

  test("a timer of a task that is over: what it throws or ends is told, and is no other task's", async () => {
    // Behind the second task's own end nothing runs, and the launcher is not done yet.
    const late = (what: string) => `setTimeout(() => { ${what} }, 1);
const end = Date.now() + 5; while (Date.now() < end);`;
    for (const [what, told] of [
      [`throw new Error("late")`, "late"],
      ["process.exit(0);", "the block ended its process with status 0"],
    ] as const) {
      const { stdout, stderr, status } = await run(two(late(what)), ["A_0:0", "B_0:0"]);
      expect(status).toBe(0);
      const results = eventsIn(stdout).flatMap((event) => (event.kind === "ended" ? [event.result] : []));
      expect(results.length).toBe(2);
      const failures = results.filter(({ outcome }) => outcome.kind === "failed");
      if (failures.length === 0) expect(stderr).toContain(told);
      else expect(JSON.stringify(failures)).toMatch(/late|"status":0/);
    }
  });

  test("nothing for a call that was imported by name, but it is told and the status is no success", async () => {
    const { status, stderr } = await run(`import { exit } from "node:process";\n${two("exit(0);")}`, [
      "A_0:0",
      "B_0:0",
    ]);
    expect(stderr).toContain("code of the pipeline ended this process with status 0");
    expect(status).not.toBe(0);
  });
});
