// `pipe init` and `pipe check` as a user meets them.
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { Playground } from "../support/playground.ts";

test("every template is written with its types, checks, and says what to type next", async () => {
  await using play = new Playground();
  for (const template of ["minimal", "command", "deform"]) {
    const init = await play.pipe(["init", template, "--template", template]);
    expect(init.status).toBe(0);
    expect(init.stderr).toStartWith(`[success] wrote the template \`${template}\` to ${template}: `);
    expect(init.stdout).toContain(`  cd ${template}\n`);
    expect(init.stdout).toMatch(/ run --run_local\b/);
    expect(play.read(`${template}/.gitignore`)).toContain("data/\n");
    const check = await play.pipe(["check"], { cwd: template });
    expect([check.status, check.stderr]).toEqual([0, ""]);
    expect(check.stdout).toMatch(
      /^pipeline\.ts has no mistakes; its blocks: \w+_0|^pipe\.toml has no mistakes; its blocks: Scene_0/,
    );
  }
  expect(existsSync(play.path("command/pipe.d.ts"))).toBe(false);
  expect(statSync(play.path("command/scene.sh")).mode & 0o111).toBe(0o111);
  expect(play.read("minimal/pipe.d.ts")).toContain('declare module "pipe"');
}, 60_000);

test("what is there already is named and left alone, and nothing is written beside it", async () => {
  await using play = new Playground();
  play.write({ "mine/pipeline.ts": "// precious\n", "mine/tsconfig.json": "{}\n", "mine/.gitignore": "x\n" });
  const init = await play.pipe(["init", "mine", "--template", "minimal"]);
  expect([init.status, init.stdout]).toEqual([2, ""]);
  expect(init.stderr).toBe(
    "error: `mine` has pipeline.ts, tsconfig.json already; nothing was written\n" +
      "  hint: choose another folder (`pipe init DIR`), or move these files away\n",
  );
  expect(readdirSync(play.path("mine")).sort()).toEqual([".gitignore", "pipeline.ts", "tsconfig.json"]);
  expect(play.read("mine/pipeline.ts")).toBe("// precious\n");
}, 60_000);

test("a .gitignore stays as it is", async () => {
  await using play = new Playground();
  play.write({ ".gitignore": "mine\n" });
  const init = await play.pipe(["init", "--template", "minimal"]);
  expect(init.status).toBe(0);
  expect(init.stderr).toContain("kept its .gitignore");
  expect(play.read(".gitignore")).toBe("mine\n");
}, 60_000);

test("an unknown template is told with the nearest one", async () => {
  await using play = new Playground();
  const init = await play.pipe(["init", "mine", "--template", "minmal"]);
  expect(init.status).toBe(2);
  expect(init.stderr).toContain("minimal");
  expect(existsSync(play.path("mine"))).toBe(false);
}, 60_000);

const header = `import { type DataSample, Pipeline, PipelineBlock } from "pipe";\n`;
const scene =
  "class Scene extends PipelineBlock {\n  run(sample: DataSample) { sample.setConfig('size', 1); }\n}\n";

test("check tells type errors with file, line and the line itself, also where nothing was set up", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `${header}${scene}const wrong: number = "text";\nexport default new Pipeline().append(new Scene(), { cpu: 2 });\n`,
  });
  const check = await play.pipe(["check"]);
  expect([check.status, check.stdout]).toEqual([2, ""]);
  expect(check.stderr).toContain("pipeline.ts:5:7  Type 'string' is not assignable to type 'number'.");
  expect(check.stderr).toContain('const wrong: number = "text";');
  expect(check.stderr).toContain("pipeline.ts:6:");
  expect(check.stderr).toContain("'cpu' does not exist in type 'BlockOptions'");
  expect(readdirSync(play.folder)).toEqual(["pipeline.ts"]);
}, 60_000);

test("check tells what only loading shows, as JSON too", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `${header}${scene}export default new Pipeline().append(new Scene(), { time: "30", after: "Sceen_0" });\n`,
  });
  const check = await play.pipe(["check", "pipeline.ts", "--json"]);
  expect(check.status).toBe(2);
  const found: { errors: { message: string; place: { line: number } }[] } = JSON.parse(check.stdout);
  expect(found.errors.map((error) => [error.message, error.place.line])).toEqual([
    ['Scene_0: `time` is "30", but must have a unit', 5],
  ]);
}, 60_000);

test("check restores what a fresh clone has not: the types, and a pipe.d.ts of another version", async () => {
  await using play = new Playground();
  await play.pipe(["init", "--template", "minimal"]);
  const written = play.read("pipe.d.ts");
  rmSync(play.path(".pipe"), { recursive: true });
  play.write({ "pipe.d.ts": '// Written by `pipe`; old.\n\ndeclare module "pipe" {}\n' });
  expect((await play.pipe(["check"])).status).toBe(0);
  expect(play.read("pipe.d.ts")).toBe(written);
  expect(existsSync(play.path(".pipe/types"))).toBe(true);
}, 60_000);

test("check works under an empty environment, and where a package.json has a check of its own", async () => {
  await using play = new Playground();
  play.write({
    "package.json": `{ "scripts": { "check": "touch was-run" } }`,
    "pipeline.ts": `${header}${scene}export default new Pipeline().append(new Scene());\n`,
  });
  const check = await play.pipe(["check"], { bareEnvironment: true });
  expect([check.status, check.stdout]).toEqual([0, "pipeline.ts has no mistakes; its blocks: Scene_0\n"]);
  expect(existsSync(play.path("was-run"))).toBe(false);
}, 60_000);

// The superuser may write anywhere, so there only that nothing is written is tested.
test("check writes nothing into a folder that cannot be written", async () => {
  await using play = new Playground();
  mkdirSync(play.path("fixed"));
  play.write({
    "fixed/pipeline.ts": `${header}${scene}export default new Pipeline().append(new Scene());\n`,
  });
  chmodSync(play.path("fixed"), 0o555);
  try {
    expect((await play.pipe(["check"], { cwd: "fixed" })).status).toBe(0);
    expect(readdirSync(play.path("fixed"))).toEqual(["pipeline.ts"]);
  } finally {
    chmodSync(play.path("fixed"), 0o755);
  }
}, 60_000);

for (const dir of ["taken", "taken/below"]) {
  test(`a file where the folder ${dir} should be is the user's to move`, async () => {
    await using play = new Playground();
    play.write({ taken: "mine" });
    const ending = await play.pipe(["init", dir]);
    expect(ending.status).toBe(2);
    expect(ending.stderr).toContain(`\`${dir}\` cannot be a folder: a file is in its way`);
    expect(play.read("taken")).toBe("mine");
  });
}
