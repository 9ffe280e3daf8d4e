// What `pipe logs` says around the logs themselves: which attempt this is, how it ended, which others there are.

import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import { never } from "../core/never.ts";
import type { Outcome } from "../core/outcome.ts";
import { shellCommand } from "../core/shell-word.ts";
import { isoTime } from "../system/clock.ts";
import { count, duration } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import { aligned } from "./columns.ts";
import { rounded } from "./json.ts";
import type { AttemptLog, LogIndex } from "./log-index.ts";
import { printable, shortened } from "./printable.ts";
import { failureLine, sayTarget, shownPath } from "./say-failure.ts";

/** `Simulate_0 on sample 000042, attempt 2: failed after 12 s: killed by signal SIGKILL`. */
export function attemptTitle(attempt: AttemptLog): string {
  return `${attempt.block} on ${sayTarget(attempt.sample)}, attempt ${attempt.attempt}: ${howEnded(attempt)}`;
}

function howEnded({ outcome, seconds }: AttemptLog): string {
  const after = `after ${duration(seconds)}`;
  switch (outcome.kind) {
    case "succeeded":
      return `done ${after}`;
    case "issue":
      return `issue ${after}: ${shortened(printable(outcome.message), 200)}`;
    case "failed":
      return `failed ${after}: ${shortened(failureLine(outcome.failure), 200)}`;
    default:
      return never(outcome);
  }
}

/** Why there is no log to show of the one task that was asked for. */
export function nothingPrinted(index: LogIndex, run: string, target: string): string {
  switch (index.state) {
    case "running":
      return `${target} is running`;
    case "cached":
      return `${target} was not run in run ${run}: the result of an earlier run stands`;
    case "ended": {
      const last = index.attempts.at(-1);
      return last === undefined ? `${target} printed nothing` : `${attemptTitle(last)}; it printed nothing`;
    }
    case "unknown":
      return `${target} was not run in run ${run}`;
    default:
      return never(index.state);
  }
}

/** Attempts newest first, as a table, and the command that shows one. */
export function logTable(
  attempts: readonly AttemptLog[],
  options: {
    readonly most: number;
    readonly runFolder: string;
    readonly workingFolder: string | null;
    readonly colours: boolean;
    readonly flags: readonly string[];
  },
): string[] {
  const colours = palette(options.colours);
  const newest = attempts.toReversed();
  const shown = newest.slice(0, options.most);
  const rows = shown.map((attempt) => [
    attempt.block,
    attempt.sample === null ? "-" : sampleFolderName(attempt.sample),
    String(attempt.attempt),
    outcomeWord(attempt.outcome, colours),
    duration(attempt.seconds),
    attempt.log === null
      ? "(printed nothing)"
      : shownPath(join(options.runFolder, attempt.log), options.workingFolder),
  ]);
  const head = ["block", "sample", "attempt", "ended", "after", "log"];
  const more = newest.length - shown.length;
  const first = shown.find((attempt) => attempt.log !== null);
  return [
    ...aligned([head, ...rows], (column) => column === 2 || column === 4),
    ...(more > 0 ? [`… and ${count(more, "more attempt")}: name a block to see only its own`] : []),
    ...(first === undefined ? [] : ["", `show one: ${showCommand(first, options.flags)}`]),
  ];
}

function showCommand(attempt: AttemptLog, flags: readonly string[]): string {
  const sample = attempt.sample === null ? [] : [String(attempt.sample)];
  return printable(shellCommand(["pipe", "logs", attempt.block, ...sample, ...flags]));
}

function outcomeWord(outcome: Outcome, colours: Palette): string {
  switch (outcome.kind) {
    case "succeeded":
      return "done";
    case "issue":
      return colours.warning("issue");
    case "failed":
      return colours.error("failed");
    default:
      return never(outcome);
  }
}

/** One attempt for programs; `text` where it was asked for. */
export function logJson(
  attempt: AttemptLog,
  runFolder: string,
  text: string | null,
): { [key: string]: Json } {
  const { outcome } = attempt;
  return {
    block: attempt.block,
    sample: attempt.sample,
    attempt: attempt.attempt,
    outcome: outcome.kind,
    kind: outcome.kind === "failed" ? outcome.failure.kind : null,
    message:
      outcome.kind === "succeeded"
        ? null
        : outcome.kind === "issue"
          ? outcome.message
          : failureLine(outcome.failure),
    ended: isoTime(attempt.at),
    seconds: rounded(attempt.seconds),
    log: attempt.log === null ? null : join(runFolder, attempt.log),
    ...(text === null ? {} : { text }),
  };
}

export function unknownBlock(written: string, run: string, known: readonly string[]): Diagnostic {
  const near = nearest(written, known);
  return diagnostic("unknown-block", `run ${run} has no block \`${written}\``, {
    notes: [`its blocks are ${known.join(", ")}`],
    ...(near === null
      ? /^\d+$/.test(written)
        ? { hint: "write the block before the sample" }
        : {}
      : { hint: `did you mean \`${near}\`?` }),
  });
}

export function unknownSample(written: SampleId, run: string, known: ReadonlySet<SampleId>): Diagnostic {
  const sorted = [...known].sort((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  const range =
    first === undefined || last === undefined
      ? "none yet"
      : `${sampleFolderName(first)} to ${sampleFolderName(last)} (${count(sorted.length, "sample")})`;
  return diagnostic("unknown-sample", `run ${run} has no sample \`${sampleFolderName(written)}\``, {
    notes: [`it has ${range}`],
  });
}
