import { describe, expect, test } from "bun:test";
import { type BlockOptions, command, DatasetBlock, Pipeline, PipelineBlock } from "../../../src/api/index.ts";
import { type Diagnostic, Refusal } from "../../../src/core/diagnostic.ts";

class Scene extends PipelineBlock {
  run() {}
}
class Mesh extends PipelineBlock {
  run() {}
}
class Totals extends DatasetBlock {
  run() {}
}

function refused(act: () => unknown): readonly Diagnostic[] {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics;
    throw error;
  }
  throw new Error("it was not refused");
}

const mistakes = (pipeline: Pipeline): string[] =>
  refused(() => pipeline.parts()).map(({ message, hint }) =>
    hint === null ? message : `${message} (${hint})`,
  );

/** Options as JavaScript gives them, which knows no types. */
function options(of: Readonly<Record<string, unknown>>): BlockOptions {
  return Object.fromEntries(Object.entries(of));
}

test("blocks are named by their class and a counter for each, or as they are told", () => {
  const pipeline = new Pipeline()
    .append(new Scene())
    .append(new Mesh())
    .append(new Mesh(), { name: "Fine" })
    .append(new Mesh())
    .append(command("Mesh", ["true"]))
    .append(new Totals());
  expect(
    pipeline.parts().map(({ spec }) => `${spec.name} ${spec.type} ${spec.scope} ${spec.kind.kind}`),
  ).toEqual([
    "Scene_0 Scene sample code",
    "Mesh_0 Mesh sample code",
    "Fine Mesh sample code",
    "Mesh_2 Mesh sample code",
    "Mesh_3 Mesh sample command",
    "Totals_0 Totals dataset code",
  ]);
});

test("all options arrive checked", () => {
  const [part] = new Pipeline()
    .append(command("Mesh", ["mesh"], { cpus: 2, memory: "1G", persistent: true, scope: "sample" }), {
      memory: "4G",
      gpus: 1,
      time: "30m",
      retries: 2,
      after: "Scene_0",
      inputs: ["a.obj"],
      outputs: "*.stl",
      optionalOutputs: [],
      watch: "lib/*.py",
      requires: ["gmsh"],
      environment: { THREADS: 2 },
      partition: "gpu",
      slurmOptions: { gres: "gpu:a100:1", nice: 100 },
    })
    .parts();
  expect(part?.spec).toMatchObject({
    kind: { kind: "persistent", argv: ["mesh"] },
    needs: { cpus: 2, memory: 4 * 2 ** 30, gpus: 1, time: 1800 },
    retries: 2,
    after: ["Scene_0"],
    inputs: ["a.obj"],
    outputs: ["*.stl"],
    optionalOutputs: [],
    watch: ["lib/*.py"],
    requires: ["gmsh"],
    environment: { THREADS: "2" },
    executorOptions: { gres: "gpu:a100:1", nice: "100", partition: "gpu" },
  });
});

test("what is not said has its default", () => {
  const [part] = new Pipeline().append(new Scene()).parts();
  expect(part?.spec).toMatchObject({
    needs: { cpus: 1, memory: null, gpus: 0, time: null },
    retries: 0,
    after: null,
    inputs: null,
    outputs: null,
    optionalOutputs: null,
    watch: [],
    requires: [],
    environment: {},
    executorOptions: {},
  });
});

