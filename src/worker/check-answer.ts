// What a command answers, in PIPE_RESULT or as a line: unknown text → values, or what is wrong with it. Checked by the
// same rules as setConfig and addStatistic, so that a program cannot bring in what a block could not.
import { BadValue, checkKey, jsonCopy } from "../api/bad-value.ts";
import { isObject, type Json } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import type { BlockValues, SampleChanges } from "../core/sample.ts";

export interface CommandAnswer {
  readonly changes: SampleChanges;
  readonly issue: string | null;
  /** Only persistent commands may say it: their exit status cannot. */
  readonly error: string | null;
  /** Which sample it speaks of, where it says so. */
  readonly id: number | null;
}

export type CheckedAnswer =
  | { readonly kind: "answer"; readonly answer: CommandAnswer }
  | { readonly kind: "bad"; readonly problem: string; readonly excerpt: string };

/** `result`: the text of PIPE_RESULT. `line`: a line of a persistent command. */
export function checkAnswer(text: string, from: "result" | "line"): CheckedAnswer {
  try {
    return { kind: "answer", answer: parse(text, from) };
  } catch (error) {
    if (!(error instanceof BadAnswer || error instanceof BadValue)) throw error;
    const problem = error instanceof BadValue ? `\`${error.path}\` is ${error.problem}` : error.message;
    return { kind: "bad", problem, excerpt: excerptOf(text) };
  }
}

/** Enough of it to recognise. */
export const excerptOf = (text: string): string => (text.length <= 300 ? text : `${text.slice(0, 300)}…`);

class BadAnswer extends Error {}

const keys = {
  result: ["config", "statistics", "issue"],
  line: ["config", "statistics", "issue", "error", "id"],
} as const;

function parse(text: string, from: "result" | "line"): CommandAnswer {
  if (text.trim() === "") throw new BadAnswer(from === "result" ? "the file is empty" : "the line is empty");
  const value = parseJson(text);
  if (!isObject(value)) throw new BadAnswer(`it is ${article(value)}, not an object`);
  const known: readonly string[] = keys[from];
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const meant = near === null ? `known are ${known.join(", ")}` : `did you mean \`${near}\`?`;
    throw new BadAnswer(`unknown key \`${key}\`; ${meant}`);
  }
  return {
    changes: { config: values(value.config, "config"), statistics: values(value.statistics, "statistics") },
    issue: sentence(value.issue, "issue"),
    error: sentence(value.error, "error"),
    id: value.id === undefined ? null : number(value.id),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    // Python's json.dump writes these by default.
    const hint = /\b(NaN|Infinity)\b/.test(text) ? "; NaN and Infinity are not JSON" : "";
    throw new BadAnswer(`it is not JSON (${why})${hint}`);
  }
}

function values(value: unknown, what: "config" | "statistics"): BlockValues {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new BadAnswer(`\`${what}\` is ${article(value)}, not an object`);
  const checked: Record<string, Json> = {};
  for (const [key, one] of Object.entries(value))
    checked[checkKey(key, what)] = jsonCopy(one, `${what}.${key}`);
  return checked;
}

/** null says the same as nothing: `{"issue": issue}` is what a program writes that has a variable for it. */
function sentence(value: unknown, what: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw new BadAnswer(`\`${what}\` is ${article(value)}, not a text`);
  if (value === "") throw new BadAnswer(`\`${what}\` is an empty text`);
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new BadAnswer(`\`id\` is ${article(value)}, not a number`);
  return value;
}

function article(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : typeof value === "string" ? "a text" : `a ${typeof value}`;
}
