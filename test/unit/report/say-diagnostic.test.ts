import { describe, expect, test } from "bun:test";
import { type Diagnostic, diagnostic, type Place } from "../../../src/core/diagnostic.ts";
import { coloursWanted, palette } from "../../../src/report/colour.ts";
import { sayDiagnostic, sayDiagnostics } from "../../../src/report/say-diagnostic.ts";

const at = (more: Partial<Place> = {}): Place => ({
  file: "pipe.toml",
  line: 14,
  column: 8,
  text: 'time = "30"',
  length: 4,
  ...more,
});

describe("one complaint", () => {
  test("says what, where, shows the line with a caret, and what to type", () => {
    const said = sayDiagnostic(
      diagnostic("toml-unit", '`time` is "30", which has no unit', {
        place: at(),
        hint: 'write `time = "30m"` (units: s, m, h, d)',
      }),
    );
    expect(said).toBe(
      [
        'error: pipe.toml:14:8  `time` is "30", which has no unit',
        '    14 | time = "30"',
        "       |        ^^^^",
        '  hint: write `time = "30m"` (units: s, m, h, d)',
      ].join("\n"),
    );
  });

  test("without a place is one line, with its notes indented", () => {
    expect(sayDiagnostic(diagnostic("x", "it broke", { notes: ["because of this", "a\nb"] }))).toBe(
      "error: it broke\n  because of this\n  a\n  b",
    );
  });

  test("names a file of which no line is known", () => {
    const place = at({ line: null, column: null, text: null });
    expect(sayDiagnostic(diagnostic("x", "it is a folder", { place }))).toBe(
      "error: pipe.toml  it is a folder",
    );
  });

  test("puts the caret under the character that is seen, behind tabs, controls and wide characters", () => {
    const place = at({ column: 6, length: 1, text: "\té\u3042\x1b=!" });
    expect(
      sayDiagnostic(diagnostic("x", "m", { place }))
        .split("\n")
        .slice(1),
    ).toEqual(["    14 |     é\u3042\\x1b=!", `       | ${" ".repeat(4 + 1 + 2 + 4 + 1)}^`]);
  });

  test("cuts a line of a megabyte to a window around what is meant", () => {
    const text = `${"a".repeat(500_000)}HERE${"b".repeat(500_000)}`;
    const lines = sayDiagnostic(
      diagnostic("x", "m", { place: at({ column: 500_001, length: 4, text }) }),
    ).split("\n");
    const caret = (lines[2] ?? "").indexOf("^");
    expect((lines[1] ?? "").slice(caret, caret + 4)).toBe("HERE");
    expect((lines[1] ?? "").length).toBeLessThan(120);
  });

  test("stays whole when the place lies outside its line", () => {
    const place = at({ column: 900, length: 50, text: "short" });
    expect(sayDiagnostic(diagnostic("x", "m", { place }))).toBe(
      "error: pipe.toml:14:900  m\n    14 | short\n       |      ^",
    );
  });

  test("lets no control character of a value through", () => {
    const place = at({ file: "a\x1b]0;x\x07.toml", text: "\x1b[2J" });
    const said = sayDiagnostic(
      diagnostic("x", "got \u001b[2J\r\u202e", { place, notes: ["\x07"], hint: "\x00" }),
    );
    expect(said.replaceAll("\n", "")).toMatch(/^[^\x00-\x1f\x7f-\x9f\u202e]*$/);
  });
});

describe("several complaints", () => {
  const complaint = (message: string, hint: string | null): Diagnostic => ({
    ...diagnostic("x", message),
    hint,
  });

  test("stand apart, and a hint that they share is said once, at the last", () => {
    const said = sayDiagnostics([
      complaint("a", "look here"),
      complaint("b", "do that"),
      complaint("c", "look here"),
    ]);
    expect(said).toBe("error: a\n\nerror: b\n  hint: do that\n\nerror: c\n  hint: look here");
  });
});

describe("colours", () => {
  const terminal = { flag: null, isTerminal: true, environment: {} };
  const cases: [string, Parameters<typeof coloursWanted>[0], boolean][] = [
    ["on a terminal", terminal, true],
    ["not into a file", { ...terminal, isTerminal: false }, false],
    ["not under NO_COLOR", { ...terminal, environment: { NO_COLOR: "1" } }, false],
    ["under an empty NO_COLOR", { ...terminal, environment: { NO_COLOR: "" } }, true],
    ["not on a dumb terminal", { ...terminal, environment: { TERM: "dumb" } }, false],
    ["not with --no_color", { ...terminal, flag: false }, false],
    ["into a file with --color", { flag: true, isTerminal: false, environment: { NO_COLOR: "1" } }, true],
  ];
  for (const [name, asked, wanted] of cases) {
    test(`are there ${name}`, () => expect(coloursWanted(asked)).toBe(wanted));
  }

  test("change nothing but escape sequences", () => {
    const said = diagnostic("x", "m", { place: at(), notes: ["n"], hint: "h" });
    const coloured = sayDiagnostic(said, palette(true));
    expect(coloured).toContain("\x1b[");
    expect(Bun.stripANSI(coloured)).toBe(sayDiagnostic(said));
  });
});
