// The flags about remembered results: what runs, what does not, what is refused, and what must not touch anything.
import { describe, expect, test } from "bun:test";
import { rmSync, unlinkSync, writeFileSync } from "node:fs";
import { project, projectWith } from "../support/cache-project.ts";
import { CacheRig, stateOf } from "../support/cache-rig.ts";
import { all, everything, nothing } from "../support/cache-row.ts";
import { withSummary } from "../support/cache-rows-shape.ts";

const withIssue = projectWith({ "< 100 ?": "< 100 && sample.id !== 1 ?" });
const account = (
  numbers: Partial<Record<"total" | "ran" | "cached" | "issues" | "failed" | "skipped", number>>,
) => ({
  ...{ total: 9, ran: 0, cached: 0, issues: 0, failed: 0, skipped: 0 },
  ...numbers,
});

test("--disable_caching runs everything, and remembers it", async () => {
  await using rig = new CacheRig();
  await rig.start();
  const again = await rig.start({ args: ["--disable_caching"] });
  expect(again.ran).toEqual(everything);
  expect(again.report.tasks).toEqual(account({ ran: 9 }));
  const third = await rig.start();
  expect(third.ran).toEqual(nothing);
  expect(third.report.tasks).toEqual(account({ cached: 9 }));
});

test("what a run with --disable_caching recorded is what is compared next", async () => {
  await using rig = new CacheRig();
  await rig.start();
  rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
  expect((await rig.start({ args: ["--disable_caching"] })).ran).toEqual(everything);
  expect(rig.contents()).toEqual(await rig.fromScratch());
  expect((await rig.start()).ran).toEqual(nothing);
  rig.play.write(project);
  expect((await rig.start()).ran).toEqual({ Simulate: all, Measure: all });
});

test("--force_run_blocks runs the blocks and what follows from them", async () => {
  await using rig = new CacheRig();
  await rig.start();
  const before = rig.contents();
  const forced = await rig.start({ args: ["--force_run_blocks", "Simulate_0"] });
  expect(forced.ran).toEqual({ Simulate: all, Measure: all });
  expect(forced.report.tasks).toEqual(account({ ran: 6, cached: 3 }));
  expect((await rig.start({ args: ["--force_run_blocks", "Measure_0"] })).ran).toEqual({ Measure: all });
  expect((await rig.start({ args: ["--force_run_blocks", "Scene_0", "Measure_0"] })).ran).toEqual(everything);
  expect((await rig.start()).ran).toEqual(nothing);
  expect(rig.contents()).toEqual(before);
});

test("--do_not_retry_blocks: samples that would need these blocks stop there, and nothing of theirs is touched", async () => {
  await using rig = new CacheRig();
  await rig.start();
  rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
  const files = (folder: string) =>
    Object.fromEntries(
      Object.entries(stateOf(folder)).filter(
        ([name]) => !name.endsWith("sample.json") && name.includes(".txt"),
      ),
    );
  const before = files(rig.at("000000"));
  const start = await rig.start({ args: ["--do_not_retry_blocks", "Simulate_0"] });
  expect(start.ran).toEqual(nothing);
  expect(start.status).toBe(0);
  expect(start.report.tasks).toEqual(account({ cached: 3, skipped: 6 }));
  expect(files(rig.at("000000"))).toEqual(before);
  expect((await rig.start()).ran).toEqual({ Simulate: all, Measure: all });
  expect(rig.contents()).toEqual(await rig.fromScratch());
});

test("--do_not_retry_blocks lets through the samples that do not need these blocks", async () => {
  await using rig = new CacheRig();
  await rig.start();
  unlinkSync(rig.at("000001", "frames", "surface_f0.txt"));
  const start = await rig.start({ args: ["--do_not_retry_blocks", "Simulate_0"] });
  expect(start.ran).toEqual(nothing);
  expect(start.report.tasks).toEqual(account({ cached: 7, skipped: 2 }));
});

test("--retry_issues runs what ended with an issue, and nothing else", async () => {
  await using rig = new CacheRig(withIssue);
  await rig.start();
  const again = await rig.start({ args: ["--retry_issues"] });
  expect(again.ran).toEqual({ Simulate: [1] });
  expect(again.report.tasks).toEqual(account({ ran: 1, cached: 7, issues: 1, skipped: 1 }));
  expect(again.report.samples).toEqual({ total: 3, valid: 2, issues: 1, failed: 0 });
});

