// Plots of the samples' own values that the pipeline asks the report for. Kept and checked here, drawn by report/.
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";

/** A column of `configs.csv` or `statistics.csv`: `"Simulate_0.max_displacement"`. */
export type Column = `${string}.${string}`;

/** A plot in the report of a run. Every sample that is valid gives one value or point. */
export type Plot =
  /** How often values occur. @example { kind: "histogram", value: "RandomScene_0.stiffness", bins: 20 } */
  | { readonly kind: "histogram"; readonly value: Column; readonly bins?: number; readonly title?: string }
  /** A point per sample. @example { kind: "scatter", x: "RandomScene_0.stiffness", y: "Simulate_0.max_displacement" } */
  | { readonly kind: "scatter"; readonly x: Column; readonly y: Column; readonly title?: string }
  /** Points joined in the order of x. */
  | { readonly kind: "line"; readonly x: Column; readonly y: Column; readonly title?: string }
  /** Median, quartiles and outliers of each column beside each other. */
  | { readonly kind: "box"; readonly values: readonly Column[]; readonly title?: string };

const fields: Readonly<Record<Plot["kind"], readonly string[]>> = {
  histogram: ["kind", "value", "bins", "title"],
  scatter: ["kind", "x", "y", "title"],
  line: ["kind", "x", "y", "title"],
  box: ["kind", "values", "title"],
};

/** What is wrong with a plot of a pipeline with these blocks; empty where nothing is. */
export function checkPlot(plot: unknown, blocks: readonly string[]): readonly Diagnostic[] {
  if (!isRecord(plot)) return [wrong("it is no object", null)];
  const { kind } = plot;
  const kinds = Object.keys(fields);
  if (typeof kind !== "string" || !isKind(kind)) {
    const near = typeof kind === "string" ? nearest(kind, kinds) : null;
    return [
      wrong(
        `unknown kind ${JSON.stringify(kind)}`,
        near === null ? `known: ${kinds.join(", ")}` : `did you mean "${near}"?`,
      ),
    ];
  }
  const problems: Diagnostic[] = [];
  for (const name of Object.keys(plot)) {
    if (fields[kind].includes(name)) continue;
    const near = nearest(name, fields[kind]);
    problems.push(
      wrong(`unknown field \`${name}\` of a ${kind}`, near === null ? null : `did you mean \`${near}\`?`),
    );
  }
  if (plot.title !== undefined && typeof plot.title !== "string")
    problems.push(wrong("`title` must be a text", null));
  if (plot.bins !== undefined && !(Number.isSafeInteger(plot.bins) && Number(plot.bins) > 0)) {
    problems.push(wrong("`bins` must be a whole number from 1", null));
  }
  for (const [field, column] of columnsOf(kind, plot)) {
    const problem = checkColumn(field, column, blocks);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

function columnsOf(
  kind: Plot["kind"],
  plot: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  if (kind === "histogram") return [["value", plot.value]];
  if (kind !== "box") {
    return [
      ["x", plot.x],
      ["y", plot.y],
    ];
  }
  const { values } = plot;
  return Array.isArray(values) && values.length > 0
    ? values.map((column: unknown) => ["values", column] as const)
    : [["values", undefined]];
}

function checkColumn(field: string, column: unknown, blocks: readonly string[]): Diagnostic | null {
  const [, block] = (typeof column === "string" ? /^([^.]+)\.[^.]+$/.exec(column) : null) ?? [];
  if (block === undefined) {
    return wrong(
      `\`${field}\` must name a column as "Block_0.key", not ${JSON.stringify(column) ?? "nothing"}`,
      null,
    );
  }
  if (blocks.includes(block)) return null;
  const near = nearest(block, blocks);
  const hint = near === null ? `blocks: ${blocks.join(", ")}` : `did you mean \`${near}\`?`;
  return wrong(`\`${field}\` is ${JSON.stringify(column)}, but no block is called ${block}`, hint);
}

const wrong = (what: string, hint: string | null): Diagnostic =>
  diagnostic("bad-plot", `a plot: ${what}`, hint === null ? {} : { hint });

const isKind = (kind: string): kind is Plot["kind"] => Object.hasOwn(fields, kind);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
