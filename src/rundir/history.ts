// history.jsonl: every run that a dataset has seen, one line each, for people, `grep` and `jq`. It stays when runinfo/ is cleaned.
// Lines that this program does not understand are kept as they are: they may be of a newer one.
import { publish, readText } from "../system/durable-file.ts";
import { parseVersioned } from "./json-fields.ts";
import { historyPath } from "./layout.ts";
import { type RunFacts, readRunFacts, runFactsJson } from "./run-record.ts";

export interface History {
  /** In the order in which they were started. */
  readonly runs: readonly RunFacts[];
  /** Lines of a newer version of this program. */
  readonly newer: number;
  /** Lines that are none: half written by something else, or edited by hand. */
  readonly broken: number;
}

//   1  first
const knows = { format: "pipe-history", version: 1 };

/** @throws FileError where it is there but cannot be read. */
export function readHistory(dataPath: string): History {
  const parsed = linesOf(dataPath).map((line) => parseVersioned(line, knows, readRunFacts));
  return {
    runs: parsed.flatMap((line) => (line.kind === "parsed" ? [line.value] : [])),
    newer: parsed.filter((line) => line.kind === "newer").length,
    broken: parsed.filter((line) => line.kind === "broken").length,
  };
}

/**
 * Puts a run's line at the end, or in the place of the line that it has already: once when it begins, once when it ends.
 * Only for who holds the dataset's lock: of two at once, one line would be lost.
 * @throws FileError; the history is then as it was.
 */
export function recordInHistory(dataPath: string, facts: RunFacts): void {
  const line = JSON.stringify({ ...knows, ...runFactsJson(facts) });
  const lines = [...linesOf(dataPath)];
  const at = lines.findLastIndex((other) => isSameRun(other, facts));
  if (at < 0) lines.push(line);
  else lines[at] = line;
  publish(historyPath(dataPath), lines.map((each) => `${each}\n`).join(""), { durability: "synced" });
}

function linesOf(dataPath: string): readonly string[] {
  const text = readText(historyPath(dataPath));
  return text === "missing" ? [] : text.split("\n").filter((line) => line.trim() !== "");
}

/** Numbers begin anew when runinfo/ was deleted; the same run has its start in common, too. */
function isSameRun(line: string, facts: RunFacts): boolean {
  const parsed = parseVersioned(line, knows, readRunFacts);
  return parsed.kind === "parsed" && parsed.value.run === facts.run && parsed.value.started === facts.started;
}
