// Who may know whom, and which words may be said where: held over all of src/, so that the picture in the README stays
// true. Without it the first import that points up is convenient, and the last one makes a knot of twenty files.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const sources = resolve(import.meta.dir, "../../src");

/** Room → what it may import besides its own files: a room, or one file of a room. `import type` counts too. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  system: ["core"],
  journal: ["core", "system"],
  rundir: ["core", "system", "journal"],
  protocol: ["core", "system", "journal"],
  plan: ["core"],
  scheduler: ["core"],
  config: ["core"],
  api: ["core", "system"],
  pool: ["core", "protocol", "system", "rundir"],
  pilot: ["core", "protocol", "journal", "system", "rundir", "pool"],
  worker: ["core", "api", "protocol", "system", "rundir"],
  cache: ["core", "journal", "system", "rundir"],
  executors: ["core", "protocol", "journal", "system", "rundir", "pool"],
  report: ["core", "protocol", "journal", "rundir", "system"],
  run: [
    ...["core", "system", "journal", "rundir", "protocol", "plan", "scheduler", "config", "api"],
    ...["pool", "worker", "cache", "executors", "report", "generated"],
  ],
  cli: [
    "core",
    "run",
    "worker",
    "pilot",
    "report",
    "rundir",
    "config",
    "system",
    "generated",
    "executors/registry.ts",
  ],
  main: ["cli", "core/diagnostic.ts", "report/colour.ts"],
  generated: [],
  templates: [],
};

/** The same within a large room, by its folders; what lies beside them puts them together. */
const corners: Readonly<Record<string, readonly string[]>> = {
  "executors/slurm/client": [],
  "executors/slurm/jobs": ["executors/slurm/client"],
  "executors/slurm/pilots": ["executors/slurm/client", "executors/slurm/jobs"],
  "executors/slurm/arrays": ["executors/slurm/client", "executors/slurm/jobs"],
  "executors/slurm/probe": ["executors/slurm/client", "executors/slurm/jobs"],
};

/** Where every import at the top is paid for at every start, these are the only ones; all else by `import()`. */
const atTheTop: Readonly<Record<string, readonly string[]>> = {
  main: ["cli/exit-status.ts", "core/diagnostic.ts"],
};

interface WordRule {
  readonly words: RegExp;
  readonly because: string;
  /** Beginnings of the paths (below src/) that the rule is about; all where none is given. */
  readonly within?: readonly string[];
  readonly except?: readonly string[];
}

const wordRules: readonly WordRule[] = [
  {
    words: /\bnode:(?=[a-z])|\bBun\b/,
    because: "pure rooms run in any JavaScript, by the thousand in a second",
    within: ["core/", "plan/", "scheduler/"],
  },
  {
    words: /\bDate\.now\b|\bperformance\.now\b|\bnew Date\(\)/,
    because: "time comes from system/clock.ts, so that a test can have its own",
    except: ["system/clock.ts"],
  },
  { words: /\bMath\.random\b/, because: "a sample must give the same values everywhere" },
  {
    words: /\bprocess\.exit\b/,
    because: "only main.ts ends the process, after everything is recorded",
    except: ["main.ts"],
  },
  {
    words: /^(?:import\b|export\b|\}).*["']consola["']/,
    because: "consola doubles the time of a start: import() it",
  },
  {
    words: /\b(?:writeFileSync|appendFileSync|createWriteStream|Bun\.write|fs\.watch|watchFile)\b/,
    because: "they say success on a full disk, or see only this machine: system/durable-file.ts",
    except: ["system/durable-file.ts"],
  },
  { words: /\bsbatch\b/, because: "one executor knows Slurm", except: ["executors/slurm/"] },
];

interface Import {
  readonly to: string;
  readonly how: "at the top" | "lazily";
}

