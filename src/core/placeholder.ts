// `{sample.config.Mesh_0.size}` in the arguments of a command. Whatever can be known to be wrong is said before anything
// starts; only the value itself is looked up when the task runs. A value is always one argument or a part of one:
// no shell ever reads it.
import type { Json } from "./json.ts";
import { nearest } from "./nearest.ts";
import type { BlockValues } from "./sample.ts";

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** `{a.b.c}`: path ["a", "b", "c"], source "{a.b.c}". */
  | { readonly kind: "value"; readonly path: readonly string[]; readonly source: string };

export type PlaceholderProblem =
  /** A `{` without its `}`; `at` counts characters from 0. */
  | { readonly kind: "unclosed"; readonly at: number }
  | { readonly kind: "unopened"; readonly at: number }
  | { readonly kind: "empty"; readonly at: number }
  | { readonly kind: "unknown"; readonly source: string; readonly nearest: string | null }
  | {
      readonly kind: "no-earlier-block";
      readonly source: string;
      readonly block: string;
      readonly nearest: string | null;
    }
  /** `{sample.config}` or `{sample.config.Mesh_0}`: a value must be named. */
  | { readonly kind: "no-value-named"; readonly source: string }
  /** `{sample.id}` in a block over the whole dataset, or in a program that is started once for many samples. */
  | { readonly kind: "no-sample-here"; readonly source: string; readonly scope: "dataset" | "persistent" };

export type Template =
  | { readonly kind: "template"; readonly pieces: readonly Piece[] }
  | { readonly kind: "bad-template"; readonly problem: PlaceholderProblem };

/** What a placeholder may name where it stands. */
export interface PlaceholderScope {
  readonly scope: "sample" | "dataset" | "persistent";
  /** Names of the blocks before this one in the pipeline. */
  readonly earlier: readonly string[];
}

export interface PlaceholderContext {
  /** null in a block over the whole dataset. */
  readonly sample: {
    readonly id: number;
    readonly path: string;
    readonly config: Readonly<Record<string, BlockValues>>;
    readonly statistics: Readonly<Record<string, BlockValues>>;
  } | null;
  readonly dataset: { readonly path: string };
}

export type Expanded =
  | { readonly kind: "text"; readonly text: string }
  /** `known` are the names that stand in its place, for the message. */
  | { readonly kind: "no-such-value"; readonly placeholder: string; readonly known: readonly string[] };

/** `{{` and `}}` stand for the braces themselves. */
export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let literal = "";
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    if ((character === "{" || character === "}") && text[at + 1] === character) {
      literal += character;
      at += 2;
    } else if (character === "}") {
      return { kind: "bad-template", problem: { kind: "unopened", at } };
    } else if (character === "{") {
      const inside = /^[^{}]*/.exec(text.slice(at + 1))?.[0] ?? "";
      const end = at + 1 + inside.length;
      if (text[end] !== "}") return { kind: "bad-template", problem: { kind: "unclosed", at } };
      if (inside === "") return { kind: "bad-template", problem: { kind: "empty", at } };
      if (literal !== "") pieces.push({ kind: "text", text: literal });
      literal = "";
      pieces.push({ kind: "value", path: inside.split("."), source: `{${inside}}` });
      at = end + 1;
    } else {
      literal += character;
      at++;
    }
  }
  if (literal !== "" || pieces.length === 0) pieces.push({ kind: "text", text: literal });
  return { kind: "template", pieces };
}

/** A text that stands for itself in a template, whatever braces it has. */
export const literalTemplate = (text: string): string => text.replaceAll("{", "{{").replaceAll("}", "}}");

/** All that can be known to be wrong before the block runs; empty where nothing is. */
export function checkTemplate(text: string, where: PlaceholderScope): readonly PlaceholderProblem[] {
  const template = parseTemplate(text);
  if (template.kind === "bad-template") return [template.problem];
  return template.pieces.flatMap((piece) => {
    const problem = piece.kind === "text" ? null : checkPath(piece.path, piece.source, where);
    return problem === null ? [] : [problem];
  });
}

/**
 * The text with its values in place: strings as they are, numbers in decimal, anything else as JSON.
 * @param text passed `checkTemplate`; what it could not have known is the only thing that is missing here.
 */
export function expand(text: string, context: PlaceholderContext): Expanded {
  const template = parseTemplate(text);
  if (template.kind === "bad-template") return { kind: "no-such-value", placeholder: text, known: [] };
  let result = "";
  for (const piece of template.pieces) {
    if (piece.kind === "text") {
      result += piece.text;
      continue;
    }
    const found = lookUp(context, piece.path);
    if (found.kind === "missing") {
      return { kind: "no-such-value", placeholder: piece.source, known: found.known };
    }
    result += typeof found.value === "string" ? found.value : JSON.stringify(found.value);
  }
  return { kind: "text", text: result };
}

const sampleRoots = ["sample.id", "sample.path", "sample.config", "sample.statistics"] as const;
const datasetRoots = ["dataset.path"] as const;

function checkPath(
  path: readonly string[],
  source: string,
  where: PlaceholderScope,
): PlaceholderProblem | null {
  const roots: readonly string[] = [...sampleRoots, ...datasetRoots];
  const root = path.slice(0, 2).join(".");
  const byBlock = root === "sample.config" || root === "sample.statistics";
  if (!roots.includes(root) || path.includes("")) {
    return {
      kind: "unknown",
      source,
      nearest: braced(nearest(path.join("."), roots) ?? nearest(root, roots)),
    };
  }
  if (where.scope !== "sample" && path[0] === "sample") {
    return { kind: "no-sample-here", source, scope: where.scope };
  }
  if (!byBlock) {
    return path.length === 2 ? null : { kind: "unknown", source, nearest: braced(root) };
  }
  const block = path[2];
  if (block === undefined) return { kind: "no-value-named", source };
  if (!where.earlier.includes(block)) {
    return { kind: "no-earlier-block", source, block, nearest: nearest(block, where.earlier) };
  }
  return path.length >= 4 ? null : { kind: "no-value-named", source };
}

const braced = (name: string | null): string | null => (name === null ? null : `{${name}}`);

type Found =
  | { readonly kind: "found"; readonly value: Json }
  | { readonly kind: "missing"; readonly known: readonly string[] };

/** Own members only: `{sample.config.Mesh_0.constructor}` is no value. */
function lookUp(context: PlaceholderContext, path: readonly string[]): Found {
  const { sample, dataset } = context;
  let value: Json = {
    dataset: { path: dataset.path },
    ...(sample === null
      ? {}
      : {
          sample: { id: sample.id, path: sample.path, config: sample.config, statistics: sample.statistics },
        }),
  };
  for (const [depth, name] of path.entries()) {
    const next: Json | undefined =
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? Object.getOwnPropertyDescriptor(value, name)?.value
        : undefined;
    if (next === undefined) {
      const parent = path.slice(0, depth).join(".");
      const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
      return { kind: "missing", known: names.map((known) => `{${parent}.${known}}`) };
    }
    value = next;
  }
  return { kind: "found", value };
}
