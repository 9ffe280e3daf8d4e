// Which blocks can share a pilot: those that ask Slurm for the same things. A block for the GPU partition gets pilots of its
// own kind, or its tasks would wait for ever on nodes without GPUs. Pure.
import { type BlockName, bytes, type Seconds, seconds } from "../../../core/ids.ts";
import type { Capacity, Resources } from "../../../core/resources.ts";
import type { PilotSettings } from "./pilot-settings.ts";

export interface KindInput {
  readonly name: BlockName;
  readonly needs: Resources;
  /** What the block itself asks of Slurm, by the names of long options; wins over the executor's. */
  readonly executorOptions: Readonly<Record<string, string>>;
}

export interface PilotKind {
  /** As the scheduler counts kinds of places. */
  readonly index: number;
  readonly options: Readonly<Record<string, string>>;
  /** What is asked for on each node. */
  readonly perNode: Capacity;
  readonly blocks: readonly BlockName[];
  /** The time limits of its blocks, ascending; blocks without one count as 0. */
  readonly limits: readonly Seconds[];
}

export interface PilotKinds {
  readonly kinds: readonly PilotKind[];
  /** By block. */
  readonly kindOf: readonly number[];
}

export function pilotKinds(blocks: readonly KindInput[], settings: PilotSettings): PilotKinds {
  const groups = new Map<string, { options: PilotKind["options"]; members: KindInput[] }>();
  const keys = blocks.map((block) => {
    const options = { ...settings.options, ...block.executorOptions };
    const key = JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
    const group = groups.get(key) ?? { options, members: [] };
    group.members.push(block);
    groups.set(key, group);
    return key;
  });
  const order = [...groups.keys()];
  return {
    kinds: [...groups.values()].map(({ options, members }, index) =>
      kindOfGroup(index, options, members, settings),
    ),
    kindOf: keys.map((key) => order.indexOf(key)),
  };
}

function kindOfGroup(
  index: number,
  options: PilotKind["options"],
  members: readonly KindInput[],
  settings: PilotSettings,
): PilotKind {
  const most = (of: (needs: Resources) => number): number =>
    Math.max(...members.map(({ needs }) => of(needs)));
  const { perNode } = settings;
  const usual = settings.usualCores[options.partition ?? ""] ?? usualCores;
  const wanted = most((needs) => needs.cpus);
  const cpus = perNode.cpus ?? Math.max(usual, wanted);
  const gpus = perNode.gpus ?? most((needs) => needs.gpus);
  return {
    ...{ index, options },
    perNode: { cpus, gpus, memory: perNode.memory ?? memoryFor(members, cpus) },
    blocks: members.map(({ name }) => name),
    limits: [...new Set(members.map(({ needs }) => needs.time ?? seconds(0)))].sort((a, b) => a - b),
  };
}

/** So that as many tasks of the hungriest block fit as there are cores for; null where no block says what it takes. */
function memoryFor(members: readonly KindInput[], cpus: number): Capacity["memory"] {
  let most: Capacity["memory"] = null;
  for (const { needs } of members) {
    if (needs.memory === null) continue;
    const times = Math.max(1, Math.floor(cpus / needs.cpus));
    const all = bytes(needs.memory * times);
    if (most === null || all > most) most = all;
  }
  return most;
}

/** Few enough to be had soon. */
export const usualCores = 4;
