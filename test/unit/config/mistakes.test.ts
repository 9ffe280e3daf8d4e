// Every mistake that a pipe.toml can hold, with the place that is pointed at and what is said.
import { describe, expect, test } from "bun:test";
import { loadConfig, parseConfig } from "../../../src/config/load.ts";
import { type Diagnostic, Refusal } from "../../../src/core/diagnostic.ts";
import { sayDiagnostics } from "../../../src/report/say-diagnostic.ts";
import { seeded } from "./seeded.ts";

async function complaints(text: string): Promise<readonly Diagnostic[]> {
  try {
    await parseConfig(text, { file: "/data/set/pipe.toml", named: "pipe.toml" });
    return [];
  } catch (error) {
    if (error instanceof Refusal && error.fault === "user") return error.diagnostics;
    throw error;
  }
}

/** `line:column+length message | hint`; the hint only where the case is about it. */
type Case = readonly [text: string, ...said: string[]];

const cases: Readonly<Record<string, readonly Case[]>> = {
  "syntax errors": [
    [
      "a = 1\n[run]\nseed = = 4\n",
      "3:8+1 unexpected character, expecting string, number, datetime, boolean, inline array or inline table",
    ],
    ["seed = ", "1:8+1 key without value"],
    [
      "[run]\nseed = 3 4",
      "2:10+1 unexpected character, expected only whitespace or comments till end of line",
    ],
    ["[run\nx = 1", "1:5+1 unexpected character, expected whitespace, . or ]"],
    ["= 3", '1:1+1 unexpected "="'],
    [
      'x = "\\q"',
      "1:7+1 unknown escape `\\q` | a backslash is an escape in \"…\"; write '…', or two of them",
    ],
    ['[run]\ncomment = "x', "2:13+1 unterminated string"],
    [
      "[run]\ndata_path = /scratch/data # big",
      '2:13+1 unexpected character, expecting string, number, datetime, boolean, inline array or inline table | text stands in quotes: `data_path = "/scratch/data"`',
    ],
    [
      "[run]\nquiet = True",
      "2:9+1 unexpected character, expecting string, number, datetime, boolean, inline array or inline table | write `quiet = true`",
    ],
    [
      "[blocks.A]\ntime = 30m",
      '2:10+1 unexpected character, expected only whitespace or comments till end of line | text stands in quotes: `time = "30m"`',
    ],
    [
      "[run]\ncomment = 2024-02-31T25:00:00",
      '2:11+19 a date or time that does not exist | if it is meant as text, put it in quotes: `"…"`',
    ],
    ["[run]\nseed = 1\nseed = 2", "3:1+4 `run.seed` is given twice"],
    ["[run]\nseed = 1\n\n[run]", "4:2+3 `run` is given twice"],
  ],
  "unknown names": [
    [
      "[run]\n\nnum_smaples = 3\n",
      "3:1+11 unknown key `num_smaples` in `[run]` | did you mean `num_samples`?",
    ],
    ["[run]\ndata-path = 'x'\n", "2:1+9 unknown key `data-path` in `[run]` | did you mean `data_path`?"],
    ['[run]\n"" = 3', "2:1+2 unknown key `` in `[run]`"],
    ["[executors.gpu]\nkind = 'slurm'", "1:2+9 unknown key `executors` | did you mean `executor`?"],
    ["num_samples = 3", "1:1+11 `num_samples` stands outside of every table | write it below `[run]`"],
    ["[run]\nrun_local = true", '2:13+4 `run_local` is a flag, and no key | write `executor = "local"`'],
    [
      '[run]\nforce_run_blocks = ["A_0"]',
      "2:20+7 `force_run_blocks` is a flag, and no key | it is meant for one start: write `pipe run --force_run_blocks`",
    ],
    ['[run]\nverify = "some"', '2:10+6 `verify` is "some", but must be "full" or "none"'],
    ["[blocks.A]\nmemroy = '4G'", "2:1+6 unknown key `memroy` in `[blocks.A]` | did you mean `memory`?"],
    ["[[block]]\nname = 'A'\ncommand = ['a']\ncmd = 1", "4:1+3 unknown key `cmd` in `[[block]]`"],
    ["run = { a.b = 1 }", "1:9+1 unknown key `a` in `[run]`"],
    ["__proto__ = 1\nconstructor = 2", "1:1+9 unknown key `__proto__`", "2:1+11 unknown key `constructor`"],
    ["[executor.x]\nkind = 'local'\nwalltime = '1h'", "3:1+8 unknown key `walltime` in `[executor.x]`"],
    [
      "[executor.x]\nkind = 'slrum'",
      '2:8+7 `kind` is "slrum", but must be "sequential", "local" or "slurm" | did you mean `"slurm"`?',
    ],
    ["[executor.x]\nmode = 'pilot'", "1:11+1 `[executor.x]` has no `kind` | add `kind = …` below it"],
    [
      "[executor.local]\nkind = 'slurm'",
      '2:8+7 the executor `local` cannot be of the kind "slurm": this name is taken by its own kind',
    ],
  ],
  "wrong types": [
    [
      '[run]\nnum_samples = "three"',
      '2:15+7 `num_samples` is "three", but must be a whole number | write for instance `num_samples = 1`',
    ],
    [
      '[run]\nnum_samples = "12"',
      '2:15+4 `num_samples` is "12", but must be a whole number | write for instance `num_samples = 12`',
    ],
    ["[run]\nnum_samples = 2.5", "2:15+3 `num_samples` is 2.5, but must be a whole number"],
    ["[run]\nnum_samples = nan", "2:15+3 `num_samples` is NaN, but must be a whole number"],
    ["[run]\nquiet = 'yes'", '2:9+5 `quiet` is "yes", but must be true or false'],
    [
      "[run]\ndata_path = 4",
      '2:13+1 `data_path` is 4, but must be a text | write for instance `data_path = "4"`',
    ],
    ["[run]\ndata_path = ''", "2:13+2 `data_path` is empty"],
    [
      "[run]\ncomment = 1979-05-27",
      '2:11+10 `comment` is a date, but must be a text | write for instance `comment = "1979-05-27"`',
    ],
    [
      "[run]\nsamples = [1, '2-4', 2.5]",
      "2:22+3 `samples` is 2.5, but must be numbers and ranges of samples",
    ],
    ["run = 3", "1:7+1 `run` is 3, but must be a table | open it with `[run]` on a line of its own"],
    ["[[run]]\nseed = 1", "1:3+3 `run` is a list, but must be a table"],
    ["blocks = 3", "1:10+1 `blocks` is 3, but must be tables with names"],
    [
      "[[blocks]]\nname = 'A'",
      "1:3+6 `blocks` is a list, but must be tables with names | the steps of a pipeline are `[[block]]`",
    ],
    ["[blocks]\nSimulate_0 = 3", "2:14+1 `blocks.Simulate_0` is 3, but must be a table"],
    [
      "[block]\nname = 'A'",
      "1:2+5 `block` is a table, but must be a list of tables | open each step with `[[block]]`, in two brackets",
    ],
    [
      "[[block]]\nname = 'A'\ncommand = 'python3 ./mesh.py'",
      '3:11+19 `command` is a text, but must be a list: the program and each argument as an element of its own | no shell is involved; write `command = ["python3", "./mesh.py"]`',
    ],
    ["[[block]]\nname = 'A'\ncommand = []", "3:11+2 `command` names no program"],
    ["[[block]]\nname = 'A'\ncommand = ['a',\n  3]", "4:3+1 `command[1]` is 3, but must be a text"],
    ["[blocks.A.environment]\nOMP = true", "2:7+4 `environment.OMP` is true, but must be a text or a number"],
    ["[blocks.A]\nenvironment = { 'A=B' = 'x' }", '2:17+5 "A=B" is not the name of an environment variable'],
  ],
  "units and ranges": [
    [
      '[blocks.A]\ntime = "30"',
      '2:8+4 `time` is "30", which has no unit | write `time = "30m"` (units: s, m, h, d)',
    ],
    [
      "[blocks.A]\ntime = 30",
      '2:8+2 `time` is 30, which has no unit | write `time = "30m"` (units: s, m, h, d)',
    ],
    ["[blocks.A]\ntime = '30x'", '2:8+5 `time` is "30x", which has a unit that nobody knows'],
    ["[blocks.A]\ntime = '0s'", "2:8+4 `time` must be more than 0"],
    ["[blocks.A]\nmemory = '4 apples'", '2:10+10 `memory` is "4 apples", which has a unit that nobody knows'],
    [
      "[blocks.A]\nmemory = ['4G']",
      '2:10+6 `memory` is a list, but must be a size with its unit | write for instance `memory = "4G"`',
    ],
    ["[blocks.A]\ncpus = 0", "2:8+1 `cpus` is 0; it must be at least 1"],
    ["[run]\nmax_processes = 5000", "2:17+4 `max_processes` is 5000; it must be between 1 and 4096"],
    [
      "[run]\nseed = 99999999999999999999",
      "2:8+20 `seed` is beyond what a number holds exactly; it must be between -2^53 and 2^53",
    ],
    [
      "[executor.x]\nkind = 'slurm'\nmax_pilots = 2\ninit_pilots = 3",
      "4:15+1 `init_pilots` is 3, more than `max_pilots`, which is 2",
    ],
  ],
  blocks: [
    ["[[block]]", "1:3+5 `[[block]]` has no `name`", "1:3+5 `[[block]]` has no `command`"],
    ["[[block]]\nname = 'A b'\ncommand = ['a']", '2:8+5 "A b" cannot be the name of a block'],
    [
      "[[block]]\nname = 'A'\ncommand = ['a']\n[[block]]\nname = 'A'\ncommand = ['b']",
      '5:8+3 the name "A" is used twice | give each block a name of its own',
    ],
    [
      "[[block]]\nname = 'A'\ncommand = ['a']\nscope = 'datset'",
      '4:9+8 `scope` is "datset", but must be "sample" or "dataset" | did you mean `"dataset"`?',
    ],
  ],
};

