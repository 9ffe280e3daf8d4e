// statistics.csv and configs.csv (and the same as JSON), over all valid samples of the dataset. Made from the samples'
// own records, so that a run over a part of the dataset leaves the tables whole.
import type { BlockName, SampleId } from "../core/ids.ts";
import type { SampleState } from "../core/sample.ts";
import { csvLines, jsonLines, type TableOf, tableColumns } from "../report/tables.ts";
import { configsCsv, configsJson, statisticsCsv, statisticsJson } from "../rundir/layout.ts";
import { publish, readText, sizeOf } from "../system/durable-file.ts";
import { samplesOf } from "./dataset-samples.ts";
import { readSampleRecord } from "./sample-store.ts";

/** What is known of every valid sample of the dataset, in the order of their numbers. */
export function validSamplesOf(dataPath: string): readonly SampleState[] {
  const states: SampleState[] = [];
  for (const id of samplesOf(dataPath)) {
    const record = readSampleRecord(dataPath, id);
    if (record?.ending === "valid") states.push(record.state);
  }
  return states;
}

export const idsOf = (states: readonly SampleState[]): readonly SampleId[] => states.map((state) => state.id);

/** @throws FileError */
export function writeTables(
  dataPath: string,
  samples: readonly SampleState[],
  order: readonly BlockName[],
): void {
  const tables: readonly { readonly of: TableOf; readonly csv: string; readonly json: string }[] = [
    { of: "statistics", csv: statisticsCsv(dataPath), json: statisticsJson(dataPath) },
    { of: "config", csv: configsCsv(dataPath), json: configsJson(dataPath) },
  ];
  for (const { of, csv, json } of tables) {
    const columns = tableColumns(of, samples, order);
    publish(csv, [...csvLines(of, samples, columns)].join(""), { durability: "unsynced" });
    publish(json, [...jsonLines(of, samples, columns)].join(""), { durability: "unsynced" });
  }
}

/** Whether all tables are there, with so many rows: one line each in their JSON form. */
export function tablesHave(dataPath: string, rows: number): boolean {
  if (![statisticsCsv(dataPath), configsCsv(dataPath)].every((path) => sizeOf(path) !== "missing"))
    return false;
  return [statisticsJson(dataPath), configsJson(dataPath)].every((path) => {
    const text = readText(path);
    return text !== "missing" && (text.match(/\n\{/g)?.length ?? 0) === rows;
  });
}
