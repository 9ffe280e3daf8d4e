import { expect, test } from "bun:test";
import type { TaskFailure } from "../../../src/core/events.ts";
import type { Failure } from "../../../src/core/failure.ts";
import { attempt, blockName, bytes, sampleId, seconds } from "../../../src/core/ids.ts";
import { createFailureFlood } from "../../../src/report/failure-flood.ts";
import {
  failureLine,
  sayFailure,
  sayRepeatedFailure,
  sayRetry,
  shownPath,
} from "../../../src/report/say-failure.ts";

const place = {
  runFolder: "/data/organs/runinfo/003",
  execFlags: ["--data_path", "organs"],
  workingFolder: "/data",
  host: null,
};

function failure(failure: Failure, more: Partial<TaskFailure> = {}): TaskFailure {
  return {
    block: blockName("Simulate_0"),
    sample: sampleId(42),
    failure,
    log: null,
    attempt: attempt(1),
    tail: [],
    ...more,
  };
}

const say = (one: Failure, more: Partial<TaskFailure> = {}) => sayFailure(failure(one, more), place);

/** The paragraph without what is the same in all of them. */
const core = (one: Failure) =>
  say(one)
    .replace("error: Simulate_0 failed on sample 000042: ", "")
    .replace("\n  repeat it here: pipe exec Simulate_0 42 --data_path organs", "");

test("the paragraph of a failure: what, where, last lines, log, hint, and the command that repeats it", () => {
  const text = sayFailure(
    failure(
      { kind: "killed", signal: "SIGKILL" },
      {
        attempt: attempt(2),
        log: "task_logs/Simulate_0/000042.2.log",
        tail: ["", "assembling 1.2e7 unknowns", " 10%\r 20%\r 30%", "\x1b[1mbold\x1b[0m \x1b[2J"],
      },
    ),
    { ...place, host: "n3" },
  );
  expect(text).toBe(
    `
error: Simulate_0 failed on sample 000042 on node n3 (attempt 2 of 2): killed by signal SIGKILL
  probably the kernel, because the machine ran out of memory; a person can do it too
  last lines of its output:
    assembling 1.2e7 unknowns
     30%
    bold \\x1b[2J
  log: organs/runinfo/003/task_logs/Simulate_0/000042.2.log
  hint: give the block a \`memory\` limit, so that no more run side by side than fit, or start fewer processes
  repeat it here: pipe exec Simulate_0 42 --data_path organs
`.trim(),
  );
});