const shown = ({ place, message, hint }: Diagnostic, withHint: boolean): string =>
  `${place?.line}:${place?.column}+${place?.length} ${message}${withHint ? ` | ${hint}` : ""}`;

for (const [group, list] of Object.entries(cases)) {
  describe(group, () => {
    for (const [text, ...said] of list) {
      test(JSON.stringify(text), async () => {
        const found = await complaints(text);
        expect(found.map((one, i) => shown(one, said[i]?.includes(" | ") ?? true))).toEqual(said);
      });
    }
  });
}

test("all mistakes are told at once, in the order of the file, each with its line", async () => {
  const found = await complaints('[blocks.A]\ncpus = "2"\n\n[run]\nsede = 1\nseed = 0.5\n');
  expect(sayDiagnostics(found)).toBe(`error: pipe.toml:2:8  \`cpus\` is "2", but must be a whole number
     2 | cpus = "2"
       |        ^^^
  hint: write for instance \`cpus = 2\`

error: pipe.toml:5:1  unknown key \`sede\` in \`[run]\`
     5 | sede = 1
       | ^^^^
  hint: did you mean \`seed\`?

error: pipe.toml:6:8  \`seed\` is 0.5, but must be a whole number
     6 | seed = 0.5
       |        ^^^`);
});

test("a value that began lines before is named where the file ends too early", async () => {
  const [list] = await complaints("[run]\nsamples = [\n  1,\n  2\n\n[blocks.A]\n");
  expect(list?.notes).toEqual(["the value of `run.samples` begins in line 2"]);
  const [text] = await complaints('[run]\ncomment = """a\nb\n');
  expect(text?.notes).toEqual(["the value of `run.comment` begins in line 2"]);
});

