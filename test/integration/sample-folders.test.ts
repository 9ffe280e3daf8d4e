// Blocks that do away with their sample's own folder, or put something in the way: that sample fails and no other.
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { executable, Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const bad = (body: string) => `import { rmSync, mkdirSync, writeFileSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class First extends PipelineBlock { run(sample: DataSample) { sample.addStatistic("x", sample.id); } }
class Bad extends PipelineBlock { run(sample: DataSample) { if (sample.id === 1) { ${body} } } }
export default new Pipeline().append(new First()).append(new Bad());
`;

for (const how of [["--run_local", "--max_processes", "2"], ["--run_sequential"]]) {
  for (const [name, body, problem] of [
    [
      "a folder where sample.json should be",
      `mkdirSync(sample.path + "/sample.json");`,
      "/000001/sample.json` is a folder, where pipe needs a file",
    ],
    [
      "a file in place of its folder",
      `rmSync(sample.path, { recursive: true }); writeFileSync(sample.path, "");`,
      "/000001` is a file, where pipe needs a folder",
    ],
    ["no folder any more", `rmSync(sample.path, { recursive: true });`, "it does not exist"],
  ] as const) {
    test(`${how[0]}: ${name}: the sample counts as failed, and why is told; the run is whole`, async () => {
      await using play = new Playground();
      play.write({ "pipeline.ts": bad(body) });
      const ending = await play.pipe(["run", ...how, "--num_samples", "4", "--json"]);
      expect(ending.status).toBe(1);
      expect(asReport(ending.stdout).samples).toEqual({ total: 4, valid: 3, issues: 0, failed: 1 });
      expect(ending.stderr).toContain("sample 000001 counts as failed");
      expect(ending.stderr).toContain(problem);
      expect(ending.stderr).not.toContain("is repeated");
      expect(play.read("data/statistics.csv")).toBe("sample,First_0.x\n0,0\n2,2\n3,3\n");
      expect(play.json("data/runinfo/000/run.json")).toMatchObject({ finished: { ending: "complete" } });
    });
  }
}

const closed = ["run", "--run_local", "--num_samples", "4", "--json"];
const asRoot = process.getuid?.() === 0 && Bun.which("setpriv") !== null;
if (!asRoot) console.error("NOT TESTED HERE: folders of samples that are closed (needs root, and setpriv)");

test.skipIf(!asRoot)("a sample whose folder is closed to the user fails alone", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": bad("") });
  chmodSync(play.folder, 0o777);
  mkdirSync(play.path("data/000001"), { recursive: true });
  chmodSync(play.path("data"), 0o777);
  chmodSync(play.path("data/000001"), 0);
  const ending = await play.pipe(
    [...["--reuid", "41234", "--regid", "41234", "--clear-groups", executable], ...closed],
    { executable: Bun.which("setpriv") ?? "setpriv" },
  );
  expect(ending.status).toBe(1);
  expect(asReport(ending.stdout).samples).toEqual({ total: 4, valid: 3, issues: 0, failed: 1 });
});
