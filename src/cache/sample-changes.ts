// How a sample differs from what it was: config values, statistics and files by their names, old beside new. Of the dataset: which
// of its samples.
import type { BlockName } from "../core/ids.ts";
import type { FieldChange, SampleFieldChange } from "../core/reason.ts";
import type { BlockValues } from "../core/sample.ts";
import { changesBetween, fieldChanges, fieldsOf } from "./canonical-fields.ts";
import { canonicalJson } from "./canonical-json.ts";
import { contentText, type SampleContent } from "./content.ts";
import { fieldName } from "./field-name.ts";
import { type Roll, rollChanges } from "./roll.ts";

/** What a block sees: of a sample what pipe itself counts, or the canonical text of what the pipeline's own info said. */
export type SampleView =
  | { readonly kind: "content"; readonly content: SampleContent }
  | { readonly kind: "info"; readonly text: string }
  | { readonly kind: "dataset"; readonly roll: Roll };

/** Null where the two cannot be compared. */
export function sampleChanges(old: SampleView, now: SampleView): readonly SampleFieldChange[] | null {
  if (old.kind === "dataset" || now.kind === "dataset") {
    return old.kind === "dataset" && now.kind === "dataset" ? rollChanges(old.roll, now.roll) : null;
  }
  if (old.kind === "content" && now.kind === "content") return contentChanges(old.content, now.content);
  return fieldChanges(textOf(old), textOf(now)).map((change) => ({ what: "info", ...change }));
}

export function contentChanges(old: SampleContent, now: SampleContent): readonly SampleFieldChange[] {
  const as = (what: SampleFieldChange["what"], changes: readonly FieldChange[]) =>
    changes.map((change) => ({ what, ...change }));
  return [
    ...as("config", valueChanges(old.config, now.config)),
    ...as("statistic", valueChanges(old.statistics, now.statistics)),
    ...as("file", changesBetween(old.files, now.files)),
  ];
}

const textOf = (view: Exclude<SampleView, { kind: "dataset" }>): string =>
  view.kind === "info" ? view.text : contentText(view.content);

type Values = ReadonlyMap<BlockName, BlockValues>;

/** Value by value; what is inside one is only taken apart where the value is not the same. */
function valueChanges(old: Values, now: Values): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  for (const block of new Set([...now.keys(), ...old.keys()])) {
    const before = old.get(block) ?? {};
    const after = now.get(block) ?? {};
    for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
      const [was, is] = [textOfField(before, key), textOfField(after, key)];
      if (was === is) continue;
      const name = `${fieldName(block)}${fieldName(key)}`.replace(/^\./, "");
      for (const change of changesBetween(fieldsIn(was), fieldsIn(is))) {
        changes.push({ ...change, path: pathBehind(name, change.path) });
      }
    }
  }
  return changes;
}

const textOfField = (values: BlockValues, key: string): string | null =>
  Object.hasOwn(values, key) ? canonicalJson(values[key] ?? null) : null;

const fieldsIn = (text: string | null): ReadonlyMap<string, string> =>
  text === null ? new Map() : fieldsOf(text);

/** `fieldsOf` leaves the first dot out. */
const pathBehind = (name: string, path: string): string =>
  path === "" || path.startsWith("[") ? name + path : `${name}.${path}`;
