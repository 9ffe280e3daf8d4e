// A failed task, as one paragraph: what happened, the last lines it printed, where the rest is, and the command that
// repeats it. Without this, a failure can only be understood by digging through the run folder.

import { isAbsolute, join, relative } from "node:path";
import type { TaskFailure } from "../core/events.ts";
import { blame, type Failure } from "../core/failure.ts";
import { type BlockName, type SampleId, sampleFolderName } from "../core/ids.ts";
import { shellCommand } from "../core/shell-word.ts";
import { count, thousands } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import { printable, printableLines, shortened } from "./printable.ts";
import { failureWords } from "./say-failure-kind.ts";

/** Where the failure was, for whoever reads about it. */
export interface FailurePlace {
  readonly runFolder: string;
  /** Flags behind `pipe exec BLOCK SAMPLE` that find the same pipeline and dataset: `["--data_path", "data"]`. */
  readonly execFlags: readonly string[];
  /** Paths below it are shown relative to it; null: never. */
  readonly workingFolder: string | null;
  /** The node, where it is not this machine. */
  readonly host: string | null;
  readonly colours?: Palette;
}

/** The failure alone, in one line: the `message` of `--json`. */
export const failureLine = (failure: Failure): string => shortened(failureWords(failure).line, 500);

/** `sample 000042`, or `the dataset` for a dataset block. */
export const sayTarget = (sample: SampleId | null): string =>
  sample === null ? "the dataset" : `sample ${sampleFolderName(sample)}`;

/** `pipe exec Simulate_0 42 --data_path data`, ready to be pasted; a dataset block has no sample. */
export function repeatCommand(
  task: { readonly block: BlockName; readonly sample: SampleId | null },
  flags: readonly string[],
): string {
  const sample = task.sample === null ? [] : [String(task.sample)];
  return printable(shellCommand(["pipe", "exec", task.block, ...sample, ...flags]));
}

/** A path as it is shortest to read and still right where the reader is. */
export function shownPath(path: string, workingFolder: string | null): string {
  if (workingFolder === null) return printable(path);
  const short = relative(workingFolder, path);
  return printable(
    short === "" || short === ".." || short.startsWith("../") || isAbsolute(short) ? path : short,
  );
}

/** Several lines without a newline at the end. */
export function sayFailure(failed: TaskFailure, place: FailurePlace): string {
  const colours = place.colours ?? palette(false);
  const { notes, hint } = failureWords(failed.failure);
  const repeat = repeatCommand(failed, place.execFlags);
  return [
    `${colours.error("error:")} ${failureHeadline(failed, place.host)}`,
    ...notes.map((note) => `  ${shortened(note, 500)}`),
    ...tailLines(failed.tail, colours),
    ...(failed.log === null
      ? []
      : [`  log: ${shownPath(join(place.runFolder, failed.log), place.workingFolder)}`]),
    ...(hint === null ? [] : [`  ${colours.hint("hint:")} ${hint}`]),
    `  repeat it here: ${repeat}`,
  ].join("\n");
}

/** `Simulate_0 failed on sample 000042 (attempt 2 of 2): killed by signal KILL`. */
export function failureHeadline(failed: TaskFailure, host: string | null): string {
  const where = host === null ? "" : ` on node ${printable(host)}`;
  return `${failed.block} failed on ${sayTarget(failed.sample)}${where}${attempts(failed)}: ${failureLine(failed.failure)}`;
}

/** An attempt failed and another one follows. */
export function sayRetry(
  failed: TaskFailure,
  host: string | null,
  colours: Palette = palette(false),
): string {
  const where = host === null ? "" : ` on node ${printable(host)}`;
  const which = `attempt ${failed.attempt}`;
  return `${colours.warning("warning:")} ${failed.block} on ${sayTarget(failed.sample)}: ${which} failed${where} and is repeated: ${failureLine(failed.failure)}`;
}

/** Instead of the next paragraph that says the same: how many it is by now. */
export function sayRepeatedFailure(
  failed: TaskFailure,
  counts: { readonly alike: number; readonly all: number },
  colours: Palette = palette(false),
): string {
  const verb = counts.alike === 1 ? "has" : "have";
  const all = counts.alike === counts.all ? "" : ` (${thousands(counts.all)} failures in all)`;
  const many = `${count(counts.alike, "task")} of ${failed.block} ${verb} failed like this${all}`;
  return `${colours.error("error:")} ${many}, the latest on ${sayTarget(failed.sample)}: ${failureLine(failed.failure)}`;
}

/** Instead of the next such line that says the same. */
export function sayRepeatedRetry(
  failed: TaskFailure,
  counts: { readonly alike: number; readonly all: number },
  colours: Palette = palette(false),
): string {
  const all = counts.alike === counts.all ? "" : ` (${thousands(counts.all)} repetitions in all)`;
  const verb = counts.alike === 1 ? "has failed like this and is" : "have failed like this and are";
  return `${colours.warning("warning:")} ${count(counts.alike, "attempt")} of ${failed.block} ${verb} repeated${all}, the latest on ${sayTarget(failed.sample)}: ${failureLine(failed.failure)}`;
}

/** The last attempt is known to be the last one; how many there might have been is only known once they are used up. */
function attempts({ attempt, failure }: TaskFailure): string {
  if (attempt <= 1) return "";
  return blame(failure) === "task" ? ` (attempt ${attempt} of ${attempt})` : ` (attempt ${attempt})`;
}

const shownTail = 10;

function tailLines(tail: readonly string[], colours: Palette): string[] {
  const lines = tail.flatMap((line) => printableLines(line)).slice(-shownTail);
  while (lines.length > 0 && lines[0]?.trim() === "") lines.shift();
  if (lines.length === 0) return [];
  return [
    "  last lines of its output:",
    ...lines.map((line) => `    ${colours.faint(shortened(line, 300))}`),
  ];
}
