import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caching } from "../../../src/config/cache-settings.ts";
import { type Config, noConfig } from "../../../src/config/config.ts";
import { findPipeline, loadPipelineConfig } from "../../../src/config/find-pipeline.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { applyOverrides } from "../../../src/config/overrides.ts";
import { findDataPath, noRunFlags, type RunFlags, resolveSettings } from "../../../src/config/resolve.ts";
import type { BlockSpec } from "../../../src/core/block.ts";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { blockName, bytes, seconds } from "../../../src/core/ids.ts";
import { defaultResources } from "../../../src/core/resources.ts";

const toml = (text: string): Promise<Config> =>
  parseConfig(text, { file: "/configured/pipe.toml", named: "pipe.toml" });

const settings = (flags: Partial<RunFlags>, config: Config = noConfig, seed: number | string = 0) =>
  resolveSettings({ flags: { ...noRunFlags, ...flags }, config, pipeline: { seed }, cwd: "/work" });

/** Messages with hints of what was refused; empty where nothing was. */
function refused(act: () => unknown): string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics.map((d) => `${d.message} | ${d.hint}`);
    throw error;
  }
}

describe("settings", () => {
  test("are the defaults where nobody says anything: Slurm, ./data, the pipeline's seed", () => {
    expect(settings({}, noConfig, "s")).toMatchObject({
      dataPath: "/work/data",
      samples: { ranges: null, start: null, count: null },
      until: null,
      executor: { kind: "slurm", name: "slurm" },
      maxProcesses: null,
      seed: "s",
      purpose: "run",
      cache: caching,
      comment: null,
      output: { json: false, detail: "normal", color: null },
    });
  });

  test("of the command line win over [run], those over [pipeline], those over the pipeline", async () => {
    const config = await toml(`[pipeline]
data_path = "one"
seed = 1
num_samples = 10
[run]
data_path = "two"
num_samples = 20
comment = "from the file"
quiet = true`);
    expect(settings({}, config, 9)).toMatchObject({
      dataPath: "/configured/two",
      seed: 1,
      samples: { count: 20 },
      comment: "from the file",
      output: { detail: "quiet" },
    });
    expect(
      settings({ dataPath: "three", numSamples: 30, seed: 3, comment: "", verbose: true }, config),
    ).toMatchObject({
      dataPath: "/work/three",
      seed: 3,
      samples: { count: 30 },
      comment: "",
      output: { detail: "verbose" },
    });
    expect(settings({ quiet: false }, config).output.detail).toBe("normal");
  });

  test("take the executor called default where nothing is said, else Slurm", async () => {
    const named = (config: Config) => settings({}, config).executor;
    expect(named(await toml(`[executor.default]\nkind = "local"\n`))).toMatchObject({
      kind: "local",
      name: "default",
    });
    expect(named(await toml(`[executor.slurm]\nkind = "slurm"\npartition = "long"\n`))).toMatchObject({
      ...{ kind: "slurm", name: "slurm" },
      options: { partition: "long" },
    });
    expect(named(noConfig)).toMatchObject({ kind: "slurm", name: "slurm" });
    expect(settings({ executor: "default" }, noConfig).executor).toMatchObject({ kind: "slurm" });
  });

  test("name one executor, built in or declared", async () => {
    const config = await toml(`[run]
executor = "big"
[executor.big]
kind = "slurm"
walltime = "2h"
[executor.local]
kind = "local"
max_processes = 3`);
    expect(settings({}, config).executor).toMatchObject({
      kind: "slurm",
      name: "big",
      options: { walltime: 7200 },
    });
    expect(settings({ runSequential: true }, config).executor).toEqual({
      kind: "sequential",
      name: "sequential",
    });
    expect(settings({ runLocal: true }, config)).toMatchObject({
      executor: { name: "local" },
      maxProcesses: 3,
    });
    expect(settings({ runLocal: true, maxProcesses: 5 }, config).maxProcesses).toBe(5);
    expect(settings({ executor: "slurm", runLocal: false }, config).executor).toMatchObject({
      name: "slurm",
    });
  });

  const contradictions: readonly (readonly [Partial<RunFlags>, ...string[]])[] = [
    [
      { runLocal: true, runSequential: true },
      "`--run_sequential` and `--run_local` exclude each other | keep the one that says where the tasks shall run",
    ],
    [
      { runLocal: true, executor: "local" },
      "`--run_local` and `--executor` exclude each other | keep the one that says where the tasks shall run",
    ],
    [{ executor: "slrum" }, "unknown executor `slrum` | did you mean `slurm`?"],
    [{ executor: "gpu" }, "unknown executor `gpu` | declare it in pipe.toml with `[executor.gpu]`"],
    [{ quiet: true, verbose: true }, "`--quiet` and `--verbose` exclude each other | keep one of them"],
    [
      { runSequential: true, maxProcesses: 4 },
      "a sequential run has one process, so `--max_processes` means nothing | `--run_local` runs in several processes",
    ],
    [
      { disableCaching: true, forceRunBlocks: ["A_0"] },
      "`--disable_caching` runs every block, so `--force_run_blocks` adds nothing | to run only these blocks and what follows from them, leave `--disable_caching` out",
    ],
    [
      { disableCaching: true, doNotRetryBlocks: ["A_0"] },
      "`--disable_caching` runs every block, and `--do_not_retry_blocks` says not to run some of them | to run everything up to a block, use `--until BLOCK`",
    ],
    [
      { disableCaching: true, acceptCode: ["A_0"], retryIssues: true, verify: "none" },
      "`--disable_caching` uses no earlier result, and `--accept_code` keeps earlier results | keep the one that you mean",
      "`--disable_caching` runs every block, those with an issue too, so `--retry_issues` adds nothing | leave it out, or leave `--disable_caching` out to run only what ended with an issue",
      "`--disable_caching` uses no earlier result, so `--verify` has nothing to look at | leave one of them out",
    ],
    [
      { forceRunBlocks: ["A_0", "B_0"], doNotRetryBlocks: ["B_0"], acceptCode: ["A_0"] },
      "`--force_run_blocks` says that `B_0` must run, and `--do_not_retry_blocks` says that it must not run | take `B_0` out of one of them",
      "`--force_run_blocks` says that `A_0` must run, and `--accept_code` says that its earlier results are to be kept | take `A_0` out of one of them",
    ],
  ];
  test("of remembered results: flags over [run], and without either the files are looked at", async () => {
    const config = await toml(`[run]\nverify = "none"\nretry_issues = true`);
    expect(settings({}, config).cache).toEqual({ ...caching, verify: "none", retryIssues: true });
    expect(settings({ verify: "full", retryIssues: false }, config).cache).toEqual(caching);
    expect(settings({ disableCaching: true }, config).cache).toEqual({ kind: "disabled" });
    expect(settings({ disableCaching: false, acceptCode: ["A_0"] }).cache).toEqual({
      ...caching,
      acceptCode: ["A_0"],
    });
    expect(settings({ dryRun: true }).purpose).toBe("dry-run");
    expect(settings({ dryRun: true, comment: "x", disableCaching: true, numSamples: 3 }).purpose).toBe(
      "dry-run",
    );
  });

  test("of a start that only writes tables take what pipe.toml says of runs for no contradiction", async () => {
    const config = await toml(`[run]\nnum_samples = 5\nverify = "none"\nexecutor = "local"`);
    expect(settings({ statisticsOnly: true, json: true }, config).purpose).toBe("statistics-only");
  });

  test("that say something of a run are each refused for a start that only writes tables", () => {
    const each: readonly Partial<RunFlags>[] = [
      ...[{ numSamples: 1 }, { startSample: 0 }, { samples: ["0"] }, { until: "A_0" }, { seed: 0 }],
      ...[{ runLocal: true }, { runSequential: true }, { executor: "local" }, { maxProcesses: 1 }],
      ...[{ comment: "" }, { disableCaching: true }, { forceRunBlocks: ["A_0"] }, { dryRun: true }],
      ...[{ doNotRetryBlocks: ["A_0"] }, { retryIssues: true }, { acceptCode: ["A_0"] }],
      ...[{ verify: "full" as const }],
    ];
    for (const flags of each) {
      const said = refused(() => settings({ ...flags, statisticsOnly: true }));
      expect(said.length).toBe(1);
      expect(said[0]).toStartWith("`--statistics_only` runs no task, so `--");
    }
    expect(Object.keys(Object.assign({}, ...each)).length).toBe(each.length);
    expect(settings({ statisticsOnly: true, runLocal: false, retryIssues: false }).purpose).toBe(
      "statistics-only",
    );
  });

  for (const [flags, ...said] of contradictions) {
    test(`that contradict each other are refused: ${JSON.stringify(flags)}`, () => {
      expect(refused(() => settings(flags))).toEqual(said);
    });
  }

  test("that contradict each other are all told together", () => {
    expect(refused(() => settings({ executor: "x", quiet: true, verbose: true })).length).toBe(2);
  });

  test("of the file that nobody knows point into the file", async () => {
    const config = await toml(`[run]\nexecutor = "slrum"\n`);
    try {
      settings({}, config);
      expect.unreachable();
    } catch (error) {
      const [found] = error instanceof Refusal ? error.diagnostics : [];
      expect(found?.place).toMatchObject({ file: "pipe.toml", line: 2, column: 12, length: 7 });
    }
  });
});

