// Commands as real programs: what reaches them, what comes back, and every way in which they fail.
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { command, Pipeline } from "../../../src/api/index.ts";
import { bytes, seconds } from "../../../src/core/ids.ts";
import { marked } from "../../../src/system/process-mark.ts";
import { processesHolding } from "../../support/leftovers.ts";
import { RunnerRig } from "../../support/runner-rig.ts";
import { seeded } from "../../support/seeded.ts";

const sh = (rig: RunnerRig, body: string, ...args: string[]) =>
  command("Bad", [rig.write("bad.sh", `#!/bin/sh\n${body}\n`), ...args]);

/** One command and a well-behaved one, to see that the runner goes on. */
function withProgram(rig: RunnerRig, body: string, ...args: string[]): RunnerRig {
  return rig.use(new Pipeline().append(sh(rig, body, ...args)).append(command("Fine", ["true"])));
}

async function goesOn(rig: RunnerRig): Promise<void> {
  expect((await rig.run("Fine_0", 9)).outcome).toEqual({ kind: "succeeded" });
}

describe("what a command is told", () => {
  test("PIPE_SAMPLE is a file outside the sample's folder with all that is known of the sample", async () => {
    await using rig = new RunnerRig();
    withProgram(
      rig,
      `cp "$PIPE_SAMPLE" told.json; case "$PIPE_SAMPLE" in "$PWD"/*) exit 1;; esac; pwd > cwd; env > env`,
    );
    rig.write("data/000003/frames/f10.stl", "x");
    rig.write("data/000003/frames/f2.stl", "x");
    rig.write("data/000003/log.log", "x");
    const state = { config: { Scene_0: { stiffness: 2.5 } }, statistics: { Scene_0: { n: [1, null] } } };
    const needs = { cpus: 3, memory: bytes(1 << 30), time: seconds(60) };
    const result = await rig.run("Bad_0", 3, { attempt: 2, state, needs });
    expect(result.outcome).toEqual({ kind: "succeeded" });
    const path = `${rig.dataPath}/000003`;
    expect(JSON.parse(rig.read("data/000003/told.json"))).toEqual({
      ...{ id: 3, path, ...state, files: ["frames/f2.stl", "frames/f10.stl"] },
      ...{ block: "Bad_0", attempt: 2, seed: expect.any(Number) },
    });
    expect(rig.read("data/000003/cwd").trim()).toBe(path);
    const environment = new Map(
      rig
        .read("data/000003/env")
        .split("\n")
        .map((line): [string, string] => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)]),
    );
    for (const [name, value] of Object.entries({
      ...{ PIPE_BLOCK: "Bad_0", PIPE_ATTEMPT: "2", PIPE_SAMPLE_ID: "3", PIPE_SAMPLE_PATH: path },
      ...{
        PIPE_CPUS: "3",
        PIPE_GPUS: "0",
        PIPE_MEMORY: String(1 << 30),
        PIPE_TIME: "60",
        OMP_NUM_THREADS: "3",
      },
      ...{ PIPE_DATASET_PATH: rig.dataPath, PIPE_RUN_PATH: rig.runFolder },
    })) {
      expect([name, environment.get(name)]).toEqual([name, value]);
    }
  });

  test("what would turn our own executable into something else does not reach it; what the user set does", async () => {
    await using rig = new RunnerRig();
    const before = { ...process.env };
    Object.assign(process.env, {
      BUN_OPTIONS: "--smol",
      BUN_BE_BUN: "1",
      OMP_NUM_THREADS: "5",
      MINE: "yes",
      NODE_CHANNEL_FD: "3",
    });
    try {
      rig.use(
        new Pipeline().append(sh(rig, "env > env"), { environment: { FROM_BLOCK: "b", MINE: "block" } }),
      );
      await rig.run("Bad_0");
    } finally {
      for (const name of ["BUN_OPTIONS", "BUN_BE_BUN", "OMP_NUM_THREADS", "MINE", "NODE_CHANNEL_FD"]) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
    const lines = rig.read("data/000000/env").split("\n");
    expect(lines).toContain("OMP_NUM_THREADS=5");
    expect(lines).toContain("MINE=block");
    expect(lines).toContain("FROM_BLOCK=b");
    expect(lines.filter((line) => /^(BUN_OPTIONS|BUN_BE_BUN|BUN_FEATURE|NODE_CHANNEL)/.test(line))).toEqual(
      [],
    );
  });

  test("hostile values are one argument each and nothing else", async () => {
    await using rig = new RunnerRig();
    const echo = rig.write("echo.sh", `#!/bin/sh\nfor a in "$@"; do printf '%s\\000' "$a"; done > args\n`);
    rig.use(
      new Pipeline()
        .append(command("Scene", ["true"]))
        .append(command("Echo", [echo, "{sample.config.Scene_0.value}", "x{sample.config.Scene_0.value}y"])),
    );
    const parts = [
      "'",
      '"',
      "$(touch hacked)",
      "`touch hacked`",
      "\n",
      "../..",
      "-rf",
      ";",
      "&",
      "|",
      ">",
      "*",
      "~",
      "\\",
      " ",
      "é",
      "{sample.id}",
      "%s",
      "\u0001",
      "#!",
    ];
    const random = seeded(11);
    const values = [
      ...parts,
      "",
      ...Array.from({ length: 25 }, () =>
        Array.from({ length: 1 + random.below(6) }, () => random.pick(parts)).join(""),
      ),
    ];
    for (const [index, value] of values.entries()) {
      const result = await rig.run("Echo_0", index, { state: { config: { Scene_0: { value } } } });
      expect(result.outcome).toEqual({ kind: "succeeded" });
      const folder = `data/${String(index).padStart(6, "0")}`;
      expect(rig.read(`${folder}/args`).split("\0")).toEqual([value, `x${value}y`, ""]);
      expect(result.manifest.files.map(({ path }) => path)).toEqual(["args"]);
    }
  });

  test("a value that this sample does not have is named, with those it has", async () => {
    await using rig = new RunnerRig();
    rig.use(
      new Pipeline()
        .append(command("Scene", ["true"]))
        .append(command("Use", ["echo", "{sample.config.Scene_0.size}"])),
    );
    expect(await rig.failure("Use_0", 0, { state: { config: { Scene_0: { sizes: 1 } } } })).toEqual({
      kind: "no-such-value",
      placeholder: "{sample.config.Scene_0.size}",
      known: ["{sample.config.Scene_0.sizes}"],
    });
  });
});

