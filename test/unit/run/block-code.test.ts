import { expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BlockOptions, command, Pipeline, PipelineBlock } from "../../../src/api/index.ts";
import type { BlockCode } from "../../../src/cache/code/identity.ts";
import { noConfig } from "../../../src/config/config.ts";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { blockCode, blockOptions, missingWatchedFiles } from "../../../src/run/block-code.ts";
import { loadPipeline } from "../../../src/run/load-pipeline.ts";
import { partsOf, smallPipeline } from "../../support/small-pipeline.ts";

class Folder implements Disposable {
  readonly path: string;
  constructor(files: Readonly<Record<string, string>>) {
    this.path = mkdtempSync(join(tmpdir(), "pipe-watch-"));
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

const script = "#!/bin/sh\necho mesh\n";

function partsFor(folder: Folder, argv: readonly string[], options: BlockOptions = {}) {
  const pipeline = new Pipeline().append(command("Mesh", argv, options));
  pipeline.resolveFrom(folder.path);
  return pipeline.parts();
}

async function codeFor(
  folder: Folder,
  argv: readonly string[],
  options: BlockOptions = {},
): Promise<BlockCode> {
  const [code] = await blockCode({ parts: partsFor(folder, argv, options), bundle: "", folder: folder.path });
  if (code === undefined) throw new Error("no code");
  return code;
}

const names = ({ parts }: BlockCode): string[] => parts.map(({ name }) => name);

test("the scripts among a command's arguments are its code, by what they hold", async () => {
  using folder = new Folder({ "mesh.sh": script, "lib/tool.py": "1", "a{b}.txt": "text", "unused.py": "2" });
  const argv = [
    "./mesh.sh",
    "-x",
    "./lib/tool.py",
    "./a{{b}}.txt",
    "lib/tool.py",
    "./lib",
    "{sample.path}/mesh.sh",
  ];
  const before = await codeFor(folder, argv);
  expect(names(before)).toEqual(["a{b}.txt", "lib/tool.py", "mesh.sh"]);
  folder.write("unused.py", "3");
  folder.write("mesh.sh", script);
  expect(await codeFor(folder, argv)).toEqual(before);
  folder.write("lib/tool.py", "11");
  const after = await codeFor(folder, argv);
  expect(after.digest).not.toBe(before.digest);
  expect(
    after.parts.filter(({ digest }, at) => digest !== before.parts[at]?.digest).map(({ name }) => name),
  ).toEqual(["lib/tool.py"]);
});

test("a script that lies elsewhere counts, a program of the machine does not", async () => {
  using elsewhere = new Folder({ program: script, "tool.py": "1", data: "2" });
  using folder = new Folder({});
  const at = (name: string) => join(elsewhere.path, name);
  const argv = [
    process.execPath,
    at("program"),
    at("tool.py"),
    at("data"),
    at("missing.py"),
    at("data/x"),
    "/",
  ];
  const code = await codeFor(folder, argv);
  expect(code.parts.length).toBe(2);
  elsewhere.write("data", "3");
  expect(await codeFor(folder, argv)).toEqual(code);
  elsewhere.write("program", `${script}exit 1\n`);
  expect(await codeFor(folder, argv)).not.toEqual(code);
});

test("a link to a script counts by what the script holds", async () => {
  using folder = new Folder({ "v1.sh": script });
  symlinkSync("v1.sh", join(folder.path, "mesh.sh"));
  const before = await codeFor(folder, ["./mesh.sh"]);
  expect(names(before)).toEqual(["mesh.sh"]);
  folder.write("v1.sh", `${script}#\n`);
  expect((await codeFor(folder, ["./mesh.sh"])).digest).not.toBe(before.digest);
});

test("of a script with values in its path all files count that it can name, and nothing that may be an output", async () => {
  using folder = new Folder({
    ...{
      "s-0.sh": "",
      "s-10.sh": "",
      "s-a.py": "",
      "s-x/y.sh": "",
      ".s-0.sh": "",
      "t-{0}*.sh": "",
      "t-1.sh": "",
    },
    ...{ "case/a/run.py": "", "case/b/run.py": "", "case/b/walk.py": "", "case/.c/run.py": "" },
    ...{
      "data/runinfo/x": "",
      "data/run.py": "",
      "node_modules/run.py": "",
      "folder/1/x": "",
      "out/1.stl": "",
    },
  });
  const counted = async (...argv: string[]) => names(await codeFor(folder, argv));
  expect(await counted("sh", "./s-{sample.id}.sh")).toEqual(["s-0.sh", "s-10.sh"]);
  expect(await counted(join(folder.path, "s-{sample.id}.sh"))).toEqual(["s-0.sh", "s-10.sh"]);
  expect(await counted("./t-{{{sample.id}}}*.sh")).toEqual(["t-{0}*.sh"]);
  expect(await counted("./case/{sample.id}/run.py")).toEqual(["case/a/run.py", "case/b/run.py"]);
  expect(await counted("./{sample.id}/run.py")).toEqual([]);
  expect(await counted("./out/{sample.id}.stl")).toEqual([]);
  expect(await counted("./folder/{sample.id}", "./x:{sample.path}", "s-{sample.id}.sh")).toEqual([]);
  const before = await codeFor(folder, ["./s-{sample.id}.sh"]);
  folder.write("s-10.sh", "exit 1");
  expect((await codeFor(folder, ["./s-{sample.id}.sh"])).digest).not.toBe(before.digest);
});

test("a command without files has a code as well", async () => {
  using folder = new Folder({});
  const code = await codeFor(folder, ["true"]);
  expect(code).toMatchObject({ block: "Mesh_0", parts: [] });
  expect((await codeFor(folder, ["false"])).digest).toBe(code.digest);
});

test("watched files count: paths, patterns, folders", async () => {
  const files = {
    "lib/a.py": "1",
    "lib/deep/b.py": "2",
    "lib/c.txt": "3",
    "table.csv": "4",
    "other/d.py": "5",
  };
  using folder = new Folder(files);
  const watched = async (...watch: string[]) => names(await codeFor(folder, ["true"], { watch }));
  expect(await watched("table.csv")).toEqual(["table.csv"]);
  expect(await watched("./table.csv", "table.csv", join(folder.path, "table.csv"))).toEqual(["table.csv"]);
  expect(await watched("lib/*.py")).toEqual(["lib/a.py"]);
  expect(await watched("lib/**/*.py")).toEqual(["lib/a.py", "lib/deep/b.py"]);
  expect(await watched("{lib,other}/*.py")).toEqual(["lib/a.py", "other/d.py"]);
  expect(await watched("lib")).toEqual(["lib/a.py", "lib/c.txt", "lib/deep/b.py"]);
  expect(await watched("lib/")).toEqual(["lib/a.py", "lib/c.txt", "lib/deep/b.py"]);
  const before = await codeFor(folder, ["true"], { watch: "lib/**" });
  folder.write("other/d.py", "6");
  expect(await codeFor(folder, ["true"], { watch: "lib/**" })).toEqual(before);
  folder.write("lib/new.py", "");
  const after = await codeFor(folder, ["true"], { watch: "lib/**" });
  expect(after.digest).not.toBe(before.digest);
  expect(names(after)).toContain("lib/new.py");
});

test("files beside the pipeline's folder can be watched", async () => {
  using folder = new Folder({ "shared/tool.py": "1", "project/pipeline.ts": "" });
  const [code] = await blockCode({
    parts: partsFor(folder, ["true"], { watch: "../shared/*.py" }),
    bundle: "",
    folder: join(folder.path, "project"),
  });
  expect(code?.parts.map(({ name }) => name)).toEqual(["../shared/tool.py"]);
});

test("what a run writes is never watched, nor what is hidden or belongs to packages", async () => {
  using folder = new Folder({
    ...{ "mesh.py": "1", ".git/x.py": "", "node_modules/p/x.py": "", ".hidden.py": "" },
    ...{ "data/runinfo/000/run.json": "", "data/000000/x.py": "", "000001/x.py": "", "statistics.csv": "" },
    ...{ "nested/000001/x.py": "" },
  });
  const watched = async () => names(await codeFor(folder, ["true"], { watch: "**" }));
  const own = ["000001/x.py", "mesh.py", "nested/000001/x.py", "statistics.csv"];
  expect(await watched()).toEqual(own);
  folder.write("runinfo/000/run.json", "");
  expect(await watched()).toEqual(["mesh.py", "nested/000001/x.py"]);
});

test("a watched folder counts with what is hidden in it; a pattern means that only where it says the dot", async () => {
  using folder = new Folder({
    ...{ "lib/a.py": "", "lib/.conf": "1", "lib/.d/x.py": "", "lib/.d/.y.py": "" },
    ...{
      "lib/.git/HEAD": "",
      "lib/__pycache__/a.pyc": "",
      "lib/node_modules/p/.x": "",
      "lib/.venv/x.py": "",
    },
  });
  const watched = async (...watch: string[]) => names(await codeFor(folder, ["true"], { watch }));
  const all = ["lib/.conf", "lib/.d/.y.py", "lib/.d/x.py", "lib/a.py"];
  expect(await watched("lib")).toEqual(all);
  expect(await watched("lib/.*")).toEqual(["lib/.conf"]);
  expect(await watched("lib/{.conf,a.py}")).toEqual(["lib/.conf", "lib/a.py"]);
  expect(await watched("lib/.d")).toEqual(["lib/.d/.y.py", "lib/.d/x.py"]);
  expect(await watched("lib/.d/*")).toEqual(["lib/.d/x.py"]);
  expect(await watched("lib/.*/*.py")).toEqual(["lib/.d/.y.py", "lib/.d/x.py"]);
  expect(await watched("lib/**")).toEqual(["lib/a.py"]);
  const before = await codeFor(folder, ["true"], { watch: "lib" });
  folder.write("lib/.conf", "2");
  expect((await codeFor(folder, ["true"], { watch: "lib" })).digest).not.toBe(before.digest);
});

test("a link to a folder below a watched one is followed, and never round in a circle", async () => {
  using folder = new Folder({
    ...{ "shared/tool.py": "1", "shared/deep/more.py": "", "shared/notes.txt": "", "lib/a.py": "" },
    ...{ "data/runinfo/x": "", "data/out.py": "" },
  });
  const link = (to: string, at: string) => symlinkSync(to, join(folder.path, at));
  link("../shared", "lib/sub");
  link(".", "lib/self");
  link("..", "lib/up");
  link("../lib", "shared/back");
  link("../shared/deep", "shared/twice");
  link("nowhere", "lib/dangling");
  link("../data", "lib/dataset");
  const watched = async (...watch: string[]) => names(await codeFor(folder, ["true"], { watch }));
  const scripts = ["lib/a.py", "lib/sub/deep/more.py", "lib/sub/tool.py", "lib/sub/twice/more.py"];
  expect(await watched("lib/**/*.py")).toEqual(scripts);
  expect(await watched("lib")).toEqual([...scripts.slice(0, 2), "lib/sub/notes.txt", ...scripts.slice(2)]);
  expect(await watched("lib/sub/*.py")).toEqual(["lib/sub/tool.py"]);
  const before = await codeFor(folder, ["true"], { watch: "lib" });
  folder.write("shared/tool.py", "2");
  expect((await codeFor(folder, ["true"], { watch: "lib" })).digest).not.toBe(before.digest);
});

test("a watched file that is not there is a mistake, with the nearest name", async () => {
  using folder = new Folder({ "lib/mesh.py": "1", "empty/.git/HEAD": "" });
  const said = (...watch: string[]) =>
    missingWatchedFiles(partsFor(folder, ["true"], { watch }), folder.path).map(({ index, problem }) => [
      index,
      problem.message,
      problem.hint,
    ]);
  expect(said("lib/mesh.py", "lib/*.py")).toEqual([]);
  expect(said("lib/mesh.py/x").map(([index]) => index)).toEqual([0]);
  expect(said("lib/mseh.py", "lib/*.sh", "empty")).toEqual([
    [0, 'Mesh_0: "lib/mseh.py" in `watch` is not there', 'did you mean "lib/mesh.py"?'],
    [0, 'Mesh_0: there is no file that `watch` means by "lib/*.sh"', null],
    [0, 'Mesh_0: "empty" in `watch` holds no files', null],
  ]);
  expect(codeFor(folder, ["true"], { watch: "lib/*.sh" })).rejects.toThrow(Refusal);
});

test("the whole folder can be moved", async () => {
  using folder = new Folder({ "a/mesh.sh": script, "a/lib/x.py": "1" });
  const at = async (place: string) => {
    const root = join(folder.path, place);
    const argv = ["./mesh.sh", join(root, "lib/x.py"), "{sample.path}"];
    const pipeline = new Pipeline().append(command("Mesh", argv, { watch: "lib" }));
    pipeline.resolveFrom(root);
    const [part] = pipeline.parts();
    if (part === undefined) throw new Error("no part");
    return [await blockCode({ parts: [part], bundle: "", folder: root }), blockOptions(part, root)];
  };
  const before = await at("a");
  renameSync(join(folder.path, "a"), join(folder.path, "b"));
  expect(await at("b")).toEqual(before);
  expect(before[1]).toEqual({ argv: ["./mesh.sh", "./lib/x.py", "{sample.path}"], persistent: false });
});

test("what a block was made with are its fields, or what is in its only field `options`", () => {
  class Simulate extends PipelineBlock {
    readonly options: object;
    constructor(options: object) {
      super();
      this.options = options;
    }
    run(): void {}
  }
  class Mesh extends PipelineBlock {
    readonly size = 3;
    readonly options = { fine: true };
    run(): void {}
  }
  const parts = new Pipeline()
    .append(new Simulate({ frames: 3 }))
    .append(new Mesh())
    .parts();
  expect(parts.map((part) => blockOptions(part, "/"))).toEqual([
    { frames: 3 },
    { size: 3, options: { fine: true } },
  ]);
});

test("a block of code is its class and the files that it watches", async () => {
  const sources = {
    "table.csv": "1",
    "pipeline.ts": `
import { Pipeline, PipelineBlock, command } from "pipe";
class Read extends PipelineBlock { run() { helper(); } }
const helper = () => 1;
export default new Pipeline().append(new Read(), { watch: "table.csv" }).append(command("Echo", ["echo"]));
`,
  };
  using pipeline = await smallPipeline(sources);
  const code = async () => new Map((await blockCode(pipeline)).map((one) => [one.block as string, one]));
  const before = await code();
  expect(partsOf(before, "Read_0")).toEqual(["class Read", "function helper (pipeline.ts)", "table.csv"]);
  expect(partsOf(before, "Echo_0")).toEqual([]);
  writeFileSync(join(pipeline.folder, "table.csv"), "2");
  expect((await code()).get("Read_0")?.digest).not.toBe(before.get("Read_0")?.digest);
});

test("what is not there is told before anything starts, where the block is appended", async () => {
  using pipeline = await smallPipeline({
    "lib/mesh.py": "",
    "pipeline.ts": `import { Pipeline, command } from "pipe";
export default new Pipeline().append(command("Mesh", ["true"], { watch: ["lib/mseh.py"] }));`,
  });
  const entry = join(pipeline.folder, "pipeline.ts");
  const outFile = join(pipeline.folder, ".out", "again.js");
  try {
    await loadPipeline({ pipeline: { kind: "code", path: entry, config: null }, config: noConfig, outFile });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.diagnostics.map(({ code, place }) => [code, place?.file, place?.line])).toEqual([
      ["no-such-file", entry, 2],
    ]);
  }
});

test("what was found out of a bundle is found out once, unless what is kept is damaged", async () => {
  const sources = {
    "pipeline.ts": `import { Pipeline, PipelineBlock } from "pipe";
class Read extends PipelineBlock { run() {} }
export default new Pipeline().append(new Read());`,
  };
  using pipeline = await smallPipeline(sources);
  const path = join(pipeline.folder, "code.json");
  const ask = (keeps: "new" | "nothing", more = "") =>
    blockCode({ ...pipeline, bundle: pipeline.bundle + more, memory: { path, keeps } });
  const codes = await ask("nothing");
  expect(existsSync(path)).toBe(false);
  expect(await ask("new")).toEqual(codes);
  const kept = readFileSync(path, "utf8");
  const digest = codes[0]?.digest ?? "";
  const other = "A".repeat(digest.length);
  writeFileSync(path, kept.replaceAll(digest, other));
  expect((await ask("new")).map((code): string => code.digest)).toEqual([other]);
  for (const damaged of [
    kept.replaceAll(digest, "?"),
    kept.slice(0, -9),
    "null",
    "{}",
    kept.replace("codes", "x"),
  ]) {
    writeFileSync(path, damaged);
    expect(await ask("nothing")).toEqual(codes);
  }
  writeFileSync(path, kept.replaceAll(digest, other));
  expect(await ask("new", "\n// another bundle")).toEqual(codes);
});
