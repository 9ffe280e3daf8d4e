// Why a task has to run, in words: every reason that the cache gives when it decides. The only place that makes these
// sentences, so that `explain`, `--dry_run` and what is said before a run starts speak of the same things in the same way.

import { never } from "../core/never.ts";
import type { CodePartChange, FieldChange, Reason, SampleFieldChange } from "../core/reason.ts";
import { thousands } from "./amounts.ts";
import { oldToNew, oneValue } from "./old-and-new.ts";
import { visible } from "./printable.ts";

/** One thing that is otherwise: `option size` and `0.2 → 0.1`, side by side where there are several. */
export interface ReasonRow {
  readonly what: string;
  readonly how: string;
}

/** `option size 0.2 → 0.1`, `output missing (surface_f3.stl)`: one line, however much there is to say. */
export function sayReason(reason: Reason): string {
  switch (reason.kind) {
    case "options-changed":
      return reason.fields === null ? forgottenWords.options : fieldsLine("option", reason.fields);
    case "code-changed":
      return reason.parts === null ? forgottenWords.code : `code changed (${sayParts(reason.parts)})`;
    case "sample-changed":
      return reason.fields === null ? forgottenWords.sample : sampleLine(reason.fields);
    default: {
      const { what, how } = simpleRow(reason);
      return how === "" ? what : `${what} (${how})`;
    }
  }
}

/** The reasons of one task in one line. */
export const sayReasons = (reasons: readonly Reason[]): string => reasons.map(sayReason).join("; ");

/** Field by field, nothing left out. */
export function reasonRows(reason: Reason): readonly ReasonRow[] {
  switch (reason.kind) {
    case "options-changed":
      return reason.fields === null
        ? [{ what: forgottenWords.options, how: "" }]
        : reason.fields.map(optionRow);
    case "code-changed":
      return reason.parts === null
        ? [{ what: forgottenWords.code, how: "" }]
        : reason.parts.map(({ name, how }) => ({ what: `code of ${visible(name)}`, how }));
    case "sample-changed":
      return reason.fields === null
        ? [{ what: forgottenWords.sample, how: "" }]
        : reason.fields.map((field) => sampleRow(field, "long"));
    case "output-missing":
      return reason.files.map((path) => ({ what: `output ${visible(path)}`, how: "missing" }));
    case "output-changed":
      return reason.files.map((path) => ({
        what: `output ${visible(path)}`,
        how: "changed since the task wrote it",
      }));
    case "output-replaced":
      return reason.files.map(({ path, by }) => ({
        what: `output ${visible(path)}`,
        how: `replaced by ${sayReplacement(by)}`,
      }));
    default:
      return [simpleRow(reason)];
  }
}

/** `function step, new: function volume, gone: const limit` */
export function sayParts(parts: readonly CodePartChange[]): string {
  if (parts.length === 0) return "somewhere";
  return listed(parts.map(sayPart), mostListed);
}

/** `a, b, c, …`; where the count is not known to the reader from elsewhere, how many there are. */
export function listed(words: readonly string[], most: number): string {
  if (words.length <= most) return words.join(", ");
  return `${words.slice(0, most).join(", ")}, … ${thousands(words.length)} in all`;
}

/** What a field of the sample is called: `config RandomScene_0.stiffness`. */
export function sampleFieldName({ what, path }: Pick<SampleFieldChange, "what" | "path">): string {
  return `${what === "info" ? "serializationInfo" : what} ${shownName(path)}`;
}

/** `link` → `a link` */
export function sayReplacement(by: "link" | "folder" | "file" | "other"): string {
  switch (by) {
    case "link":
      return "a link";
    case "folder":
      return "a folder";
    case "file":
      return "another file";
    case "other":
      return "something that is no file";
    default:
      return never(by);
  }
}

/** Whether a field is one of which only what stands for its content is known: it is told by name alone. */
export const isToldByName = ({ what }: Pick<SampleFieldChange, "what">): boolean =>
  what === "file" || what === "sample";

/** How a file or a sample that the block sees differs; the content itself is told by its sha256. */
export function contentChange({ old, new: now }: FieldChange): "new" | "gone" | "changed" {
  return old === null ? "new" : now === null ? "gone" : "changed";
}

