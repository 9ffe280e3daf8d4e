// What is asked of Slurm for a job of pilots. Pure.
import { literally, longOptions, resourceOptions } from "../jobs/sbatch-options.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import type { PilotSettings } from "./pilot-settings.ts";

/** The options of a pilot's job. What a person has written for Slurm wins over what we make of resources. */
export function pilotOptions(kind: PilotKind, settings: PilotSettings, output: string): readonly string[] {
  const { perNode, options } = kind;
  const made: Readonly<Record<string, string>> = {
    nodes: String(settings.nodesPerPilot),
    "ntasks-per-node": "1",
    ...resourceOptions({ ...perNode, time: settings.walltime }),
    // A warning before the end, for the pilot alone: its tasks are ended by it.
    signal: `B:USR1@${Math.min(120, Math.max(10, Math.floor(settings.walltime / 5)))}`,
    output: literally(output),
    "open-mode": "append",
  };
  return longOptions({ ...made, ...options });
}
