// A real Slurm for one test or one file of tests: a controller, nodes and what they need, in a folder of their own, with
// ports of their own. `await using cluster = await startCluster()`; it is gone when the block is left, however it is left.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Accounting, startAccounting } from "./accounting.ts";
import { Commands } from "./commands.ts";
import { type ClusterOptions, cgroupConf, gresConf, type Place, slurmConf } from "./configuration.ts";
import { Daemon } from "./daemon.ts";
import { eventually, NotYet } from "./eventually.ts";
import { startMunge } from "./munge.ts";
import { Nodes } from "./nodes.ts";
import { type Ended, ownEnvironment } from "./programs.ts";
import { forget, record, removeAbandoned } from "./records.ts";
import { remove } from "./remains.ts";
import { takeSlot } from "./slot.ts";
import { backingOf } from "./views.ts";

export type { ClusterOptions } from "./configuration.ts";

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  await removeAbandoned();
  const name = `pipe${crypto.randomUUID().slice(0, 8)}`;
  const place: Place = {
    name,
    // The name is in it, so that whatever uses the cluster's SLURM_CONF is known to belong to it.
    folder: join(tmpdir(), name),
    slot: await takeSlot(),
    hostname: hostname().split(".")[0] ?? hostname(),
  };
  const cluster = new Cluster(place, options);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

export class Cluster extends Commands implements AsyncDisposable {
  readonly name: string;
  /** Everything of this cluster; logs of its daemons in `log/`. */
  readonly folder: string;
  /** Where launcher and nodes see the same files, at the same path. */
  readonly shared: string;
  /** What really is in `shared`, past the caches of `views: "bindfs"`. */
  readonly backing: string;
  readonly #place: Place;
  readonly #options: ClusterOptions;
  readonly #daemonEnvironment: Readonly<Record<string, string>>;
  readonly #nodes: Nodes;
  #controller: Daemon | undefined;
  #accounting: Accounting | undefined;

  constructor(place: Place, options: ClusterOptions) {
    super({ ...ownEnvironment(), SLURM_CONF: join(place.folder, "slurm.conf") });
    this.#place = place;
    this.#options = options;
    this.name = place.name;
    this.folder = place.folder;
    this.shared = join(place.folder, "shared");
    this.backing = options.views === "bindfs" ? backingOf(place.folder) : this.shared;
    // By the name its processes are found when nothing else is known of them.
    this.#daemonEnvironment = { ...this.env, PIPE_TEST_CLUSTER: place.name };
    this.#nodes = new Nodes(place, options, this.#daemonEnvironment);
    record(place);
  }

  get nodeNames(): readonly string[] {
    return this.#nodes.names;
  }

  /** slurmdbd and the limits that it knows; only with `accounting: true`. */
  get accounting(): Accounting {
    if (this.#accounting === undefined)
      throw new Error("this cluster was started without `accounting: true`");
    return this.#accounting;
  }

  async start(): Promise<void> {
    const { folder } = this;
    // The users of munge and MariaDB must get through, whatever our umask says.
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    for (const name of ["shared", "log", "run", "state"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "slurm.conf"), slurmConf(this.#place, this.#options));
    writeFileSync(join(folder, "cgroup.conf"), cgroupConf(this.#options));
    writeFileSync(join(folder, "gres.conf"), gresConf(this.#place, this.#options));
    for (let gpu = 0; gpu < (this.#options.gpus ?? 0); gpu++) {
      await this.must(["mknod", join(folder, `gpu${gpu}`), "c", "1", "3"]);
    }
    await startMunge(folder, this.#daemonEnvironment);
    await this.#nodes.prepare();
    if (this.#options.accounting === true) {
      this.#accounting = await startAccounting({ ...this.#place, env: this.#daemonEnvironment });
    }
    // The controller first: a node that does not find it tries again only a second later.
    await this.startController();
    const nodes = this.nodeNames.map((name) => this.#nodes.start(name));
    await eventually("all nodes are idle", async () => {
      for (const node of nodes) node.mustLive();
      const states = await this.nodes();
      const idle = states.filter(({ state }) => state === "idle");
      return idle.length === nodes.length || new NotYet(JSON.stringify(states));
    });
  }

  /** SIGTERM: it writes down what it knows, and ends. */
  async stopController(): Promise<void> {
    await this.#controller?.end("SIGTERM");
  }

  /** SIGKILL: what it had not written down (up to some 5 s) is forgotten. */
  async killController(): Promise<void> {
    await this.#controller?.end("SIGKILL");
  }

  /** It lives, has its port open, and answers nobody. */
  freezeController(): void {
    this.#controller?.signal("SIGSTOP");
  }

  thawController(): void {
    this.#controller?.signal("SIGCONT");
  }

  async startController(): Promise<void> {
    const log = join(this.folder, "log", "slurmctld.out");
    const daemon = new Daemon(["slurmctld", "-D"], { name: "slurmctld", log, env: this.#daemonEnvironment });
    this.#controller = daemon;
    await eventually("the controller answers", async () => {
      daemon.mustLive();
      return (await this.run(["scontrol", "ping"])).status === 0;
    });
  }

  /** Kills the node's slurmd; the jobs on it go on, as they do on a real node that only stopped to answer. */
  async killNode(name: string): Promise<void> {
    await this.#nodes.get(name).end("SIGKILL");
  }

  async startNode(name: string): Promise<void> {
    this.#nodes.start(name);
    await this.#nodes.ready(name);
    await this.untilNode(name, /^(idle|mixed|allocated|completing)$/);
  }

  /** Runs a program as the node's jobs would see it: its files, its name, its network. */
  onNode(name: string, command: readonly string[]): Promise<Ended> {
    return this.run([...this.#nodes.inside(name), ...command]);
  }

  /** Pulls the node's cable; only with `hosts: "netns"`. Its jobs go on, and so does the shared folder. */
  cut(name: string): Promise<void> {
    return this.#nodes.cut(name);
  }

  heal(name: string): Promise<void> {
    return this.#nodes.heal(name);
  }

  /** A folder with a disk that no node has: there it is empty. */
  launcherOnly(): Promise<string> {
    return this.#nodes.hide();
  }

  /** Ends all processes, jobs included, and removes every trace. */
  async stop(): Promise<void> {
    await remove(this.#place);
    this.#place.slot[Symbol.dispose]();
    forget(this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
