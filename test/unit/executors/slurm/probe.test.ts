// What a probe asks and answers, and what each of its ends means in words.
import { describe, expect, test } from "bun:test";
import { seconds } from "../../../../src/core/ids.ts";
import type { PartitionAnswer } from "../../../../src/executors/slurm/client/partition-facts.ts";
import { parseJobDetails } from "../../../../src/executors/slurm/client/show-job.ts";
import { submissionKey } from "../../../../src/executors/slurm/client/submission-key.ts";
import { executorOptions } from "../../../../src/executors/slurm/jobs/options.ts";
import { partitionLook, type Wanted } from "../../../../src/executors/slurm/probe/client-findings.ts";
import { programs, space } from "../../../../src/executors/slurm/probe/node-findings.ts";
import { probeFindings } from "../../../../src/executors/slurm/probe/probe-findings.ts";
import type { ProbeOutcome, RoundTrip } from "../../../../src/executors/slurm/probe/probe-outcome.ts";
import {
  type ProbeAnswer,
  parseAnswer,
  parsePong,
  parseQuestion,
  writeAnswer,
  writePong,
  writeQuestion,
} from "../../../../src/executors/slurm/probe/probe-protocol.ts";
import {
  type ProbeJob,
  probeQuestion,
  probeScript,
} from "../../../../src/executors/slurm/probe/probe-script.ts";

const sha256 = "ab".repeat(32);
const job: ProbeJob = {
  ...{ folder: "/d/runinfo/doctor/n/p0", dataPath: "/d", nonce: "00ff00ff00ff00ff", gpu: false },
  key: submissionKey("doctor12345678", "p0"),
  staged: { path: "/d/runinfo/bin/pipe-abababababababab", sha256, size: 1, build: "abababababababab" },
  options: { partition: "main" },
  init: ["a", "b"],
  programs: [{ program: "gmsh", blocks: ["Mesh_0"], place: null, PATH: null }],
  patience: seconds(90),
};
const answer: ProbeAnswer = {
  ...{ nonce: job.nonce, node: "n3", release: "0.1.0", executable: "pipe-abababababababab", sha256 },
  ...{ filesystem: "nfs", free: 2 ** 40, inodes: 1e6, cpus: 4, memory: 2 ** 33, gpus: 0 },
  programs: [{ program: "gmsh", found: "/usr/bin/gmsh" }],
};
const trip = (took: number, ahead = 0): RoundTrip => ({
  seconds: seconds(took),
  clockAhead: seconds(ahead),
  clockDoubt: seconds(took / 2),
});
const words = {
  ...{ executor: "big", initPlace: null, optionsPlace: null, here: "login1" },
  duration: (s: number) => `${s} s`,
  size: (b: number) => `${b} bytes`,
};
const said = (outcome: ProbeOutcome, of: ProbeJob = job) =>
  probeFindings(of, outcome, words).map(({ verdict, code, message }) => `${verdict} ${code}: ${message}`);
const answered = (
  more: Partial<ProbeAnswer> = {},
  trips = [trip(0.1), trip(0.2), trip(0.1)],
): ProbeOutcome => ({
  ...{ kind: "answered", job: "7", trips, output: [] },
  answer: { ...answer, ...more },
});

describe("question and answer", () => {
  test("come out as they went in", () => {
    const question = probeQuestion(job);
    expect(parseQuestion(writeQuestion(question))).toEqual({ kind: "parsed", value: question });
    expect(parseAnswer(writeAnswer(answer))).toEqual({ kind: "parsed", value: answer });
    expect(parseAnswer(writeAnswer({ ...answer, inodes: null }))).toMatchObject({ value: { inodes: null } });
    expect(parsePong(writePong({ nonce: "x", at: 5 }))).toEqual({
      kind: "parsed",
      value: { nonce: "x", at: 5 },
    });
  });
  test("a broken or newer one is no answer", () => {
    expect(parseAnswer("{").kind).toBe("broken");
    expect(parseAnswer(writeAnswer(answer).replace('"version": 1', '"version": 2')).kind).toBe("newer");
  });
});

