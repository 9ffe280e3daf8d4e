// What array mode costs over Slurm itself: 200 tasks that run `true`, beside a bare `sbatch --array=0-199` of the same, on the
// same real cluster, one after the other, several times. Printed as a table, written as JSON to .cache/bench/array.json.
//
// `BENCH_TASKS=50` tries it with fewer; the bar is for 200.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { median } from "../support/measured-process.ts";
import { executable } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { missingForCluster } from "../support/slurm/availability.ts";
import { type Cluster, startCluster } from "../support/slurm/cluster.ts";

const tasks = Number(process.env.BENCH_TASKS ?? 200);
const pairs = Number(process.env.BENCH_PAIRS ?? 3);
const bar = 1.1;
const result = resolve(import.meta.dir, "../../.cache/bench/array.json");

const toml = `[executor.arrays]
kind = "slurm"
mode = "array"

[[block]]
name = "Nothing"
command = ["true"]
`;

/** Seconds until the last of them has ended. Not by `sbatch --wait`: that looks ever more rarely, and is seconds late. */
async function bare(cluster: Cluster): Promise<number> {
  const began = performance.now();
  const job = await cluster.sbatch([`--array=0-${tasks - 1}`, "--wrap", "true"]);
  const open = ["squeue", "--noheader", `--jobs=${job}`, "--states=PENDING,RUNNING,COMPLETING"];
  while ((await cluster.must(open)).trim() !== "") await Bun.sleep(200);
  return (performance.now() - began) / 1000;
}

async function arrays(cluster: Cluster, folder: string): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "pipe.toml"), toml);
  // Staged beforehand, as by every run but the first one of a dataset.
  await cluster.must([executable, "run", "--prepare", "--num_samples", "1"], { cwd: folder });
  const began = performance.now();
  const printed = await cluster.must(
    [executable, "run", "--executor", "arrays", "--num_samples", String(tasks), "--json", "-q"],
    { cwd: folder },
  );
  const took = (performance.now() - began) / 1000;
  const report = asReport(printed);
  if (report.tasks.ran !== tasks) throw new Error(`${report.tasks.ran} of ${tasks} tasks ran`);
  return took;
}

const missing = missingForCluster();
if (missing.length > 0) {
  console.error(`NOT MEASURED: there is no Slurm here (missing: ${missing.join(", ")})`);
  process.exit(process.env.CI === undefined ? 0 : 1);
}
await using cluster = await startCluster({ nodes: 2, cpus: 4 });
const folder = join(cluster.shared, "bench");
const slurm: number[] = [];
const ours: number[] = [];
for (let pair = 0; pair < pairs; pair++) {
  slurm.push(await bare(cluster));
  ours.push(await arrays(cluster, folder));
}
const ratio = median(ours) / median(slurm);
console.log(`${tasks} tasks, ${pairs} pairs, median seconds`);
console.log(`  bare array of true   ${median(slurm).toFixed(2)}`);
console.log(`  pipe, array mode     ${median(ours).toFixed(2)}`);
console.log(`  ratio                ${ratio.toFixed(2)}  (bar ${bar})`);
mkdirSync(dirname(result), { recursive: true });
writeFileSync(result, `${JSON.stringify({ tasks, slurm, ours, ratio, bar }, null, 1)}\n`);
if (tasks >= 200 && ratio > bar) {
  console.error(`array mode takes ${ratio.toFixed(2)} times as long as Slurm alone; the bar is ${bar}`);
  process.exitCode = 1;
}
