// The client of Slurm against a real one: what is submitted is found, in every shape that a job can have; what is refused
// is understood; what cannot be known is not taken for an answer.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { moment, seconds } from "../../src/core/ids.ts";
import { type SlurmCommands, slurmCommands } from "../../src/executors/slurm/client/command.ts";
import { findByKey } from "../../src/executors/slurm/client/find-by-key.ts";
import { holdsIndex } from "../../src/executors/slurm/client/job-id.ts";
import type { SeenJob } from "../../src/executors/slurm/client/seen-job.ts";
import { queryJobs } from "../../src/executors/slurm/client/squeue.ts";
import {
  jobNamePrefix,
  type SubmissionKey,
  submissionKey,
} from "../../src/executors/slurm/client/submission-key.ts";
import { type Submission, submit } from "../../src/executors/slurm/client/submit.ts";
import { cancelJobs } from "../../src/executors/slurm/jobs/cancel.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { eventually } from "../support/slurm/eventually.ts";

const onCluster = clusterTest();
const user = process.getuid?.() ?? 0;

let cluster: Cluster;
let commands: SlurmCommands;
let runs = 0;

beforeAll(async () => {
  cluster = await startCluster({
    nodes: 2,
    cpus: 2,
    partitions: { short: "MaxTime=1", down: "State=DOWN" },
    maxArraySize: 101,
    messageTimeout: 2,
  });
  commands = slurmCommands(cluster.env);
}, 60_000);

afterAll(async () => await cluster?.stop(), 60_000);