test("a remembered issue counts as before: the sample is no valid one, in the report and in the tables", async () => {
  await using rig = new CacheRig(withIssue);
  const first = await rig.start();
  const table = rig.play.read("data/statistics.csv");
  const second = await rig.start();
  expect(second.report.samples).toEqual(first.report.samples);
  expect(second.report.tasks).toEqual(account({ cached: 8, issues: 1, skipped: 1 }));
  expect(rig.play.read("data/statistics.csv")).toBe(table);
  expect(second.status).toBe(0);
});

test("--until and --samples look at no more than they name", async () => {
  await using rig = new CacheRig();
  await rig.start();
  rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
  const one = await rig.start({ samples: ["--samples", "1"], args: ["--until", "Simulate_0"] });
  expect(one.ran).toEqual({ Simulate: [1] });
  expect(one.report.tasks).toEqual(account({ total: 2, ran: 1, cached: 1 }));
  expect((await rig.start({ samples: ["--samples", "0-1"] })).ran).toEqual({
    Simulate: [0],
    Measure: [0, 1],
  });
  expect((await rig.start()).ran).toEqual({ Simulate: [2], Measure: [2] });
  expect(rig.contents()).toEqual(await rig.fromScratch());
});

test("--start_sample makes further samples and leaves the others alone", async () => {
  await using rig = new CacheRig();
  await rig.start();
  const more = await rig.start({ samples: ["--start_sample", "2", "--num_samples", "2"] });
  expect(more.ran).toEqual({ Scene: [3], Simulate: [3], Measure: [3] });
  expect((await rig.start({ samples: [] })).report.tasks).toEqual(account({ total: 12, cached: 12 }));
});

test("without --num_samples a sample whose folder is gone is no sample of the dataset any more", async () => {
  await using rig = new CacheRig();
  await rig.start();
  rmSync(rig.at("000001"), { recursive: true });
  const start = await rig.start({ samples: [] });
  expect(start.ran).toEqual(nothing);
  expect(start.report.tasks).toEqual(account({ total: 6, cached: 6 }));
  const rows = rig.play.read("data/statistics.csv").trimEnd().split("\n");
  expect(rows.slice(1).map((row) => row.split(",")[0])).toEqual(["0", "2"]);
});

test("--statistics_only runs nothing and writes the tables again", async () => {
  await using rig = new CacheRig();
  await rig.start();
  const before = rig.contents();
  unlinkSync(rig.at("statistics.csv"));
  rmSync(rig.at("configs.json"));
  rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
  const start = await rig.start({ samples: [], executor: [], args: ["--statistics_only"] });
  expect(start.status, start.stderr).toBe(0);
  expect(start.ran).toEqual(nothing);
  expect(rig.contents()).toEqual(before);
});

test("--verify none trusts that the files are there", async () => {
  await using rig = new CacheRig();
  await rig.start();
  unlinkSync(rig.at("000001", "frames", "surface_f0.txt"));
  expect((await rig.start({ args: ["--verify", "none"] })).ran).toEqual(nothing);
  expect((await rig.start()).ran).toEqual({ Simulate: [1] });
});

describe("--dry_run", () => {
  test("touches nothing, and says what would run and why", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
    unlinkSync(rig.at("000001", "scene.json"));
    const before = stateOf(rig.play.folder);
    const ending = await rig.say(["run", "--run_sequential", "--num_samples", "3", "--dry_run"]);
    expect(stateOf(rig.play.folder)).toEqual(before);
    expect(ending.status, ending.stderr).toBe(0);
    expect(ending.stdout).toMatch(/3 .*Simulate_0.*maxFrames.*3.*2/);
    expect(ending.stdout).toMatch(/1 .*Scene_0.*missing.*scene\.json/);
    const json = await rig.start({ args: ["--dry_run"] });
    expect(stateOf(rig.play.folder)).toEqual(before);
    expect(json.ran).toEqual(nothing);
    expect(json.stdout).toContain("maxFrames");
    JSON.parse(json.stdout);
  });

  test("makes no dataset", async () => {
    await using rig = new CacheRig();
    const before = stateOf(rig.play.folder);
    const ending = await rig.say(["run", "--run_sequential", "--num_samples", "3", "--dry_run"]);
    expect(ending.status, ending.stderr).toBe(0);
    expect(stateOf(rig.play.folder)).toEqual(before);
    expect(ending.stdout).toMatch(/3 .*Scene_0.*never run/);
  });

  test("says for each flag what that flag would run", async () => {
    await using rig = new CacheRig(withIssue);
    await rig.start();
    const before = stateOf(rig.play.folder);
    for (const [flags, words] of [
      [["--force_run_blocks", "Measure_0"], /2 .*Measure_0.*forced/],
      [["--retry_issues"], /1 .*Simulate_0.*issue/],
      [["--disable_caching"], /3 .*Scene_0.*caching/],
    ] as const) {
      const ending = await rig.say(["run", "--run_sequential", "--num_samples", "3", "--dry_run", ...flags]);
      expect(ending.status, ending.stderr).toBe(0);
      expect(ending.stdout).toMatch(words);
      expect(stateOf(rig.play.folder)).toEqual(before);
    }
  });
});

