// What launcher and pilots do to the file server while nothing happens: a minute of two long tasks, watched from outside. Every
// system call that names a file of the dataset, or a descriptor of one, counts.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../support/slurm/cluster.ts";

export interface QuietMinute {
  /** Filesystem operations per second. */
  readonly launcher: number;
  readonly pilot: number;
}

const watched = 60; // s

export async function quietMinute(
  cluster: Cluster,
  folder: string,
  pipe: readonly string[],
): Promise<QuietMinute> {
  const dataset = join(cluster.shared, "quiet");
  rmSync(dataset, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const settings = `cores_per_node = 1\ninit_pilots = 2\nmax_pilots = 2\n`;
  writeFileSync(
    join(folder, "pipe.toml"),
    `[executor.slurm]\nkind = "slurm"\n${settings}[[block]]\nname = "Long"\ncommand = ["sleep", "100"]\n`,
  );
  const launcher = Bun.spawn([...pipe, "run", "--data_path", dataset, "--num_samples", "2", "--quiet"], {
    ...{ cwd: folder, env: { ...cluster.env }, stdio: ["ignore", "ignore", "inherit"] },
  });
  const pilot = await pilotOf(dataset);
  // Long enough for both to have become calm.
  await Bun.sleep(15_000);
  const [ofLauncher, ofPilot] = await Promise.all([
    operations(launcher.pid, dataset, join(folder, "launcher.strace")),
    operations(pilot, dataset, join(folder, "pilot.strace")),
  ]);
  launcher.kill("SIGTERM");
  await launcher.exited;
  await cluster.untilIdle();
  return { launcher: ofLauncher, pilot: ofPilot };
}

/** The process of a pilot that has begun its task. */
async function pilotOf(dataset: string): Promise<number> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    for (const slot of listed(join(dataset, "runinfo", "000", "workers"))) {
      try {
        const outbox = readFileSync(join(dataset, "runinfo", "000", "workers", slot, "outbox.jsonl"), "utf8");
        const pid = /"kind":"hello".*?"pid":(\d+)/.exec(outbox)?.[1];
        if (pid !== undefined && outbox.includes('"kind":"started"')) return Number(pid);
      } catch {
        // Not there yet.
      }
    }
    await Bun.sleep(100);
  }
  throw new Error("no pilot began a task");
}

async function operations(pid: number, dataset: string, log: string): Promise<number> {
  const watch = Bun.spawn(
    [
      "timeout",
      "--signal=INT",
      String(watched),
      "strace",
      "-f",
      "-y",
      "-qq",
      "-e",
      "trace=%file,%desc",
      "-o",
      log,
      "-p",
      String(pid),
    ],
    { stdio: ["ignore", "ignore", "ignore"] },
  );
  await watch.exited;
  const calls = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes(dataset) && !line.includes("resumed"));
  return calls.length / watched;
}

function listed(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
