// What `pipe clean` deletes, or would delete, in words and as JSON: what, how much, and what it leaves alone although
// somebody may have meant it.

import type { BlockName, Moment } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { never } from "../core/never.ts";
import { isoTime } from "../system/clock.ts";
import { count, size, thousands } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import { aligned } from "./columns.ts";
import { visible } from "./printable.ts";
import { shownPath } from "./say-failure.ts";

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

export interface CleanFacts {
  readonly dataset: string;
  readonly runs: readonly (Amount & { readonly run: string; readonly at: Moment })[];
  /** Of tasks that succeeded, in the runs that stay. */
  readonly logs: Amount;
  readonly blocks: readonly (Amount & { readonly block: BlockName; readonly tasks: number })[];
  readonly temporary: Amount;
  readonly kept: readonly Kept[];
}

/** Something that was asked for, or might have been, and stays. */
export interface Kept {
  /** Absolute. */
  readonly path: string;
  readonly why: KeptWhy;
}

export type KeptWhy =
  /** A result that somebody changed since the task wrote it. */
  | "changed"
  /** It lies behind a link, or outside of the dataset. */
  | "elsewhere"
  /** A file in a run's folder that pipe has not made. */
  | "not-ours"
  /** A run without a readable run.json. */
  | "age-unknown"
  /** A run whose events cannot be read: nobody can say which of its tasks succeeded. */
  | "events-unreadable";

export interface CleanOptions {
  /** `planned`: nothing has been deleted yet. */
  readonly state: "planned" | "done";
  readonly colours: boolean;
  readonly workingFolder: string | null;
  /** The command that does it, ready to be pasted. */
  readonly command: string;
  /** Flags that would free more. */
  readonly further: readonly string[];
}

/** Several lines without a newline at the end. */
export function sayClean(facts: CleanFacts, options: CleanOptions): string {
  const colours = palette(options.colours);
  const rows = [
    ...runRows(facts),
    ...amountRow("logs of tasks that succeeded", facts.logs),
    ...facts.blocks.flatMap(({ block, tasks, ...amount }) =>
      amountRow(
        `results of ${visible(block)}, no more in the pipeline (${count(tasks, "task")})`,
        amount,
        "always",
      ),
    ),
    ...amountRow("temporary files of processes that were killed", facts.temporary),
  ];
  return [
    ...aligned(rows, (column) => column > 0),
    ...keptLines(facts.kept, options, colours),
    ...lastLines(facts, options, colours),
  ].join("\n");
}

const mostKeptInJson = 1000;

export function cleanJson(facts: CleanFacts, state: CleanOptions["state"]): { readonly [key: string]: Json } {
  return {
    ...{ dataset: facts.dataset, deleted: state === "done" },
    runs: facts.runs.map(({ run, at, files, bytes }) => ({ run, at: isoTime(at), files, bytes })),
    logs: { ...facts.logs },
    removed_blocks: facts.blocks.map(({ block, tasks, files, bytes }) => ({ block, tasks, files, bytes })),
    temporary_files: { ...facts.temporary },
    total: { ...totalOf(facts) },
    kept: facts.kept.slice(0, mostKeptInJson).map(({ path, why }) => ({ path, why })),
    kept_count: facts.kept.length,
  };
}

const totalOf = ({ runs, logs, blocks, temporary }: CleanFacts): Amount =>
  [...runs, logs, ...blocks, temporary].reduce<Amount>(
    (sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }),
    { files: 0, bytes: 0 },
  );

const mostRuns = 10;

function runRows({ runs }: CleanFacts): string[][] {
  const shown = runs.length > mostRuns ? runs.slice(0, mostRuns - 1) : runs;
  const others = runs.slice(shown.length);
  const sum = others.reduce<Amount>(
    (all, { files, bytes }) => ({ files: all.files + files, bytes: all.bytes + bytes }),
    { files: 0, bytes: 0 },
  );
  return [
    ...shown.flatMap(({ run, at, ...amount }) =>
      amountRow(`run ${run} of ${isoTime(at).slice(0, 10)}`, amount, "always"),
    ),
    ...(others.length === 0 ? [] : amountRow(`${thousands(others.length)} more runs`, sum, "always")),
  ];
}

function amountRow(what: string, { files, bytes }: Amount, when: "always" | "if-any" = "if-any"): string[][] {
  if (files === 0 && when === "if-any") return [];
  return [[what, count(files, "file"), size(bytes)]];
}

const mostKept = 10;

function keptLines(kept: readonly Kept[], options: CleanOptions, colours: Palette): string[] {
  if (kept.length === 0) return [];
  const lines = kept
    .slice(0, mostKept)
    .map(({ path, why }) => `  ${shownPath(path, options.workingFolder)}: ${keptWords(why)}`);
  const more = kept.length > mostKept ? [`  … and ${thousands(kept.length - mostKept)} more`] : [];
  return [colours.warning("kept:"), ...lines, ...more];
}

function keptWords(why: KeptWhy): string {
  switch (why) {
    case "changed":
      return "changed since its task wrote it";
    case "elsewhere":
      return "it lies behind a link or outside of the sample's folder";
    case "not-ours":
      return "pipe has not made it";
    case "age-unknown":
      return "its run.json does not tell when it was";
    case "events-unreadable":
      return "its events cannot be read, so nobody can say which tasks succeeded";
    default:
      return never(why);
  }
}

function lastLines(facts: CleanFacts, options: CleanOptions, colours: Palette): string[] {
  const { files, bytes } = totalOf(facts);
  const amount = `${count(files, "file")}, ${size(bytes)}`;
  const further = options.further.map((flag) => `\`${flag}\``).join(", ");
  const more = further === "" ? [] : [`  ${colours.hint("hint:")} more can go: ${further}`];
  const nothing = files === 0 && facts.runs.length === 0 && facts.blocks.length === 0;
  if (nothing) return ["nothing to delete", ...more];
  if (options.state === "done") return [colours.strong(`deleted: ${amount}`)];
  return [
    colours.strong(`nothing has been deleted yet: ${amount}`),
    `  ${colours.hint("hint:")} \`${options.command}\` deletes it`,
    ...more,
  ];
}
