// One round of the comparison: a whole run, with what its events tell of it, and a bare job for Slurm's own share.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../support/slurm/cluster.ts";

export interface TimedRun {
  /** Seconds from the command to the prompt. */
  readonly whole: number;
  /** Seconds from the command to the first result. */
  readonly first: number;
  /** Tasks per second between the first result and the last. */
  readonly rate: number;
}

export async function runOnce(
  cluster: Cluster,
  run: {
    readonly pipeline: string;
    readonly dataset: string;
    readonly executable: string;
    readonly flags: readonly string[];
    readonly tasks: number;
  },
): Promise<TimedRun> {
  rmSync(run.dataset, { recursive: true, force: true });
  const words = [
    "run",
    "--data_path",
    run.dataset,
    "--num_samples",
    String(run.tasks),
    "--quiet",
    ...run.flags,
  ];
  const began = Date.now();
  const before = Bun.nanoseconds();
  await cluster.must([run.executable, ...words], { cwd: run.pipeline });
  const whole = (Bun.nanoseconds() - before) / 1e9;
  const ends = endsOf(join(run.dataset, "runinfo", "000"));
  const [first = 0] = ends;
  const last = ends.at(-1) ?? 0;
  if (ends.length !== run.tasks) throw new Error(`${ends.length} of ${run.tasks} tasks ended`);
  rmSync(run.dataset, { recursive: true, force: true });
  return {
    whole,
    first: (first - began) / 1000,
    rate: (ends.length - 1) / Math.max(0.001, (last - first) / 1000),
  };
}

/** When tasks ended, as the launcher recorded it: milliseconds since 1970, ascending. */
function endsOf(run: string): readonly number[] {
  const ends: number[] = [];
  for (const name of readdirSync(run).filter((one) => one.startsWith("events"))) {
    for (const line of readFileSync(join(run, name), "utf8").split("\n")) {
      if (!line.includes('"kind":"task-ended"')) continue;
      const at = /"at":(\d+)/.exec(line)?.[1];
      if (at !== undefined) ends.push(Number(at));
    }
  }
  return ends.sort((a, b) => a - b);
}

/** Seconds from `sbatch` to the first line of what the job prints. */
export async function firstLineAfter(cluster: Cluster): Promise<number> {
  const output = join(cluster.shared, "bare.out");
  rmSync(output, { force: true });
  const before = Bun.nanoseconds();
  await cluster.sbatch([`--output=${output}`, "--wrap", "echo here"]);
  while (!isThere(output)) await Bun.sleep(2);
  const took = (Bun.nanoseconds() - before) / 1e9;
  await cluster.untilIdle();
  return took;
}

function isThere(path: string): boolean {
  try {
    return readFileSync(path, "utf8").includes("\n");
  } catch {
    return false;
  }
}
