// `pipe explain` and `--dry_run`: what will run and why, as text and as JSON, for one task field by field and for all of
// them in groups.

import { type BlockName, sampleFolderName } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { never } from "../core/never.ts";
import type { Reason } from "../core/reason.ts";
import { shellCommand } from "../core/shell-word.ts";
import type { TaskName } from "../core/task.ts";
import { isoTime } from "../system/clock.ts";
import { count, thousands } from "./amounts.ts";
import type { CodeChange } from "./code-changes.ts";
import { type Palette, palette } from "./colour.ts";
import { aligned, padStart } from "./columns.ts";
import { oneValue } from "./old-and-new.ts";
import { printable } from "./printable.ts";
import { sayTarget } from "./say-failure.ts";
import { listed, reasonRows, sayReasons } from "./say-verdict.ts";
import {
  decisionOf,
  decisive,
  type ExplainedTask,
  type RememberedResult,
  type ToldVerdict,
  waitsFor,
} from "./told-verdict.ts";
import type { GroupWhy, VerdictGroup, VerdictGroups } from "./verdict-groups.ts";

type JsonRecord = { readonly [key: string]: Json };

/** All tasks, in groups; several lines without a newline at the end. */
export function sayExplanation(
  all: VerdictGroups,
  options: { readonly colours: boolean; readonly flags: readonly string[] },
): string {
  const colours = palette(options.colours);
  const groups = all.groups();
  const [first] = groups;
  const summary = colours.strong(sayCounts(all));
  if (first === undefined) return summary;
  const one = groups.find(({ decision }) => decision === "runs") ?? first;
  const task = { block: one.block, sample: one.samples[0] ?? null };
  return [
    ...groupLines(groups, colours),
    summary,
    `  ${colours.hint("hint:")} \`${explainCommand(task, options.flags)}\` says all about one task`,
  ].join("\n");
}

/** `1,500 tasks of Mesh_0: option size 0.2 → 0.1 · 290 of Simulate_0: output missing (surface_f3.stl, …)` */
export const sayGroupsInOneLine = (groups: readonly VerdictGroup[]): string =>
  groups.map((group, i) => `${amount(group, i)}: ${sayWhy(group)}`).join(" · ");

/** `Mesh_0 on sample 000042 will run: option size 0.2 → 0.1` */
export function sayTask({ task, verdict }: ExplainedTask): string {
  return `${taskName(task)} ${sayVerdict(verdict)}`;
}

/** One task, field by field; several lines without a newline at the end. */
export function sayOneTask(explained: ExplainedTask, colours: Palette = palette(false)): string {
  const { task, verdict } = explained;
  if (verdict.kind === "current") return [sayTask(explained), ...currentLines(verdict.record)].join("\n");
  if (!("reasons" in verdict) || decisionOf(verdict) === "may-run") return sayTask(explained);
  const head = verdict.kind === "not-retried" ? "would have to run" : "will run";
  const rows = verdict.reasons.flatMap(reasonRows).map(({ what, how }) => [`  ${what}`, how]);
  const stop = verdict.kind === "not-retried" ? [`but ${notRetried}`] : [];
  return [`${colours.strong(taskName(task))} ${head}:`, ...aligned(rows, () => false), ...stop].join("\n");
}

/** What `pipe explain BLOCK SAMPLE --json` prints. */
export function taskJson({ task, verdict }: ExplainedTask): JsonRecord {
  return {
    ...{
      block: task.block,
      sample: task.sample,
      decision: decisionOf(verdict),
      message: sayVerdict(verdict),
    },
    reasons: "reasons" in verdict ? decisive(verdict.reasons).map(reasonJson) : [],
    blocks: verdict.kind === "not-reached" ? [verdict.of] : waitsFor(verdict),
    remembered: verdict.kind === "current" ? rememberedJson(verdict.record) : null,
  };
}

/** What `pipe explain --json` and `pipe run --dry_run --json` print. */
export function explanationJson(all: VerdictGroups): JsonRecord {
  return {
    tasks: countsJson(all.counts()),
    blocks: all.blocks().map(({ name, counts }) => ({ name, ...countsJson(counts) })),
    groups: all.groups().map(groupJson),
    code_changes: all.codeChanges().map(codeChangeJson),
  };
}

function groupLines(groups: readonly VerdictGroup[], colours: Palette): string[] {
  const width = Math.max(...groups.map(({ count: n }) => thousands(n).length));
  return groups.map((group, i) => {
    const head = padStart(amount(group, i), width - thousands(group.count).length + amount(group, i).length);
    const named = group.count <= group.samples.length ? sampleNames(group) : "";
    return `${head}: ${sayWhy(group)}${named === "" ? "" : colours.faint(` [${named}]`)}`;
  });
}

/** `1,500 tasks of Mesh_0`; below it `290 of Simulate_0`. */
function amount(group: VerdictGroup, index: number): string {
  const many = index === 0 ? count(group.count, "task") : thousands(group.count);
  return `${many} of ${group.block}`;
}

function sampleNames({ samples }: VerdictGroup): string {
  return samples.flatMap((sample) => (sample === null ? [] : sampleFolderName(sample))).join(" ");
}

/** `option size 0.2 → 0.1`, `only if what Mesh_0 leaves is different` */
export function sayWhy({ why, decision }: Pick<VerdictGroup, "why" | "decision">): string {
  const words = whyWords(why);
  return decision === "not-retried" ? `${notRetried}: ${words}` : words;
}

function whyWords(why: GroupWhy): string {
  switch (why.kind) {
    case "reasons":
      return why.reasons.map((reason) => reason.say()).join("; ");
    case "blocks":
      return why.stop === null ? onlyIf(why.blocks) : notReached(why.blocks, why.stop);
    case "various":
      return "for various other reasons";
    default:
      return never(why);
  }
}