test("every kind of failure in words", () => {
  const kinds: readonly (readonly [Failure, string])[] = [
    [
      {
        kind: "exception",
        name: "TypeError",
        message: "no such organ: spleen\nknown: liver",
        stack: ["at run (pipeline.ts:12:5)"],
      },
      "TypeError: no such organ: spleen\n  known: liver\n  at run (pipeline.ts:12:5)",
    ],
    [{ kind: "exception", name: "Error", message: "", stack: [] }, "Error"],
    [
      { kind: "exited", status: 0 },
      "the block ended its own process with exit status 0\n  a block returns or throws; when it ends the process, what it did is not recorded, whatever the status",
    ],
    [
      { kind: "killed", signal: "SEGV" },
      "killed by signal SIGSEGV\n  a memory error in native code (an add-on or the runtime), not in TypeScript",
    ],
    [{ kind: "command-status", program: "/x/bad.sh", status: 42 }, "`/x/bad.sh` ended with exit status 42"],
    [
      { kind: "command-status", program: "sh", status: 127 },
      "`sh` ended with exit status 127\n  a shell says 127 when it did not find a program, or a shared library was missing\n  hint: name the program in `requires`, and `pipe doctor` will look for it",
    ],
    [
      { kind: "command-status", program: "sh", status: 126 },
      "`sh` ended with exit status 126\n  a shell says 126 when it found a program that it may not execute",
    ],
    [
      { kind: "command-status", program: "sh", status: 139 },
      "`sh` ended with exit status 139\n  a shell says 139 when what it ran was killed by signal SIGSEGV\n  a memory error in the program",
    ],
    [{ kind: "command-status", program: "sh", status: 255 }, "`sh` ended with exit status 255"],
    [
      { kind: "command-signal", program: "sofa", signal: "SIGILL" },
      "`sofa` was killed by signal SIGILL\n  an instruction that this processor does not have: built for another one?",
    ],
    [{ kind: "command-signal", program: "sofa", signal: "SIGUSR1" }, "`sofa` was killed by signal SIGUSR1"],
    [
      { kind: "cannot-start", program: "gmsh", why: "not-found", code: "ENOENT" },
      "`gmsh` cannot be started: it was not found (ENOENT)\n  it is in no folder of PATH\n  hint: install it, or give its path",
    ],
    [
      { kind: "cannot-start", program: "/x/my mesh.sh", why: "not-executable", code: "EACCES" },
      "`/x/my mesh.sh` cannot be started: it may not be executed (EACCES)\n  hint: make it executable: chmod +x '/x/my mesh.sh'",
    ],
    [
      { kind: "cannot-start", program: "./a", why: "bad-format", code: "ENOEXEC" },
      "`./a` cannot be started: the system cannot execute this kind of file (ENOEXEC)\n  a script without `#!` in its first line, or a program for another kind of machine\n  hint: begin a script with a line such as `#!/usr/bin/env python3`",
    ],
    [
      { kind: "cannot-start", program: "a", why: "arguments-too-long", code: "E2BIG" },
      "`a` cannot be started: its arguments are too long (E2BIG)\n  one argument may have 128 kB, all together about 2 MB\n  hint: let it read the values from the file that PIPE_SAMPLE names",
    ],
    [
      { kind: "cannot-start", program: "a", why: "no-folder", code: "ENOENT" },
      "`a` cannot be started: the folder that it should run in does not exist (ENOENT)",
    ],
    [
      { kind: "cannot-start", program: "a", why: "other", code: "EAGAIN" },
      "`a` cannot be started: no more processes or threads are allowed (EAGAIN)",
    ],
    [
      { kind: "timeout", limit: seconds(1) },
      "it took longer than its time limit of 1 s\n  it was ended with everything that it had started\n  hint: raise `time` of the block if it was still at work, or look in its output for where it hangs",
    ],
    [
      { kind: "out-of-memory", limit: bytes(400 * 2 ** 20), peak: bytes(420 * 2 ** 20) },
      "it used 420M of memory, more than its limit of 400M\n  hint: raise `memory` of the block: fewer then run side by side; or lower the block's need of memory",
    ],
    [
      { kind: "out-of-memory", limit: null, peak: null },
      "it ran out of memory\n  hint: raise `memory` of the block: fewer then run side by side; or lower the block's need of memory",
    ],
    [
      { kind: "bad-result", problem: "no JSON", excerpt: '{"statistics": {oops' },
      'what it wrote to PIPE_RESULT cannot be used: no JSON\n    {"statistics": {oops\n  hint: PIPE_RESULT takes one JSON object such as {"statistics": {"volume": 1.5}} or {"issue": "did not converge"}',
    ],
    [
      { kind: "persistent-died", program: "python3", status: 9, signal: null },
      "`python3` ended with exit status 9 before it had answered",
    ],
    [
      { kind: "persistent-died", program: "python3", status: 0, signal: null },
      "`python3` ended with exit status 0 before it had answered\n  it is started once and stays: it must read samples from standard input until that ends",
    ],
    [
      { kind: "persistent-died", program: "python3", status: null, signal: "SIGABRT" },
      "`python3` was killed by signal SIGABRT before it had answered\n  it gave up itself: a failed assertion, or an allocation that failed",
    ],
    [
      { kind: "bad-answer", program: "python3", problem: "no JSON", excerpt: "Warning: deprecated" },
      "`python3` answered with a line that cannot be used: no JSON\n    Warning: deprecated\n  hint: a persistent command prints one line of JSON per sample to standard output and everything else to standard error",
    ],
    [
      {
        kind: "no-such-value",
        placeholder: "sample.config.Mesh_0.sise",
        known: ["sample.id", "sample.config.Mesh_0.size"],
      },
      "this sample has no value for `sample.config.Mesh_0.sise`\n  it has `sample.id`, `sample.config.Mesh_0.size`\n  hint: did you mean `sample.config.Mesh_0.size`?",
    ],
    [
      { kind: "input-missing", patterns: ["*.obj"] },
      "the sample has no file for its declared input `*.obj`\n  hint: look at what the blocks before it left, or correct `inputs`",
    ],
    [
      { kind: "output-missing", patterns: ["a.obj", "b\n.vtk"] },
      "it ended well but left no file for its declared output `a.obj`, `b\\n.vtk`\n  hint: correct `outputs`, or put what it does not always write into `optionalOutputs`",
    ],
    [
      { kind: "bad-value", path: "stress.max[1]", problem: "NaN is no JSON number" },
      "`stress.max[1]` cannot be kept: NaN is no JSON number",
    ],
    [
      { kind: "cannot-write", path: "/data/000042/a", code: "EDQUOT" },
      "cannot write `/data/000042/a`: the disk quota is used up (EDQUOT)\n  hint: make room there (also for more files, not only bytes), and start the run again",
    ],
    [
      { kind: "cannot-load", message: "x is not defined\n  at y" },
      "the worker could not load the pipeline: x is not defined\n    at y",
    ],
    [
      { kind: "worker-lost", worker: "w0007", why: "node n3 failed" },
      "its worker w0007 was lost: node n3 failed",
    ],
    [{ kind: "cancelled" }, "it was ended because the run was"],
  ];
  for (const [one, text] of kinds) expect(core(one)).toBe(text);
});