const spec = (name: string, type: string, more: Partial<BlockSpec> = {}): BlockSpec => ({
  name: blockName(name),
  type,
  scope: "sample",
  kind: { kind: "code" },
  needs: defaultResources,
  retries: 0,
  after: null,
  inputs: null,
  outputs: null,
  optionalOutputs: null,
  watch: [],
  requires: [],
  environment: {},
  executorOptions: {},
  ...more,
});

describe("overrides of blocks", () => {
  const specs = [
    spec("Mesh_0", "Mesh"),
    spec("Simulate_0", "Simulate", {
      environment: { A: "1", B: "1" },
      executorOptions: { qos: "low", gres: "x" },
    }),
    spec("Simulate_1", "Simulate", { needs: { ...defaultResources, cpus: 4 }, retries: 2 }),
  ];

  test("are meant for one block by its name, for all of a type by the type, and the name wins", async () => {
    const { overrides } = await toml(`[blocks.Simulate_1]
memory = "8G"
[blocks.Simulate]
memory = "2G"
time = "1h"
cpus = 2
retries = 0`);
    const [mesh, first, second] = applyOverrides(specs, overrides);
    expect(mesh).toEqual(spec("Mesh_0", "Mesh"));
    const time = seconds(3600);
    expect(first?.needs).toEqual({ cpus: 2, memory: bytes(2 * 1024 ** 3), gpus: 0, time });
    expect(second?.needs).toEqual({ cpus: 2, memory: bytes(8 * 1024 ** 3), gpus: 0, time });
    expect(second?.retries).toBe(0);
  });

  test("add to the environment and to what Slurm is told, and replace what has the same name", async () => {
    const { overrides } = await toml(`[blocks.Simulate_0]
environment = { B = 2, C = "3" }
qos = "high"
slurm_options = { exclusive = "" }`);
    const changed = applyOverrides(specs, overrides)[1];
    expect(changed?.environment).toEqual({ A: "1", B: "2", C: "3" });
    expect(changed?.executorOptions).toEqual({ qos: "high", gres: "x", exclusive: "" });
  });

  test("of blocks that the pipeline does not have are told, all of them", async () => {
    const { overrides } = await toml("[blocks.Simulat_0]\ncpus = 1\n[blocks.Render]\ncpus = 1\n");
    expect(refused(() => applyOverrides(specs, overrides))).toEqual([
      "`[blocks.Simulat_0]` is about a block that the pipeline does not have | did you mean `[blocks.Simulate_0]`?",
      "`[blocks.Render]` is about a block that the pipeline does not have | its blocks: Mesh_0, Simulate_0, Simulate_1, Mesh, Simulate",
    ]);
  });
});

