// How many cores of a node a pilot shall have where nobody says: no more than the smallest node of its partition has, or the very
// first run on a cluster of small nodes would be refused.
import type { ExecutorConfig } from "../config/config.ts";
import type { BlockSpec } from "../core/block.ts";
import { slurmCommands } from "../executors/slurm/client/command.ts";
import { partitionFacts } from "../executors/slurm/client/partition-facts.ts";
import { usualCores } from "../executors/slurm/pilots/pilot-kinds.ts";

const known = new Map<string, Promise<number>>();

/** By partition, `""` being the default one; empty where the configuration says it all. Asks Slurm once per partition. */
export async function usualCoresFor(
  { options }: Extract<ExecutorConfig, { kind: "slurm" }>,
  blocks: readonly BlockSpec[],
): Promise<Readonly<Record<string, number>>> {
  if (options.coresPerNode !== null) return {};
  const own = options.partition ?? options.slurmOptions?.partition ?? "";
  const partitions = new Set(blocks.map(({ executorOptions }) => executorOptions.partition ?? own));
  const cores = await Promise.all([...partitions].map(async (name) => [name, await coresOf(name)] as const));
  return Object.fromEntries(cores);
}

function coresOf(partition: string): Promise<number> {
  const asked = known.get(partition) ?? ask(partition);
  known.set(partition, asked);
  return asked;
}

async function ask(partition: string): Promise<number> {
  const answer = await partitionFacts(slurmCommands(process.env), partition === "" ? null : partition);
  if (answer.kind !== "answer") return usualCores;
  return Math.min(usualCores, ...answer.partition.classes.map(({ cpus }) => cpus));
}