/** A script in the shared folder, and a run of its own so that tests do not see each other's jobs. */
function job(script: string) {
  const run = `r${runs++}`;
  const path = join(cluster.shared, `${run}.sh`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  const belongs = ({ name }: Pick<SeenJob, "name">) => name.startsWith(jobNamePrefix(run));
  const key = submissionKey(run, "p1");
  return {
    key,
    belongs,
    submit: (options: readonly string[] = [], own: SlurmCommands = commands, as: SubmissionKey = key) =>
      submit(own, { script: path, key: as, options: ["--output=/dev/null", ...options] }),
    seen: async (): Promise<readonly SeenJob[]> => {
      const answer = await queryJobs(commands, { user, belongs });
      if (answer.kind !== "answer") throw new Error(answer.message);
      return answer.jobs;
    },
    find: (accounting = false) =>
      findByKey(commands, { key, user, since: seconds(60), now: moment(Date.now()), accounting }),
  };
}

function idOf(submission: Submission): string {
  if (submission.kind !== "submitted") throw new Error(JSON.stringify(submission));
  return submission.job;
}

describe("what is submitted is found", () => {
  onCluster("a job, from the answer to its end", async () => {
    const one = job("sleep 1");
    const id = idOf(await one.submit());
    const [seen] = await one.seen();
    expect(seen).toMatchObject({ id, submitted: id, key: one.key, elements: { kind: "none" } });
    const ended = await eventually("it ends", async () => (await one.seen()).find(isEnded));
    expect(ended.meaning).toMatchObject({ kind: "ended", how: "completed" });
  });

  onCluster("by key, whichever jobs are beside it", async () => {
    const one = job("sleep 30");
    const other = job("sleep 30");
    expect(await one.find()).toEqual({ kind: "absent" });
    const id = idOf(await one.submit());
    idOf(await other.submit());
    expect(await one.find()).toMatchObject({ kind: "found", jobs: [{ id }] });
    const cancelled = await cancelJobs(commands, { user, belongs: one.belongs });
    expect(cancelled).toMatchObject({ kind: "told", jobs: [id] });
    await cluster.untilJob(id, "CANCELLED");
    expect(await cancelJobs(commands, { user, belongs: one.belongs })).toEqual({ kind: "told", jobs: [] });
    expect((await other.seen()).every(isEnded)).toBe(false);
    await cancelJobs(commands, { user, belongs: other.belongs });
  });

  onCluster("an array: elements that run and the rest that waits", async () => {
    const one = job("sleep 30");
    const id = idOf(await one.submit(["--array=1-60:2%1"]));
    const jobs = await eventually("one runs", async () => {
      const seen = await one.seen();
      return seen.length === 2 && seen;
    });
    const indices = Array.from({ length: 61 }, (_, index) => index);
    const held = indices.filter((index) => jobs.some(({ elements }) => holdsIndex(elements, index)));
    expect(held).toEqual(indices.filter((index) => index % 2 === 1));
    expect(jobs.every(({ submitted }) => submitted === id)).toBe(true);
    await cancelJobs(commands, { user, belongs: one.belongs });
    await eventually("all of it ends", async () => (await one.seen()).every(isEnded));
  });

  onCluster("names and comments of others do no harm", async () => {
    const one = job("sleep 30");
    const id = await cluster.sbatch(["--job-name=a|b\tc", "--comment=x|y pipe:", "--wrap=sleep 30"]);
    expect(await one.seen()).toEqual([]);
    const own = idOf(await one.submit());
    expect((await one.seen()).map((seen) => seen.id)).toEqual([own as SeenJob["id"]]);
    await cluster.scancel(id, own);
  });
});

describe("what never starts is understood", () => {
  const cases: readonly [string, readonly string[], RegExp][] = [
    ["too many cores", ["--cpus-per-task=100"], /PartitionConfig/],
    ["too many nodes", ["--nodes=50"], /PartitionConfig|PartitionNodeLimit/],
    ["too long", ["--partition=short", "--time=10-0"], /PartitionTimeLimit|PartitionConfig/],
    ["a partition that is down", ["--partition=down"], /PartitionDown/],
    ["held", ["--hold"], /JobHeldUser/],
  ];
  for (const [name, options, reason] of cases) {
    onCluster(name, async () => {
      const one = job("true");
      const submission = await one.submit(options);
      if (submission.kind === "never") return;
      idOf(submission);
      const meaning = await eventually("it has a reason", async () => {
        const [seen] = await one.seen();
        return seen?.meaning.kind === "waiting" && seen.meaning.hope === "needs-help" && seen.meaning;
      });
      expect(meaning.reason).toMatch(reason);
      await cancelJobs(commands, { user, belongs: one.belongs });
    });
  }
});

describe("what is refused is understood", () => {
  const cases: readonly [string, readonly string[], object][] = [
    ["partition", ["--partition=nope"], { what: "partition" }],
    ["memory", ["--mem=900G"], { kind: "never" }],
    ["constraint", ["--constraint=nope"], { what: "constraint" }],
    ["gres", ["--gres=gpu:3"], { what: "gres" }],
    ["array", ["--array=0-101"], { what: "array-size" }],
    ["option", ["--no-such-option=1"], { what: "option" }],
    ["dependency", ["--dependency=afterok:abc"], { what: "option" }],
    ["reservation", ["--reservation=nope"], { what: "option" }],
  ];
  for (const [name, options, expected] of cases) {
    onCluster(name, async () => {
      const submission = await job("true").submit(options);
      expect(submission).toMatchObject({ kind: "never", ...expected });
    });
  }
});

describe("what is not known is said", () => {
  onCluster("an answer that is lost on the way", async () => {
    const one = job("sleep 30");
    const submission = await one.submit(
      [],
      withWrapper(
        "lost",
        'real "$@" >/dev/null; echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1',
      ),
    );
    expect(submission.kind).toBe("doubtful");
    expect(await one.find()).toMatchObject({ kind: "found", jobs: [{ key: one.key }] });
    await cancelJobs(commands, { user, belongs: one.belongs });
  });

  onCluster("a plugin of the site prints before the number", async () => {
    const one = job("true");
    const talkative = withWrapper("talkative", 'echo "Checking your account: fine"; real "$@"; exit $?');
    expect((await one.submit([], talkative)).kind).toBe("submitted");
  });

  onCluster(
    "without a controller nothing is known, and later is another day",
    async () => {
      await cluster.stopController();
      try {
        const one = job("true");
        expect((await queryJobs(commands, { user, belongs: one.belongs })).kind).toBe("unknown");
        expect((await one.find()).kind).toBe("unknown");
        expect(await one.submit()).toMatchObject({ kind: "later", reason: "controller-away" });
        expect((await cancelJobs(commands, { user, belongs: one.belongs })).kind).toBe("unknown");
      } finally {
        await cluster.startController();
      }
    },
    90_000,
  );

  onCluster("a cluster without accounts", async () => {
    const one = job("true");
    idOf(await one.submit());
    expect(await one.find(true)).toMatchObject({ kind: "found" });
    expect(await job("true").find(true)).toEqual({ kind: "absent" });
  });
});

/** Commands whose `sbatch` is a script of ours, in which `real` is the real one. */
function withWrapper(name: string, body: string): SlurmCommands {
  const folder = join(cluster.folder, name);
  mkdirSync(folder, { recursive: true });
  const real = Bun.which("sbatch", { PATH: cluster.env.PATH ?? "" });
  writeFileSync(join(folder, "sbatch"), `#!/bin/sh\nreal() { ${real} "$@"; }\n${body}\n`);
  chmodSync(join(folder, "sbatch"), 0o755);
  return slurmCommands({ ...cluster.env, PATH: `${folder}:${cluster.env.PATH}` });
}

const isEnded = ({ meaning }: SeenJob): boolean => meaning.kind === "ended";
