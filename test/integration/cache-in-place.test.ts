// Blocks that change or remove what earlier ones left: a result that was made of half-done work must never be taken for one.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const words = ["run", "--run_sequential", "--num_samples", "2", "--json"];

async function start(play: Playground, ...more: readonly string[]) {
  const ending = await play.pipe([...words, ...more]);
  if (ending.stdout === "") throw new Error(ending.stderr);
  return { ...ending, ...asReport(ending.stdout) };
}

const withBlocks = (blocks: string, appended: string, info = ""): string => `
import { appendFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { type Dataset, type DataSample, DatasetBlock, Pipeline, PipelineBlock } from "pipe";
${blocks}
export default new Pipeline(${info})${appended};
`;

describe("a block that removes what an earlier one left", () => {
  const removing = withBlocks(
    `class Mesh extends PipelineBlock {
  run(sample: DataSample) { sample.write("mesh.txt", "mesh"); sample.write("scratch.txt", "scratch"); }
}
class Tidy extends PipelineBlock { run(sample: DataSample) { rmSync(sample.path + "/scratch.txt"); } }
class List extends DatasetBlock {
  run(dataset: Dataset) { dataset.write("list.txt", dataset.samples.map((sample) => sample.files("*").join()).join(";")); }
}`,
    ".append(new Mesh()).append(new Tidy()).append(new List())",
  );

  test.each<[string, (play: Playground) => void]>([
    [
      "its code is another one, with the same result",
      (play) => play.write({ "pipeline.ts": removing.replace('"mesh")', '["mesh"].join())') }),
    ],
    ["one of its outputs is missing", (play) => rmSync(play.path("data/000000/mesh.txt"))],
  ])("runs again when that one did: %s", async (_, act) => {
    await using play = new Playground();
    play.write({ "pipeline.ts": removing });
    await start(play);
    act(play);
    await start(play);
    expect(existsSync(play.path("data/000000/scratch.txt"))).toBe(false);
    expect((await start(play)).tasks.ran).toBe(0);
    expect(play.read("data/list.txt")).toBe("mesh.txt;mesh.txt");
  });

  test("does not run again for a file that somebody put there under the same name", async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": removing });
    await start(play);
    play.write({ "data/000001/scratch.txt": "mine" });
    expect((await start(play)).tasks.ran).toBe(0);
    expect(play.read("data/000001/scratch.txt")).toBe("mine");
  });
});

describe("an attempt that fails after it has changed what an earlier block left", () => {
  const refining = (harm: string) =>
    withBlocks(
      `class Mesh extends PipelineBlock { run(sample: DataSample) { sample.write("mesh.txt", "mesh;"); } }
class Refine extends PipelineBlock {
  run(sample: DataSample) {
    const mesh = sample.path + "/mesh.txt";
    appendFileSync(mesh, "refined;");
    const flag = sample.path + "/../../failed" + sample.id;
    if (!existsSync(flag)) { writeFileSync(flag, ""); ${harm} }
  }
}`,
      ".append(new Mesh()).append(new Refine(), { retries: 2 })",
    );
  const said = "`mesh.txt` of Mesh_0 is not as Mesh_0 left it";

  test.each([
    ["in order", "--run_sequential", 'throw new Error("licence");'],
    ["in order, and the file is gone", "--run_sequential", 'rmSync(mesh); throw new Error("licence");'],
    ["in workers", "--run_local", 'throw new Error("licence");'],
    ["together with its worker", "--run_local", 'process.kill(process.pid, "SIGKILL");'],
  ])("is not repeated on its own half-work: %s", async (_, how, harm) => {
    await using play = new Playground();
    play.write({ "pipeline.ts": refining(harm) });
    const first = asReport((await play.pipe(["run", how, "--num_samples", "2", "--json"])).stdout);
    expect(first.samples).toMatchObject({ valid: 0, failed: 2 });
    expect(first.failures).toHaveLength(2);
    expect(first.failures[0]?.message).toContain(said);
    // The next start makes anew what was spoilt.
    const second = asReport((await play.pipe(["run", how, "--json"])).stdout);
    expect(second.tasks).toMatchObject({ ran: 4, failed: 0 });
    expect([0, 1].map((id) => play.read(`data/00000${id}/mesh.txt`))).toEqual([
      "mesh;refined;",
      "mesh;refined;",
    ]);
    expect(asReport((await play.pipe(["run", how, "--json"])).stdout).tasks.ran).toBe(0);
  });

  test("is repeated where it has changed nothing of others", async () => {
    await using play = new Playground();
    play.write({
      "pipeline.ts": refining('throw new Error("licence");').replace(
        'appendFileSync(mesh, "refined;")',
        'appendFileSync(mesh.replace("mesh", "own"), "once;")',
      ),
    });
    expect(await start(play)).toMatchObject({ status: 0, samples: { valid: 2 } });
    expect(play.read("data/000001/own.txt")).toBe("once;");
  });
});

