// Why a duration or a size cannot be read, in words, for the command line and pipe.toml alike.
import { never } from "../core/never.ts";
import { durationForms, parseDuration, parseSize, sizeForms, type UnitProblem } from "../core/units.ts";

export type UnitKind = "duration" | "size";

export type Measured =
  | { readonly kind: "ok"; readonly value: number }
  /** `problem` completes the sentence "`time` is "30", …"; `example` is what might have been meant. */
  | { readonly kind: "bad"; readonly problem: string; readonly example: string; readonly forms: string };

export function readMeasure(kind: UnitKind, text: string): Measured {
  const parsed = kind === "duration" ? parseDuration(text) : parseSize(text);
  if (parsed.kind === "ok") return parsed;
  return {
    kind: "bad",
    problem: problemWords(parsed.why, kind),
    example: exampleFor(kind, text),
    forms: kind === "duration" ? durationForms : sizeForms,
  };
}

function problemWords(why: UnitProblem, kind: UnitKind): string {
  switch (why) {
    case "empty":
      return "which is empty";
    case "no-unit":
      return "which has no unit";
    case "unknown-unit":
      return "which has a unit that nobody knows";
    case "order":
      return "whose units do not go from large to small";
    case "negative":
      return "which is negative";
    case "too-large":
      return "which is too large";
    case "malformed":
      return `which is no ${kind}`;
    default:
      return never(why);
  }
}

/** The number that was written, with the unit that is meant most often. */
function exampleFor(kind: UnitKind, text: string): string {
  const unit = kind === "duration" ? "m" : "G";
  const number = /^\s*(\d{1,4}(?:\.\d+)?)\s*[A-Za-z]*\s*$/.exec(text)?.[1];
  return `${number ?? (kind === "duration" ? "30" : "4")}${unit}`;
}
