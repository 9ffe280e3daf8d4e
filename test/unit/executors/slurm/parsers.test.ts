// What Slurm's commands print, as values: queues, accounts, settings, partitions.
import { describe, expect, test } from "bun:test";
import { bytes, moment, seconds } from "../../../../src/core/ids.ts";
import { parseClusterFacts } from "../../../../src/executors/slurm/client/cluster-facts.ts";
import { holdsIndex, parseElements, parseJobId } from "../../../../src/executors/slurm/client/job-id.ts";
import {
  gpusIn,
  parseNodeClasses,
  parsePartitions,
} from "../../../../src/executors/slurm/client/partition-facts.ts";
import { parseAccounting, startTime } from "../../../../src/executors/slurm/client/sacct.ts";
import { parseSpan } from "../../../../src/executors/slurm/client/seen-job.ts";
import { parseQueue } from "../../../../src/executors/slurm/client/squeue.ts";
import {
  commentOf,
  jobNameOf,
  keyInComment,
  parseSubmissionKey,
  submissionKey,
} from "../../../../src/executors/slurm/client/submission-key.ts";

const line = (...fields: readonly string[]): string => `${fields.join("\x1f")}\n`;
const key = submissionKey("ab12cd34", "p7");

describe("numbers of jobs", () => {
  test("are not always numbers", () => {
    for (const good of ["1", "1234", "9_3", "12+1"]) expect(parseJobId(good)).toBe(good as never);
    for (const bad of ["", "x", "-1", "9_", "9_[2-3]", "9_[2-3%1]", "1 2", "12.0"])
      expect(parseJobId(bad)).toBeNull();
  });
  test("elements", () => {
    expect(parseElements("N/A")).toEqual({ kind: "none" });
    expect(parseElements("3")).toEqual({ kind: "one", index: 3 });
    expect(parseElements("2-3%1")).toEqual({
      kind: "rest",
      ranges: [{ first: 2, last: 3, step: 1 }],
      cut: false,
    });
    expect(parseElements("1,5-9:2")).toMatchObject({
      ranges: [{ first: 1 }, { first: 5, last: 9, step: 2 }],
    });
    expect(parseElements("0-4,...")).toMatchObject({ cut: true });
    expect(parseElements("a-b")).toBeNull();
    const rest = parseElements("1,5-9:2%4");
    expect([0, 1, 5, 6, 7, 9, 10].filter((index) => rest !== null && holdsIndex(rest, index))).toEqual([
      1, 5, 7, 9,
    ]);
  });
});

describe("keys", () => {
  test("go into names and comments and are found again", () => {
    expect(jobNameOf(key)).toBe("pipe.ab12cd34.p7");
    expect(keyInComment(commentOf(key))).toBe(key);
    expect(keyInComment(`project=x; ${commentOf(key)}, by a plugin`)).toBe(key);
    expect(parseSubmissionKey(key)).toBe(key);
    expect(submissionKey("ab12cd34", "p7")).not.toBe(key);
  });
  test("others' comments hold none", () => {
    for (const text of ["", "(null)", "pipe:", "pipe:a.b.c", `xpipe:${key}`, `pipe:${key}0`]) {
      expect(keyInComment(text)).toBeNull();
    }
    expect(() => submissionKey("a b", "p1")).toThrow(RangeError);
    expect(() => submissionKey("a", "p.1")).toThrow(RangeError);
  });
});

describe("the queue", () => {
  test("a job that runs, one that waits, an array's rest", () => {
    const jobs = parseQueue(
      line("7", "7", "N/A", "RUNNING", "n[1-2]", "1-00:30:00", jobNameOf(key), commentOf(key), "None") +
        line("9_[2-3%1]", "9", "2-3%1", "PENDING", "", "1:00", "x", "(null)", "JobArrayTaskLimit") +
        line("9_1", "9", "1", "RUNNING", "n1", "0:59", "x", "", "None"),
    );
    expect(jobs).toHaveLength(3);
    expect(jobs[0]).toMatchObject({ id: "7", submitted: "7", key, nodes: "n[1-2]", left: seconds(88_200) });
    expect(jobs[1]).toMatchObject({ id: "9", submitted: "9", elements: { kind: "rest" }, key: null });
    expect(jobs[1]?.meaning).toMatchObject({ kind: "waiting", hope: "normal" });
    expect(jobs[2]).toMatchObject({ id: "9_1", submitted: "9", elements: { kind: "one", index: 1 } });
  });
  test("free text may hold anything; lines that are none are left out", () => {
    const odd = line(
      "7",
      "7",
      "N/A",
      "PENDING",
      "",
      "N/A",
      "a|b",
      "",
      "Nodes required for job are DOWN, DRAINED\x1for",
    );
    expect(parseQueue(`${odd}half a line\n\n`)).toHaveLength(1);
    expect(parseQueue("")).toEqual([]);
  });
  test("time that is left", () => {
    expect(parseSpan("2-03:04:05")).toBe(seconds(183_845));
    expect(parseSpan("03:04:05")).toBe(seconds(11_045));
    expect(parseSpan("4:05")).toBe(seconds(245));
    for (const none of ["UNLIMITED", "INVALID", "NOT_SET", "N/A", ""]) expect(parseSpan(none)).toBeNull();
  });
});

