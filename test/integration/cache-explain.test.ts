// `pipe explain`: why a task will run or will not, old value and new value beside each other. What it says is what the next start
// does, and asking changes nothing.
import { describe, expect, test } from "bun:test";
import { rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { projectWith, replaced } from "../support/cache-project.ts";
import { CacheRig, stateOf } from "../support/cache-rig.ts";
import { all, nothing } from "../support/cache-row.ts";
import { withSummary } from "../support/cache-rows-shape.ts";

interface Case {
  readonly name: string;
  readonly act: (rig: CacheRig) => unknown;
  readonly task: readonly string[];
  readonly decision: string;
  /** What the text must hold, each on some line. */
  readonly says: readonly RegExp[];
  /** Kinds of the reasons, in any order. */
  readonly reasons: readonly string[];
}

const frame = ["000001", "frames", "surface_f1.txt"];
const edit = (from: string, to: string) => (rig: CacheRig) => rig.edit("pipeline.ts", from, to);

const cases: readonly Case[] = [
  {
    name: "nothing changed",
    act: () => {},
    task: ["Simulate_0", "1"],
    decision: "remembered",
    says: [/Simulate_0 on sample 000001 will not run/],
    reasons: [],
  },
  {
    name: "an option",
    act: edit("maxFrames: 3", "maxFrames: 2"),
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/will run/, /option maxFrames +3 → 2/],
    reasons: ["options-changed"],
  },
  {
    name: "an option deep inside",
    act: edit("softest: 3", "softest: 4"),
    task: ["Scene_0", "0"],
    decision: "runs",
    says: [/range\.softest +3 → 4/],
    reasons: ["options-changed"],
  },
  {
    name: "the seed",
    act: edit("seed: 7", "seed: 8"),
    task: ["Scene_0", "0"],
    decision: "runs",
    says: [/seed +7 → 8/],
    reasons: ["options-changed"],
  },
  {
    name: "a helper",
    act: (rig) => rig.edit("material.ts", "0.5", "0.25"),
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/softening/],
    reasons: ["code-changed"],
  },
  {
    name: "the block's own code",
    act: edit('"vertex "', '"point "'),
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/class Simulate/],
    reasons: ["code-changed"],
  },
  {
    name: "a config value of the block before it",
    act: async (rig) => {
      edit("this.options.frames)", "2)")(rig);
      await rig.start({ args: ["--until", "Scene_0"] });
    },
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/config Scene_0\.frames +3 → 2/],
    reasons: ["sample-changed"],
  },
  {
    name: "a statistic of the block before it",
    act: async (rig) => {
      edit('addStatistic("frames", count)', 'addStatistic("frames", count + 0.5)')(rig);
      await rig.start({ args: ["--until", "Simulate_0"] });
    },
    task: ["Measure_0", "2"],
    decision: "runs",
    says: [/statistic Simulate_0\.frames +3 → 3\.5/],
    reasons: ["sample-changed"],
  },
  {
    name: "a file of the block before it",
    act: async (rig) => {
      edit("gravity = 9.81", "gravity = 1.62")(rig);
      await rig.start({ args: ["--until", "Scene_0"] });
    },
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/file scene\.json +changed/],
    reasons: ["sample-changed"],
  },
  {
    name: "a block before it that runs",
    act: edit("gravity = 9.81", "gravity = 1.62"),
    task: ["Simulate_0", "1"],
    decision: "may-run",
    says: [/only if what Scene_0 leaves is different/],
    reasons: [],
  },
  {
    name: "an output that is missing",
    act: (rig) => unlinkSync(rig.at(...frame)),
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/surface_f1\.txt +missing/],
    reasons: ["output-missing"],
  },
  {
    name: "an output that was changed",
    act: (rig) => writeFileSync(rig.at(...frame), "mine"),
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/surface_f1\.txt +changed/],
    reasons: ["output-changed"],
  },
  {
    name: "an output that was replaced by a link",
    act: (rig) => {
      rmSync(rig.at(...frame));
      symlinkSync("surface_f0.txt", rig.at(...frame));
    },
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/surface_f1\.txt +replaced by a link/],
    reasons: ["output-replaced"],
  },
  {
    name: "two reasons at once",
    act: (rig) => {
      edit('"liver"', '"kidney"')(rig);
      edit('"vertex "', '"point "')(rig);
    },
    task: ["Simulate_0", "1"],
    decision: "runs",
    says: [/label +"liver" → "kidney"/, /class Simulate/],
    reasons: ["options-changed", "code-changed"],
  },
];

