// How fast pilots are, on a real cluster, side by side with what Slurm itself takes for a job that does nothing. Printed as a
// table, written as JSON to .cache/bench/slurm.json. Ratios and differences are of one run; absolute times are the machine's.
//
// The controller looks at its queue once a second, so one job starts a moment or a second after it was submitted, by chance:
// every figure is a median of several rounds, the two sides taking turns.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { requireSystemPackages } from "../../build/system-packages.ts";
import { median } from "../support/measured-process.ts";
import { executable } from "../support/playground.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";
import { quietMinute } from "./slurm-quiet.ts";
import { firstLineAfter, runOnce, type TimedRun } from "./slurm-rounds.ts";

const result = resolve(import.meta.dir, "../../.cache/bench/slurm.json");
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const tasks = 2000;

const pipelines = {
  typescript: `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Empty extends PipelineBlock { run(_: DataSample) {} }
export default new Pipeline().append(new Empty());
`,
  commands: `import { Pipeline, command } from "pipe";
export default new Pipeline().append(command("Empty", ["true"]));
`,
};
const twoPilots = `[executor.slurm]
kind = "slurm"
cores_per_node = 2
init_pilots = 2
max_pilots = 2
`;

await requireSystemPackages("quick", "cluster");
const folder = mkdtempSync(join(tmpdir(), "pipe-bench-"));
try {
  await using cluster = await startCluster({ nodes: 2, cpus: 2 });
  for (const [name, source] of Object.entries(pipelines)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "pipeline.ts"), source);
    writeFileSync(join(folder, name, "pipe.toml"), twoPilots);
  }
  const bareFirst: number[] = [];
  const bareWait: number[] = [];
  const typescript: TimedRun[] = [];
  const commands: TimedRun[] = [];
  const local: TimedRun[] = [];
  await pilots(cluster, "typescript", 99); // stages the executable, warms the disk
  for (let round = 0; round < rounds; round++) {
    bareFirst.push(await firstLineAfter(cluster));
    typescript.push(await pilots(cluster, "typescript", round));
    bareWait.push(
      await seconds(() => cluster.must(["sbatch", "--wait", "-o", "/dev/null", "--wrap", "true"])),
    );
    commands.push(await pilots(cluster, "commands", round));
    local.push(await once(cluster, "typescript", ["--run_local", "--max_processes", "2"]));
    console.error(`round ${round + 1} of ${rounds}`);
  }
  const quiet =
    process.env.BENCH_QUIET === "no"
      ? { launcher: 0, pilot: 0 }
      : await quietMinute(cluster, join(folder, "quiet"), [executable]);
  const of = (runs: readonly TimedRun[], field: keyof TimedRun) => median(runs.map((run) => run[field]));
  const rows = [
    bar("first result after a bare job's first line", of(typescript, "first") - median(bareFirst), {
      limit: 0.5,
      unit: "s",
    }),
    bar("2,000 empty TypeScript tasks / bare sbatch --wait", of(typescript, "whole") - median(bareWait), {
      limit: 1.5,
      unit: "s longer",
    }),
    bar("TypeScript tasks per second while running", of(typescript, "rate"), { least: 5000, unit: "/s" }),
    bar("commands per second while running", of(commands, "rate"), { unit: "/s" }),
    bar("2,000 empty commands, command to prompt", of(commands, "whole"), { unit: "s" }),
    bar("2,000 empty TypeScript tasks, command to prompt", of(typescript, "whole"), { unit: "s" }),
    bar("the same with --run_local", of(local, "whole"), { unit: "s" }),
    bar("bare sbatch --wait of true", median(bareWait), { unit: "s" }),
    bar("bare job to its first line", median(bareFirst), { unit: "s" }),
    bar("filesystem operations of the launcher, quiet minute", quiet.launcher, { limit: 5, unit: "/s" }),
    bar("filesystem operations of a pilot, quiet minute", quiet.pilot, { limit: 5, unit: "/s" }),
  ];
  mkdirSync(dirname(result), { recursive: true });
  writeFileSync(
    result,
    `${JSON.stringify({ rounds, tasks, bareFirst, bareWait, typescript, commands, local, quiet, rows }, null, 1)}\n`,
  );
  const width = Math.max(...rows.map(({ what }) => what.length)) + 2;
  for (const { what, words } of rows) console.log(what.padEnd(width) + words);
  console.error(`written to ${result}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function pilots(cluster: Cluster, name: keyof typeof pipelines, round: number): Promise<TimedRun> {
  return await runOnce(cluster, {
    ...{ pipeline: join(folder, name), dataset: join(cluster.shared, `${name}-${round}`) },
    ...{ executable, flags: [], tasks },
  });
}

async function once(
  cluster: Cluster,
  name: keyof typeof pipelines,
  flags: readonly string[],
): Promise<TimedRun> {
  const dataset = mkdtempSync(join(folder, "local-"));
  return await runOnce(cluster, { pipeline: join(folder, name), dataset, executable, flags, tasks });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const before = Bun.nanoseconds();
  await work();
  return (Bun.nanoseconds() - before) / 1e9;
}

function bar(
  what: string,
  value: number,
  of: { readonly limit?: number; readonly least?: number; readonly unit: string },
) {
  const met =
    value <= (of.limit ?? Number.POSITIVE_INFINITY) && value >= (of.least ?? Number.NEGATIVE_INFINITY);
  const said =
    of.limit !== undefined
      ? ` (at most ${of.limit})`
      : of.least !== undefined
        ? ` (at least ${of.least})`
        : "";
  const words = `${value.toFixed(value < 100 ? 2 : 0)} ${of.unit}${said}${met ? "" : "  MISSED"}`;
  return { what, value, ...of, met, words };
}