describe("an option that cannot be meant is told:", () => {
  const cases: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ cpu: 2 }, "unknown option `cpu` (did you mean `cpus`?)"],
    [{ optional_outputs: [] }, "unknown option `optional_outputs` (did you mean `optionalOutputs`?)"],
    [{ cpus: 0 }, "`cpus` is 0, but must be a whole number from 1"],
    [{ cpus: "2" }, '`cpus` is "2", but must be a whole number from 1'],
    [{ gpus: 0.5 }, "`gpus` is 0.5, but must be a whole number from 0"],
    [{ retries: -1 }, "`retries` is -1, but must be a whole number from 0"],
    [
      { memory: "4" },
      '`memory` is "4", but must have a unit (write for instance "4G" (units: K, M, G, T; 1K = 1024 bytes))',
    ],
    [
      { time: "30" },
      '`time` is "30", but must have a unit (write for instance "30m" (units: d, h, m, s), "1h30m" or "HH:MM:SS")',
    ],
    [{ time: 0 }, "`time` is 0, but must be more than 0"],
    [{ time: true }, "`time` is true, but must be a text with a unit or a number"],
    [{ after: [1] }, "`after` is a list, but must be a list of texts"],
    [{ outputs: {} }, "`outputs` is an object, but must be a list of texts"],
    [{ environment: ["A=1"] }, "`environment` is a list, but must be an object of texts"],
    [{ environment: { "A=B": "1" } }, "`A=B` is no name in `environment`"],
    [{ environment: { A: {} } }, "`environment.A` must be a text or a number"],
    [{ slurmOptions: { "--nice": 1 } }, "`--nice` is no name in `slurmOptions`"],
    [
      { partition: "a", slurmOptions: { partition: "b" } },
      "`partition` is given twice: here and in `slurmOptions` (keep one of them)",
    ],
    [{ persistent: true }, "`persistent` is for commands, and this is a class"],
    [{ scope: "dataset" }, '`scope` is "dataset", but its class is made for "sample"'],
    [{ scope: "all" }, '`scope` is "all", but must be "sample" or "dataset"'],
    [{ name: "a b" }, '"a b" cannot be the name of a block'],
    [{ name: "../x" }, '"../x" cannot be the name of a block'],
    [{ name: "0a" }, '"0a" cannot be the name of a block'],
    [{ name: "__proto__" }, '"__proto__" cannot be the name of a block'],
    [{ name: "constructor" }, '"constructor" cannot be the name of a block'],
    [{ name: "prototype" }, '"prototype" cannot be the name of a block'],
    [{ name: "toString" }, '"toString" cannot be the name of a block'],
  ];
  for (const [given, message] of cases) {
    test(`${JSON.stringify(given)}: ${message}`, () => {
      const [told = ""] = mistakes(new Pipeline().append(new Scene(), options(given)));
      expect(told).toContain(message);
    });
  }

  test("all of them at once, for all blocks", () => {
    const pipeline = new Pipeline()
      .append(new Scene(), options({ cpu: 1, time: "1" }))
      .append(new Mesh(), options({ gpus: -1 }));
    expect(mistakes(pipeline)).toHaveLength(3);
  });
});

describe("blocks that cannot be meant are told:", () => {
  const one = new Scene();
  const unnamed = (() =>
    class extends PipelineBlock {
      run() {}
    })();
  const any = (value: unknown): PipelineBlock => Object(value);
  const withoutRun = () => {
    class Idle extends PipelineBlock {
      override run() {}
    }
    Reflect.deleteProperty(Idle.prototype, "run");
    return new Idle();
  };
  const cases: readonly (readonly [string, Pipeline, string])[] = [
    [
      "a name used twice",
      new Pipeline().append(new Scene()).append(new Mesh(), { name: "Scene_0" }),
      "two blocks are called Scene_0: the 1st and the 2nd (give one of them another `name`)",
    ],
    [
      "one object appended twice",
      new Pipeline().append(one).append(one),
      "the 2nd block (Scene_1) is the same object as the 1st (make a new one for every append)",
    ],
    [
      "a class instead of an instance",
      new Pipeline().append(any(Scene)),
      "block 1 of the pipeline is the class Scene itself (append an instance: `.append(new Scene())`)",
    ],
    [
      "an object that is no block",
      new Pipeline().append(new Scene()).append(any({ run() {} })),
      "block 2 of the pipeline is a plain object (append an instance of a class that extends PipelineBlock or DatasetBlock, or a command(…))",
    ],
    ["a class without a name", new Pipeline().append(new unnamed()), "the class of block 1 has no name"],
    [
      "a command with a bad name",
      new Pipeline().append(command("my mesh", ["x"])),
      '"my mesh" cannot be the name of a command',
    ],
    [
      "a command without a program",
      new Pipeline().append(command("Mesh", [])),
      "Mesh_0: the command must be a list of texts, the program first",
    ],
    [
      "a placeholder of a later block",
      new Pipeline().append(command("Mesh", ["x", "{sample.config.Scene_0.size}"])).append(new Scene()),
      'Mesh_0: in "{sample.config.Scene_0.size}": `{sample.config.Scene_0.size}` names Scene_0, which is no earlier block (it is the first block)',
    ],
    [
      "a sample in a command over the dataset",
      new Pipeline().append(command("All", ["x", "{sample.id}"], { scope: "dataset" })),
      'All_0: in "{sample.id}": `{sample.id}` in a block over the whole dataset, which has no sample (known: {dataset.path})',
    ],
    [
      "a sample in the arguments of a persistent command",
      new Pipeline().append(command("All", ["x", "{sample.id}"], { persistent: true })),
      'All_0: in "{sample.id}": `{sample.id}` in a persistent command, which is started once for many samples',
    ],
    [
      "a class that forgot what it does",
      new Pipeline().append(withoutRun()),
      "Idle_0: its class has no method `run` (write what it does: `async run(sample: DataSample) { … }`)",
    ],
    ["no blocks at all", new Pipeline(), "the pipeline has no blocks"],
  ];
  for (const [name, pipeline, message] of cases) {
    test(name, () => expect(mistakes(pipeline).join("\n")).toContain(message));
  }

  test("with the line in which it was appended", () => {
    const pipeline = new Pipeline().append(new Scene(), options({ cpu: 2 }));
    const [problem] = refused(() => pipeline.parts());
    expect(problem?.place?.file).toBe(import.meta.path);
    expect(problem?.place?.text).toContain(".append(");
  });
});