/** In one line not more than this is listed of anything. */
const mostListed = 4;

type Simple = Exclude<Reason, { kind: "options-changed" | "code-changed" | "sample-changed" }>;

/** What is said in one breath. */
function simpleRow(reason: Simple): ReasonRow {
  switch (reason.kind) {
    case "never-run":
      return { what: "never run", how: "" };
    case "caching-disabled":
      return { what: "caching is disabled", how: "--disable_caching" };
    case "forced":
      return reason.follows === null
        ? { what: "forced", how: "--force_run_blocks" }
        : { what: "forced", how: `it follows ${visible(reason.follows)} of --force_run_blocks` };
    case "issue-retried":
      return { what: "its issue is retried", how: oneValue(reason.message) };
    case "record-unreadable":
      return { what: "what is remembered of it cannot be read", how: oneValue(reason.problem) };
    case "key-version": {
      const other = reason.old < reason.new ? "an older" : "a newer";
      return { what: `remembered by ${other} pipe`, how: `keys of version ${reason.old}, not ${reason.new}` };
    }
    case "runs-before": {
      const names = listed(reason.blocks.map(visible), mostListed);
      return { what: `${names} ${reason.blocks.length === 1 ? "runs" : "run"} before it`, how: "" };
    }
    case "output-missing":
      return { what: "output missing", how: shownFiles(reason.files) };
    case "output-changed":
      return { what: "output changed", how: shownFiles(reason.files) };
    case "output-replaced": {
      const kinds = new Set(reason.files.map(({ by }) => sayReplacement(by)));
      const by = kinds.size === 1 ? ` by ${[...kinds][0]}` : "";
      return { what: `output replaced${by}`, how: shownFiles(reason.files.map(({ path }) => path)) };
    }
    default:
      return never(reason);
  }
}

const shownFiles = (files: readonly string[]): string => listed(files.map(shownName), mostListed);
const shownName = (path: string): string => (path === "" ? "(itself)" : oneValue(path));

const forgottenWords = {
  options: "options changed (the earlier ones are not kept)",
  code: "code changed (the earlier code is not kept)",
  sample: "the sample before it changed (what it was is not kept)",
} as const;

function fieldsLine(word: string, fields: readonly FieldChange[]): string {
  if (fields.length === 0) return `${word}s changed`;
  const each = fields.map(
    (field) => `${shownName(optionName(field.path))} ${oldToNew(field.old, field.new)}`,
  );
  return `${word}${fields.length === 1 ? "" : "s"} ${listed(each, mostListed)}`;
}

/** Options are told by their own names: `this.options.size` of a block is the option `size`. */
export const optionName = (path: string): string => path.replace(/^options\.(?:options\.)?/, "");

function sampleLine(fields: readonly SampleFieldChange[]): string {
  if (fields.length === 0) return "the sample before it changed";
  return listed(
    fields.map((field) => {
      const { what, how } = sampleRow(field, "short");
      return `${what} ${how}`;
    }),
    mostListed,
  );
}

const optionRow = ({ path, old, new: now }: FieldChange): ReasonRow => ({
  what: `option ${shownName(optionName(path))}`,
  how: oldToNew(old, now),
});

function sampleRow(field: SampleFieldChange, length: "short" | "long"): ReasonRow {
  const what = sampleFieldName(field);
  if (!isToldByName(field)) return { what, how: oldToNew(field.old, field.new) };
  const change = contentChange(field);
  const hashes =
    length === "short" || change !== "changed" || field.what === "sample"
      ? ""
      : ` (sha256 ${shortHash(field.old)} → ${shortHash(field.new)})`;
  return { what, how: `${change === "changed" ? "changed" : `is ${change}`}${hashes}` };
}

const shortHash = (hash: string | null): string => visible((hash ?? "").slice(0, 12));

function sayPart({ name, how }: CodePartChange): string {
  const shown = oneValue(name);
  switch (how) {
    case "changed":
      return shown;
    case "added":
      return `new: ${shown}`;
    case "removed":
      return `gone: ${shown}`;
    default:
      return never(how);
  }
}