describe("the pipeline's file", () => {
  const top = mkdtempSync(join(tmpdir(), "pipe-find-"));
  afterAll(() => rmSync(top, { recursive: true }));
  const block = '[[block]]\nname = "A"\ncommand = ["true"]\n';
  const files: Readonly<Record<string, string>> = {
    "both/pipeline.ts": "",
    "both/pipe.toml": "[run]\nseed = 1\n",
    "both/other.toml": block,
    "toml/pipe.toml": block,
    "code/pipeline.ts": "",
    "two/pipeline.ts": "",
    "two/pipe.toml": `# mine\n${block}`,
    "bare/pipe.toml": "[run]\nseed = 1\n",
    "empty/mesh.py": "",
    "broken/pipe.toml": "= 1",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(top, name, ".."), { recursive: true });
    writeFileSync(join(top, name), text);
  }
  const at = (...parts: string[]): string => join(top, ...parts);

  test("is pipeline.ts with the pipe.toml beside it, else pipe.toml", () => {
    expect(findPipeline(at("both"), null)).toEqual({
      kind: "code",
      path: at("both/pipeline.ts"),
      config: at("both/pipe.toml"),
    });
    expect(findPipeline(at("code"), null)).toEqual({
      kind: "code",
      path: at("code/pipeline.ts"),
      config: null,
    });
    expect(findPipeline(at("toml"), null)).toEqual({ kind: "toml", path: at("toml/pipe.toml") });
  });

  test("may be named, also by its folder", () => {
    expect(findPipeline(top, "both/other.toml")).toEqual({ kind: "toml", path: at("both/other.toml") });
    expect(findPipeline(top, "both")).toMatchObject({ kind: "code", path: at("both/pipeline.ts") });
    expect(findPipeline(top, at("toml"))).toEqual({ kind: "toml", path: at("toml/pipe.toml") });
  });

  const missing: readonly (readonly [string, string | null, string])[] = [
    [
      "empty",
      null,
      "there is no pipeline here: neither `pipeline.ts` nor `pipe.toml` | `pipe init` writes one to start from; another file is named as in `pipe run FILE`",
    ],
    ["both", "pipelin.ts", "there is no `pipelin.ts` | did you mean `pipeline.ts`?"],
    [".", "both/pipe.tml", "there is no `both/pipe.tml` | did you mean `both/pipe.toml`?"],
    [
      ".",
      "nowhere/pipeline.ts",
      "there is no `nowhere/pipeline.ts` | `pipe init` writes a pipeline to start from",
    ],
    [
      "empty",
      "mesh.py",
      "`mesh.py` is no pipeline: that is a TypeScript file or a TOML file | a program of your own becomes a step with `[[block]]` in a `pipe.toml` (`pipe init --template command`)",
    ],
    [
      ".",
      "empty",
      "there is no pipeline in `empty`: neither `pipeline.ts` nor `pipe.toml` | `pipe init` writes one to start from; another file is named as in `pipe run FILE`",
    ],
  ];
  for (const [folder, named, said] of missing) {
    test(`is missed with a hint: ${named} in ${folder}`, () => {
      expect(refused(() => findPipeline(at(folder), named))).toEqual([said]);
    });
  }

  test("brings its configuration", async () => {
    expect((await loadPipelineConfig(findPipeline(at("both"), null))).run.seed).toBe(1);
    expect(await loadPipelineConfig(findPipeline(at("code"), null))).toBe(noConfig);
    expect((await loadPipelineConfig(findPipeline(at("toml"), null))).blocks.map((b) => b.name)).toEqual([
      "A",
    ]);
  });

  test("cannot be two at once, unless one is named that stands alone", async () => {
    const error: unknown = await loadPipelineConfig(findPipeline(at("two"), "pipeline.ts")).catch(
      (e: unknown) => e,
    );
    const [found] = error instanceof Refusal ? error.diagnostics : [];
    expect(found?.code).toBe("two-pipelines");
    expect(found?.place?.line).toBe(3);
    expect((await loadPipelineConfig(findPipeline(at("two"), "pipe.toml"))).blocks.length).toBe(1);
  });

  test("without a block is told", async () => {
    const error: unknown = await loadPipelineConfig(findPipeline(at("bare"), null)).catch((e: unknown) => e);
    expect(error instanceof Refusal && error.diagnostics[0]?.code).toBe("no-blocks");
  });

  test("does not matter to those who look at a dataset that they name", async () => {
    expect(await findDataPath("d", at("broken"))).toBe(at("broken/d"));
    expect(await findDataPath(null, at("empty"))).toBe(at("empty/data"));
    expect(await findDataPath(null, at("broken")).catch((e: unknown) => e)).toBeInstanceOf(Refusal);
  });
});

test("a [[block]] becomes exactly the options that were written", async () => {
  const { blocks } = await toml(`[[block]]
name = "Mesh"
command = ["python3", "./mesh.py", ""]
memory = "1.5G"
time = "1h30m"
after = "Scene_0"
optional_outputs = ["a", "b"]
watch = "lib/*.py"
persistent = false
slurm_options = { gres = "gpu:1", nice = 3 }`);
  expect(blocks.map(({ place: _place, ...block }) => block)).toEqual([
    {
      name: "Mesh",
      argv: ["python3", "./mesh.py", ""],
      options: {
        memory: bytes(1.5 * 1024 ** 3),
        time: seconds(5400),
        after: ["Scene_0"],
        optionalOutputs: ["a", "b"],
        watch: ["lib/*.py"],
        persistent: false,
        slurmOptions: { gres: "gpu:1", nice: "3" },
      },
    },
  ]);
});
