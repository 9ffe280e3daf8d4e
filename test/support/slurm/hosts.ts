// Nodes as hosts of their own: each with a network namespace and an address on a bridge that this machine is on too, so
// that the cable of one can be pulled. What is cut off from the controller goes on working, as in life.
import type { Place } from "./configuration.ts";
import { controllerAddress, nodeAddress } from "./configuration.ts";
import { must } from "./programs.ts";

const netns = { hosts: "netns" } as const;

export async function startHosts(place: Place, nodes: readonly string[]): Promise<void> {
  const bridge = `${place.name}br`;
  await ip("link", "add", bridge, "type", "bridge");
  await ip("address", "add", `${controllerAddress(place, netns)}/24`, "dev", bridge);
  await ip("link", "set", bridge, "up");
  for (const [index, node] of nodes.entries()) {
    const host = namespaceOf(place, node);
    const address = nodeAddress(place, netns, index + 1);
    await ip("netns", "add", host);
    await ip("link", "add", cableOf(place, node), "type", "veth", "peer", "name", "eth0", "netns", host);
    await ip("link", "set", cableOf(place, node), "master", bridge, "up");
    await ip("-n", host, "address", "add", `${address}/24`, "dev", "eth0");
    await ip("-n", host, "link", "set", "eth0", "up");
    await ip("-n", host, "link", "set", "lo", "up");
  }
}

/**
 * What a program is put behind to run on that host. Not `ip netns exec`: it mounts another /sys, in which slurmd misses the
 * control groups.
 */
export const onHost = (place: Place, node: string): readonly string[] => [
  "nsenter",
  `--net=/run/netns/${namespaceOf(place, node)}`,
];

export async function cut(place: Place, node: string): Promise<void> {
  await ip("link", "set", cableOf(place, node), "down");
}

export async function heal(place: Place, node: string): Promise<void> {
  await ip("link", "set", cableOf(place, node), "up");
}

const namespaceOf = ({ name }: Place, node: string): string => `${name}-${node}`;

/** By the number alone: a device's name has at most 15 characters. */
const cableOf = ({ name }: Place, node: string): string => `${name}-${/\d+$/.exec(node)?.[0]}`;

const ip = (...args: readonly string[]): Promise<string> => must(["ip", ...args]);
