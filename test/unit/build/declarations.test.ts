// Users see our types through one joined file, in a folder where nothing is installed: it must check there, strictly.
import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { declarationsOfApi, joinDeclarations } from "../../../build/declarations.ts";
import { tools } from "../../../build/places.ts";
import { typePackages } from "../../../build/types-archive.ts";

function joined(files: Readonly<Record<string, string>>): string {
  return joinDeclarations("/out/api/index.d.ts", (path) => files[path]);
}

describe("joining", () => {
  test("what the entry exports is exported, what it only needs is there but not exported", () => {
    const text = joined({
      "/out/api/index.d.ts": `export { Shown, type Given } from "./a.ts";\nexport type { Two } from "../core/b.ts";\n`,
      "/out/api/a.d.ts": `import { type Needed } from "../core/b.ts";\nexport declare class Shown {\n    readonly n: Needed;\n}\nexport type Given = string;\n`,
      "/out/core/b.d.ts": `export interface Needed {\n    x: import("./c.ts").Deep;\n}\nexport type Two = 2;\n`,
      "/out/core/c.d.ts": `declare const brand: unique symbol;\nexport type Deep = {\n    readonly [brand]: true;\n};\nexport {};\n`,
    });
    expect(text).toBe(`// Written by \`pipe\`; the types of \`import … from "pipe"\`.

declare module "pipe" {
  class Shown {
    readonly n: Needed;
  }
  type Given = string;

  interface Needed {
    x: Deep;
  }
  type Two = 2;

  const brand: unique symbol;
  type Deep = {
    readonly [brand]: true;
  };

  export { Shown, Given, Two };
}
`);
  });

  test("imports of packages are kept, once", () => {
    const one = `import type { Stats } from "node:fs";\n`;
    const text = joined({
      "/out/api/index.d.ts": `${one}import { B } from "./b.ts";\nexport type A = Stats | B;\n`,
      "/out/api/b.d.ts": `${one}export type B = Stats;\n`,
    });
    expect(text.match(/import type \{ Stats \} from "node:fs";/g)).toHaveLength(1);
    expect(text).toContain("export { A };");
  });

  test("a name declared in two files is reported with both files", () => {
    const files = {
      "/out/api/index.d.ts": `export { A } from "./a.ts";\nexport { B } from "./b.ts";\n`,
      "/out/api/a.d.ts": "type Options = 1;\nexport type A = Options;\n",
      "/out/api/b.d.ts": "type Options = 2;\nexport type B = Options;\n",
    };
    expect(() => joined(files)).toThrow("`Options` is declared in /out/api/a.d.ts and in /out/api/b.d.ts");
  });

  test("an alias, a star and a file that was not written are reported, not guessed", () => {
    const index = "/out/api/index.d.ts";
    expect(() => joined({ [index]: `export * from "./a.ts";\n`, "/out/api/a.d.ts": "" })).toThrow("not `*`");
    expect(() => joined({ [index]: `import { A } from "./a.ts";\n` })).toThrow("/out/api/a.d.ts is imported");
    expect(() => joined({ [index]: `import { A as B } from "./a.ts";\n`, "/out/api/a.d.ts": "" })).toThrow(
      "no alias",
    );
  });
});

describe("in a folder where nothing is installed", () => {
  const good = `
import { readFileSync } from "node:fs";
import { command, type DataSample, Pipeline, PipelineBlock, SampleIssue } from "pipe";

class Simulate extends PipelineBlock {
  constructor(readonly options: { maxFrames: number }) { super(); }
  async run(sample: DataSample) {
    const text: string = readFileSync("/etc/hostname", "utf8");
    if (text.length > this.options.maxFrames) throw new SampleIssue("too long");
    sample.setConfig("stiffness", sample.random.uniform(3e3, 3e4));
    sample.addStatistic("frames", Bun.version.length);
    console.log(sample.id, sample.path, process.pid);
  }
}

export default new Pipeline()
  .append(new Simulate({ maxFrames: 500 }), { cpus: 2, memory: "4G", time: "30m", retries: 1 })
  .append(command("Render", ["blender", "--", "{sample.path}"]));
`;
  const bad = `
import { readFileSync } from "node:fs";
import { type DataSample, Pipeline, PipelineBlock } from "pipe";
class A extends PipelineBlock { run(sample: DataSample) { sample.nonsense(); } }
const n: number = readFileSync("x", "utf8");
export default new Pipeline().append(new A(), { cpu: n });
`;

  for (const [checker, command] of [
    ["bun check", [process.execPath, "check"]],
    ["tsc", [process.execPath, tools.typescript, "-p", "."]],
  ] as const) {
    test(`${checker} accepts a pipeline and names each mistake in a wrong one`, () => {
      const folder = mkdtempSync(join(tmpdir(), "pipe types "));
      try {
        putTypes(folder);
        writeFileSync(join(folder, "pipeline.ts"), good);
        expect(checked(folder, command)).toMatchObject({ status: 0 });
        writeFileSync(join(folder, "pipeline.ts"), bad);
        const { status, lines } = checked(folder, command);
        expect(status).not.toBe(0);
        expect(lines).toEqual([
          "pipeline.ts(4,66): TS2339",
          "pipeline.ts(5,7): TS2322",
          "pipeline.ts(6,49): TS2561",
        ]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

function putTypes(folder: string): void {
  const configuration = {
    compilerOptions: {
      ...{ target: "esnext", lib: ["esnext"], module: "preserve", moduleResolution: "bundler", strict: true },
      ...{ noEmit: true, skipLibCheck: false, allowImportingTsExtensions: true },
      ...{ typeRoots: [".pipe/types/node_modules/@types"], types: ["bun"] },
    },
    include: ["**/*.ts", ".pipe/pipe.d.ts"],
  };
  const files = { "tsconfig.json": JSON.stringify(configuration), ".pipe/pipe.d.ts": declarationsOfApi() };
  for (const [name, text] of Object.entries(files)) put(join(folder, name), text);
  for (const [name, text] of Object.entries(typePackages()))
    put(join(folder, ".pipe/types/node_modules", name), text);
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function checked(cwd: string, command: readonly string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], { cwd, env: { NO_COLOR: "1" } });
  const output = stdout.toString() + stderr.toString();
  const lines = [...output.matchAll(/^(\S+\(\d+,\d+\): )error (TS\d+)/gm)].map(
    ([, place, code]) => `${place}${code}`,
  );
  return { status: exitCode, lines, output };
}
