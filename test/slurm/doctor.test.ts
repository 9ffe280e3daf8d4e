// `pipe doctor` on a real cluster: everything well, and each trouble of a node told with what to change.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Ending, executable, Playground, type RunOptions } from "../support/playground.ts";
import { clusterTest } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { eventually } from "../support/slurm/eventually.ts";

const onCluster = clusterTest();
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({
    ...{ nodes: 2, cpus: 2, gpus: 1 },
    partitions: { short: "MaxTime=1", down: "State=DOWN", gpu: "Nodes=n2" },
  });
}, 60_000);
afterAll(async () => await cluster?.stop(), 60_000);

interface Told {
  readonly verdict: string;
  readonly places: readonly {
    readonly place: string;
    readonly outcome?: string;
    readonly node?: string;
    readonly round_trip_seconds?: readonly number[];
    readonly kept: string | null;
    readonly findings: readonly {
      readonly code: string;
      readonly verdict: string;
      readonly message: string;
      readonly notes: readonly string[];
      readonly hint: string | null;
      readonly line: number | null;
    }[];
  }[];
}

let projects = 0;

/** A project in the shared folder with this pipe.toml. */
function project(toml: string) {
  const folder = join(cluster.shared, `project ${projects++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "pipe.toml"), toml);
  writeFileSync(join(folder, "mesh.sh"), "#!/bin/sh\n", { mode: 0o755 });
  return folder;
}

const plain = `[pipeline]
data_path = "data"
[executor.slurm]
kind = "slurm"
partition = "main"
`;
const block = `[[block]]
name = "Mesh"
command = ["./mesh.sh"]
`;

async function doctor(
  folder: string,
  args: readonly string[] = [],
  env: RunOptions["env"] = {},
): Promise<Ending> {
  await using play = new Playground();
  return await play.pipe(["doctor", ...args], {
    cwd: relative(play.folder, folder),
    env: { ...cluster.env, ...env },
  });
}

async function told(
  folder: string,
  args: readonly string[] = [],
): Promise<Told & { readonly status: number | null }> {
  const { stdout, status, stderr } = await doctor(folder, ["--json", ...args]);
  if (stdout === "") throw new Error(`nothing was told: ${stderr}`);
  const told: Told = JSON.parse(stdout);
  return { ...told, status };
}

const failing = ({ places }: Told) =>
  places.flatMap(({ findings }) =>
    findings.filter(({ verdict }) => verdict === "fail" || verdict === "unable"),
  );

/** None of a probe is left in the queue. */
async function nothingLeft(): Promise<void> {
  await eventually("no probe job is left", async () =>
    (await cluster.jobs()).every(
      ({ name, state }) => !name.startsWith("pipe.doctor") || !/PENDING|RUNNING/.test(state),
    ),
  );
}

describe("all is well", () => {
  onCluster("in words, with nothing left behind but the executable", async () => {
    const folder = project(
      `${plain}worker_init = ["echo from init", "export FOUND_BY=init"]\n${block}requires = ["sh"]\n`,
    );
    const { status, stdout, stderr } = await doctor(folder);
    expect(stdout).toContain("all is well");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^partition main \(n\d\)$/m);
    expect(stdout).toContain("the dataset folder is there and is the same one");
    expect(stdout).toMatch(/a file written here is seen there, and its answer here, after \d/);
    expect(stdout).toContain(`found: sh, ${folder}/mesh.sh`);
    expect(stderr).toMatch(/^partition main: job \d+ has answered from n\d$/m);
    expect(readdirSync(join(folder, "data", "runinfo"))).toEqual(["bin"]);
    await nothingLeft();
  });

  onCluster("as JSON, one probe for each destination, with GPUs where they are asked for", async () => {
    const folder = project(
      `${plain}${block}[[block]]\nname = "Train"\ncommand = ["true"]\npartition = "gpu"\ngpus = 1\n`,
    );
    const { places, status, verdict } = await told(folder);
    expect({ status, verdict }).toEqual({ status: 0, verdict: "ok" });
    expect(places.map(({ place }) => place)).toEqual([
      expect.stringContaining("this machine"),
      "Slurm",
      expect.stringMatching(/^partition main/),
      "partition gpu (n2)",
    ]);
    expect(places[3]).toMatchObject({ outcome: "answered", node: "n2", kept: null });
    expect(places[3]?.round_trip_seconds).toHaveLength(3);
  });

  onCluster("without a pipeline, as for who has just copied the executable", async () => {
    const folder = join(cluster.shared, "empty");
    mkdirSync(folder);
    const { status, stdout } = await doctor(folder);
    expect(stdout).toContain("the default partition (n");
    expect(stdout).toContain("`pipe run` has no pipeline here yet");
    expect(status).toBe(0);
  });

  onCluster("inside of an allocation too", async () => {
    const folder = project(`${plain}${block}`);
    const leaks = {
      SLURM_JOB_ID: "1",
      SLURM_NTASKS: "7",
      SBATCH_PARTITION: "down",
      SQUEUE_FORMAT: "%i",
      SLURM_TIME_FORMAT: "relative",
    };
    expect((await doctor(folder, [], leaks)).status).toBe(0);
  });
});

describe("a node on which tasks would fail", () => {
  onCluster("a program is missing", async () => {
    const found = await told(project(`${plain}${block}requires = ["sh", "no-such-program"]\n`));
    expect(found.status).toBe(1);
    expect(failing(found)).toEqual([
      expect.objectContaining({
        code: "programs",
        message: "`no-such-program`, which Mesh_0 needs, is not there",
        hint: expect.stringContaining("worker_init"),
        line: 9,
      }),
    ]);
  });

  onCluster("a program that only worker_init brings is found", async () => {
    const folder = project(
      `${plain}worker_init = 'export PATH="$PWD:$PATH:${cluster.shared}/tools"'\n${block}requires = ["my-tool"]\n`,
    );
    mkdirSync(join(cluster.shared, "tools"));
    writeFileSync(join(cluster.shared, "tools", "my-tool"), "#!/bin/sh\n", { mode: 0o755 });
    expect((await told(folder)).status).toBe(0);
  });

  onCluster("worker_init fails", async () => {
    const folder = project(`${plain}worker_init = ["echo one", "module load nothing-like-it"]\n${block}`);
    const found = await told(folder);
    expect(found.status).toBe(1);
    const [problem] = failing(found);
    expect(problem).toMatchObject({ code: "worker-init", line: 6 });
    expect(problem?.message).toMatch(/^line 2 of worker_init failed on n\d with exit status 127$/);
    expect(problem?.notes[0]).toBe("the line: module load nothing-like-it");
    expect(problem?.notes.join("\n")).toContain("module: command not found");
    const kept = found.places.find((place) => place.kept !== null)?.kept ?? "";
    expect(readdirSync(kept)).toContain("output.txt");
    // The next time they are gone.
    writeFileSync(join(folder, "pipe.toml"), `${plain}${block}`);
    expect((await told(folder)).status).toBe(0);
    expect(existsSync(dirname(dirname(kept)))).toBe(false);
  });

  onCluster("the dataset is not there", async () => {
    const folder = project(`${plain}${block}`);
    const found = await onPrivateMount(folder, ["--data_path", "data/set"]);
    expect(found.status).toBe(1);
    expect(failing(found)[0]?.message).toMatch(/^the dataset folder is not there on n\d: `.*data\/set`$/);
  });

  onCluster(
    "the dataset is another folder of the same name",
    async () => {
      const folder = project(`${plain}${block}`);
      mkdirSync(join(folder, "data", "set"), { recursive: true });
      const found = await onPrivateMount(folder, ["--data_path", "data/set"]);
      expect(found.status).toBe(1);
      expect(failing(found)[0]?.message).toMatch(/^n\d has a folder `.*data\/set`, but it is another one$/);
    },
    60_000,
  );
});

describe("a cluster that does not take the jobs", () => {
  onCluster("there is no such partition", async () => {
    const found = await told(project(`${plain.replace("main", "mian")}${block}`));
    expect(found.status).toBe(3);
    expect(failing(found)).toEqual([
      expect.objectContaining({
        message: "the cluster has no partition `mian`",
        hint: 'did you mean `partition = "main"`?',
        line: 5,
      }),
    ]);
  });

  onCluster("the job is refused", async () => {
    const found = await told(project(`${plain}constraint = "nope"\n${block}`));
    expect(found.status).toBe(3);
    expect(failing(found)[0]?.message).toBe("Slurm refused the job: no node has such a feature");
    expect(failing(found)[0]?.hint).toContain("[executor.slurm]");
  });

  onCluster("it asks for more than there is", async () => {
    const found = await told(project(`${plain}cores_per_node = 64\nwalltime = "10h"\n${block}`));
    expect(found.status).toBe(1);
    expect(failing(found).map(({ message }) => message)).toEqual([
      "jobs are to last 10 h, and the partition allows 1 h: such jobs would never start",
      "64 cores of a node are asked for, and its nodes have 2: such jobs would never start",
    ]);
  });

  onCluster("the partition is down", async () => {
    const found = await told(project(`${plain.replace("main", "down")}${block}`));
    expect(found.status).toBe(3);
    expect(failing(found)[0]?.message).toBe("the partition is down");
  });

  onCluster("it waits for longer than one waits, and is cancelled", async () => {
    const busy = await cluster.sbatch(["--nodes=2", "--exclusive", "--wrap=sleep 60"]);
    await cluster.untilJob(busy, "RUNNING");
    const folder = project(`${plain}${block}`);
    const { status, stdout, stderr } = await doctor(folder, ["--timeout", "3s"]);
    expect(status).toBe(3);
    expect(stdout).toMatch(/fail {2}job \d+ did not start within 3 s: it waits for free nodes/);
    expect(stderr).toMatch(/^partition main: job \d+ waits: it waits for free nodes$/m);
    await nothingLeft();
    await cluster.scancel(busy);
  });

  onCluster("Ctrl-C cancels it", async () => {
    const busy = await cluster.sbatch(["--nodes=2", "--exclusive", "--wrap=sleep 60"]);
    await cluster.untilJob(busy, "RUNNING");
    await using play = new Playground();
    const started = play.start(["doctor"], {
      cwd: relative(play.folder, project(`${plain}${block}`)),
      env: cluster.env,
    });
    await started.said("waits: it waits for free nodes");
    started.signal("SIGINT");
    expect((await started.ended).status).toBe(130);
    await nothingLeft();
    await cluster.scancel(busy);
  });

  onCluster(
    "the controller is away",
    async () => {
      await cluster.stopController();
      try {
        const found = await told(project(`${plain}${block}`));
        expect(found.status).toBe(3);
        expect(failing(found)[0]?.message).toBe("Slurm's controller does not answer");
      } finally {
        await cluster.startController();
      }
    },
    120_000,
  );
});

/** The launcher sees a disk of its own at `data`; the nodes see what was there before. */
async function onPrivateMount(
  folder: string,
  args: readonly string[],
): Promise<Told & { readonly status: number | null }> {
  mkdirSync(join(folder, "data"), { recursive: true });
  const script = 'mount -t tmpfs none data && mkdir -p data/set && exec "$0" doctor --json "$@"';
  const ended = await cluster.run(["unshare", "--mount", "sh", "-c", script, executable, ...args], {
    cwd: folder,
  });
  const told: Told = JSON.parse(ended.stdout);
  return { ...told, status: ended.status };
}
