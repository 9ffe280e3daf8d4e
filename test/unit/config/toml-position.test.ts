// Where keys and values stand, compared with what a reader would point at; and that no text at all makes it fail.
import { describe, expect, test } from "bun:test";
import { parse } from "@iarna/toml";
import { type TomlPath, tomlPlaces } from "../../../src/config/toml-position.ts";
import { seeded } from "./seeded.ts";

const text = `# comment = 1
top = "a # b" # comment
[run] # more
data_path = 'C:\\new'
"quoted key" = 3
a . b."c.d" = true
list = [ 1, # one, two ]
  "x,]", [2, 3],
]
inline = { k = 1, "l.m" = [ { deep = 'v' } ], n.o = 2 }
long = """
[not.a.table]
key = 1 \\"""
"""  # behind
[[block]]
name = "one"
[[block]]
name = "two"
[block.environment]
OMP = 4
[[block.part]]
x = 1
[executor."g p u"]
kind = "slurm"`;

const expected: readonly (readonly [TomlPath, key: string, value: string | null])[] = [
  [["top"], "top", '"a # b"'],
  [["run"], "run", null],
  [["run", "data_path"], "data_path", "'C:\\new'"],
  [["run", "quoted key"], '"quoted key"', "3"],
  [["run", "a"], "a", null],
  [["run", "a", "b"], "b", null],
  [["run", "a", "b", "c.d"], '"c.d"', "true"],
  [["run", "list"], "list", '[ 1, # one, two ]\n  "x,]", [2, 3],\n]'],
  [["run", "list", 0], "1", "1"],
  [["run", "list", 1], '"x,]"', '"x,]"'],
  [["run", "list", 2], "[2, 3]", "[2, 3]"],
  [["run", "list", 2, 1], "3", "3"],
  [["run", "inline", "k"], "k", "1"],
  [["run", "inline", "l.m", 0, "deep"], "deep", "'v'"],
  [["run", "inline", "n", "o"], "o", "2"],
  [["run", "long"], "long", '"""\n[not.a.table]\nkey = 1 \\"""\n"""'],
  [["block"], "block", null],
  [["block", 0, "name"], "name", '"one"'],
  [["block", 1, "name"], "name", '"two"'],
  [["block", 1, "environment"], "environment", null],
  [["block", 1, "environment", "OMP"], "OMP", "4"],
  [["block", 1, "part", 0, "x"], "x", "1"],
  [["executor", "g p u"], '"g p u"', null],
  [["executor", "g p u", "kind"], "kind", '"slurm"'],
];

describe("keys and values are found where they stand", () => {
  const places = tomlPlaces(text);
  for (const [path, key, value] of expected) {
    test(JSON.stringify(path), () => {
      const entry = places.find(path);
      const slice = (span: { offset: number; length: number } | null | undefined) =>
        span ? text.slice(span.offset, span.offset + span.length) : null;
      expect([slice(entry?.key), slice(entry?.value)]).toEqual([key, value]);
    });
  }

  test("nothing is found that is only in a comment or in a text", () => {
    expect(places.find(["comment"])).toBeNull();
    expect(places.find(["not"])).toBeNull();
    expect(places.find(["run", "key"])).toBeNull();
  });

  test("with Windows line ends, escapes in keys, and a table that is opened after its parts", () => {
    const windows = '[a.b]\r\n"t\\u0069me" = "x"\r\n[a]\r\nc = 1\r\n';
    const found = tomlPlaces(windows);
    expect(found.find(["a", "b", "time"])?.value).toEqual({ offset: windows.indexOf('"x"'), length: 3 });
    expect(found.find(["a", "c"])?.key).toEqual({ offset: windows.indexOf("c ="), length: 1 });
  });
});

/** All paths of a parsed document. */
function paths(value: unknown, path: TomlPath = []): TomlPath[] {
  if (Array.isArray(value)) return value.flatMap((one, i) => [[...path, i], ...paths(one, [...path, i])]);
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, one]) => [[...path, key], ...paths(one, [...path, key])]);
}

test("every key and element that the parser sees in generated documents has a place", () => {
  for (let seed = 0; seed < 500; seed++) {
    const document = generated(seed);
    const parsed: unknown = parse(document);
    const places = tomlPlaces(document);
    for (const path of paths(parsed)) {
      if (places.find(path) === null) throw new Error(`${JSON.stringify(path)} not found in\n${document}`);
    }
  }
});

test("no text makes it fail, however broken, and every place lies within the text", () => {
  const pieces = [
    '"""',
    "'''",
    '"',
    "'",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "#",
    "\n",
    "\r",
    "\\",
    " ",
    "a",
    "\ud800",
    "1",
  ];
  for (let seed = 0; seed < 3000; seed++) {
    const random = seeded(seed);
    const broken = Array.from({ length: random.below(40) }, () => random.choice(pieces)).join("");
    for (const { key, value } of tomlPlaces(broken).entries) {
      for (const span of [key, value ?? key]) {
        expect(span.offset).toBeGreaterThanOrEqual(0);
        expect(span.offset + span.length).toBeLessThanOrEqual(broken.length);
      }
    }
  }
});

test("brackets by the hundred thousand neither overflow the stack nor take long", () => {
  expect(tomlPlaces(`a = ${"[".repeat(200_000)}`).entries.length).toBeLessThan(1000);
  expect(tomlPlaces(`a = ${"{a=".repeat(100_000)}`).entries.length).toBeLessThan(1000);
  expect(tomlPlaces(`a = """${"x\\\\".repeat(300_000)}"""\nb = 1`).find(["b"])).not.toBeNull();
});

function generated(seed: number): string {
  const random = seeded(seed);
  const scalars = [
    "1",
    "-2.5",
    "true",
    '"a\\"]b"',
    "'}'",
    "0x1F",
    '"""x\n"y" ]\n"""',
    "'''\n[t]\n'''",
    "inf",
  ];
  const keys = ["a", "b-c", '"d e"', "'f.g'", "h_1"];
  const value = (depth: number): string => {
    const kind = depth > 2 ? 0 : random.below(4);
    if (kind === 1) {
      const gap = random.choice(["", " ", "\n  ", " # ] c\n"]);
      return `[${Array.from({ length: random.below(4) }, () => `${gap}${value(depth + 1)}${gap}`).join(",")}${gap}]`;
    }
    if (kind === 2) {
      return `{${keys
        .slice(0, random.below(4))
        .map((key) => ` ${key} = ${inOneLine(value(depth + 1))} `)
        .join(",")}}`;
    }
    return random.choice(scalars);
  };
  const lines: string[] = [];
  for (let table = 0; table < 4; table++) {
    if (table > 0)
      lines.push(
        random.choice([`[t${table}] # c`, `[ t${table} . "x y" ]`, "[[ list ]]", `[t${table}.'z']`]),
      );
    for (const key of keys.slice(0, random.below(6))) {
      lines.push(
        `${random.choice(["", "  "])}${key}${random.choice(["", ".p", " . 'q r'"])} = ${value(0)} # ${random.choice(["x", "= ["])}`,
      );
    }
  }
  return lines.join(random.choice(["\n", "\n\n"]));
}

/** The parser allows no line break within an inline table. */
const inOneLine = (value: string): string => (value.includes("\n") ? "0" : value);
