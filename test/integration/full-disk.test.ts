// A disk that fills up: before the run, nothing is half-started; in the middle, the run ends and says so.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

/** Mounts a small filesystem for the time of `act`. Only root can; in CI that is a requirement. */
async function onSmallDisk(folder: string, size: string, act: () => Promise<void>): Promise<void> {
  mkdirSync(folder);
  const mount = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  if (!mount.success) {
    const why = `a full disk was NOT tested: ${mount.stderr.toString().trim()}`;
    if (process.env.CI === "true") throw new Error(why);
    console.error(why);
    return;
  }
  try {
    await act();
  } finally {
    Bun.spawnSync(["umount", "-l", folder]);
  }
}

const filling = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Fill extends PipelineBlock { async run(sample: DataSample) { await sample.write("large.bin", new Uint8Array(400_000)); } }
export default new Pipeline().append(new Fill());
`;

test("a disk that is full before the run: status 3, and nothing was begun", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": filling });
  await onSmallDisk(play.path("disk"), "64k", async () => {
    writeFileSync(play.path("disk/other"), new Uint8Array(60 * 1024));
    const ending = await play.pipe(["run", "--run_local", "--num_samples", "2", "--data_path", "disk/data"]);
    expect(ending.status).toBe(3);
    expect(ending.stderr).toMatch(/no space|the disk is full/);
    expect(existsSync(play.path("disk/data/000000"))).toBe(false);
  });
});

test("a disk that fills up in the middle: tasks fail with its name or the run ends, and a later start goes on", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": filling });
  await onSmallDisk(play.path("disk"), "2m", async () => {
    const args = [
      "run",
      "--run_local",
      "--max_processes",
      "1",
      "--num_samples",
      "8",
      "--data_path",
      "disk/data",
    ];
    const ending = await play.pipe([...args, "--json"]);
    const { samples, tasks } = asReport(ending.stdout);
    expect(samples.total).toBe(8);
    expect(tasks.ran + tasks.cached + tasks.skipped).toBe(tasks.total);
    expect([1, 3]).toContain(ending.status ?? -1);
    expect(ending.signal).toBeNull();
    expect(ending.stderr).toMatch(/no space|ENOSPC|full/);
    expect(ending.stderr).not.toContain("is repeated");
    // Whole files or none.
    for (const sample of readdirSync(play.path("disk/data")).filter((name) => /^\d{6}$/.test(name))) {
      const names = readdirSync(play.path("disk/data", sample)).filter((name) => name.endsWith(".bin"));
      for (const name of names) expect(play.read(`disk/data/${sample}/${name}`).length).toBe(400_000);
    }
    Bun.spawnSync(["mount", "-o", "remount,size=16m", play.path("disk")]);
    const again = await play.pipe(args);
    expect(again.status).toBe(0);
  });
});
