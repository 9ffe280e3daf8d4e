// A real Slurm for one test or one file of tests: a controller, nodes and what they need, in a folder of their own, with
// ports of their own. `await using cluster = await startCluster()`; it is gone when the block is left, however it is left.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Commands } from "./commands.ts";
import { type ClusterOptions, nodeNames, type Place, slurmConf } from "./configuration.ts";
import { Daemon } from "./daemon.ts";
import { eventually } from "./eventually.ts";
import { startMunge } from "./munge.ts";
import { ownEnvironment } from "./programs.ts";
import { forget, record, removeAbandoned } from "./records.ts";
import { remove } from "./remains.ts";
import { takeSlot } from "./slot.ts";

export type { ClusterOptions } from "./configuration.ts";

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  await removeAbandoned();
  const place: Place = {
    name: `pipe${crypto.randomUUID().slice(0, 8)}`,
    folder: mkdtempSync(join(tmpdir(), "pipe-slurm-")),
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
  /** Everything of this cluster. */
  readonly folder: string;
  /** Where launcher and nodes see the same files, at the same path. */
  readonly shared: string;
  readonly nodeNames: readonly string[];
  readonly #place: Place;
  readonly #options: ClusterOptions;
  #controller: Daemon | undefined;
  readonly #nodes = new Map<string, Daemon>();

  constructor(place: Place, options: ClusterOptions) {
    super({ ...ownEnvironment(), SLURM_CONF: join(place.folder, "slurm.conf") });
    this.#place = place;
    this.#options = options;
    this.name = place.name;
    this.folder = place.folder;
    this.shared = join(place.folder, "shared");
    this.nodeNames = nodeNames(options);
    record(place);
  }

  async start(): Promise<void> {
    for (const name of ["shared", "log", "run", "state"]) mkdirSync(join(this.folder, name));
    // mkdtemp makes it ours alone; munge's user must get through, and users of other numbers to what is shared.
    await this.must(["chmod", "755", this.folder]);
    writeFileSync(join(this.folder, "slurm.conf"), slurmConf(this.#place, this.#options));
    await startMunge(this.folder, this.#daemonEnvironment());
    const nodes = this.nodeNames.map((name) => this.#spawnNode(name));
    await this.startController();
    for (const node of nodes) node.mustLive();
    await this.untilIdle();
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
    const daemon = this.#spawn("slurmctld", ["slurmctld", "-D"]);
    this.#controller = daemon;
    await eventually("the controller answers", async () => {
      daemon.mustLive();
      return (await this.run(["scontrol", "ping"])).status === 0;
    });
  }

  /** Kills the node's slurmd; the jobs on it go on, as they do on a real node that only stopped to answer. */
  async killNode(name: string): Promise<void> {
    await this.#node(name).end("SIGKILL");
  }

  async startNode(name: string): Promise<void> {
    const daemon = this.#spawnNode(name);
    await this.untilNode(name, /^(idle|mixed|allocated|completing)$/);
    daemon.mustLive();
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

  #node(name: string): Daemon {
    const daemon = this.#nodes.get(name);
    if (daemon === undefined) throw new Error(`no node ${name}: there are ${this.nodeNames.join(", ")}`);
    return daemon;
  }

  #spawnNode(name: string): Daemon {
    // A host name of its own, as programs on a node expect to see: two nodes are not the same machine.
    const script = `hostname ${name} && exec slurmd -D -N ${name}`;
    const daemon = this.#spawn(`slurmd of ${name}`, ["unshare", "--uts", "sh", "-c", script]);
    this.#nodes.set(name, daemon);
    return daemon;
  }

  #spawn(name: string, command: readonly string[]): Daemon {
    const log = join(this.folder, "log", `${name.replaceAll(" ", "-")}.out`);
    return new Daemon(command, { name, log, env: this.#daemonEnvironment() });
  }

  #daemonEnvironment(): Readonly<Record<string, string>> {
    return { ...this.env, PIPE_TEST_CLUSTER: this.name };
  }
}