describe("one task", () => {
  for (const { name, act, task, decision, says, reasons } of cases) {
    test(name, async () => {
      await using rig = new CacheRig();
      await rig.start();
      await act(rig);
      const before = stateOf(rig.play.folder);
      const text = await rig.say(["explain", ...task]);
      expect(text.status, text.stderr).toBe(0);
      for (const words of says) expect(text.stdout).toMatch(words);
      const json = await rig.say(["explain", ...task, "--json"]);
      const told: { block: string; sample: number; decision: string; reasons: { kind: string }[] } =
        JSON.parse(json.stdout);
      expect(told).toMatchObject({ block: task[0], sample: Number(task[1]), decision });
      expect(told.reasons.map(({ kind }) => kind).sort()).toEqual([...reasons].sort());
      expect(stateOf(rig.play.folder)).toEqual(before);
    });
  }

  test("that was never run", async () => {
    await using rig = new CacheRig();
    await rig.start({ args: ["--until", "Scene_0"] });
    const text = await rig.say(["explain", "Simulate_0", "1"]);
    expect(text.stdout).toMatch(/never run/);
  });

  test("with an issue that stands", async () => {
    await using rig = new CacheRig(projectWith({ "< 100 ?": "< 100 && sample.id !== 1 ?" }));
    await rig.start();
    const text = await rig.say(["explain", "Simulate_0", "1"]);
    expect(text.stdout).toMatch(/will not run.*issue.*displacement too large/);
    expect(text.stdout).toContain("--retry_issues");
    expect((await rig.say(["explain", "Measure_0", "1"])).stdout).toMatch(/issue of Simulate_0 stands/);
  });

  describe("over the dataset", () => {
    /** What is said of Summary_0 after this has been done to a dataset of three samples. */
    async function summaryAfter(act: (rig: CacheRig) => unknown): Promise<{ text: string; fields: unknown }> {
      await using rig = new CacheRig(withSummary);
      expect((await rig.start()).status).toBe(0);
      await act(rig);
      const text = await rig.say(["explain", "Summary_0"]);
      expect(text.status, text.stderr).toBe(0);
      const json = await rig.say(["explain", "Summary_0", "--json"]);
      return { text: text.stdout, fields: JSON.parse(json.stdout).reasons[0]?.fields };
    }
    const untilMeasure = { args: ["--until", "Measure_0"] };

    test("names the samples that changed", async () => {
      const { text, fields } = await summaryAfter(async (rig) => {
        edit('frames.join("").length', 'frames.join("").length + (sample.id === 1 ? 1 : 0)')(rig);
        await rig.start(untilMeasure);
      });
      expect(text).toMatch(/Summary_0 on the dataset will run:\n +sample 000001 +changed\n/);
      expect(fields).toMatchObject([{ what: "sample", path: "000001" }]);
    });

    test("is remembered beside an issue that stands", async () => {
      await using rig = new CacheRig({
        ...withSummary,
        "pipeline.ts": replaced(withSummary["pipeline.ts"] ?? "", "< 100 ?", "< 100 && sample.id !== 1 ?"),
      });
      await rig.start();
      expect((await rig.say(["explain", "Summary_0"])).stdout).toMatch(
        /Summary_0 on the dataset will not run/,
      );
      expect((await rig.start()).ran).toEqual({});
    });

    test("names those that are new", async () => {
      const { text, fields } = await summaryAfter((rig) =>
        rig.start({ ...untilMeasure, samples: ["--num_samples", "5"] }),
      );
      expect(text).toMatch(/sample 000003 +is new\n +sample 000004 +is new\n/);
      expect(fields).toMatchObject([{ path: "000003", old: null }, { path: "000004" }]);
    });

    test("names those that are gone, or not valid any more", async () => {
      const { text, fields } = await summaryAfter(async (rig) => {
        rmSync(rig.at("000002"), { recursive: true });
        edit("< 100 ?", "< 100 && sample.id !== 0 ?")(rig);
        await rig.start({ ...untilMeasure, samples: ["--num_samples", "2"] });
      });
      expect(text).toMatch(/sample 000000 +is gone\n +sample 000002 +is gone\n/);
      expect(fields).toMatchObject([{ path: "000000", new: null }, { path: "000002" }]);
    });
  });

  test("of a pipeline with its own serializationInfo, field by field", async () => {
    const own = `new Pipeline({
  seed: 7,
  serializationInfo: (sample) => ({ id: sample.id, scene: sample.config.Scene_0 ?? null }),
})`;
    await using rig = new CacheRig(projectWith({ "new Pipeline({ seed: 7 })": own }));
    await rig.start();
    edit("this.options.frames)", "2)")(rig);
    await rig.start({ args: ["--until", "Scene_0"] });
    const text = await rig.say(["explain", "Simulate_0", "1"]);
    expect(text.stdout).toMatch(
      /Simulate_0 on sample 000001 will run:\n +serializationInfo scene\.frames +3 → 2\n/,
    );
  });

  test("that does not exist is refused, with the nearest that does", async () => {
    await using rig = new CacheRig();
    await rig.start();
    const block = await rig.say(["explain", "Simulte_0", "1"]);
    expect(block.status).toBe(2);
    expect(block.stderr).toContain("Simulate_0");
    const sample = await rig.say(["explain", "Simulate_0", "7"]);
    expect(sample.status).toBe(2);
    expect(sample.stderr).toContain("7");
  });
});

