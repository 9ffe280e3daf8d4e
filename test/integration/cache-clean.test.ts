// `pipe clean`: shows first, deletes with `--yes`, and never a file that no record names.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { project, projectWith, smoothSource, withClass } from "../support/cache-project.ts";
import { CacheRig, stateOf } from "../support/cache-rig.ts";
import { all, nothing } from "../support/cache-row.ts";

/** Smooth leaves files in folders of its own. */
const withSmooth = projectWith({
  ...withClass(
    smoothSource.replace(
      'sample.write("smooth.txt", "smooth")',
      'for (const name of ["smooth.txt", "smooth/a.txt", "smooth/deep/b.txt"]) sample.write(name, "smooth")',
    ),
  ),
  ".append(new Measure())": ".append(new Smooth())\n  .append(new Measure())",
});

/** Smooth was in the pipeline, and is no more. */
async function rigWithout(): Promise<CacheRig> {
  const rig = new CacheRig(withSmooth);
  expect((await rig.start()).status).toBe(0);
  rig.play.write(project);
  expect((await rig.start()).ran).toEqual({ Measure: all });
  return rig;
}

describe("results of a block that is no longer in the pipeline", () => {
  test("are shown, and deleted with --yes; what is left is the dataset of the pipeline", async () => {
    await using rig = await rigWithout();
    const before = stateOf(rig.at());
    const shown = await rig.say(["clean", "--removed_blocks"]);
    expect(shown.status, shown.stderr).toBe(0);
    expect(shown.stdout).toMatch(/Smooth_0.*3 tasks.*9 files/);
    expect(shown.stdout).toContain("--yes");
    const changed = Object.entries(stateOf(rig.at())).filter(([path, state]) => before[path] !== state);
    expect(changed.map(([path]) => path).filter((path) => path !== "." && path !== "runinfo")).toEqual([]);
    const done = await rig.say(["clean", "--removed_blocks", "--yes"]);
    expect(done.status, done.stderr).toBe(0);
    expect(rig.contents()).toEqual(await rig.fromScratch());
    const next = await rig.start();
    expect(next.ran).toEqual(nothing);
    expect(next.report.tasks.cached).toBe(9);
  });

  test("are run again when the block comes back", async () => {
    await using rig = await rigWithout();
    await rig.say(["clean", "--removed_blocks", "--yes"]);
    rig.play.write(withSmooth);
    expect((await rig.start()).ran).toEqual({ Smooth: all, Measure: all });
    expect(rig.contents()).toEqual(await rig.fromScratch());
  });

  test("stay where somebody changed them, put something beside them, or led them elsewhere", async () => {
    await using rig = await rigWithout();
    writeFileSync(rig.at("000000", "smooth.txt"), "mine");
    writeFileSync(rig.at("000000", "smooth", "notes.txt"), "mine too");
    rmSync(rig.at("000001", "smooth"), { recursive: true });
    rig.play.write({ "elsewhere/a.txt": "smooth", "elsewhere/deep/b.txt": "smooth" });
    symlinkSync(rig.play.path("elsewhere"), rig.at("000001", "smooth"));
    const done = await rig.say(["clean", "--removed_blocks", "--yes"]);
    expect(done.status, done.stderr).toBe(0);
    expect(done.stdout).toContain("000000/smooth.txt");
    const expected = await rig.fromScratch();
    expect(rig.contents()).toEqual({
      ...expected,
      "000000/smooth.txt": "mine",
      "000000/smooth": "(folder)",
      "000000/smooth/notes.txt": "mine too",
      "000001/smooth": `(link to ${rig.play.path("elsewhere")})`,
    });
    expect(rig.play.read("elsewhere/a.txt")).toBe("smooth");
    expect(rig.play.read("elsewhere/deep/b.txt")).toBe("smooth");
  });

  test("stay where a block of the pipeline has left the same file", async () => {
    await using rig = new CacheRig();
    await rig.start();
    const text = rig.play.read("pipeline.ts");
    rig.play.write({
      "pipeline.ts": text
        .replaceAll("new Simulate(", "new Solve(")
        .replaceAll("class Simulate", "class Solve")
        .replaceAll("Simulate_0", "Solve_0"),
    });
    await rig.start();
    const before = rig.contents();
    await rig.say(["clean", "--removed_blocks", "--yes"]);
    expect(rig.contents()).toEqual(before);
    expect((await rig.start()).ran).toEqual(nothing);
  });
});

describe("old runs and logs", () => {
  test("go, and what is remembered stays", async () => {
    await using rig = new CacheRig(
      projectWith({ 'trace("Scene", sample);': 'trace("Scene", sample);\n    console.log("printed");' }),
    );
    for (let run = 0; run < 4; run++) await rig.start({ args: ["--force_run_blocks", "Scene_0"] });
    writeFileSync(rig.at("runinfo", "000", "notes.txt"), "mine");
    const before = stateOf(rig.at());
    const shown = await rig.say(["clean", "--keep_runs", "1"]);
    expect(shown.stdout).toMatch(/run 000/);
    expect(Object.keys(stateOf(rig.at()))).toEqual(Object.keys(before));
    const done = await rig.say(["clean", "--keep_runs", "1", "--yes"]);
    expect(done.status, done.stderr).toBe(0);
    const runs = readdirSync(rig.at("runinfo")).filter((name) => /^\d+$/.test(name));
    expect(runs.sort()).toEqual(["000", "003"]);
    expect(readdirSync(rig.at("runinfo", "000"))).toEqual(["notes.txt"]);
    expect((await rig.start()).ran).toEqual(nothing);
    // No name of a run is given twice.
    expect(existsSync(rig.at("runinfo", "004"))).toBe(true);
  });

  test("logs of tasks that succeeded go, those of issues and failures stay", async () => {
    await using rig = new CacheRig(
      projectWith({
        'trace("Scene", sample);':
          'trace("Scene", sample);\n    console.log("printed");\n    if (sample.id === 1) throw new Error("no licence");',
      }),
    );
    await rig.start();
    const logs = () =>
      readdirSync(rig.at("runinfo", "000", "task_logs", "Scene_0"))
        .filter((name) => /^\d/.test(name))
        .sort();
    expect(logs()).toEqual(["000000.1.log", "000001.1.log", "000002.1.log"]);
    await rig.say(["clean", "--logs"]);
    expect(logs()).toHaveLength(3);
    await rig.say(["clean", "--logs", "--yes"]);
    expect(logs()).toEqual(["000001.1.log"]);
  });

  test("nothing is deleted that was not asked for", async () => {
    await using rig = await rigWithout();
    const before = rig.contents();
    const runs = readdirSync(rig.at("runinfo"));
    const done = await rig.say(["clean", "--yes"]);
    expect(done.status, done.stderr).toBe(0);
    expect(rig.contents()).toEqual(before);
    expect(readdirSync(rig.at("runinfo"))).toEqual(runs);
  });
});
