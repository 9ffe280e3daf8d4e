// Durations and sizes as people write them: "30m", "4G". A bare "30" is refused, because half of all people would
// mean minutes. What is wrong comes back as a fact; whoever asked knows where it stands and makes the message.
import { type Bytes, bytes, type Seconds, seconds } from "./ids.ts";

export type UnitProblem =
  | "empty"
  /** "30": nobody can say what it means. */
  | "no-unit"
  /** "30x" */
  | "unknown-unit"
  /** "1m30h": units must go from large to small, each at most once. */
  | "order"
  | "negative"
  /** Infinity, NaN, or more than a number holds exactly. */
  | "too-large"
  | "malformed";

export type Parsed<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "bad"; readonly why: UnitProblem };

/** For hints: what a duration may look like. */
export const durationForms = '"30m" (units: d, h, m, s), "1h30m" or "HH:MM:SS"';
/** For hints: what a size may look like. */
export const sizeForms = '"4G" (units: K, M, G, T; 1K = 1024 bytes)';

/**
 * A duration in seconds: a number (seconds), "30s", "30m", "1h", "2d", "1h30m", "1.5h", "HH:MM:SS", or "D-HH:MM:SS"
 * as Slurm writes it. "MM:SS" is refused: Slurm reads "10:00" as ten minutes, most people as ten hours.
 */
export function parseDuration(given: string | number): Parsed<Seconds> {
  if (typeof given === "number") return checked(given, seconds);
  const text = given.trim();
  const clock = /^(?:(\d+)-)?(\d+):(\d\d):(\d\d)$/.exec(text);
  if (clock !== null) {
    const [days, hours, minutes, rest] = clock.slice(1).map((part) => Number(part ?? 0));
    if ((minutes ?? 0) > 59 || (rest ?? 0) > 59) return bad("malformed");
    return checked((days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (rest ?? 0), seconds);
  }
  const first = unitless(text);
  if (first !== null) return bad(first);
  let total = 0;
  let last = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const part of text.matchAll(/\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)/gy)) {
    const unit = durationUnits.get(part[2] ?? "");
    if (unit === undefined) return bad("unknown-unit");
    if (unit >= last) return bad("order");
    last = unit;
    total += Number(part[1]) * unit;
    end = part.index + part[0].length;
  }
  if (end !== text.length) return bad(unitless(text.slice(end).trim()) ?? "malformed");
  return checked(total, seconds);
}

/** A size in bytes: a number (bytes), "512M", "4G", "4GiB", "1.5T"; 1K is 1024 bytes, as in Slurm. */
export function parseSize(given: string | number): Parsed<Bytes> {
  if (typeof given === "number")
    return Number.isInteger(given) || given < 0 ? checked(given, bytes) : bad("malformed");
  const text = given.trim();
  const first = unitless(text);
  if (first !== null) return bad(first);
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text);
  if (match === null) return bad("malformed");
  const power = sizeUnits.indexOf((match[2] ?? "").toUpperCase().replace(/(?<=.)I?B$/, ""));
  if (power < 0) return bad("unknown-unit");
  return checked(Math.round(Number(match[1]) * 1024 ** power), bytes);
}

const durationUnits: ReadonlyMap<string, number> = new Map([
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["min", 60],
  ["s", 1],
]);

const sizeUnits: readonly string[] = ["B", "K", "M", "G", "T", "P"];

/** What is wrong with a text that does not begin like a number with a unit; null where it does. */
function unitless(text: string): UnitProblem | null {
  if (text === "") return "empty";
  if (/^-\s*[\d.]/.test(text)) return "negative";
  if (/^\d+(?:\.\d+)?$/.test(text)) return "no-unit";
  return /^\d/.test(text) ? null : "malformed";
}

function checked<T>(value: number, make: (value: number) => T): Parsed<T> {
  if (value < 0) return bad("negative");
  if (!Number.isFinite(value) || value > Number.MAX_SAFE_INTEGER) return bad("too-large");
  return { kind: "ok", value: make(value) };
}

const bad = (why: UnitProblem): { readonly kind: "bad"; readonly why: UnitProblem } => ({ kind: "bad", why });
