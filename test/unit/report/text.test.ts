import { expect, test } from "bun:test";
import { shellCommand, shellWord } from "../../../src/core/shell-word.ts";
import { count, duration, roughDuration, size, taskRate, thousands } from "../../../src/report/amounts.ts";
import { aligned, cutTo, padEnd, padStart, widthOf } from "../../../src/report/columns.ts";
import { printable, printableLines, shortened } from "../../../src/report/printable.ts";
import { seeded } from "./events.ts";

test("durations are read at a glance", () => {
  expect(
    [
      0, 0.0004, 0.0006, 0.04, 0.0994, 0.0996, 0.449, 1, 9.94, 9.96, 59.4, 59.6, 60, 65, 3599, 3600, 7815,
      86_399, 90_000,
    ].map(duration),
  ).toEqual([
    "0 s",
    "1 ms",
    "1 ms",
    "40 ms",
    "99 ms",
    "0.1 s",
    "0.4 s",
    "1 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min",
    "1 min",
    "1 min 05 s",
    "59 min 59 s",
    "1 h",
    "2 h 10 min",
    "1 d",
    "1 d 1 h",
  ]);
  expect([Number.NaN, -1, Number.POSITIVE_INFINITY].map(duration)).toEqual(["?", "?", "?"]);
});

test("guessed durations do not look measured", () => {
  expect([0, 3, 12, 56, 58, 130, 3500, 3700, 5000, 40_000, 200_000].map(roughDuration)).toEqual([
    "5 s",
    "5 s",
    "10 s",
    "55 s",
    "1 min",
    "2 min",
    "58 min",
    "1 h",
    "1 h 20 min",
    "11 h",
    "2 d",
  ]);
});

test("sizes are in the units that `memory` is written in", () => {
  expect([0, 1023, 1024, 400 * 2 ** 20, 4 * 2 ** 30, 5.12 * 2 ** 30, 2 ** 50].map(size)).toEqual([
    "0 bytes",
    "1023 bytes",
    "1K",
    "400M",
    "4G",
    "5.1G",
    "1024T",
  ]);
});

test("counts and rates", () => {
  expect([count(1, "issue"), count(0, "issue"), count(12_345, "task"), thousands(1_234_567)]).toEqual([
    "1 issue",
    "0 issues",
    "12,345 tasks",
    "1,234,567",
  ]);
  expect([1234, 42.3, 3.14, 1, 0.5, 0.02, 0.001].map(taskRate)).toEqual([
    "1,234 tasks/s",
    "42 tasks/s",
    "3.1 tasks/s",
    "1 tasks/s",
    "30 tasks/min",
    "1.2 tasks/min",
    "3.6 tasks/h",
  ]);
});

test("nothing that a terminal would obey comes through, colours are dropped", () => {
  const hostile =
    "a\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07 b\rc\n\t\x9b1m \u202egnp.exe\u2066 \ud800 \u2028é日本👩‍👩‍👧";
  expect(printable(hostile)).toBe(
    "ared \\x1b[2J\\x1b]0;title\\x07 b\\rc\\n    \\x9b1m \\u202egnp.exe\\u2066 \\ud800 \\u2028é日本👩‍👩‍👧",
  );
});

test("a progress bar in a log is shown as it looked last", () => {
  expect(printableLines("start\r\n 10%\r 50%\r100%\r\nend\n\n")).toEqual(["start", "100%", "end"]);
});

test("long text is cut with the number of missing characters, and never inside a character", () => {
  expect(shortened("abcdef", 6)).toBe("abcdef");
  expect(shortened("abcdefgh", 6)).toBe("abcdef… (2 more characters)");
  expect(shortened("abc😀defgh", 4)).toBe("abc… (7 more characters)");
});

test("words for a shell are quoted where they must be, and a shell takes them back apart", () => {
  expect(shellCommand(["pipe", "exec", "Simulate_0", "42", "--data_path", "my data"])).toBe(
    "pipe exec Simulate_0 42 --data_path 'my data'",
  );
  expect(shellWord("")).toBe("''");
  const random = seeded(7);
  const letters = [
    "a",
    "/",
    " ",
    "'",
    '"',
    "$",
    "`",
    "\\",
    "\n",
    "\t",
    "!",
    "*",
    "é",
    "日",
    "-",
    ";",
    "&",
    "\x01",
  ];
  const words = Array.from({ length: 300 }, () =>
    Array.from({ length: 1 + random.below(8) }, () => letters[random.below(letters.length)]).join(""),
  );
  const shell = Bun.spawnSync(["bash", "-c", `printf '%s\\0' ${shellCommand(words)}`], {
    env: { LC_ALL: "C.UTF-8" },
  });
  expect(shell.stdout.toString().split("\0").slice(0, -1)).toEqual(words);
});

test("cut text is never wider than it may be, whatever it is made of", () => {
  const random = seeded(11);
  const letters = ["a", "日", "👩‍👩‍👧", "é", "e\u0301", "█", "\x1b[31m", "\x1b[0m", " ", "🇩🇪"];
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: random.below(30) }, () => letters[random.below(letters.length)]).join(
      "",
    );
    const width = random.below(20);
    const cut = cutTo(text, width);
    expect(widthOf(cut)).toBeLessThanOrEqual(width);
    if (widthOf(text) <= width) expect(cut).toBe(width === 0 ? "" : text);
    expect(widthOf(padEnd(cut, width))).toBe(width);
    expect(widthOf(padStart(cut, width))).toBe(width);
  }
});

test("columns stand under each other also with wide characters", () => {
  expect(
    aligned(
      [
        ["名前", "1"],
        ["a", "200"],
        ["bcd", ""],
      ],
      (column) => column === 1,
    ),
  ).toEqual(["名前    1", "a     200", "bcd"]);
});
