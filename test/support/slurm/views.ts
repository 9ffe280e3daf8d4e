// The shared folder as a network filesystem shows it: launcher and nodes each see it through a FUSE filesystem of their
// own that caches names and attributes. Harsher than NFS: what another one wrote is seen 3 s late even by a new open.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "./daemon.ts";
import { eventually } from "./eventually.ts";
import { mountsBelow } from "./remains.ts";

/** Seconds for which a view believes what it saw last. */
export const cachedFor = 3;

export interface ViewsOptions {
  readonly folder: string;
  /** Where the launcher's view is mounted, in our mount namespace. */
  readonly shared: string;
  readonly nodes: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export async function startViews({ folder, shared, nodes, env }: ViewsOptions): Promise<void> {
  mkdirSync(backingOf(folder));
  mkdirSync(join(folder, "views"));
  for (const node of nodes) mkdirSync(viewOf(folder, node));
  const places = [shared, ...nodes.map((node) => viewOf(folder, node))];
  await Promise.all(places.map((place) => mount({ from: backingOf(folder), to: place, folder, env })));
}

/** What really is there, past all caches. */
export const backingOf = (folder: string): string => join(folder, "backing");

/** Mounted for all to be bound over `shared` in the node's own mount namespace. */
export const viewOf = (folder: string, node: string): string => join(folder, "views", node);

interface Mount {
  readonly from: string;
  readonly to: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

async function mount({ from, to, folder, env }: Mount): Promise<void> {
  const timeouts = ["attr", "entry", "negative"].map((what) => `${what}_timeout=${cachedFor}`).join(",");
  const daemon = new Daemon(["bindfs", "-f", "-o", timeouts, from, to], {
    name: `bindfs at ${to}`,
    log: join(folder, "log", "bindfs.out"),
    env,
  });
  await eventually(`bindfs is mounted at ${to}`, () => {
    daemon.mustLive();
    return mountsBelow(folder).includes(to);
  });
}
