// What runs again after a change, and nothing else does: one test for each row of the README's table. Here: of the pipeline.
import { expect, test } from "bun:test";
import { testRows } from "../support/cache-expect.ts";
import { groups } from "../support/cache-table.ts";

testRows(["pipeline", "shape", "code"]);

test("no two rows of the table say the same", () => {
  const changes = Object.values(groups).flatMap((rows) => rows.map((row) => row.change));
  expect(new Set(changes).size).toBe(changes.length);
});