describe("--accept_code", () => {
  test("takes results of the earlier code as valid, for good, and leaves a trace of who did that", async () => {
    await using rig = new CacheRig();
    await rig.start();
    const before = rig.contents();
    rig.edit("pipeline.ts", '"vertex " + frame', '"point " + frame');
    const accepted = await rig.start({ args: ["--accept_code", "Simulate_0"] });
    expect(accepted.ran, accepted.stderr).toEqual(nothing);
    expect(accepted.report.tasks).toEqual(account({ cached: 9 }));
    expect((await rig.start()).ran).toEqual(nothing);
    expect(rig.contents()).toEqual(before);
    const explained = await rig.say(["explain", "Simulate_0", "1"]);
    expect(explained.stdout).toMatch(/accept/);
  });

  test("accepts code and nothing else", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", '"vertex " + frame', '"point " + frame');
    rig.edit("pipeline.ts", '"liver"', '"kidney"');
    const start = await rig.start({ args: ["--accept_code", "Simulate_0"] });
    expect(start.ran).toEqual({ Simulate: all, Measure: all });
    expect(rig.contents()).toEqual(await rig.fromScratch());
  });

  test("accepts it for the blocks that it names", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("trace.ts", 'block + " " + sample.id', "`${block} ${sample.id}`");
    const start = await rig.start({ args: ["--accept_code", "Simulate_0"] });
    expect(start.ran).toEqual({ Scene: all, Measure: all });
    expect((await rig.start()).ran).toEqual(nothing);
  });

  test("--dry_run says what it would spare, and puts nothing on record", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", '"vertex " + frame', '"point " + frame');
    const before = stateOf(rig.at());
    const dry = ["run", "--run_sequential", "--num_samples", "3", "--dry_run"];
    const spared = await rig.say([...dry, "--accept_code", "Simulate_0"]);
    expect(spared.status, spared.stderr).toBe(0);
    expect(spared.stdout).toContain("nothing to run: all 9 tasks are remembered");
    expect(stateOf(rig.at())).toEqual(before);
    expect((await rig.say(dry)).stdout).toMatch(/3 tasks of Simulate_0: code changed/);
    expect((await rig.start({ args: ["--accept_code", "Simulate_0"] })).ran).toEqual(nothing);
  });

  test("accepts it for the samples of the run and no others", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", '"vertex " + frame', '"point " + frame');
    const some = ["--samples", "0,2"];
    const dry = await rig.say([
      "run",
      "--run_sequential",
      "--dry_run",
      "--accept_code",
      "Simulate_0",
      ...some,
    ]);
    expect(dry.stdout).not.toContain("code changed");
    const start = await rig.start({ samples: some, args: ["--accept_code", "Simulate_0"] });
    expect(start.ran, start.stderr).toEqual(nothing);
    expect((await rig.start()).ran).toEqual({ Simulate: [1], Measure: [1] });
  });

  test("of a block over the dataset it accepts the one result that there is", async () => {
    await using rig = new CacheRig(withSummary);
    await rig.start();
    rig.edit("pipeline.ts", "const lengths: unknown[] = [];", "const lengths = new Array<unknown>();");
    const start = await rig.start({ args: ["--accept_code", "Summary_0"] });
    expect(start.ran, start.stderr).toEqual(nothing);
    expect(start.report.tasks).toEqual(account({ total: 10, cached: 10 }));
  });

  test("a code change says before the run what it costs, and that it can be accepted", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", '"vertex " + frame', '"point " + frame');
    const start = await rig.start();
    expect(start.stderr).toMatch(/code of `?Simulate_0`?/);
    expect(start.stderr).toMatch(/\b3 tasks/);
    expect(start.stderr).toContain("--accept_code Simulate_0");
    expect(start.stderr.indexOf("--accept_code")).toBeLessThan(start.stderr.indexOf("100 %"));
  });
});

