// Machines and settings as clusters and containers have them: users without a name, temporary folders that are odd.
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { platform } from "node:os";
import { executable, Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const pipeline = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class One extends PipelineBlock { run(sample: DataSample) { sample.addStatistic("x", 1); } }
export default new Pipeline().append(new One());
`;
const run = ["run", "--run_local", "--num_samples", "1", "--json"];

test("a relative TMPDIR", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": pipeline });
  mkdirSync(play.path("tmp"));
  const ending = await play.pipe(run, { env: { TMPDIR: "tmp" } });
  expect([ending.status, ending.stderr.includes("error")]).toEqual([0, false]);
});

for (const [name, words] of [
  ["run", run],
  ["exec", ["exec", "One_0", "0"]],
  ["check", ["check"]],
] as const) {
  test(`a TMPDIR that is not there: pipe ${name} says so, and starts nothing`, async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": pipeline });
    const ending = await play.pipe(words, { env: { TMPDIR: play.path("gone") } });
    expect(ending.status).toBe(3);
    expect(ending.stderr).toContain(`no temporary folder can be made in \`${play.path("gone")}\``);
    expect(ending.stderr).toContain("TMPDIR");
  });
}

const asRoot = platform() === "linux" && process.getuid?.() === 0 && Bun.which("setpriv") !== null;
if (!asRoot) console.error("NOT TESTED HERE: a user without a name (needs root on Linux, and setpriv)");

test.skipIf(!asRoot)("a user that the machine has no name for, without HOME", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": pipeline });
  chmodSync(play.folder, 0o777);
  const nobody = ["--reuid", "41234", "--regid", "41234", "--clear-groups", executable, ...run];
  const ending = await play.pipe(nobody, {
    executable: Bun.which("setpriv") ?? "setpriv",
    bareEnvironment: true,
    env: { TMPDIR: play.folder },
  });
  expect([ending.status, ending.stderr.includes("error")]).toEqual([0, false]);
  expect(asReport(ending.stdout).samples.valid).toBe(1);
  expect(play.json("data/runinfo/000/run.json")).toMatchObject({ user: "41234" });
});