test("a failure over the whole dataset names no sample", () => {
  expect(
    say({ kind: "exited", status: 3 }, { sample: null })
      .split("\n")
      .filter((line) => !line.startsWith("  a block")),
  ).toEqual([
    "error: Simulate_0 failed on the dataset: the block ended its own process with exit status 3",
    "  repeat it here: pipe exec Simulate_0 --data_path organs",
  ]);
});

test("a message of a megabyte and a tail of long lines stay readable", () => {
  const text = say(
    { kind: "exception", name: "Error", message: "x".repeat(1e6), stack: [] },
    { tail: Array.from({ length: 50 }, (_, i) => `${i} ${"y".repeat(1000)}`) },
  );
  expect(text.length).toBeLessThan(5000);
  expect(text.split("\n")).toHaveLength(13);
  expect(failureLine({ kind: "exception", name: "Error", message: "x".repeat(1e6), stack: [] })).toHaveLength(
    500 + "… (999507 more characters)".length,
  );
});

test("paths are relative where that is shorter and still right", () => {
  expect(shownPath("/data/organs/a", "/data")).toBe("organs/a");
  expect(shownPath("/data", "/data")).toBe("/data");
  expect(shownPath("/other/a", "/data")).toBe("/other/a");
  expect(shownPath("/data/..x/a", "/data")).toBe("..x/a");
  expect(shownPath("/data/a", null)).toBe("/data/a");
});

test("an attempt that is repeated is told in one line", () => {
  expect(sayRetry(failure({ kind: "killed", signal: "SIGBUS" }), "n3")).toBe(
    "warning: Simulate_0 on sample 000042: attempt 1 failed on node n3 and is repeated: killed by signal SIGBUS",
  );
});

test("of a thousand failures alike three are told in full and then 10, 100, 1,000", () => {
  const flood = createFailureFlood();
  const told: string[] = [];
  for (let sample = 1; sample <= 1234; sample++) {
    const failed = failure(
      { kind: "exception", name: "Error", message: `no volume in ${sample}.obj`, stack: [] },
      { sample: sampleId(sample) },
    );
    const telling = flood.next(failed);
    if (telling.kind === "in-full") told.push(`${sample}${telling.last ? " last" : ""}`);
    if (telling.kind === "count") told.push(sayRepeatedFailure(failed, telling));
  }
  expect(told).toEqual([
    "1",
    "2",
    "3 last",
    "error: 10 tasks of Simulate_0 have failed like this, the latest on sample 000010: Error: no volume in 10.obj",
    "error: 100 tasks of Simulate_0 have failed like this, the latest on sample 000100: Error: no volume in 100.obj",
    "error: 1,000 tasks of Simulate_0 have failed like this, the latest on sample 001000: Error: no volume in 1000.obj",
  ]);
});

test("a failure that is different is told in full also after many that were alike", () => {
  const flood = createFailureFlood();
  for (let i = 0; i < 500; i++) flood.next(failure({ kind: "killed", signal: "SIGKILL" }));
  expect(flood.next(failure({ kind: "killed", signal: "SIGSEGV" }))).toEqual({
    kind: "in-full",
    last: false,
  });
});

test("also of failures that are all different only so many are told in full", () => {
  const flood = createFailureFlood();
  let inFull = 0;
  let lines = 0;
  for (let i = 0; i < 5000; i++) {
    const name = [...String(i)].map((digit) => "abcdefghij"[Number(digit)]).join("");
    const telling = flood.next(failure({ kind: "exception", name, message: "", stack: [] }));
    if (telling.kind === "in-full") inFull++;
    if (telling.kind === "count") lines++;
  }
  expect(inFull).toBe(20);
  expect(lines).toBeLessThanOrEqual(6);
});
