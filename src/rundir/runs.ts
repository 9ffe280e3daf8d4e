// Which runs a dataset has, and which of them a person means by "3", "003" or "last".
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { listFolder } from "../system/durable-folder.ts";
import { parseRunName, runFolder, runinfoFolder, runName } from "./layout.ts";

export interface RunFolder {
  readonly number: number;
  /** `003` */
  readonly name: string;
  readonly path: string;
}

/** In the order in which they were started. None where there is no dataset. */
export function listRuns(dataPath: string): readonly RunFolder[] {
  const names = listFolder(runinfoFolder(dataPath));
  if (names === "missing") return [];
  const runs: RunFolder[] = [];
  for (const name of names) {
    const number = parseRunName(name);
    if (number !== null) runs.push(runOf(dataPath, number));
  }
  return runs.sort((a, b) => a.number - b.number);
}

/** The one started last, or null before the first. */
export function newestRun(dataPath: string): RunFolder | null {
  return listRuns(dataPath).at(-1) ?? null;
}

export type FoundRun =
  | { readonly kind: "found"; readonly run: RunFolder }
  /** The dataset has no runs, or there is no dataset. */
  | { readonly kind: "no-runs" }
  /** It has some, but not this one. */
  | { readonly kind: "unknown"; readonly runs: readonly RunFolder[] };

/** The run that a word means: its number with or without zeros, or `last`. */
export function findRun(dataPath: string, word: string): FoundRun {
  const runs = listRuns(dataPath);
  const newest = runs.at(-1);
  if (newest === undefined) return { kind: "no-runs" };
  if (word === "last") return { kind: "found", run: newest };
  const number = /^\d{1,9}$/.test(word) ? Number(word) : null;
  const run = runs.find((candidate) => candidate.number === number);
  return run === undefined ? { kind: "unknown", runs } : { kind: "found", run };
}

/** As `findRun`. @throws Refusal with what there is instead. */
export function requireRun(dataPath: string, word: string): RunFolder {
  const found = findRun(dataPath, word);
  if (found.kind === "found") return found.run;
  if (found.kind === "no-runs") {
    throw refuse(
      diagnostic("no-runs", `no run in \`${dataPath}\``, {
        notes: [`there is no numbered folder in \`${runinfoFolder(dataPath)}\``],
        hint: "start one with `pipe run`, or name the dataset with `--data_path`",
      }),
    );
  }
  const names = found.runs.map((run) => run.name);
  const range = names.length === 1 ? names[0] : `${names[0]} to ${names.at(-1)}`;
  throw refuse(
    diagnostic("unknown-run", `no run \`${word}\` in \`${dataPath}\``, {
      hint: `the dataset has ${range}; the newest one is \`last\``,
    }),
  );
}

export function runOf(dataPath: string, number: number): RunFolder {
  return { number, name: runName(number), path: runFolder(dataPath, number) };
}
