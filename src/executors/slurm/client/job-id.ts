// A job's number, which is not a number: elements of arrays are `9_3`, parts of heterogeneous jobs `12+1`. Taken for an
// integer, `9_3` would be job 9 and its cancellation that of a thousand others.
import type { Branded } from "../../../core/ids.ts";

/** As Slurm's own commands take it: `1234`, `9_3`, `12+1`. May be handed out again after a lost state. */
export type JobId = Branded<string, "JobId">;

/** Null where it is none. */
export function parseJobId(text: string): JobId | null {
  return /^\d{1,20}(?:[+_]\d+)?$/.test(text) ? (text as JobId) : null;
}

/** Which elements of an array a line of the queue is about. */
export type Elements =
  /** No array. */
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly index: number }
  /** Those that have not been given a place yet; the queue has one line for all of them. `cut`: there are more. */
  | { readonly kind: "rest"; readonly ranges: readonly IndexRange[]; readonly cut: boolean };

/** Both ends belong to it. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** What squeue calls `%K`: `N/A`, `3`, `2-3%1`, `1,5-9:2`, `0-4,...`. Null where it is none of these. */
export function parseElements(text: string): Elements | null {
  if (text === "N/A" || text === "") return { kind: "none" };
  if (/^\d+$/.test(text)) return { kind: "one", index: Number(text) };
  const list = text.replace(/%\d+$/, "").replace(/^\[|\]$/g, "");
  const parts = list.split(",").filter((part) => part !== "...");
  const ranges = parts.map(parseRange).filter((range) => range !== null);
  if (ranges.length !== parts.length || ranges.length === 0) return null;
  return { kind: "rest", ranges, cut: list.includes("...") };
}

function parseRange(text: string): IndexRange | null {
  const match = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  return { first, last: Number(match[2] ?? first), step: Number(match[3] ?? 1) };
}

export function holdsIndex(elements: Elements, index: number): boolean {
  switch (elements.kind) {
    case "none":
      return false;
    case "one":
      return elements.index === index;
    case "rest":
      return elements.ranges.some(
        ({ first, last, step }) => index >= first && index <= last && (index - first) % step === 0,
      );
  }
}
