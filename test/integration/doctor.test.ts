// `pipe doctor` where there is no cluster: this machine, with and without a pipeline.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { Playground } from "../support/playground.ts";

const local = `[pipeline]
data_path = "data"
[run]
executor = "local"
`;
const block = `[[block]]
name = "Mesh"
command = ["./mesh.sh"]
requires = ["sh"]
`;

test("all is well, and nothing was made", async () => {
  await using play = new Playground();
  play.write({ "pipe.toml": local + block, "mesh.sh": "#!/bin/sh\n" });
  const { status, stdout, stderr } = await play.pipe(["doctor"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^this machine \(.*\)$/m);
  expect(stdout).toContain(`found: sh, ${play.folder}/mesh.sh`);
  expect(stdout).toMatch(/this machine has \d+ cores?, .* of memory/);
  expect(stdout).toEndWith("all is well\n");
  expect(existsSync(play.path("data"))).toBe(false);
});

test("a missing program and one that may not be executed, with the line that wants them", async () => {
  await using play = new Playground();
  play.write({ "pipe.toml": `${local}${block.replace('"sh"', '"sh", "no-such-program"')}`, "mesh.sh": "" });
  await Bun.$`chmod -x ${play.path("mesh.sh")}`.quiet();
  const { status, stdout } = await play.pipe(["doctor"]);
  expect(status).toBe(1);
  expect(stdout).toContain("fail  `no-such-program`, which Mesh_0 needs, is not there (pipe.toml:8:12)\n");
  expect(stdout).toContain("mesh.sh`, which Mesh_0 needs, may not be executed");
  expect(stdout).toEndWith("2 checks failed\n");
});

test("a block of code tells its own line", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts":
      'import { Pipeline, PipelineBlock } from "pipe";\nclass A extends PipelineBlock { run() {} }\nexport default new Pipeline()\n  .append(new A(), { requires: ["no-such-program"] });\n',
  });
  const { status, stdout } = await play.pipe(["doctor", "--executor", "local", "--data_path", "d"]);
  expect(status).toBe(1);
  expect(stdout).toContain("`no-such-program`, which A_0 needs, is not there (pipeline.ts:4");
});

test("a dataset that cannot be written", async () => {
  await using play = new Playground();
  play.write({ "pipe.toml": local + block, "mesh.sh": "#!/bin/sh\n", data: "a file in the way" });
  const { status, stdout } = await play.pipe(["doctor", "--json"]);
  expect(status).toBe(1);
  const told = JSON.parse(stdout);
  expect(told.verdict).toBe("fail");
  expect(told.places).toHaveLength(1);
  expect(told.places[0].findings).toContainEqual(
    expect.objectContaining({ code: "dataset", verdict: "fail" }),
  );
});

test("a wrong configuration is status 2, as everywhere", async () => {
  await using play = new Playground();
  play.write({ "pipe.toml": local + block, "mesh.sh": "#!/bin/sh\n" });
  const unknown = await play.pipe(["doctor", "--executor", "clstr"]);
  expect([unknown.status, unknown.stdout]).toEqual([2, ""]);
  expect((await play.pipe(["doctor", "nothing.ts"])).status).toBe(2);
  play.write({ "pipe.toml": `${local}[[block]]\nname = 1\n` });
  expect((await play.pipe(["doctor"])).status).toBe(2);
});

test("without Slurm this machine is checked, and that is said: status 3", async () => {
  await using play = new Playground();
  // A PATH that has everything but Slurm.
  mkdirSync(play.path("bin"));
  for (const program of ["sh", "git"]) symlinkSync(Bun.which(program) ?? "", play.path("bin", program));
  const { status, stdout } = await play.pipe(["doctor"], { env: { PATH: play.path("bin") } });
  expect(status).toBe(3);
  expect(stdout).toContain("the dataset folder can be written");
  expect(stdout).toContain("fail  there is no Slurm on this machine");
  expect(stdout).toContain("`pipe doctor --executor local` checks this machine alone");
});
