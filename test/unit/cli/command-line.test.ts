// The command line as a table: argv → values, or exactly what is said about it.
import { describe, expect, test } from "bun:test";
import { declareCommand, type ValuesOf } from "../../../src/cli/command.ts";
import { runDeclaration } from "../../../src/cli/flags/run.ts";
import { parseCommandLine } from "../../../src/cli/parse.ts";

const sample = declareCommand({
  name: "try",
  description: "every kind of flag",
  positionals: {
    block: { type: "text", required: true, description: "" },
    sample: { type: "sample", required: false, description: "" },
  },
  flags: {
    data_path: { type: "path", placeholder: "DIR", description: "" },
    num_samples: { type: "integer", minimum: 1, maximum: 1000, placeholder: "N", description: "" },
    seed: { type: "integer", placeholder: "SEED", description: "" },
    factor: { type: "number", minimum: 0, placeholder: "X", description: "" },
    force_run_blocks: { type: "list", placeholder: "BLOCKS", description: "" },
    template: { type: "choice", choices: ["deform", "command"], placeholder: "NAME", description: "" },
    comment: { type: "text", mayBeEmpty: true, placeholder: "TEXT", description: "" },
    until: { type: "text", placeholder: "BLOCK", description: "" },
    walltime: { type: "duration", placeholder: "TIME", description: "" },
    memory: { type: "size", placeholder: "SIZE", description: "" },
    run_local: { type: "boolean", short: "l", description: "" },
    watch: { type: "boolean", default: false, description: "" },
  },
  examples: [],
});

const nothing: ValuesOf<typeof sample> = {
  block: "B",
  sample: null,
  dataPath: null,
  numSamples: null,
  seed: null,
  factor: null,
  forceRunBlocks: null,
  template: null,
  comment: null,
  until: null,
  walltime: null,
  memory: null,
  runLocal: null,
  watch: false,
};

type Good = readonly [argv: readonly string[], values: Record<string, unknown>];
const good: readonly Good[] = [
  [["B"], {}],
  [["B", "42"], { sample: 42 }],
  [["B", "000042"], { sample: 42 }],
  [["B", "000042/"], { sample: 42 }],
  [["B", "--data_path", "d"], { dataPath: "d" }],
  [["B", "--data-path", "d"], { dataPath: "d" }],
  [["B", "--data-path=d"], { dataPath: "d" }],
  [["B", "--data_path=a=b"], { dataPath: "a=b" }],
  [["--data_path", "d", "B"], { dataPath: "d" }],
  [["B", "--data_path", "-"], { dataPath: "-" }],
  [["B", "--num_samples", "7"], { numSamples: 7 }],
  [["B", "--num_samples=007"], { numSamples: 7 }],
  [["B", "--seed", "-5"], { seed: -5 }],
  [["B", "--seed=-5"], { seed: -5 }],
  [["B", "--seed", "+5"], { seed: 5 }],
  [["B", "--seed", "-0"], { seed: 0 }],
  [["B", "--factor", ".5"], { factor: 0.5 }],
  [["B", "--factor", "1e-3"], { factor: 0.001 }],
  [["B", "--force_run_blocks", "A", "C"], { forceRunBlocks: ["A", "C"] }],
  [["B", "--force_run_blocks", "A,C"], { forceRunBlocks: ["A", "C"] }],
  [["B", "--force_run_blocks", "A, C"], { forceRunBlocks: ["A", "C"] }],
  [["B", "--force_run_blocks=A", "--force-run-blocks", "C"], { forceRunBlocks: ["A", "C"] }],
  [["B", "--force_run_blocks", "A", "--watch"], { forceRunBlocks: ["A"], watch: true }],
  [["--force_run_blocks", "A", "C", "--", "B"], { forceRunBlocks: ["A", "C"] }],
  [["--force_run_blocks=A", "B"], { forceRunBlocks: ["A"] }],
  [["B", "--template", "command"], { template: "command" }],
  [["B", "--comment", ""], { comment: "" }],
  [["B", "--comment="], { comment: "" }],
  [["B", "--comment", "-5 degrees"], { comment: "-5 degrees" }],
  [["B", "--comment=-x"], { comment: "-x" }],
  [["B", "--comment", "$(rm -rf /)\n"], { comment: "$(rm -rf /)\n" }],
  [["B", "--walltime", "1h30m"], { walltime: 5400 }],
  [["B", "--memory", "4G"], { memory: 4 * 1024 ** 3 }],
  [["B", "--run_local"], { runLocal: true }],
  [["B", "-l"], { runLocal: true }],
  [["B", "--no_run_local"], { runLocal: false }],
  [["B", "--no-run-local"], { runLocal: false }],
  [["B", "--run_local=true"], { runLocal: true }],
  [["B", "--run-local=false"], { runLocal: false }],
  [["--run_local", "B"], { runLocal: true }],
  [["--", "B"], {}],
  [["--", "-B"], { block: "-B" }],
  [["--", "--help"], { block: "--help" }],
];