test("Windows line ends and a byte-order mark change no line and no column", async () => {
  const text = "# a comment\n[run] # more\nseed = 1\nquiet = 3\n";
  const [unix] = await complaints(text);
  const [windows] = await complaints(`\ufeff${text.replaceAll("\n", "\r\n")}`);
  expect(windows).toEqual(unix);
});

test("a file that is not UTF-8 is told with the line", async () => {
  const file = `${process.env.TMPDIR ?? "/tmp"}/pipe-config-${process.pid}.toml`;
  await Bun.write(file, new Uint8Array([0x5b, 0x72, 0x5d, 0x0a, 0x61, 0xff]));
  try {
    const error: unknown = await loadConfig(file).catch((thrown: unknown) => thrown);
    const [found] = error instanceof Refusal ? error.diagnostics : [];
    expect([found?.code, found?.place?.line]).toEqual(["not-utf-8", 2]);
  } finally {
    await Bun.file(file).delete();
  }
});

const whole = `# A full one.
[pipeline]
data_path = "data"
seed = 7
[run]
num_samples = 100
samples = ["0-9", 12]
executor = "gpu"
comment = """two
lines"""
[executor.gpu]
kind = "slurm"
walltime = "2h"
worker_init = [
  "module load cuda", # comment
]
[executor.local]
kind = "local"
max_processes = 2
[blocks.Simulate]
time = "30m"
environment = { OMP_NUM_THREADS = 4 }
[[block]]
name = "Mesh"
command = ["python3", "./mesh.py", "--id", "{sample.id}"]
memory = "1.5G"
[[block]]
name = "Sheet"
command = ["./sheet.sh"]
scope = "dataset"
`;

test("a whole file has no complaint", async () => {
  expect(await complaints(whole)).toEqual([]);
});

test("no mutation of a file crashes the check, and every complaint points into the file", async () => {
  const alphabet = [
    '"',
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "\n",
    "\r\n",
    "\\",
    "\u0000",
    " ",
    "é",
    "😀",
    "-",
    "9",
    "[[block]]",
    '"""',
  ];
  for (let seed = 0; seed < 2000; seed++) {
    const random = seeded(seed);
    let text = whole;
    for (let change = random.below(3); change >= 0; change--) {
      const at = random.below(text.length);
      const cut = random.choice([0, 0, 1, 1, 5, 30]);
      text = text.slice(0, at) + random.choice(["", ...alphabet]) + text.slice(at + cut);
    }
    const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
    for (const { place, message } of await complaints(text)) {
      const line = lines[(place?.line ?? 0) - 1];
      const within =
        place !== null &&
        line !== undefined &&
        place.text === line &&
        place.column !== null &&
        place.column >= 1 &&
        place.column <= line.length + 1 &&
        place.length >= 1;
      if (!within) throw new Error(`seed ${seed}: ${message} at ${JSON.stringify(place)}`);
    }
  }
});
