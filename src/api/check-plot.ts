// What is wrong with a plot that a pipeline asks for: said when the pipeline is loaded, not when the run is over.

import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { isObject } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import type { Plot } from "./plots.ts";

const fields: Readonly<Record<Plot["kind"], readonly string[]>> = {
  histogram: ["kind", "value", "bins", "title"],
  scatter: ["kind", "x", "y", "title"],
  line: ["kind", "x", "y", "title"],
  box: ["kind", "values", "title"],
};

/** What is wrong with a plot of a pipeline with these blocks; empty where nothing is. */
export function checkPlot(plot: unknown, blocks: readonly string[]): readonly Diagnostic[] {
  if (!isObject(plot)) return [wrong("it is no object", null)];
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
