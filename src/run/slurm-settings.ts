// What pipe.toml says of a Slurm executor, with everything decided that it does not say.
import type { SlurmOptions } from "../config/config.ts";
import type { BlockSpec } from "../core/block.ts";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { seconds } from "../core/ids.ts";
import { fits } from "../core/resources.ts";
import { executorOptions } from "../executors/slurm/jobs/options.ts";
import { type PilotKinds, pilotKinds } from "../executors/slurm/pilots/pilot-kinds.ts";
import type { PilotSettings } from "../executors/slurm/pilots/pilot-settings.ts";

export function pilotSettings(options: SlurmOptions, usualCores: PilotSettings["usualCores"]): PilotSettings {
  const maxPilots = options.maxPilots ?? Math.max(4, options.initPilots ?? 1, options.minPilots ?? 0);
  return {
    initPilots: options.initPilots ?? 1,
    minPilots: options.minPilots ?? 0,
    maxPilots,
    nodesPerPilot: options.nodesPerPilot ?? 1,
    perNode: { cpus: options.coresPerNode, memory: options.memoryPerNode, gpus: options.gpusPerNode },
    usualCores,
    parallelism: options.parallelism ?? 1,
    walltime: options.walltime ?? seconds(3600),
    maxIdletime: options.maxIdletime ?? seconds(120),
    orphanTime: options.orphanTime ?? seconds(1800),
    workerInit: options.workerInit ?? [],
    copyToNode: options.copyToNode ?? false,
    options: executorOptions(options),
  };
}

/** @throws Refusal that names every block that no pilot could ever run. */
export function kindsFor(
  specs: readonly BlockSpec[],
  settings: PilotSettings,
  executorName: string,
): PilotKinds {
  const kinds = pilotKinds(specs, settings);
  const found: Diagnostic[] = [];
  for (const [index, { name, needs }] of specs.entries()) {
    const kind = kinds.kinds[kinds.kindOf[index] ?? 0];
    if (kind === undefined) continue;
    if (!fits(needs, kind.perNode)) {
      found.push(
        diagnostic("too-large", `${name} asks for more than one node of a pilot has`, {
          notes: [`it needs ${JSON.stringify(needs)}, a node has ${JSON.stringify(kind.perNode)}`],
          hint: `raise cores_per_node, memory_per_node or gpus_per_node in \`[executor.${executorName}]\`, or lower what the block asks for`,
        }),
      );
    }
    if (needs.time !== null && needs.time > 0.9 * settings.walltime) {
      found.push(
        diagnostic(
          "too-long",
          `${name} may take ${needs.time} s, and a pilot ends after ${settings.walltime} s`,
          {
            hint: `raise walltime in \`[executor.${executorName}]\`, or lower \`time\` of the block`,
          },
        ),
      );
    }
  }
  if (found.length > 0) throw refuse(...found);
  return kinds;
}