describe("the whole pipeline", () => {
  test("in groups: how many tasks of which block, and why", async () => {
    await using rig = new CacheRig();
    await rig.start();
    edit("maxFrames: 3", "maxFrames: 2")(rig);
    unlinkSync(rig.at("000002", "scene.json"));
    const before = stateOf(rig.play.folder);
    const text = await rig.say(["explain"]);
    expect(text.status, text.stderr).toBe(0);
    expect(text.stdout).toMatch(/3 .*Simulate_0: option maxFrames 3 → 2/);
    expect(text.stdout).toMatch(/1 .*Scene_0: output missing \(scene\.json\)/);
    const json = await rig.say(["explain", "--json"]);
    const told: {
      blocks: { name: string; total: number; will_run: number; may_run: number; remembered: number }[];
    } = JSON.parse(json.stdout);
    expect(told.blocks).toMatchObject([
      { name: "Scene_0", total: 3, will_run: 1, remembered: 2 },
      { name: "Simulate_0", total: 3, will_run: 3 },
      { name: "Measure_0", total: 3, may_run: 3 },
    ]);
    expect(stateOf(rig.play.folder)).toEqual(before);
    expect((await rig.start()).ran).toEqual({ Scene: [2], Simulate: all, Measure: all });
  });

  test("says the same as --dry_run", async () => {
    await using rig = new CacheRig();
    await rig.start();
    edit("maxFrames: 3", "maxFrames: 2")(rig);
    const explained = await rig.say(["explain", "--json"]);
    const dry = await rig.say(["run", "--run_sequential", "--dry_run", "--json"]);
    expect(JSON.parse(dry.stdout)).toMatchObject(JSON.parse(explained.stdout));
  });

  test("with nothing to do", async () => {
    await using rig = new CacheRig();
    await rig.start();
    const text = await rig.say(["explain"]);
    expect(text.stdout).toMatch(/nothing to run: all 9 tasks are remembered/);
    expect((await rig.start()).ran).toEqual(nothing);
  });

  test("of a dataset that does not exist, says that everything is to be run", async () => {
    await using rig = new CacheRig();
    const before = stateOf(rig.play.folder);
    const ending = await rig.say(["explain"]);
    expect([0, 2]).toContain(ending.status ?? 1);
    expect(stateOf(rig.play.folder)).toEqual(before);
  });
});
