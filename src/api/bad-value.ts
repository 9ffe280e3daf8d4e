// What a block gives to setConfig, addStatistic or write is checked when it is given, so that the stack names the
// block's own line. JSON.stringify alone would turn NaN into null and a Map into {} without a word.
import type { Json } from "../core/json.ts";

/** A value that JSON cannot carry without loss. Ends the task with the failure `bad-value`. */
export class BadValue extends Error {
  /** Where in what was given: `statistics.forces[3].x`. */
  readonly path: string;
  /** What is there: `NaN`, `a function`, `an instance of Vector3`, … */
  readonly problem: string;

  constructor(path: string, problem: string) {
    const shown = abridged(path);
    super(`${shown}: ${problem}`);
    this.name = "BadValue";
    this.path = shown;
    this.problem = problem;
  }
}

/** Two hundred levels of keys are no place that anybody looks up: where it begins and where it ends says enough. */
const abridged = (path: string): string =>
  path.length <= 200 ? path : `${path.slice(0, 100)} … ${path.slice(-80)}`;

/** How deep values may be nested: more is a mistake, and would overflow the stack of whoever reads it. */
const deepest = 200;

/**
 * A frozen copy of the value, which later changes of the original do not reach. -0 becomes 0, since JSON writes it so.
 * @throws BadValue naming the first field that is no JSON: undefined, NaN, Infinity, functions, symbols, bigints,
 *   dates, maps, typed arrays and other class instances, holes in arrays, cycles, keys called `__proto__`.
 * @internal
 */
export function jsonCopy(value: unknown, path: string): Json {
  return copy(value, path, new Set());
}

/**
 * A key of config or statistics: it becomes a column `Block.key` and a placeholder, so it has no dots or braces.
 * @internal
 */
export function checkKey(key: unknown, what: "config" | "statistics"): string {
  if (typeof key !== "string") throw new BadValue(what, `the key is ${named(key)}, not a string`);
  if (key === "__proto__") throw new BadValue(`${what}.${key}`, "this key is not allowed");
  if (key === "" || /[.{}\u0000-\u001f\u007f]/.test(key)) {
    throw new BadValue(
      `${what}[${JSON.stringify(key)}]`,
      "a key must not be empty or hold dots, braces or control characters",
    );
  }
  return key;
}

function copy(value: unknown, path: string, above: Set<object>): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new BadValue(path, String(value));
      return value === 0 ? 0 : value;
    case "object":
      if (value === null) return null;
      return copyObject(value, path, above);
    default:
      throw new BadValue(path, named(value));
  }
}

function copyObject(value: object, path: string, above: Set<object>): Json {
  if (above.has(value)) throw new BadValue(path, "contains itself");
  if (above.size >= deepest) throw new BadValue(path, `nested more than ${deepest} levels deep`);
  above.add(value);
  const result = Array.isArray(value) ? copyArray(value, path, above) : copyRecord(value, path, above);
  above.delete(value);
  return Object.freeze(result);
}

function copyArray(value: readonly unknown[], path: string, above: Set<object>): Json[] {
  const result: Json[] = [];
  for (let index = 0; index < value.length; index++) {
    result.push(copy(value[index], `${path}[${index}]`, above));
  }
  return result;
}

function copyRecord(value: object, path: string, above: Set<object>): { [key: string]: Json } {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new BadValue(path, named(value));
  if (Object.getOwnPropertySymbols(value).length > 0) throw new BadValue(path, "has a symbol for a key");
  const result: { [key: string]: Json } = {};
  for (const [key, field] of Object.entries(value)) {
    const at = /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
    if (key === "__proto__") throw new BadValue(at, "this key is not allowed");
    result[key] = copy(field, at, above);
  }
  return result;
}

function named(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "bigint":
      return "a bigint";
    case "object":
      return `an instance of ${value.constructor?.name || "an unnamed class"}`;
    default:
      return `a ${typeof value}`;
  }
}