describe("accounts", () => {
  test("elements, requeued states, comments where they are kept", () => {
    const jobs = parseAccounting(
      line("12", "CANCELLED by 1000", "0:15", "n1", "x", "") +
        line("9_3", "FAILED", "0:53", "None assigned", "x", commentOf(key)) +
        line("9_[4-7]", "PENDING", "0:0", "None assigned", "x", "") +
        "broken\n",
    );
    expect(jobs.map(({ meaning }) => (meaning.kind === "ended" ? meaning.how : meaning.kind))).toEqual([
      "cancelled",
      "cannot-start",
      "waiting",
    ]);
    expect(jobs[1]).toMatchObject({
      id: "9_3",
      submitted: "9",
      elements: { kind: "one", index: 3 },
      key,
      nodes: "",
    });
    expect(jobs[2]).toMatchObject({ id: "9", elements: { kind: "rest" } });
  });
  test("the beginning is written in this machine's time", () => {
    const now = moment(new Date(2026, 0, 2, 0, 30, 0).getTime());
    expect(startTime(now, seconds(3600))).toBe("2026-01-01T23:30:00");
  });
});

describe("settings", () => {
  test("of a plain cluster", () => {
    const facts = parseClusterFacts(
      [
        "Configuration data as of 2026-11-22T10:00:00",
        "AccountingStorageType   = accounting_storage/none",
        "ClusterName             = test2",
        "EnforcePartLimits       = NO",
        "JobRequeue              = 1",
        "KillWait                = 30 sec",
        "MaxArraySize            = 1001",
        "MaxJobCount             = 10000",
        "MinJobAge               = 300 sec",
        "SchedulerParameters     = max_array_tasks=500,kill_invalid_depend",
        "SLURM_VERSION           = 22.05.8",
        "SlurmdTimeout           = 300 sec",
        "TaskPlugin              = task/none",
      ].join("\n"),
    );
    expect(facts).toMatchObject({
      ...{ name: "test2", version: "22.05.8", maxArraySize: 1001, maxArrayTasks: 500, maxJobCount: 10_000 },
      ...{ minJobAge: 300, killWait: 30, slurmdTimeout: 300, requeues: true, accounting: false },
      ...{ refusesTooLarge: false, enforcesMemory: false, messageTimeout: null },
    });
    expect(facts.scheduler.has("kill_invalid_depend")).toBe(true);
  });
  test("of one with accounts", () => {
    const facts = parseClusterFacts(
      "AccountingStorageType = accounting_storage/slurmdbd\nAccountingStoreFlags = job_comment,job_env\nTaskPlugin = task/affinity,task/cgroup\nEnforcePartLimits = ALL\nJobRequeue = 0\nSchedulerParameters = (null)\n",
    );
    expect(facts).toMatchObject({ accounting: true, accountsKeepComments: true, enforcesMemory: true });
    expect(facts).toMatchObject({ refusesTooLarge: true, requeues: false });
    expect(facts.scheduler.size).toBe(0);
  });
  test("of nothing", () => {
    expect(parseClusterFacts("")).toMatchObject({ accounting: false, maxArraySize: null, requeues: null });
  });
});

describe("partitions", () => {
  test("what they allow", () => {
    const text =
      "PartitionName=main AllowGroups=ALL Default=YES DefaultTime=NONE MaxNodes=UNLIMITED MaxTime=01:00:00 State=UP TotalCPUs=8 TotalNodes=2\nPartitionName=long Default=NO DefaultTime=01:00:00 MaxNodes=4 MaxTime=UNLIMITED State=DOWN TotalNodes=10\n\n";
    expect(parsePartitions(text)).toEqual([
      {
        name: "main",
        isDefault: true,
        state: "UP",
        maxTime: seconds(3600),
        defaultTime: null,
        maxNodes: null,
        nodes: 2,
      },
      {
        name: "long",
        isDefault: false,
        state: "DOWN",
        maxTime: null,
        defaultTime: seconds(3600),
        maxNodes: 4,
        nodes: 10,
      },
    ]);
  });
  test("what their nodes have", () => {
    const [big, small] = parseNodeClasses(
      line("main", "3", "4+", "4000+", "(null)", "idle*", "(null)") +
        line("main", "1", "64", "1000", "gpu:a100:4(S:0-1)", "mix", "a,b"),
    );
    expect(big).toMatchObject({ cpus: 64, gpus: 4, features: ["a", "b"] });
    expect(small).toMatchObject({ cpus: 4, memory: bytes(4000 * 1024 * 1024), gres: "", state: "idle" });
  });
  test("GPUs", () => {
    expect(gpusIn("gpu:a100:4(S:0-1),gpu:2,nvme:1")).toBe(6);
    expect(gpusIn("(null)")).toBe(0);
    expect(gpusIn("gpu:a100:1(IDX:0),gpu:h100:2")).toBe(3);
  });
});
