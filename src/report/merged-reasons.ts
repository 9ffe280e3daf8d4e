// The same reason of many tasks as one: the fields that changed, whether they changed alike, a few of the files. What ten
// thousand tasks have in common is one line; what each has for itself would be ten thousand.

import { never } from "../core/never.ts";
import { type FieldChange, pathsIn, type Reason, type SampleFieldChange } from "../core/reason.ts";
import { thousands } from "./amounts.ts";
import { oldToNew } from "./old-and-new.ts";
import { visible } from "./printable.ts";
import {
  contentChange,
  isToldByName,
  optionName,
  sampleFieldName,
  sayReason,
  sayReplacement,
} from "./say-verdict.ts";

export interface MergedReason {
  /** That of the first task. */
  readonly example: Reason;
  /** Whether other tasks have other values. */
  readonly varies: boolean;
  add(reason: Reason): void;
  /** `option size 0.2 → 0.1`, `output missing (surface_f3.stl, …)` */
  say(): string;
}

/**
 * What must be alike for two tasks to be told together: which fields, which parts of the code, which kinds of change;
 * not their values, and not the names of files.
 */
export function likeness(reason: Reason): string {
  switch (reason.kind) {
    case "options-changed":
      return named(
        "option",
        reason.fields?.map(({ path }) => path),
      );
    case "code-changed":
      return named(
        "code",
        reason.parts?.map(({ name, how }) => `${how} ${name}`),
      );
    case "sample-changed":
      return named("sample", reason.fields === null ? undefined : [...new Set(reason.fields.map(fieldKind))]);
    case "forced":
      return named("forced", [reason.follows ?? ""]);
    case "key-version":
      return named("key-version", [String(reason.old), String(reason.new)]);
    case "runs-before":
      return named("runs-before", reason.blocks);
    case "output-replaced":
      return named("output-replaced", [...new Set(reason.files.map(({ by }) => by))].sort());
    case "never-run":
    case "caching-disabled":
    case "issue-retried":
    case "record-unreadable":
    case "output-missing":
    case "output-changed":
      return reason.kind;
    default:
      return never(reason);
  }
}

export function mergedReason(first: Reason): MergedReason {
  switch (first.kind) {
    case "options-changed":
    case "sample-changed":
      return first.fields === null ? asItIs(first) : mergedFields(first);
    case "output-missing":
    case "output-changed":
    case "output-replaced":
      return mergedOutputs(first);
    case "issue-retried":
      return mergedTexts(first, "its issue is retried", (reason) =>
        reason.kind === "issue-retried" ? reason.message : null,
      );
    case "record-unreadable":
      return mergedTexts(first, "what is remembered cannot be read", (reason) =>
        reason.kind === "record-unreadable" ? reason.problem : null,
      );
    default:
      return asItIs(first);
  }
}

/** Of files and of values, this many are named. */
const mostNamed = 3;
/** Of fields and parts, this many are told apart. */
const mostFields = 6;
const mostFieldsKept = 100;

const named = (kind: string, names: readonly string[] | undefined): string =>
  JSON.stringify([
    kind,
    names === undefined ? null : names.slice(0, mostFields),
    (names?.length ?? 0) > mostFields,
  ]);

const fieldKind = (field: SampleFieldChange): string =>
  isToldByName(field) ? contentWords(field) : `${field.what} ${field.path}`;

const asItIs = (example: Reason): MergedReason => ({
  example,
  varies: false,
  add() {},
  say: () => sayReason(example),
});

/** The first few of the names, and whether there are others. */
class Names {
  readonly #shown: string[] = [];
  #more = false;

