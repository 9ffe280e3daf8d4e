// The cluster's nodes: each a slurmd that believes to be on a machine of its own, with a host name and a table of mounts
// of its own and, where asked for, a network and a view of the shared folder.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterOptions, nodeNames, type Place } from "./configuration.ts";
import { Daemon } from "./daemon.ts";
import { eventually } from "./eventually.ts";
import { cut, heal, onHost, startHosts } from "./hosts.ts";
import { must } from "./programs.ts";
import { mountsBelow } from "./remains.ts";
import { startViews, viewOf } from "./views.ts";

export class Nodes {
  readonly names: readonly string[];
  readonly #place: Place;
  readonly #options: ClusterOptions;
  readonly #env: Readonly<Record<string, string>>;
  readonly #daemons = new Map<string, Daemon>();

  constructor(place: Place, options: ClusterOptions, env: Readonly<Record<string, string>>) {
    this.#place = place;
    this.#options = options;
    this.#env = env;
    this.names = nodeNames(place, options);
  }

  /** What they stand on; before the first is started. */
  async prepare(): Promise<void> {
    const { folder } = this.#place;
    if (this.#options.views === "bindfs") {
      await startViews({ folder, shared: join(folder, "shared"), nodes: this.names, env: this.#env });
    }
    if (this.#options.hosts === "netns") await startHosts(this.#place, this.names);
  }

  start(name: string): Daemon {
    const { folder } = this.#place;
    const script = [
      `hostname ${name}`,
      ...(this.#options.views === "bindfs" ? [`mount --bind ${viewOf(folder, name)} ${folder}/shared`] : []),
      // A node that starts late would inherit what was mounted here since.
      ...(mountsBelow(folder).includes(hiddenIn(folder)) ? [`umount ${hiddenIn(folder)}`] : []),
      `exec slurmd -D -N ${name}`,
    ].join(" && ");
    const host = this.#options.hosts === "netns" ? onHost(this.#place, name) : [];
    const daemon = new Daemon([...host, "unshare", "--uts", "--mount", "sh", "-c", script], {
      name: `slurmd of ${name}`,
      log: join(folder, "log", `slurmd.${name}.out`),
      env: this.#env,
    });
    this.#daemons.set(name, daemon);
    return daemon;
  }

  /** Waits until it listens: the controller may not have noticed that an earlier one is gone, and call the node idle. */
  async ready(name: string): Promise<void> {
    const daemon = this.get(name);
    const path = join(this.#place.folder, "run", `slurmd.${name}.pid`);
    await eventually(`slurmd of ${name} listens`, () => {
      daemon.mustLive();
      return existsSync(path) && readFileSync(path, "utf8").trim() === String(daemon.pid);
    });
  }

  get(name: string): Daemon {
    const daemon = this.#daemons.get(name);
    if (daemon === undefined) throw new Error(`no node ${name}: there are ${this.names.join(", ")}`);
    return daemon;
  }

  /** What a program is put behind to see what the node's jobs see; its slurmd must live. */
  inside(name: string): readonly string[] {
    return ["nsenter", `--target=${this.get(name).pid}`, "--mount", "--uts", "--net"];
  }

  async cut(name: string): Promise<void> {
    await cut(this.#netns(), this.get(name) && name);
  }

  async heal(name: string): Promise<void> {
    await heal(this.#netns(), this.get(name) && name);
  }

  /** A folder that is there for us and empty for every node: a dataset on a disk that only the login node has. */
  async hide(): Promise<string> {
    const path = hiddenIn(this.#place.folder);
    mkdirSync(path, { recursive: true });
    if (!mountsBelow(path).includes(path)) await must(["mount", "-t", "tmpfs", "pipe-test", path]);
    return path;
  }

  #netns(): Place {
    if (this.#options.hosts !== "netns")
      throw new Error('only nodes of `hosts: "netns"` have a cable to cut');
    return this.#place;
  }
}

const hiddenIn = (folder: string): string => join(folder, "launcher-only");
