// The client of Slurm on a site with accounts and limits, with nodes that are lost, and through filesystems that cache: what
// takes long or needs much.
import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { moment, seconds } from "../../src/core/ids.ts";
import { clusterFacts } from "../../src/executors/slurm/client/cluster-facts.ts";
import { type SlurmCommands, slurmCommands } from "../../src/executors/slurm/client/command.ts";
import { findByKey, isOf } from "../../src/executors/slurm/client/find-by-key.ts";
import { partitionFacts } from "../../src/executors/slurm/client/partition-facts.ts";
import { showJob } from "../../src/executors/slurm/client/show-job.ts";
import { queryJobs } from "../../src/executors/slurm/client/squeue.ts";
import type { JobMeaning } from "../../src/executors/slurm/client/states.ts";
import { type SubmissionKey, submissionKey } from "../../src/executors/slurm/client/submission-key.ts";
import { type Submission, submit } from "../../src/executors/slurm/client/submit.ts";
import { cancelJobs } from "../../src/executors/slurm/jobs/cancel.ts";
import { Playground } from "../support/playground.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { eventually } from "../support/slurm/eventually.ts";

const user = process.getuid?.() ?? 0;
let slots = 0;

interface Submitted {
  readonly key: SubmissionKey;
  readonly answer: Submission;
}