describe("a command line that is right", () => {
  for (const [argv, values] of good) {
    test(JSON.stringify(argv), () => {
      expect(parseCommandLine(sample, argv)).toEqual({ kind: "values", values: { ...nothing, ...values } });
    });
  }

  test("asks for help wherever that stands, whatever else is wrong", () => {
    for (const argv of [["--help"], ["-h"], ["B", "--nonsense", "-h"], ["--seed", "--help"]]) {
      expect(parseCommandLine(sample, argv)).toEqual({ kind: "help" });
    }
  });
});

type Bad = readonly [argv: readonly string[], ...said: (readonly [message: string, hint: string | null])[]];
const synopsis = "`pipe try BLOCK [SAMPLE]`";
const bad: readonly Bad[] = [
  [[], ["BLOCK is missing", `write ${synopsis}`]],
  [
    ["B", "1", "x"],
    ["unexpected argument `x`", `the command is ${synopsis} and flags`],
  ],
  [
    ["B", "1", "x", "y"],
    ["unexpected argument `x`", `the command is ${synopsis} and flags`],
    ["unexpected argument `y`", `the command is ${synopsis} and flags`],
  ],
  [
    ["B", "one"],
    ['SAMPLE is "one", which is no sample', "write its number, as in `42` or `000042`"],
  ],
  [
    ["B", "-1"],
    ['SAMPLE is "-1", which is no sample', "write its number, as in `42` or `000042`"],
  ],
  [
    ["B", "--num_sample", "4"],
    ["unknown flag `--num_sample`", "did you mean `--num_samples`?"],
  ],
  [
    ["B", "--num-smaples=4"],
    ["unknown flag `--num-smaples`", "did you mean `--num_samples`?"],
  ],
  [
    ["B", "--zzz", "4"],
    ["unknown flag `--zzz`", "`pipe try --help` lists the flags"],
  ],
  [
    ["B", "--no_seed"],
    ["unknown flag `--no_seed`", "`pipe try --help` lists the flags"],
  ],
  [
    ["B", "--no_run_locl"],
    ["unknown flag `--no_run_locl`", "did you mean `--no_run_local`?"],
  ],
  [
    ["B", "-x"],
    ["unknown flag `-x`", "`pipe try --help` lists the flags"],
  ],
  [
    ["B", "-lx"],
    ["unknown flag `-lx`", "`pipe try --help` lists the flags"],
  ],
  [
    ["B", "-seed"],
    ["unknown flag `-seed`", "did you mean `--seed`?"],
  ],
  [
    ["B", "--hlep"],
    ["unknown flag `--hlep`", "did you mean `--help`?"],
  ],
  [
    ["B", "--constructor"],
    ["unknown flag `--constructor`", "`pipe try --help` lists the flags"],
  ],
  [
    ["B", "--__proto__=1"],
    ["unknown flag `--__proto__`", "`pipe try --help` lists the flags"],
  ],
  [
    ["B", "--data_path"],
    ["`--data_path` needs a value", "write `--data_path DIR`"],
  ],
  [
    ["B", "--data_path", "--watch"],
    ["`--data_path` needs a value", "write `--data_path DIR`"],
  ],
  [
    ["B", "--until", "-x"],
    ["unknown flag `-x`", "`pipe try --help` lists the flags"],
    ["`--until` needs a value", "write `--until BLOCK`, or `--until=-x` if that is the value"],
  ],
  [
    ["B", "--data_path", ""],
    ["`--data_path` is empty", "check the variable that it may come from"],
  ],
  [
    ["B", "--data-path="],
    ["`--data-path` is empty", "check the variable that it may come from"],
  ],
  [[""], ["BLOCK is empty", "check the variable that it may come from"]],
  [
    ["B", "--num_samples", "many"],
    ['`--num_samples` is "many", which is no whole number', null],
  ],
  [
    ["B", "--num_samples", "1e2"],
    ['`--num_samples` is "1e2", which is no whole number', "write `100`"],
  ],
  [
    ["B", "--num_samples", "1,000"],
    ['`--num_samples` is "1,000", which is no whole number', "write `1000`"],
  ],
  [
    ["B", "--num_samples", "2.5"],
    ['`--num_samples` is "2.5", which is no whole number', null],
  ],
  [
    ["B", "--num_samples", "0x10"],
    ['`--num_samples` is "0x10", which is no whole number', null],
  ],
  [
    ["B", "--num_samples", "0"],
    ["`--num_samples` is 0; it must be between 1 and 1000", null],
  ],
  [
    ["B", "--num_samples", "-3"],
    ["`--num_samples` is -3; it must be between 1 and 1000", null],
  ],
  [
    ["B", "--num_samples", "1001"],
    ["`--num_samples` is 1001; it must be between 1 and 1000", null],
  ],
  [
    ["B", "--seed", "9007199254740993"],
    ["`--seed` is 9007199254740993; it must be at most 9007199254740991", null],
  ],
  [
    ["B", "--factor", "x"],
    ['`--factor` is "x", which is no number', null],
  ],
  [
    ["B", "--factor", "NaN"],
    ['`--factor` is "NaN", which is no number', null],
  ],
  [
    ["B", "--factor", "-1"],
    ["`--factor` is -1; it must be at least 0", null],
  ],
  [
    ["B", "--factor", "1e999"],
    ["`--factor` is 1e999; it must be between 0 and 1.7976931348623157e+308", null],
  ],
  [
    ["B", "--seed", "1", "--seed", "1"],
    ["`--seed` is given twice", "leave one of them out"],
  ],
  [
    ["B", "--data_path=a", "--data-path=b"],
    ["`--data_path` and `--data-path` are both given", "leave one of them out"],
  ],
  [
    ["B", "--watch", "--no-watch"],
    ["`--watch` and `--no-watch` are both given", "leave one of them out"],
  ],
  [
    ["B", "--force_run_blocks"],
    ["`--force_run_blocks` needs a value", "write `--force_run_blocks BLOCKS`"],
  ],
  [
    ["B", "--force_run_blocks", "A", "--force_run_blocks"],
    ["`--force_run_blocks` needs a value", "write `--force_run_blocks BLOCKS`"],
  ],
  [
    ["B", "--force_run_blocks", "A,,C"],
    ['`--force_run_blocks` is "A,,C": nothing stands beside a comma', "leave out the surplus comma"],
  ],
  [
    ["B", "--force_run_blocks", "A,"],
    ['`--force_run_blocks` is "A,": nothing stands beside a comma', "leave out the surplus comma"],
  ],
  [
    ["B", "--template", "defrom"],
    ['`--template` is "defrom"; it must be `deform` or `command`', "did you mean `deform`?"],
  ],
  [
    ["B", "--walltime", "30"],
    ['`--walltime` is "30", which has no unit', expect.stringContaining("`30m`")],
  ],
  [
    ["B", "--memory", "4 apples"],
    ['`--memory` is "4 apples", which has a unit that nobody knows', expect.any(String)],
  ],
  [
    ["B", "--watch=yes"],
    ['`--watch` takes no value, but was given "yes"', "write `--watch` alone"],
  ],
  [
    ["B", "--no_watch=true"],
    ['`--no_watch` takes no value, but was given "true"', "write `--no_watch` alone"],
  ],
  [
    ["B", "1", "--watch", "true"],
    ["unexpected argument `true`", `the command is ${synopsis} and flags`],
  ],
  [
    ["--jbos", "4", "--num_samples", "x", "--data_path"],
    ["unknown flag `--jbos`", "`pipe try --help` lists the flags"],
    ["BLOCK is missing", `write ${synopsis}`],
    ["`--data_path` needs a value", "write `--data_path DIR`"],
    ['`--num_samples` is "x", which is no whole number', null],
  ],
];

describe("a command line that is wrong", () => {
  for (const [argv, ...said] of bad) {
    test(JSON.stringify(argv), () => {
      const line = parseCommandLine(sample, argv);
      const mistakes = line.kind === "wrong" ? line.mistakes : [];
      expect(mistakes.map(({ message, hint }) => [message, hint] as const)).toEqual([...said]);
    });
  }
});

test("the types of values follow from the declaration", () => {
  const line = parseCommandLine(runDeclaration, [
    "pipeline.ts",
    "--samples",
    "0-9",
    "12",
    "--max-processes=2",
  ]);
  if (line.kind !== "values") throw new Error("it should be right");
  const samples: readonly string[] | null = line.values.samples;
  const maxProcesses: number | null = line.values.maxProcesses;
  const pipeline: string | null = line.values.pipeline;
  expect({ samples, maxProcesses, pipeline }).toEqual({
    samples: ["0-9", "12"],
    maxProcesses: 2,
    pipeline: "pipeline.ts",
  });
  // @ts-expect-error: no such flag
  void line.values.sampels;
});