interface Source {
  /** Below src/, with `/`. */
  readonly path: string;
  readonly room: string;
  readonly lines: number;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const all = readSources();
/** Templates are users' code and generated files nobody's: they keep none of our habits but stay where they are. */
const own = all.filter(({ room }) => room !== "generated" && room !== "templates");

describe("rooms", () => {
  test("there is something to hold", () => {
    expect(own.length).toBeGreaterThan(20);
    expect(own.flatMap(({ imports }) => imports).length).toBeGreaterThan(50);
  });

  test("every file lies in a room of the table, and the table names no room that is not meant", () => {
    expect(all.filter(({ room }) => !(room in allowed)).map(({ path }) => path)).toEqual([]);
  });

  test("nobody imports upwards", () => {
    expect(own.flatMap((file) => file.imports.flatMap((one) => complaint(file, one)))).toEqual([]);
  });

  test("nor within a room, from folder to folder", () => {
    const bad = own.flatMap(({ path, imports }) => {
      const corner = dirname(path);
      const may = corners[corner];
      if (may === undefined) return [];
      return imports
        .map(({ to }) => to)
        .filter((to) => dirname(to) !== corner && dirname(to) in corners && !may.includes(dirname(to)))
        .map((to) => `${path} imports ${to}`);
    });
    expect(bad).toEqual([]);
    expect(own.filter(({ path }) => dirname(path) in corners).length).toBeGreaterThan(50);
  });

  test("no files import each other in a circle", () => {
    expect(circles()).toEqual([]);
  });

  test("every import names a file that is there", () => {
    const paths = new Set(all.map(({ path }) => path));
    const lost = own.flatMap(({ path, imports }) =>
      imports
        .filter(({ to }) => /\.tsx?$/.test(to) && !paths.has(to))
        .map(({ to }) => `${path} imports ${to}`),
    );
    expect(lost).toEqual([]);
  });
});

describe("words", () => {
  test("comments are taken out, and nothing that only looks like one", () => {
    expect(withoutComments("a; // Math.random\nb")).toBe("a; \nb");
    expect(withoutComments("a /* Bun\n * Bun */ b")).toBe("a \n b");
    for (const kept of [
      'f("// no", b)',
      "f('/* no', b, '*/')",
      "`// ${no} /*`",
      'x.replace(/\\/\\*[/*]"/g, y)',
      "a / b / c",
    ]) {
      expect(withoutComments(`${kept};// gone`)).toBe(`${kept};`);
    }
  });

  for (const { words, because, within, except } of wordRules) {
    test(`${words.source.slice(0, 60)}: ${because}`, () => {
      const bad = own
        .filter(({ path }) => within === undefined || within.some((begin) => path.startsWith(begin)))
        .filter(({ path }) => !except?.some((begin) => path.startsWith(begin)))
        .flatMap(({ path, code }) =>
          code.split("\n").flatMap((line, at) => (words.test(line) ? [`${path}:${at + 1}`] : [])),
        );
      expect(bad).toEqual([]);
    });
  }
});

describe("files", () => {
  test("a file has one idea: no more than 300 lines, 400 in templates", () => {
    const limit = ({ room }: Source) => (room === "templates" ? 400 : room === "generated" ? Infinity : 300);
    const long = all
      .filter((file) => file.lines > limit(file))
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expect(long).toEqual([]);
  });

  test("the first line says what the file is for", () => {
    expect(own.filter(({ path }) => !/^(?:\/\/ |\/\*\*)/.test(textOf(path))).map(({ path }) => path)).toEqual(
      [],
    );
  });

  test("no index.ts except in api/, no default exports", () => {
    const index = own.filter(({ path }) => path.endsWith("/index.ts") && path !== "api/index.ts");
    const nameless = own.filter(({ code }) => /^export default\b/m.test(code));
    expect([...index, ...nameless].map(({ path }) => path)).toEqual([]);
  });
});

function complaint(file: Source, { to, how }: Import): readonly string[] {
  const room = roomOf(to);
  if (room === file.room) return [];
  const may = allowed[file.room]?.some((entry) => entry === room || entry === to) ?? false;
  if (!may) return [`${file.path} imports ${to}`];
  const tooEarly = how === "at the top" && atTheTop[file.room]?.includes(to) === false;
  return tooEarly ? [`${file.path} imports ${to} at the top, not by import()`] : [];
}

/** Each circle once, told edge by edge. */
function circles(): readonly string[] {
  const importsOf = new Map(own.map(({ path, imports }) => [path, imports.map(({ to }) => to)]));
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      return;
    }
    state.set(path, "open");
    for (const next of importsOf.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of importsOf.keys()) visit(path, []);
  return found;
}

function readSources(): readonly Source[] {
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
    .map((path) => {
      const text = textOf(path);
      const code = withoutComments(text);
      return {
        path,
        room: roomOf(path),
        lines: text.split("\n").length - 1,
        code,
        imports: importsIn(path, code),
      };
    });
}

function textOf(path: string): string {
  return readFileSync(join(sources, path), "utf8");
}

/** The folder below src/; main.ts is a room of its own. */
function roomOf(path: string): string {
  return path === "main.ts" ? "main" : (path.split("/")[0] ?? path);
}

/** Comments become as many line ends as they had. Texts and regular expressions are stepped over: they may hold `//`. */
function withoutComments(text: string): string {
  const comment = String.raw`\/\*.*?\*\/|\/\/[^\n]*`;
  const quoted = [
    String.raw`"(?:\\.|[^"\\\n])*"`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    "`(?:\\\\.|[^`\\\\])*`",
  ].join("|");
  const pattern = String.raw`(?<=[(,=:[!&|?{};]\s*|return\s)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/`;
  const token = new RegExp(`(${comment})|${quoted}|${pattern}`, "gs");
  return text.replace(token, (whole, isComment?: string) =>
    isComment === undefined ? whole : whole.replace(/[^\n]/g, ""),
  );
}

function importsIn(path: string, code: string): readonly Import[] {
  const top = /^(?:import|export)\b(?:[^;"'()]*?\bfrom)?\s*["'](\.[^"']*)["']/gm;
  const lazy = /\bimport\(\s*["'](\.[^"']*)["']/g;
  const found = (pattern: RegExp, how: Import["how"]) =>
    [...code.matchAll(pattern)].map(([, to = ""]) => ({ to: belowSources(path, to), how }));
  return [...found(top, "at the top"), ...found(lazy, "lazily")];
}

function belowSources(path: string, specifier: string): string {
  return relative(sources, resolve(sources, dirname(path), specifier))
    .split(sep)
    .join("/");
}