  add(name: string): void {
    if (this.#shown.includes(name)) return;
    if (this.#shown.length < mostNamed) this.#shown.push(name);
    else this.#more = true;
  }

  get varies(): boolean {
    return this.#more || this.#shown.length > 1;
  }

  get text(): string {
    return [...this.#shown.map(short), ...(this.#more ? ["…"] : [])].join(", ");
  }
}

function short(name: string): string {
  return name.length <= 40 ? visible(name) : `…${visible(name.slice(-39).replace(/^[\udc00-\udfff]/, ""))}`;
}

type Fields = Extract<Reason, { kind: "options-changed" | "sample-changed" }>;

function mergedFields(first: Fields): MergedReason {
  const values = new Map<string, { readonly field: FieldChange; varies: boolean }>();
  const files = new Map<string, Names>();
  const note = (name: string, field: FieldChange): void => {
    const known = values.get(name);
    if (known === undefined) {
      if (values.size < mostFieldsKept) values.set(name, { field, varies: false });
    } else if (known.field.old !== field.old || known.field.new !== field.new) known.varies = true;
  };
  const add = (reason: Reason): void => {
    if (reason.kind !== "options-changed" && reason.kind !== "sample-changed") return;
    if (reason.kind === "options-changed") {
      for (const field of reason.fields ?? []) note(visible(optionName(field.path)), field);
      return;
    }
    for (const field of reason.fields ?? []) {
      if (!isToldByName(field)) {
        note(sampleFieldName(field), field);
        continue;
      }
      const change = contentWords(field);
      const names = files.get(change) ?? new Names();
      files.set(change, names);
      names.add(field.path);
    }
  };
  add(first);
  return {
    example: first,
    get varies() {
      return [...values.values()].some((one) => one.varies) || [...files.values()].some((one) => one.varies);
    },
    add,
    say() {
      const fields = [...values].map(([name, { field, varies }]) => {
        const change = oldToNew(field.old, field.new);
        return varies ? `${name} changed (${change}, …)` : `${name} ${change}`;
      });
      const more = fields.length > mostFields ? [`${thousands(fields.length - mostFields)} more`] : [];
      const shown = [...fields.slice(0, mostFields), ...more].join(", ");
      const word = first.kind === "sample-changed" ? "" : fields.length === 1 ? "option " : "options ";
      const parts = [
        ...(shown === "" ? [] : [word + shown]),
        ...[...files].map(([change, names]) => `${change} (${names.text})`),
      ];
      return parts.length === 0 ? sayReason(first) : parts.join(", ");
    },
  };
}

/** `new file`, `sample changed`: all alike are told together. */
function contentWords(field: SampleFieldChange): string {
  const change = contentChange(field);
  return change === "new" ? `new ${field.what}` : `${field.what} ${change}`;
}

type Outputs = Extract<Reason, { kind: "output-missing" | "output-changed" | "output-replaced" }>;

function mergedOutputs(first: Outputs): MergedReason {
  const names = new Names();
  const add = (reason: Reason): void => {
    if (reason.kind !== first.kind || !("files" in reason)) return;
    for (const path of pathsIn(reason)) names.add(path);
  };
  add(first);
  return {
    example: first,
    get varies() {
      return names.varies;
    },
    add,
    say: () => `${outputWords(first)} (${names.text})`,
  };
}

function outputWords(reason: Outputs): string {
  switch (reason.kind) {
    case "output-missing":
      return "output missing";
    case "output-changed":
      return "output changed";
    case "output-replaced": {
      const kinds = new Set(reason.files.map(({ by }) => sayReplacement(by)));
      return kinds.size === 1 ? `output replaced by ${[...kinds][0]}` : "output replaced";
    }
    default:
      return never(reason);
  }
}

function mergedTexts(first: Reason, words: string, textOf: (reason: Reason) => string | null): MergedReason {
  const texts = new Names();
  const add = (reason: Reason): void => {
    const text = textOf(reason);
    if (text !== null) texts.add(text);
  };
  add(first);
  return {
    example: first,
    get varies() {
      return texts.varies;
    },
    add,
    say: () => `${words} (${texts.text})`,
  };
}