describe("a block that writes over what an earlier one left", () => {
  const refining = (info = "") =>
    withBlocks(
      `class Mesh extends PipelineBlock { run(sample: DataSample) { sample.write("mesh.txt", "mesh;"); } }
class Refine extends PipelineBlock { run(sample: DataSample) { appendFileSync(sample.path + "/mesh.txt", "refined;"); } }`,
      ".append(new Mesh()).append(new Refine())",
      info,
    );

  test("does not stand in the way of a start that ends before it", async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": refining() });
    await start(play);
    expect((await start(play, "--until", "Mesh_0")).tasks).toMatchObject({ total: 2, ran: 0 });
    const explained = await play.pipe(["explain", "Mesh_0", "0"]);
    expect(explained).toMatchObject({ status: 0 });
    expect(explained.stdout).toContain("will not run");
    expect(play.read("data/000000/mesh.txt")).toBe("mesh;refined;");
  });

  test("pulls the earlier one along, also before a question about that one alone", async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": refining() });
    await start(play);
    play.write({ "pipeline.ts": refining().replace("refined;", "better;") });
    const explained = await play.pipe(["explain", "Mesh_0", "0"]);
    expect(explained.stdout).toMatch(/Mesh_0 on sample 000000 will run/);
    expect((await start(play)).tasks.ran).toBe(4);
    expect(play.read("data/000000/mesh.txt")).toBe("mesh;better;");
  });

  test("goes together with a pipeline's own serializationInfo that is another one now", async () => {
    const info = (word: string) =>
      `{ serializationInfo: (sample, block) => ({ files: sample.serializationInfo().files, of: block === "Refine_0" ? "${word}" : block }) }`;
    await using play = new Playground();
    play.write({ "pipeline.ts": refining(info("a")) });
    await start(play);
    play.write({ "pipeline.ts": refining(info("b")) });
    for (const asked of [["explain"], ["explain", "Refine_0", "0"]]) {
      expect(await play.pipe(asked)).toMatchObject({ status: 0, stderr: "" });
    }
    expect((await start(play)).tasks.ran).toBe(4);
    expect(play.read("data/000001/mesh.txt")).toBe("mesh;refined;");
    expect((await start(play)).tasks.ran).toBe(0);
  });
});

describe("an output that somebody has changed", () => {
  const blocks = `
[[block]]
name = "Trace"
command = ["sh", "-c", "for step in 1 2 3; do echo step $step >> trace.txt; done"]

[[block]]
name = "Once"
command = ["sh", "-c", "[ -e once.txt ] || echo whole > once.txt"]
`;

  test("is kept aside for good when its task runs again: it is not worked on, and not lost", async () => {
    await using play = new Playground();
    play.write({ "pipe.toml": blocks });
    await start(play);
    play.write({ "data/000000/trace.txt": "step 1\n", "data/000000/once.txt": "" });
    const again = await start(play);
    expect(again.tasks).toMatchObject({ ran: 2, cached: 2 });
    expect(again.stderr).toContain(
      "trace.txt (changed since it was written; it is runinfo/kept/001/000000/trace.txt now)",
    );
    expect(play.read("data/000000/trace.txt")).toBe("step 1\nstep 2\nstep 3\n");
    expect(play.read("data/000000/once.txt")).toBe("whole\n");
    expect(play.read("data/runinfo/kept/001/000000/trace.txt")).toBe("step 1\n");
    expect((await start(play)).tasks.ran).toBe(0);
    // And once more: nothing that was kept is written over.
    play.write({ "data/000000/trace.txt": "mine\n" });
    await start(play);
    expect(play.read("data/runinfo/kept/003/000000/trace.txt")).toBe("mine\n");
    expect(readdirSync(play.path("data/runinfo/kept"))).toEqual(["001", "003"]);
  });
});