describe("what changed code will cost is said before the run", () => {
  const [now, changed] = ['"vertex " + frame', '"point " + frame'] as const;
  const warned = (tasks: string) => new RegExp(`code of Simulate_0 changed.*: ${tasks} will run again`);

  test("also after a run over some samples has made the code known", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", now, changed);
    expect((await rig.start({ samples: ["--samples", "0"] })).stderr).toMatch(warned("1 task"));
    const rest = await rig.start();
    expect(rest.stderr).toMatch(warned("2 tasks"));
    expect(rest.stderr).toContain("--accept_code Simulate_0");
    expect(rest.ran).toEqual({ Simulate: [1, 2], Measure: [1, 2] });
    expect((await rig.start()).stderr).not.toContain("code of");
  });

  test("also when it is one of earlier again", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", now, changed);
    await rig.start();
    rig.edit("pipeline.ts", changed, now);
    expect((await rig.start()).stderr).toMatch(warned("3 tasks"));
  });

  test("of a block over the dataset too", async () => {
    await using rig = new CacheRig(withSummary);
    await rig.start();
    rig.edit("pipeline.ts", "const lengths: unknown[] = [];", "const lengths = new Array<unknown>();");
    const start = await rig.start();
    expect(start.stderr).toMatch(/code of Summary_0 changed.*: 1 task will run again/);
    expect((await rig.start()).stderr).not.toContain("code of");
  });

  test("and nothing is said where samples that the run leaves out have results of other code, or all is accepted", async () => {
    await using rig = new CacheRig();
    await rig.start();
    rig.edit("pipeline.ts", now, changed);
    await rig.start({ samples: ["--samples", "0"] });
    expect((await rig.start({ samples: ["--samples", "0"] })).stderr).not.toContain("code of");
    const upToScene = await rig.start({ args: ["--until", "Scene_0"] });
    expect(upToScene.stderr).not.toContain("code of");
    expect((await rig.start({ args: ["--accept_code", "Simulate_0"] })).stderr).not.toContain("code of");
  });
});

describe("refused before anything starts", () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["--force_run_blocks", "Simulat_0"], /Simulate_0/],
    [["--do_not_retry_blocks", "Mesure_0"], /Measure_0/],
    [["--accept_code", "Scene"], /Scene_0/],
    [["--until", "Sceen_0"], /Scene_0/],
    [["--samples", "0,7"], /7/],
    [["--verify", "some"], /full/],
    [["--disable_caching", "--force_run_blocks", "Scene_0"], /force_run_blocks/],
    [["--disable_caching", "--do_not_retry_blocks", "Scene_0"], /do_not_retry_blocks/],
    [["--disable_caching", "--accept_code", "Scene_0"], /accept_code/],
    [["--disable_caching", "--retry_issues"], /retry_issues/],
    [["--disable_caching", "--verify", "none"], /verify/],
    [["--force_run_blocks", "Scene_0", "--do_not_retry_blocks", "Scene_0"], /Scene_0/],
    [["--force_run_blocks", "Scene_0", "--accept_code", "Scene_0"], /Scene_0/],
    [["--force_run_blocks", "Measure_0", "--until", "Simulate_0"], /Measure_0/],
    [["--do_not_retry_blocks", "Measure_0", "--until", "Simulate_0"], /Measure_0/],
    [["--accept_code", "Measure_0", "--until", "Simulate_0"], /Measure_0/],
    [["--statistics_only", "--force_run_blocks", "Scene_0"], /statistics_only/],
    [["--statistics_only", "--dry_run"], /statistics_only/],
    [["--statistics_only", "--disable_caching"], /statistics_only/],
    [["--statistics_only", "--until", "Scene_0"], /statistics_only/],
    [["--statistics_only", "--samples", "1"], /statistics_only/],
    [["--statistics_only", "--prepare"], /`--statistics_only` runs no task, so `--prepare` means nothing/],
    [["--dry_run", "--prepare"], /`--dry_run` touches nothing, and `--prepare` makes a run/],
  ];
  test("flags that make no sense together, blocks and samples that do not exist", async () => {
    await using rig = new CacheRig();
    await rig.start();
    writeFileSync(rig.at("000001", "scene.json"), "changed");
    const before = stateOf(rig.play.folder);
    for (const [args, words] of wrong) {
      const executor = args.includes("--statistics_only") ? [] : ["--run_sequential"];
      const start = await rig.start({ args, samples: [], executor });
      expect(`${args.join(" ")}: ${start.status}`).toBe(`${args.join(" ")}: 2`);
      expect(start.stderr).toMatch(words);
      expect(start.stdout).toBe("");
    }
    expect(stateOf(rig.play.folder)).toEqual(before);
  });
});