describe("the job", () => {
  test("goes where the real ones go, and takes as little as can be", () => {
    const options = {
      partition: "gpu",
      account: "a",
      mem: "900G",
      time: "10-0",
      exclusive: "",
      licenses: "x:1",
      nodes: "4",
    };
    expect(probeScript({ ...job, options, gpu: true }).options).toEqual([
      ...["--nodes=1", "--ntasks=1", "--cpus-per-task=1", "--time=5", "--chdir=/", "--output=/dev/null"],
      ...["--gres=gpu:1", "--partition=gpu", "--account=a", "--licenses=x:1"],
    ]);
  });
  test("what was not said is no option", () => {
    const none = { partition: null, account: null, qos: null, constraint: null, reservation: null };
    expect(executorOptions({ ...none, qos: "q", slurmOptions: { nice: "5" } })).toEqual({
      nice: "5",
      qos: "q",
    });
    expect(executorOptions({ ...none, slurmOptions: null })).toEqual({});
  });
});

describe("ends in words", () => {
  test("all well", () => {
    expect(said(answered())).toEqual([
      "ok start: job 7 ran on n3, which has 4 cores, 8589934592 bytes of memory, no GPU",
      "ok dataset: the dataset folder is there and is the same one (nfs)",
      "ok visibility: a file written here is seen there, and its answer here, after 0.2 s",
      "ok space: there is room for 1099511627776 bytes and for 1,000,000 files",
      "ok executable: the executable starts there, and is the one that was staged",
      "ok worker-init: worker_init works",
      "ok programs: found: gmsh",
      "ok clock: the clocks agree within 1 s",
    ]);
  });
  test("a node that is not as it should be", () => {
    const found = said(
      answered({ sha256: "cd".repeat(32), free: 1000, programs: [{ program: "gmsh", found: "missing" }] }, [
        trip(20, 400),
      ]),
      { ...job, gpu: true },
    );
    expect(found.filter((line) => !line.startsWith("ok"))).toEqual([
      "fail visibility: a file written on one side was not seen on the other",
      "fail space: there is room for 1000 bytes and for 1,000,000 files",
      "fail executable: the executable that n3 runs is not the one that was staged",
      "fail programs: `gmsh`, which Mesh_0 needs, is not there",
      "warn gpu: a GPU was asked for and given, and n3 shows none",
      "warn clock: the clock of n3 is 390 s ahead of that of login1",
    ]);
    expect(said(answered({}, [trip(30), trip(30), trip(30)]))[2]).toStartWith("warn visibility");
  });
  const ends: readonly (readonly [ProbeOutcome, RegExp])[] = [
    [{ kind: "not-submitted", message: "x" }, /^unable submission: Slurm does not take jobs/],
    [
      { kind: "never-starts", job: "7", reason: "PartitionConfig", words: "it asks" },
      /^unable start: job 7 will never start: it asks$/,
    ],
    [
      { kind: "waits-too-long", job: "7", seconds: seconds(300), reason: "", words: "w" },
      /^unable start: job 7 did not start within 300 s: w$/,
    ],
    [
      { kind: "no-dataset", job: "7", node: "n3" },
      /^fail dataset: the dataset folder is not there on n3: `\/d`$/,
    ],
    [
      { kind: "other-dataset", job: "7", node: "n3" },
      /^fail dataset: n3 has a folder `\/d`, but it is another one$/,
    ],
    [
      { kind: "init-failed", job: "7", node: "n3", line: 2, status: 4, output: [] },
      /^fail worker-init: line 2 of worker_init failed on n3 with exit status 4$/,
    ],
    [
      { kind: "init-failed", job: "7", node: "n3", line: 0, status: 126, output: [] },
      /^fail executable: the executable cannot be started on n3/,
    ],
    [
      { kind: "ended", job: "7", node: "", how: "it was cancelled", output: [] },
      /^fail executable: job 7 is over without an answer: it was cancelled$/,
    ],
    [
      { kind: "silent", job: "7", node: "n3", seconds: seconds(90), doing: "worker-init", output: [] },
      /^fail worker-init: worker_init has not ended after 90 s on n3$/,
    ],
    [
      { kind: "silent", job: "7", node: "n3", seconds: seconds(90), doing: "executable", output: [] },
      /^fail executable: the executable was started on n3/,
    ],
    [
      { kind: "silent", job: "7", node: "n3", seconds: seconds(90), doing: "nothing-seen", output: [] },
      /^fail dataset: job 7 runs on n3, and nothing/,
    ],
    [{ kind: "unknown", job: "7", message: "m" }, /^unable start: what became of job 7 is not known$/],
    [{ kind: "interrupted" }, /^unable start: interrupted/],
  ];
  for (const [outcome, expected] of ends) {
    test(`${outcome.kind}: ${expected.source}`, () =>
      expect(said(outcome)).toEqual([expect.stringMatching(expected)]));
  }
  test("the line that failed is shown", () => {
    const [one] = probeFindings(
      job,
      { kind: "init-failed", job: "7", node: "n", line: 2, status: 1, output: ["no"] },
      words,
    );
    expect(one?.notes).toEqual(["the line: b", "no"]);
    expect(one?.hint).toContain("[executor.big]");
  });
  test("room: by bytes and by files", () => {
    const verdict = (free: number, inodes: number | null) => space(free, inodes, words)[0]?.verdict;
    expect([verdict(2 ** 40, null), verdict(2 ** 29, null), verdict(1, null)]).toEqual([
      "ok",
      "warn",
      "fail",
    ]);
    expect([verdict(2 ** 40, 0), verdict(2 ** 40, 5000), verdict(2 ** 40, 1e6)]).toEqual([
      "fail",
      "warn",
      "ok",
    ]);
  });
  test("one program on two paths is two programs", () => {
    const two = [
      { program: "x", blocks: ["A_0"], place: null, PATH: null },
      { program: "x", blocks: ["B_0"], place: null, PATH: "/opt" },
    ];
    const found = programs(
      { programs: two },
      [
        { program: "x", found: "/bin/x" },
        { program: "x", found: "missing" },
      ],
      words,
    );
    expect(found.map(({ verdict }) => verdict)).toEqual(["ok", "fail"]);
    expect(found[1]?.message).toContain("B_0");
  });
});