describe("what a command answers", () => {
  test("config and statistics from PIPE_RESULT", async () => {
    await using rig = new RunnerRig();
    withProgram(
      rig,
      `echo '{"config": {"a": 1}, "statistics": {"b": [1, {"c": null}]}}' > "$PIPE_RESULT"; echo done > out.txt`,
    );
    const result = await rig.run("Bad_0");
    expect(result.outcome).toEqual({ kind: "succeeded" });
    expect(result.changes).toEqual({ config: { a: 1 }, statistics: { b: [1, { c: null }] } });
    expect(result.manifest.files).toMatchObject([
      { path: "out.txt", size: 5, sha256: createHash("sha256").update("done\n").digest("hex") },
    ]);
    expect(result.log).toBeNull();
  });

  test("an issue is no failure, and keeps the values", async () => {
    await using rig = new RunnerRig();
    withProgram(rig, `echo '{"statistics": {"v": 3}, "issue": "did not converge"}' > "$PIPE_RESULT"`);
    const result = await rig.run("Bad_0");
    expect(result.outcome).toEqual({ kind: "issue", message: "did not converge" });
    expect(result.changes.statistics).toEqual({ v: 3 });
  });

  const bad: readonly (readonly [string, string, string])[] = [
    ["no JSON", `{"statistics": {oops`, "not JSON"],
    ["NaN", `{"statistics": {"a": NaN}}`, "NaN and Infinity are not JSON"],
    ["too large a number", `{"statistics": {"a": 1e999}}`, "statistics.a"],
    ["an unknown key", `{"statistic": {"a": 1}}`, "did you mean `statistics`"],
    ["a list", "[1]", "a list"],
    ["a wrong type", `{"config": 3}`, "`config` is a number"],
    ["an issue that is no text", `{"issue": true}`, "`issue` is a boolean"],
    ["an empty issue", `{"issue": ""}`, "empty"],
    ["a key with a dot", `{"config": {"a.b": 1}}`, "dots"],
    ["nothing", "", "empty"],
  ];
  for (const [name, text, says] of bad) {
    test(`${name} in PIPE_RESULT is told with an excerpt`, async () => {
      await using rig = new RunnerRig();
      withProgram(rig, `printf '%s' '${text}' > "$PIPE_RESULT"`);
      const failure = await rig.failure("Bad_0");
      expect(failure).toMatchObject({ kind: "bad-result", excerpt: text });
      expect(failure.kind === "bad-result" ? failure.problem : "").toContain(says);
      await goesOn(rig);
    });
  }

  test("a PIPE_RESULT that cannot be read to an end is told, and nobody waits for it", async () => {
    for (const [body, problem] of [
      [`mkfifo "$PIPE_RESULT"`, "it is not an ordinary file"],
      [`ln -s /dev/zero "$PIPE_RESULT"`, "it is not an ordinary file"],
      [`mkdir "$PIPE_RESULT"`, "it is not an ordinary file"],
      [`truncate -s 20G "$PIPE_RESULT"`, "it is larger than 16 MB; large results belong into files"],
    ] as const) {
      await using rig = new RunnerRig();
      const failure = await withProgram(rig, body).failure("Bad_0");
      expect(failure).toEqual({ kind: "bad-result", problem, excerpt: "" });
      await goesOn(rig);
    }
  });

  test("a failure takes no values, whatever was written before", async () => {
    await using rig = new RunnerRig();
    withProgram(rig, `echo '{"statistics": {"v": 3}, "issue": "x"}' > "$PIPE_RESULT"; exit 4`);
    const result = await rig.run("Bad_0");
    expect(result.outcome).toMatchObject({ kind: "failed", failure: { kind: "command-status", status: 4 } });
    expect(result.changes).toEqual({ config: {}, statistics: {} });
  });
});

