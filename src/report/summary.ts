// What a person reads when a run is over: what came out, what went wrong grouped by what it was, and where to look next.

import { join } from "node:path";
import type { RunSummary, TaskFailure } from "../core/events.ts";
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import { shellCommand } from "../core/shell-word.ts";
import { configsCsv, runinfoFolder, statisticsCsv } from "../rundir/layout.ts";
import { count, duration, thousands } from "./amounts.ts";
import { type Palette, palette } from "./colour.ts";
import { aligned } from "./columns.ts";
import type { Group } from "./groups.ts";
import { printable, shortened } from "./printable.ts";
import type { Ended, Progress } from "./progress.ts";
import { repeatCommand, shownPath } from "./say-failure.ts";
import type { BlockProgress } from "./tally.ts";

export interface SummaryOptions {
  readonly colours: boolean;
  readonly workingFolder: string | null;
  /** Flags that make `pipe exec BLOCK SAMPLE` find the same pipeline and dataset. */
  readonly execFlags: readonly string[];
}

/** Several lines without a newline at the end. */
export function summaryText(ended: Ended, progress: Progress, options: SummaryOptions): string {
  const colours = palette(options.colours);
  const { summary } = ended;
  const parts = [
    [headline(ended, colours)],
    blockTable(progress.blocks),
    issueLines(progress, colours),
    failureLines(progress, options),
    whereLines(summary, options),
    nextLines(progress, options),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** All in one line, for `--quiet`. */
export function summaryLine(ended: Ended): string {
  const { tasks } = ended.summary;
  const parts = [
    `${thousands(tasks.ran)} ran`,
    ...(tasks.cached > 0 ? [`${thousands(tasks.cached)} cached`] : []),
    ...(tasks.skipped > 0 ? [`${thousands(tasks.skipped)} skipped`] : []),
  ];
  return `${headline(ended, palette(false))}; ${count(tasks.total, "task")}: ${parts.join(", ")}`;
}

function headline({ why, summary }: Ended, colours: Palette): string {
  const { samples, run, seconds } = summary;
  const rest = samples.total - samples.valid - samples.issues - samples.failed;
  const parts = [
    colours.good(`${thousands(samples.valid)} valid`),
    ...(samples.issues > 0 ? [colours.warning(`${thousands(samples.issues)} with an issue`)] : []),
    ...(samples.failed > 0 ? [colours.error(`${thousands(samples.failed)} failed`)] : []),
    ...(rest > 0 ? [`${thousands(rest)} unfinished`] : []),
  ];
  return `${colours.strong(`run ${run}`)} ${endedHow(why)} after ${duration(seconds)}: ${count(samples.total, "sample")}, ${parts.join(", ")}`;
}

function endedHow(why: Ended["why"]): string {
  switch (why) {
    case "complete":
      return "ended";
    case "interrupted":
      return "was interrupted";
    case "executor-failed":
      return "stopped because its executor could not work";
  }
}

/** One row per block; columns that would hold nothing but zeros are left out. */
export function blockTable(blocks: readonly Readonly<BlockProgress>[]): string[] {
  const columns: readonly (readonly [string, (block: Readonly<BlockProgress>) => number])[] = [
    ["running", (block) => block.running],
    ["cached", (block) => block.cached],
    ["issues", (block) => block.issues],
    ["failed", (block) => block.failed],
    ["unfinished", (block) => block.unfinished],
    ["skipped", (block) => block.skipped],
    ["repeated", (block) => block.retries],
  ];
  const used = columns.filter(([, value]) => blocks.some((block) => value(block) > 0));
  const head = ["block", "tasks", "ran", ...used.map(([name]) => name), "mean", "longest"];
  const rows = blocks.map((block) => [
    printable(block.name),
    thousands(block.total),
    thousands(block.ran),
    ...used.map(([, value]) => thousands(value(block))),
    block.attempts === 0 ? "-" : duration(block.seconds / block.attempts),
    block.attempts === 0 ? "-" : duration(block.longest),
  ]);
  return aligned([head, ...rows], (column) => column > 0).map((line) => `  ${line}`);
}

const shownGroups = 10;

export function issueLines(progress: Progress, colours: Palette): string[] {
  const groups = progress.issues();
  if (groups.length === 0) return [];
  const lines = groups.slice(0, shownGroups).map((group) => `  ${groupLine(group, "sample")}`);
  return [`${colours.warning("issues:")}`, ...lines, ...moreGroups(groups.length)];
}

export function failureLines(progress: Progress, options: SummaryOptions): string[] {
  const groups = progress.failures();
  if (groups.length === 0) return [];
  const colours = palette(options.colours);
  const lines = groups.slice(0, shownGroups).flatMap((group) => {
    const log = group.examples.find((example) => example.log !== null);
    return [`  ${groupLine(group, "task")}`, ...(log === undefined ? [] : logLine(log, progress, options))];
  });
  return [`${colours.error("failures:")}`, ...lines, ...moreGroups(groups.length)];
}

function logLine(failed: TaskFailure, progress: Progress, options: SummaryOptions): string[] {
  if (progress.run === null || failed.log === null) return [];
  const path = join(runinfoFolder(progress.run.dataset), progress.run.name, failed.log);
  return [`    log: ${shownPath(path, options.workingFolder)}`];
}

/** `Deform_0: did not converge (3 samples: 000003, 000007, 000012)`. */
function groupLine(group: Group<unknown>, one: string): string {
  const message = group.message === null ? "other messages" : shortened(printable(group.message), 200);
  const samples = group.samples.filter((sample): sample is SampleId => sample !== null);
  if (samples.length === 0) return `${group.block}: ${message}`;
  const named = samples.map(sampleFolderName).join(", ");
  const more = group.count > group.samples.length ? ", …" : "";
  return `${group.block}: ${message} (${count(group.count, one)}: ${named}${more})`;
}

function moreGroups(groups: number): string[] {
  return groups > shownGroups ? [`  … and ${count(groups - shownGroups, "other message")}`] : [];
}

function whereLines(summary: RunSummary, { workingFolder }: SummaryOptions): string[] {
  const shown = (path: string) => shownPath(path, workingFolder);
  const { dataset, run, samples } = summary;
  return [
    `dataset: ${shown(dataset)}`,
    ...(samples.valid > 0
      ? [`tables:  ${shown(statisticsCsv(dataset))}, ${shown(configsCsv(dataset))}`]
      : []),
    `logs:    ${shown(join(runinfoFolder(dataset), run))}`,
  ];
}

function nextLines(progress: Progress, options: SummaryOptions): string[] {
  const failed = progress.failures()[0]?.examples[0];
  if (failed === undefined) return [];
  const repeat = repeatCommand(failed, options.execFlags);
  const words = failed.sample === null ? [failed.block] : [failed.block, String(failed.sample)];
  const at = options.execFlags.indexOf("--data_path");
  const dataset = at < 0 ? [] : options.execFlags.slice(at, at + 2);
  return [
    ...(failed.log === null
      ? []
      : [`what it printed: ${printable(shellCommand(["pipe", "logs", ...words, ...dataset]))}`]),
    `repeat it here:  ${repeat}`,
  ];
}