describe("a partition beside what is asked for", () => {
  const wanted: Wanted = { partition: "main", walltime: null, cores: null, memory: null, gpus: 0 };
  const facts: PartitionAnswer = {
    kind: "answer",
    partition: {
      ...{
        name: "main",
        isDefault: true,
        state: "UP",
        maxTime: seconds(3600),
        defaultTime: null,
        maxNodes: null,
        nodes: 2,
      },
      classes: [
        {
          nodes: 2,
          cpus: 4,
          memory: (2 ** 30) as never,
          gpus: 1,
          gres: "gpu:1",
          features: [],
          state: "idle",
        },
      ],
    },
  };
  const look = (answer: PartitionAnswer, more: Partial<Wanted> = {}) =>
    partitionLook(answer, { ...wanted, ...more }, { ...words, place: null });
  test("fits, or does not", () => {
    expect(look(facts)).toMatchObject({ findings: [], usable: true });
    const much = look(facts, { walltime: 7200, cores: 8, memory: 2 ** 40, gpus: 2 });
    expect(much.findings.map(({ verdict }) => verdict)).toEqual(["fail", "fail", "fail", "fail"]);
    expect(much.usable).toBe(true);
  });
  test("is not there, or down, or not known", () => {
    expect(look({ kind: "absent", known: ["main", "long"] }, { partition: "mian" })).toMatchObject({
      usable: false,
      findings: [{ verdict: "unable", hint: 'did you mean `partition = "main"`?' }],
    });
    expect(look({ kind: "absent", known: ["a"] }, { partition: null }).findings[0]?.message).toContain(
      "no default one",
    );
    expect(look({ kind: "unknown", message: "x" })).toMatchObject({ findings: [], usable: true });
    const down = { ...facts, partition: { ...facts.partition, state: "DOWN" } } as PartitionAnswer;
    expect(look(down)).toMatchObject({ usable: false, findings: [{ verdict: "unable" }] });
  });
});

describe("one job in detail", () => {
  const key = submissionKey("ab", "p1");
  const text = `JobId=7 JobName=pipe.ab.p1 UserId=root(0) JobState=FAILED Reason=NonZeroExitCode Dependency=(null) ExitCode=92:0 NodeList=n1 BatchHost=n1 Comment=pipe:${key} StdErr=/dev/null`;
  test("with its exit code, and only ours", () => {
    expect(parseJobDetails(text, key)).toMatchObject({
      kind: "answer",
      exit: { status: 92, signal: 0 },
      node: "n1",
    });
    expect(parseJobDetails(text, submissionKey("ab", "p1"))).toEqual({ kind: "absent" });
    expect(parseJobDetails("", key)).toEqual({ kind: "absent" });
  });
});