describe("plots", () => {
  const pipeline = () => new Pipeline().append(new Scene()).append(new Mesh());

  test("are kept as they were asked for", () => {
    const plots = [
      { kind: "histogram", value: "Scene_0.size", bins: 20 },
      { kind: "scatter", x: "Scene_0.size", y: "Mesh_0.nodes", title: "Nodes" },
      { kind: "line", x: "Scene_0.size", y: "Mesh_0.nodes" },
      { kind: "box", values: ["Scene_0.size", "Mesh_0.nodes"] },
    ] as const;
    const with4 = plots.reduce((all, plot) => all.addPlot(plot), pipeline());
    expect(with4.plots()).toEqual([...plots]);
  });

  const cases: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ kind: "histogramm", value: "Scene_0.x" }, 'unknown kind "histogramm" (did you mean "histogram"?)'],
    [{ kind: "pie" }, 'unknown kind "pie" (known: histogram, scatter, line, box)'],
    [
      { kind: "histogram", value: "Scene_0.x", bin: 2 },
      "unknown field `bin` of a histogram (did you mean `bins`?)",
    ],
    [{ kind: "histogram", value: "Scene_0.x", bins: 0 }, "`bins` must be a whole number from 1"],
    [{ kind: "histogram", value: "x" }, '`value` must name a column as "Block_0.key", not "x"'],
    [{ kind: "scatter", x: "Scene_0.x" }, '`y` must name a column as "Block_0.key", not nothing'],
    [{ kind: "line", x: "Scene_0.x", y: "Mehs_0.y" }, "no block is called Mehs_0 (did you mean `Mesh_0`?)"],
    [{ kind: "box", values: [] }, "`values` must name a column"],
    [{ kind: "box", values: ["Scene_0.x"], title: 3 }, "`title` must be a text"],
  ];
  for (const [plot, message] of cases) {
    test(`that cannot be meant are told: ${message}`, () => {
      const with1 = Reflect.apply(Pipeline.prototype.addPlot, pipeline(), [Object(plot)]);
      const [problem] = refused(() => with1.plots());
      expect(problem?.hint === null ? problem.message : `${problem?.message} (${problem?.hint})`).toContain(
        message,
      );
      expect(problem?.place?.file).toBe(import.meta.path);
    });
  }
});

test("a pipeline's own options are checked when it is made", () => {
  expect(new Pipeline().seed).toBe(0);
  expect(new Pipeline({ seed: "a" }).seed).toBe("a");
  expect(() => new Pipeline({ seed: 0.5 })).toThrow(
    "the seed of a pipeline is a whole number or a text, not 0.5",
  );
  expect(() => new Pipeline(Object({ sed: 1 }))).toThrow("has no option `sed`");
  expect(() => new Pipeline(Object({ serializationInfo: 1 }))).toThrow("is a function");
});
