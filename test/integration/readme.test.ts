// What the README tells a newcomer to write works as it stands there, and its commands are the ones that exist.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readmeFiles } from "../../build/readme-files.ts";
import { Playground } from "../support/playground.ts";

const root = resolve(import.meta.dir, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");

test("the first pipeline of the README has no mistakes and gives the results that stand there", async () => {
  await using play = new Playground();
  expect((await play.pipe(["init", "throw", "--template", "minimal"])).status).toBe(0);
  play.write(inFolder("throw"));
  const check = await play.pipe(["check"], { cwd: "throw" });
  expect([check.status, check.stderr]).toEqual([0, ""]);
  expect(readme).toContain(check.stdout);
  const run = await play.pipe(["run", "--run_local", "--num_samples", "10"], { cwd: "throw" });
  expect(run.status).toBe(0);
  const shown = play.read("throw/data/statistics.csv").split("\n").slice(0, 4).join("\n");
  expect(readme).toContain(shown);
  expect(readme).toContain(play.read("throw/data/000002/sample.json").trimEnd());
});

test.if(Bun.which("python3") !== null)(
  "the README's pipeline of Python programs runs as it stands there",
  async () => {
    await using play = new Playground();
    play.write(inFolder("pendulum"));
    const run = await play.pipe(["run", "--json"], { cwd: "pendulum" });
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ samples: { total: 12, valid: 10, issues: 2, failed: 0 } });
    expect(readme).toContain(play.read("pendulum/data/statistics.csv").split("\n").slice(0, 3).join("\n"));
  },
);

test("every command and every flag of `pipe run` stands in the README", async () => {
  await using play = new Playground();
  const overview = (await play.pipe(["--help"])).stdout;
  const commands = [...overview.matchAll(/^ +([a-z]+) {2,}\S/gm)].map(([, name = ""]) => name);
  expect(commands.length).toBeGreaterThan(6);
  // `pipe version` is `pipe --version` for those who do not guess it.
  const named = commands.filter((name) => name !== "version");
  expect(named.filter((name) => !readme.includes(`\`pipe ${name}`))).toEqual([]);
  const help = (await play.pipe(["run", "--help"])).stdout;
  const flags = [...new Set([...help.matchAll(/--[a-z_]+/g)].map(([flag]) => flag))];
  expect(flags.length).toBeGreaterThan(12);
  expect(flags.filter((flag) => !readme.includes(flag))).toEqual([]);
});

test("the README's links lead somewhere", () => {
  const targets = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = ""]) => target);
  expect(targets.length).toBeGreaterThan(3);
  expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, "")
      .replaceAll(" ", "-"),
  );
  const anchors = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = ""]) => anchor);
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
});

function inFolder(folder: string): Record<string, string> {
  const files = Object.entries(readmeFiles(folder));
  return Object.fromEntries(files.map(([name, text]) => [`${folder}/${name}`, text]));
}