function sayVerdict(verdict: ToldVerdict): string {
  switch (verdict.kind) {
    case "current": {
      const { outcome, run } = verdict.record;
      return outcome.kind === "issue"
        ? `will not run: its issue of run ${printable(run)} stands: ${oneValue(outcome.message)}`
        : `will not run: its result of run ${printable(run)} is remembered`;
    }
    case "stale":
    case "after-stale":
      return decisionOf(verdict) === "may-run" || verdict.kind === "after-stale"
        ? `will run ${onlyIf(waitsFor(verdict))}`
        : `will run: ${sayReasons(verdict.reasons)}`;
    case "not-retried":
      return `would have to run (${sayReasons(verdict.reasons)}), but ${notRetried}`;
    case "not-reached":
      return `will not run: ${notReached([verdict.of], verdict.why)}`;
    default:
      return never(verdict);
  }
}

const notRetried = "its sample stops there (--do_not_retry_blocks)";
const onlyIf = (blocks: readonly BlockName[]): string =>
  `only if what ${listed(blocks, 3)} ${blocks.length === 1 ? "leaves" : "leave"} is different`;
const notReached = (blocks: readonly BlockName[], stop: "issue" | "not-retried"): string =>
  stop === "issue"
    ? `the issue of ${listed(blocks, 3)} stands`
    : `its sample stops at ${listed(blocks, 3)} (--do_not_retry_blocks)`;

const taskName = ({ block, sample }: TaskName): string => `${block} on ${sayTarget(sample)}`;

function currentLines({ outcome, at, files, accepted }: RememberedResult): string[] {
  const when = `${isoTime(at).slice(0, 19).replace("T", " ")} UTC`;
  const unchanged = `  its options, its code, the sample before it and its ${count(files.length, "file")} are as they were on ${when}`;
  const kept =
    accepted === null
      ? []
      : [
          `  its code was another one then; ${printable(accepted.by)} accepted the result on ${isoTime(accepted.at).slice(0, 10)} (--accept_code)`,
        ];
  return [unchanged, ...kept, ...(outcome.kind === "issue" ? ["  `--retry_issues` runs it again"] : [])];
}

/** `1,790 of 4,500 tasks will run, 1,210 may have to, 1,500 are remembered` */
export function sayCounts(all: VerdictGroups): string {
  const counts = all.counts();
  const total = all.blocks().reduce((sum, block) => sum + block.total, 0);
  const kept = counts.remembered + counts["issue-stands"];
  const issues =
    counts["issue-stands"] === 0
      ? ""
      : ` (${thousands(counts["issue-stands"])} with an issue; \`--retry_issues\` runs those again)`;
  if (total === 0) return "no tasks";
  if (kept === total) {
    return `nothing to run: ${total === 1 ? "the only task is" : `all ${thousands(total)} tasks are`} remembered${issues}`;
  }
  const stopped = counts["not-retried"] + counts["not-reached"];
  return [
    `${thousands(counts.runs)} of ${count(total, "task")} will run`,
    ...(counts["may-run"] === 0 ? [] : [`${thousands(counts["may-run"])} may have to`]),
    ...(stopped === 0 ? [] : [`${thousands(stopped)} will not be reached`]),
    ...(kept === 0 ? [] : [`${thousands(kept)} ${kept === 1 ? "is" : "are"} remembered${issues}`]),
  ].join(", ");
}

function explainCommand({ block, sample }: TaskName, flags: readonly string[]): string {
  const target = sample === null ? [] : [String(sample)];
  return printable(shellCommand(["pipe", "explain", block, ...target, ...flags]));
}

const countsJson = (counts: ReturnType<VerdictGroups["counts"]>): JsonRecord => ({
  total: Object.values(counts).reduce((sum, n) => sum + n, 0),
  will_run: counts.runs,
  may_run: counts["may-run"],
  not_retried: counts["not-retried"],
  not_reached: counts["not-reached"],
  remembered: counts.remembered,
  issue_stands: counts["issue-stands"],
});

/** `reasons` are those of the first task; `varies` says that others have other values. */
function groupJson(group: VerdictGroup): JsonRecord {
  const { block, decision, why } = group;
  return {
    ...{ block, decision, tasks: group.count, samples: group.samples, message: sayWhy(group) },
    reasons:
      why.kind === "reasons"
        ? why.reasons.map(({ example, varies }) => ({ ...reasonJson(example), varies }))
        : [],
    blocks: why.kind === "blocks" ? why.blocks : [],
  };
}

function codeChangeJson({ block, parts, tasks, alone, behind }: CodeChange): JsonRecord {
  return { block, parts: parts?.map((part) => ({ ...part })) ?? null, tasks, alone, behind };
}

function rememberedJson({ outcome, run, at, files, accepted }: RememberedResult): JsonRecord {
  return {
    ...{ run, at: isoTime(at), outcome: outcome.kind, files: files.length },
    issue: outcome.kind === "issue" ? outcome.message : null,
    accepted: accepted === null ? null : { by: accepted.by, at: isoTime(accepted.at) },
  };
}

/** The facts as they were found. */
function reasonJson(reason: Reason): JsonRecord {
  switch (reason.kind) {
    case "options-changed":
    case "sample-changed":
      return { kind: reason.kind, fields: reason.fields?.map((field) => ({ ...field })) ?? null };
    case "code-changed":
      return { kind: reason.kind, parts: reason.parts?.map((part) => ({ ...part })) ?? null };
    case "output-replaced":
      return { kind: reason.kind, files: reason.files.map((file) => ({ ...file })) };
    default:
      return { ...reason };
  }
}