describe("how a command ends", () => {
  test("status and signal are told apart", async () => {
    await using rig = new RunnerRig();
    withProgram(
      rig,
      `echo "to stdout"; echo "to stderr" >&2; case $1 in kill) kill -KILL $$;; *) exit $1;; esac`,
      "{sample.id}",
    );
    const status = await rig.run("Bad_0", 137);
    expect(status.outcome).toMatchObject({ failure: { kind: "command-status", status: 137 } });
    expect(status.tail).toEqual(["to stdout", "to stderr"]);
    expect(status.log).toBe("task_logs/Bad_0/000137.1.log");
    expect(rig.log(status)).toBe("to stdout\nto stderr\n");
    withProgram(rig, "kill -SEGV $$");
    expect(await rig.failure("Bad_0")).toMatchObject({ kind: "command-signal", signal: "SIGSEGV" });
    await goesOn(rig);
  });

  test("a program that cannot be started says why", async () => {
    await using rig = new RunnerRig();
    rig.write("plain.txt", "#!/bin/sh\n");
    rig.write("nobang.sh", "echo hi\n");
    rig.write("lost.sh", "#!/no/such/interpreter -x\n");
    const programs: readonly (readonly [string, object])[] = [
      ["no-such-program-anywhere", { kind: "cannot-start", why: "not-found", code: "ENOENT" }],
      [rig.path("nothing.sh"), { kind: "cannot-start", why: "not-found", program: rig.path("nothing.sh") }],
      [rig.path("plain.txt"), { kind: "cannot-start", why: "not-executable", code: "EACCES" }],
      [rig.path("nobang.sh"), { kind: "cannot-start", why: "bad-format", code: "ENOEXEC" }],
      [rig.path("lost.sh"), { kind: "cannot-start", why: "not-found", program: "/no/such/interpreter" }],
    ];
    for (const [program, failure] of programs) {
      rig.use(new Pipeline().append(command("Bad", [program])).append(command("Fine", ["true"])));
      expect(await rig.failure("Bad_0")).toMatchObject(failure);
      await goesOn(rig);
    }
    rig.use(
      new Pipeline()
        .append(command("Scene", ["true"]))
        .append(command("Bad", ["echo", "{sample.config.Scene_0.v}"])),
    );
    const given = (v: string) => ({ state: { config: { Scene_0: { v } } } });
    expect(await rig.failure("Bad_0", 0, given("x".repeat(200_000)))).toMatchObject({
      kind: "cannot-start",
      why: "arguments-too-long",
      code: "E2BIG",
    });
    expect(await rig.failure("Bad_0", 0, given("a\0b"))).toMatchObject({ kind: "bad-value" });
  });

  test("over its time the whole tree is ended: who ignores TERM, who left the session, who lost its parent", async () => {
    await using rig = new RunnerRig();
    withProgram(
      rig,
      `trap '' TERM
(trap '' TERM; while :; do sleep 60; done) &
setsid sh -c 'trap "" TERM; while :; do sleep 60; done' &
(setsid sh -c 'sleep 60 & sleep 60' &) 
echo started; wait`,
    );
    const result = await rig.run("Bad_0", 0, { needs: { time: seconds(0.5) } });
    expect(result.outcome).toEqual({ kind: "failed", failure: { kind: "timeout", limit: seconds(0.5) } });
    expect(result.tail).toEqual(["started"]);
    expect(processesHolding(marked(rig.mark))).toEqual([]);
    expect(result.usage.seconds).toBeLessThan(4);
    await goesOn(rig);
  });

  test("a polite program has its grace to clean up", async () => {
    await using rig = new RunnerRig();
    withProgram(rig, `trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.02; done`);
    const result = await rig.run("Bad_0", 0, { needs: { time: seconds(0.3) } });
    expect(result.tail[0]).toBe("ready");
    expect(result.tail.at(-1)).toBe("cleaned");
    expect(result.outcome).toMatchObject({ failure: { kind: "timeout" } });
  });

  test("what a successful program left running is ended and noted", async () => {
    await using rig = new RunnerRig();
    withProgram(rig, `setsid sleep 60 & (sleep 61 &); exit 0`);
    const result = await rig.run("Bad_0");
    expect(result.outcome).toEqual({ kind: "succeeded" });
    expect(rig.log(result)).toContain("2 processes that were still running");
    expect(processesHolding(marked(rig.mark))).toEqual([]);
  });

  test("a child that is about to leave by itself is not disturbed", async () => {
    await using rig = new RunnerRig();
    withProgram(rig, `(sleep 0.05; echo last line) & exit 0`);
    const result = await rig.run("Bad_0");
    expect(rig.log(result)).toBe("last line\n");
  });

  test("a cancelled task ends at once", async () => {
    await using rig = new RunnerRig();
    withProgram(rig, `echo up > up; exec sleep 60`);
    const abort = new AbortController();
    const running = rig.runner.run(rig.assignment("Bad_0", 0), abort.signal);
    while (!rig.exists("data/000000/up")) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    expect((await running).outcome).toEqual({ kind: "failed", failure: { kind: "cancelled" } });
    await goesOn(rig);
  });
});