async function submitted(
  cluster: Cluster,
  commands: SlurmCommands,
  script: string,
  options: readonly string[] = [],
): Promise<Submitted> {
  const key = submissionKey("test", `p${slots++}`);
  const path = join(cluster.folder, `${key}.sh`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  return {
    key,
    answer: await submit(commands, { script: path, key, options: ["--output=/dev/null", ...options] }),
  };
}

async function meaning(commands: SlurmCommands, key: SubmissionKey): Promise<JobMeaning | undefined> {
  const queue = await queryJobs(commands, { user, belongs: (job) => isOf(job, key) });
  return queue.kind === "answer" ? queue.jobs[0]?.meaning : undefined;
}

/** The job's end as Slurm tells it in detail. */
function end(commands: SlurmCommands, { key, answer }: Submitted, within = 60) {
  if (answer.kind !== "submitted") throw new Error(JSON.stringify(answer));
  return eventually(
    "the job has ended",
    async () => {
      const shown = await showJob(commands, { id: answer.job, key });
      return shown.kind === "answer" && shown.meaning.kind === "ended" && { ...shown, ended: shown.meaning };
    },
    within,
  );
}

clusterTest(["slurmdbd", "mariadbd"])(
  "limits of a site, and jobs that only its accounts remember",
  async () => {
    await using cluster = await startCluster({ nodes: 1, cpus: 2, accounting: true, minJobAge: 2 });
    const commands = slurmCommands(cluster.env);
    const facts = await clusterFacts(commands);
    expect(facts).toMatchObject({ kind: "answer", facts: { accounting: true, minJobAge: 2 } });

    await cluster.accounting.limit("user", "root", "MaxSubmitJobs=2");
    const full = await submitted(cluster, commands, "true", ["--array=0-4"]);
    expect(full.answer).toMatchObject({ kind: "later", reason: "submit-limit" });
    const fits = await submitted(cluster, commands, "true", ["--array=0-1"]);
    expect(fits.answer.kind).toBe("submitted");
    await cluster.accounting.limit("user", "root", "MaxSubmitJobs=-1");

    await cluster.accounting.limit("qos", "normal", "MaxWall=1");
    const long = await submitted(cluster, commands, "true", ["--time=10"]);
    expect(long.answer.kind).toBe("submitted");
    const waits = await eventually("it has its reason", async () => {
      const seen = await meaning(commands, long.key);
      return seen?.kind === "waiting" && seen.hope === "needs-help" && seen;
    });
    expect(waits).toMatchObject({ reason: "QOSMaxWallDurationPerJobLimit" });
    await cancelJobs(commands, { user, belongs: (job) => isOf(job, long.key) });
    await cluster.accounting.limit("qos", "normal", "MaxWall=-1");

    for (const [option, what] of [
      ["--account=nope", "account"],
      ["--qos=nope", "qos"],
    ] as const) {
      expect((await submitted(cluster, commands, "true", [option])).answer).toMatchObject({
        kind: "never",
        what,
      });
    }

    // Over and forgotten by the controller: absent without accounts, found with them.
    const over = await submitted(cluster, commands, "exit 3");
    const question = { key: over.key, user, since: seconds(120) };
    await eventually(
      "the controller has forgotten it",
      async () => {
        const found = await findByKey(commands, { ...question, now: moment(Date.now()), accounting: false });
        return found.kind === "absent" && (await cluster.jobs()).length >= 0;
      },
      90,
    );
    const found = await findByKey(commands, { ...question, now: moment(Date.now()), accounting: true });
    expect(found).toMatchObject({
      kind: "found",
      jobs: [
        { key: over.key, meaning: { kind: "ended", how: "failed", words: "it ended with exit status 3" } },
      ],
    });
    await cluster.accounting.stop();
    const silent = await findByKey(commands, { ...question, now: moment(Date.now()), accounting: true });
    expect(silent).toEqual({ kind: "absent" });
  },
  240_000,
);

clusterTest()(
  "ends of jobs are told apart",
  async () => {
    await using cluster = await startCluster({
      nodes: 3,
      cpus: 2,
      slurmdTimeout: 2,
      messageTimeout: 2,
      killWait: 1,
    });
    const commands = slurmCommands(cluster.env);
    const jobs = {
      timeout: await submitted(cluster, commands, "sleep 600", ["--time=0:01"]),
      noOutput: await submitted(cluster, commands, "true", [`--output=${cluster.folder}/no-folder/x`]),
      noFolder: await submitted(cluster, commands, "true", [`--chdir=${cluster.folder}/no-folder`]),
      notFound: await submitted(cluster, commands, "no-such-program"),
      killed: await submitted(cluster, commands, "kill -9 $$"),
      lost: await submitted(cluster, commands, "sleep 600", ["--nodelist=n3", "--exclusive"]),
    };
    const { answer } = jobs.lost;
    if (answer.kind !== "submitted") throw new Error(JSON.stringify(answer));
    await cluster.untilJob(answer.job, "RUNNING");
    await cluster.killNode("n3");
    expect((await end(commands, jobs.noOutput)).ended.how).toBe("cannot-start");
    expect((await end(commands, jobs.notFound)).ended.words).toContain("not found on the node");
    expect((await end(commands, jobs.killed)).ended).toMatchObject({
      how: "failed",
      words: "it was ended by signal 9",
    });
    expect((await end(commands, jobs.lost)).ended.how).toBe("node-fail");
    expect((await end(commands, jobs.timeout, 150)).ended.how).toBe("timeout");
    // Not a failure everywhere: some versions run such a job in /tmp.
    expect(["cannot-start", "completed"]).toContain((await end(commands, jobs.noFolder)).ended.how);
  },
  240_000,
);

clusterTest()(
  "what a partition has",
  async () => {
    await using cluster = await startCluster({
      nodes: 2,
      cpus: 3,
      memory: 3000,
      gpus: 2,
      partitions: { short: "MaxTime=1" },
    });
    const commands = slurmCommands(cluster.env);
    expect(await partitionFacts(commands, null)).toMatchObject({
      kind: "answer",
      partition: {
        ...{ name: "main", isDefault: true, state: "UP", maxTime: 3600, nodes: 2 },
        classes: [{ nodes: 2, cpus: 3, gpus: 2, memory: 3000 * 1024 * 1024 }],
      },
    });
    expect(await partitionFacts(commands, "short")).toMatchObject({
      partition: { maxTime: 60, isDefault: false },
    });
    expect(await partitionFacts(commands, "nope")).toMatchObject({ kind: "absent" });
  },
  60_000,
);

clusterTest(["bindfs"])(
  "doctor through filesystems that cache for seconds, and where the launcher's folder is its own",
  async () => {
    await using cluster = await startCluster({ nodes: 2, views: "bindfs" });
    const toml = '[[block]]\nname = "A"\ncommand = ["true"]\n';
    const doctor = async (folder: string) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "pipe.toml"), toml);
      await using play = new Playground();
      const { stdout, status } = await play.pipe(["doctor", "--json"], {
        cwd: relative(play.folder, folder),
        env: cluster.env,
      });
      return { status, places: JSON.parse(stdout).places };
    };
    const shared = await doctor(join(cluster.shared, "project"));
    expect(shared.status).toBe(0);
    const there = shared.places.at(-1);
    expect(there).toMatchObject({ outcome: "answered" });
    expect(there.round_trip_seconds).toHaveLength(3);
    expect(Math.max(...there.round_trip_seconds)).toBeLessThan(15);
    const own = await doctor(join(await cluster.launcherOnly(), "project"));
    expect(own.status).toBe(1);
    expect(own.places.at(-1)).toMatchObject({ outcome: "no-dataset" });
  },
  180_000,
);
