// What of our own environment children may see. BUN_OPTIONS would run code in our own executable, BUN_BE_BUN turn it into
// another program; the IPC descriptors lead to the launcher; and what an outer `pipe` said of its own task (a block may
// run another pipeline) is not true of this one.
import { markVariable } from "./process-mark.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Without what children must not see. */
export function childEnvironment(inherited: Environment): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && !privateNames.has(name)) environment[name] = value;
  }
  return environment;
}

/** The environment of a worker process with this mark. */
export function workerEnvironment(inherited: Environment, mark: string): Record<string, string> {
  // The flag makes Bun kill the worker when its launcher dies, also in the middle of a loop that looks at nothing.
  return { ...childEnvironment(inherited), [noOrphans]: "1", [markVariable]: mark };
}

export const noOrphans = "BUN_FEATURE_FLAG_NO_ORPHANS";

const privateNames: ReadonlySet<string> = new Set([
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  noOrphans,
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_UNIQUE_ID",
  markVariable,
  ...["SAMPLE", "RESULT", "DATASET", "SAMPLE_ID", "SAMPLE_PATH", "MEMORY", "TIME", "SEED"].map(
    (name) => `PIPE_${name}`,
  ),
]);