describe("what a command took", () => {
  test("processor time and memory are the program's, not the worker's", async () => {
    await using rig = new RunnerRig();
    const ballast = new Uint8Array(200 << 20).fill(1);
    rig.use(
      new Pipeline()
        .append(command("Small", ["sh", "-c", "sleep 0.1"]))
        .append(
          command("Large", [
            "python3",
            "-c",
            "a = bytearray(400 * 1024 * 1024); a[::4096] = b'x' * len(a[::4096])",
          ]),
        )
        .append(command("Busy", ["sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"])),
    );
    const small = await rig.run("Small_0");
    expect(small.usage.peakMemory ?? 0).toBeLessThan(20 << 20);
    expect(small.usage.cpuSeconds ?? 1).toBeLessThan(0.1);
    expect(small.usage.seconds).toBeGreaterThan(0.09);
    const large = await rig.run("Large_0");
    expect(large.usage.peakMemory ?? 0).toBeGreaterThan(400 << 20);
    expect(large.usage.peakMemory ?? 0).toBeLessThan(600 << 20);
    expect((await rig.run("Busy_0")).usage.cpuSeconds ?? 0).toBeGreaterThan(0.01);
    expect(ballast.length).toBeGreaterThan(0);
  });
});

test("a command over the dataset is told its samples, works in the dataset's folder and does not see theirs", async () => {
  await using rig = new RunnerRig();
  const script = rig.write(
    "all.sh",
    `#!/bin/sh\ncp "$PIPE_DATASET" told; pwd > cwd; echo x > 000001/by_dataset; [ -z "$PIPE_SAMPLE" ] || exit 1\n`,
  );
  rig.use(
    new Pipeline()
      .append(command("One", ["true"]))
      .append(command("All", [script, "{dataset.path}"], { scope: "dataset" })),
  );
  await rig.run("One_0", 1);
  const assignment = { ...rig.assignment("All_0", 0), target: { kind: "dataset" as const, valid: [] } };
  const result = await rig.runner.run(assignment, new AbortController().signal);
  expect(result.outcome).toEqual({ kind: "succeeded" });
  expect(result.manifest.files.map(({ path }) => path)).toEqual(["cwd", "told"]);
  expect(JSON.parse(rig.read("data/told"))).toMatchObject({ path: rig.dataPath, samples: [] });
});

test("a command over the dataset that answers with values is told that nobody keeps them", async () => {
  await using rig = new RunnerRig();
  const script = rig.write("all.sh", `#!/bin/sh\necho '{"statistics": {"mean": 1}}' > "$PIPE_RESULT"\n`);
  rig.use(new Pipeline().append(command("All", [script], { scope: "dataset" })));
  const assignment = { ...rig.assignment("All_0", 0), target: { kind: "dataset" as const, valid: [] } };
  const result = await rig.runner.run(assignment, new AbortController().signal);
  expect(result.outcome).toMatchObject({
    kind: "failed",
    failure: {
      kind: "bad-result",
      problem:
        "a block over the dataset has no config and no statistics of its own; it writes them into a file",
    },
  });
});
