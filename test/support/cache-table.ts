// The table of the README: what changes × what runs again. Printed from the rows that the tests run, so that it cannot promise
// anything else: `bun test/support/cache-table.ts`.
import type { Row } from "./cache-row.ts";
import { codeRows } from "./cache-rows-code.ts";
import { outputRows } from "./cache-rows-outputs.ts";
import { pipelineRows } from "./cache-rows-pipeline.ts";
import { placeRows } from "./cache-rows-places.ts";
import { programRows } from "./cache-rows-programs.ts";
import { settingRows } from "./cache-rows-settings.ts";
import { shapeRows } from "./cache-rows-shape.ts";
import { sightRows } from "./cache-rows-sight.ts";

export const groups: Readonly<Record<string, readonly Row[]>> = {
  pipeline: pipelineRows,
  shape: shapeRows,
  code: codeRows,
  outputs: outputRows,
  sight: sightRows,
  places: placeRows,
  programs: programRows,
  settings: settingRows,
};

/** One line for each row. */
export function rowLines(): readonly string[] {
  const rows = Object.values(groups).flat();
  return rows.map(({ change, again }) => `| ${change} | ${again} |`);
}

const heading = ["| what changes | what runs again |", "| --- | --- |"];

if (import.meta.main) process.stdout.write([...heading, ...rowLines(), ""].join("\n"));
