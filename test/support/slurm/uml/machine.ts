// A cluster on a real NFS, without a second machine: user-mode Linux boots a kernel as a process, in which a server and its
// clients are parted by namespaces as they are by cables in life. Runs a script there and brings back what it said. What a
// FUSE filesystem only imitates is real here: names that stay unseen for half a minute, and errors that only fsync tells.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { executable } from "../../playground.ts";
import { type ClusterOptions, cgroupConf, type Place, slurmConf } from "../configuration.ts";
import { Daemon } from "../daemon.ts";
import { eventually, NotYet } from "../eventually.ts";
import { must, ownEnvironment } from "../programs.ts";
import { forget, record, removeAbandoned } from "../records.ts";
import { remove } from "../remains.ts";

/** What must be there to boot it; for `clusterTest`. */
export const programsOfMachine = [
  "linux.uml",
  "mount.nfs",
  "rpc.nfsd",
  "rpcbind",
  "modprobe",
  "mkfs.ext4",
  "ip",
];

export interface MachineOptions {
  /**
   * Bash, run on the server as root. It has `on HOST COMMAND…` (HOST is login, n1 or n2), `cut_off HOST` and `heal HOST`,
   * `$SHARED` (the NFS folder on each of the hosts), `$PIPE` (the compiled executable, not on NFS), `$LEAVE` (a folder for
   * what is to be brought back) and `/run/place/files` with `files`. `on` begins in `/`.
   */
  readonly script: string;
  /** Brought along; text by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Version of the protocol; default 4.2. */
  readonly nfs?: "3" | "4.2";
  /** Of each of the two nodes, timeouts …; nodes and hosts are given. */
  readonly cluster?: Omit<
    ClusterOptions,
    "nodes" | "hosts" | "views" | "accounting" | "gpus" | "memoryLimits"
  >;
  /** MB for the whole machine; default 1500. */
  readonly memory?: number;
  /** MB of the disk that is given away; default 1000. */
  readonly disk?: number;
  /** After this it is switched off, and the test fails; default 300. */
  readonly seconds?: number;
}

export interface MachineRun {
  /** Exit status of the script. */
  readonly status: number;
  /** What it said, both streams. */
  readonly output: string;
  /** What it left in `$LEAVE`, by name. */
  readonly left: Readonly<Record<string, string>>;
  /** What the kernel and the setting up said. */
  readonly console: string;
}

export async function runOnNfs(options: MachineOptions): Promise<MachineRun> {
  await removeAbandoned();
  const name = `pipe${crypto.randomUUID().slice(0, 8)}`;
  const folder = join(tmpdir(), name);
  record({ name, folder });
  try {
    await lay(folder, options);
    return await boot({ name, folder }, options);
  } finally {
    await remove({ name, folder });
    forget(name);
  }
}

async function lay(folder: string, options: MachineOptions): Promise<void> {
  for (const each of ["left", "files", "lib/modules"]) mkdirSync(join(folder, each), { recursive: true });
  const modules = "/usr/lib/uml/modules";
  for (const version of readdirSync(modules)) {
    symlinkSync(join(modules, version), join(folder, "lib/modules", version)); // modprobe looks there only
  }
  for (const [file, text] of Object.entries(options.files ?? {}))
    writeFileSync(join(folder, "files", file), text);
  writeFileSync(join(folder, "script.sh"), options.script);
  const cluster = { ...options.cluster, nodes: 2, hosts: "netns" } as const;
  writeFileSync(join(folder, "slurm.conf"), slurmConf(inside, cluster));
  writeFileSync(join(folder, "cgroup.conf"), cgroupConf(cluster));
  const disk = join(folder, "disk");
  await must(["truncate", `--size=${options.disk ?? 1000}M`, disk]);
  await must(["mkfs.ext4", "-q", "-F", disk]);
}

/** The cluster as it is called in there, where there is no other one to keep apart from. */
const inside: Place = {
  name: "pipenfs",
  folder: "/run/slurm",
  hostname: "server",
  slot: {
    number: 0,
    ports: { controller: 6817, accounting: 6819, database: 3306, node: () => 6818 },
    [Symbol.dispose]: () => {},
  },
};

async function boot(of: { name: string; folder: string }, options: MachineOptions): Promise<MachineRun> {
  const { name, folder } = of;
  const log = join(folder, "console");
  const machine = new Daemon(
    [
      ...["linux.uml", `mem=${options.memory ?? 1500}M`, `ubd0=${join(folder, "disk")}`],
      ...[
        "root=/dev/root",
        "rootfstype=hostfs",
        "rootflags=/",
        "rw",
        `init=${join(import.meta.dir, "init.sh")}`,
      ],
      // It would stop at the first look for a terminal. Its own files belong with ours, not into the home of whoever tests.
      ...["con=null", "con0=null,fd:1", "ssl=null", `uml_dir=${folder}/`, `umid=${name}`],
      ...[`PLACE=${folder}`, `PROGRAMS=${dirname(executable)}`, `NFS=${options.nfs ?? "4.2"}`],
    ],
    { name: "linux.uml", log, env: { ...ownEnvironment(), PIPE_TEST_CLUSTER: name } },
  );
  const seen = (file: string) => readFileSync(join(folder, file), "utf8");
  const exists = (file: string) => readdirSync(folder).includes(file);
  await eventually(
    "the machine has run the script",
    () => {
      if (exists("status") && seen("status").endsWith("\n")) return true;
      const said = exists("output") ? seen("output") : seen("console");
      if (machine.hasEnded)
        throw new Error(`the machine ended before the script did:\n${machine.lastWords()}`);
      return new NotYet(said.slice(-4000));
    },
    options.seconds ?? 300,
  );
  const left = readdirSync(join(folder, "left")).map((file) => [file, seen(join("left", file))] as const);
  return {
    status: Number(seen("status")),
    output: seen("output"),
    left: Object.fromEntries(left),
    console: seen("console"),
  };
}
