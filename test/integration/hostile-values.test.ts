// Values of samples reach programs as arguments and as JSON, and never as code, options or paths of ours.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Playground } from "../support/playground.ts";

const values = [
  `quote ' and " and \` end`,
  "$(touch ran-a-shell) `touch ran-a-shell` ; touch ran-a-shell & | > x",
  "two\nlines\r\nand a tab\t.",
  "../../escape",
  "-rf",
  "--help",
  "{sample.id}",
  "*",
  "~",
  "ünïcödé 🫀 \u202e",
  "",
  " ",
  "%s%n",
  "\\",
];

test("a hostile value changes nothing but an argument", async () => {
  await using play = new Playground();
  play.write({
    "show.sh": `#!/bin/sh
for argument in "$@"; do printf '%s\\0' "$argument"; done > arguments.bin
cp "$PIPE_SAMPLE" seen.txt
`,
    "pipeline.ts": `import { Pipeline, PipelineBlock, command, type DataSample } from "pipe";
import values from "./values.json";
class Set extends PipelineBlock { async run(sample: DataSample) { sample.setConfig("value", values[sample.id] ?? ""); } }
export default new Pipeline().append(new Set())
  .append(command("Show", ["./show.sh", "{sample.config.Set_0.value}", "--value={sample.config.Set_0.value}", "{{literal}}"]));
`,
    "values.json": JSON.stringify(values),
  });
  const before = Object.keys(play.tree("."));
  const ending = await play.pipe(["run", "--run_local", "--num_samples", String(values.length)]);
  expect(ending.stderr).not.toContain("failed on");
  expect(ending.status).toBe(0);
  for (const [id, value] of values.entries()) {
    const folder = `data/${String(id).padStart(6, "0")}`;
    expect(play.read(`${folder}/arguments.bin`)).toBe(`${value}\0--value=${value}\0{literal}\0`);
    const seen = JSON.parse(play.read(`${folder}/seen.txt`));
    expect([seen.id, seen.config.Set_0.value]).toEqual([id, value]);
    expect(seen.path).toBe(play.path(folder));
  }
  expect(existsSync(play.path("escape"))).toBe(false);
  const added = Object.keys(play.tree(".")).filter((f) => !before.includes(f) && !f.startsWith("data/"));
  expect(added).toEqual([]);
  expect(Object.keys(play.tree("data")).filter((f) => f.includes("ran-a-shell"))).toEqual([]);
});

test("a sample writes only below its own folder", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { symlinkSync } from "node:fs";
const names = ["../outside.txt", "/tmp/pipe-outside.txt", "sample.json", "log.log", "a/../../outside.txt", "link/outside.txt", "fine/deep/inside.txt"];
class Write extends PipelineBlock { async run(sample: DataSample) {
  symlinkSync("../..", sample.path + "/link");
  await sample.write(names[sample.id] ?? "", "x");
} }
export default new Pipeline().append(new Write());
`,
  });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "7", "--json"]);
  const report = JSON.parse(ending.stdout);
  expect(report.samples).toEqual({ total: 7, valid: 1, issues: 0, failed: 6 });
  expect(existsSync(play.path("outside.txt"))).toBe(false);
  expect(existsSync(play.path("data/outside.txt"))).toBe(false);
  expect(existsSync("/tmp/pipe-outside.txt")).toBe(false);
  expect(play.read("data/000006/fine/deep/inside.txt")).toBe("x");
});
