// The README promises what runs again after which change, in a table: each of its rows must be one that a test tries, and what it
// leaves out stands in docs/what-runs-again.md.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rowLines } from "../support/cache-table.ts";

const root = resolve(import.meta.dir, "../..");

/** Rows of the table with this heading, without the heading. */
function tableIn(file: string): readonly string[] {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  const begin = lines.indexOf("| what changes | what runs again |");
  const end = lines.findIndex((line, index) => index > begin && !line.startsWith("|"));
  expect(begin).toBeGreaterThan(0);
  return lines.slice(begin + 2, end === -1 ? undefined : end);
}

/** The start is refused, so it is no row; cache-checkpoint.test.ts tries it. */
const refused = "| the checkpoint was written by a newer version of `pipe` |";

test("each row of the README's table is tried", () => {
  const tried = new Set(rowLines());
  const promised = tableIn("README.md").filter((line) => !line.startsWith(refused));
  expect(promised.length).toBeGreaterThan(20);
  expect(promised.filter((line) => !tried.has(line))).toEqual([]);
});

test("docs/what-runs-again.md has all rows that are tried", () => {
  const told = new Set(tableIn("docs/what-runs-again.md"));
  expect(rowLines().filter((line) => !told.has(line))).toEqual([]);
});
