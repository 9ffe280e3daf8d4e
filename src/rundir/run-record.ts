// run.json: what was started, by whom, with what. Written when the run begins and again when it ends, each time whole.

import type { Moment } from "../core/ids.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { isoTime, parseIsoTime } from "../system/clock.ts";
import { publish, readText } from "../system/durable-file.ts";
import { type Fields, type Parsed, parseVersioned } from "./json-fields.ts";

/** How a run ended. The words are those of the event `run-ended`. */
export type RunEnding = "complete" | "interrupted" | "executor-failed";

/** What history.jsonl tells of a run, too. */
export interface RunFacts {
  /** `003` */
  readonly run: string;
  readonly commandLine: readonly string[];
  /** What the user gave with `--comment`. */
  readonly comment: string | null;
  readonly started: Moment;
  /** Null while it goes on, and for ever where its launcher was killed. */
  readonly finished: { readonly at: Moment; readonly ending: RunEnding } | null;
  readonly versions: { readonly pipe: string; readonly bun: string };
  /** Null where the pipeline is in no git checkout. The diff is in diff.patch. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  readonly host: string;
  readonly user: string;
}

export interface RunRecord extends RunFacts {
  /** All settings as they were resolved from flags, pipe.toml and pipeline, in the words of users. */
  readonly configuration: JsonObject;
}

//   1  first
const knows = { format: "pipe-run", version: 1 };

/** @throws FileError */
export function writeRunRecord(path: string, record: RunRecord): void {
  const json = { ...knows, ...runFactsJson(record), configuration: record.configuration };
  publish(path, `${JSON.stringify(json, null, 1)}\n`, { durability: "synced" });
}

/** @throws FileError where it is there but cannot be read. */
export function readRunRecord(path: string): Parsed<RunRecord> | { readonly kind: "missing" } {
  const text = readText(path);
  return text === "missing" ? { kind: "missing" } : parseRunRecord(text);
}

export function parseRunRecord(text: string): Parsed<RunRecord> {
  return parseVersioned(text, knows, (fields) => ({
    ...readRunFacts(fields),
    configuration: fields.object("configuration"),
  }));
}

/** The facts under the names that stand in files. */
export function runFactsJson(facts: RunFacts): { readonly [key: string]: Json } {
  const { finished } = facts;
  return {
    run: facts.run,
    command_line: facts.commandLine,
    comment: facts.comment,
    started: isoTime(facts.started),
    finished: finished === null ? null : { at: isoTime(finished.at), ending: finished.ending },
    versions: { pipe: facts.versions.pipe, bun: facts.versions.bun },
    git: facts.git === null ? null : { commit: facts.git.commit, dirty: facts.git.dirty },
    host: facts.host,
    user: facts.user,
  };
}

export function readRunFacts(fields: Fields): RunFacts {
  const finished = fields.fieldsOrNull("finished");
  const versions = fields.fields("versions");
  const git = fields.fieldsOrNull("git");
  return {
    run: fields.text("run"),
    commandLine: fields.texts("command_line"),
    comment: fields.textOrNull("comment"),
    started: fields.as("started", parseIsoTime),
    finished: finished && { at: finished.as("at", parseIsoTime), ending: finished.as("ending", endingOf) },
    versions: { pipe: versions.text("pipe"), bun: versions.text("bun") },
    git: git && { commit: git.text("commit"), dirty: git.truth("dirty") },
    host: fields.text("host"),
    user: fields.text("user"),
  };
}

function endingOf(text: string): RunEnding | null {
  switch (text) {
    case "complete":
    case "interrupted":
    case "executor-failed":
      return text;
    default:
      return null;
  }
}
