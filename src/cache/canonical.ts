// One text for each value, and never one for two: keys are sorted, everything that has a type of its own is tagged with it,
// and what cannot be told from something else is refused with its path. (A hash of what `String` makes of things takes
// ["a','b"] for ["a","b"], 0 for -0, and a closure for another that caught another value.)
//
//   null true 12.5 -0 NaN -Infinity undefined 7n "escaped as in JSON" [1,"a"] {"k":1,"l":[]}
//   Date(2026-05-01T08:00:00.000Z) Date(NaN) RegExp("f\\d+","g") Map{"a"=>1,2=>[]} Set{1,2}
//   Float64Array[0.5,-0] ArrayBuffer[255,0] DataView[1] Buffer[1]
//
// The order of keys does not count in objects, Maps and Sets. A field that is undefined is not a field that is missing.
// Objects with no prototype are objects. Everything else that has a class is refused: what hides in private fields cannot be
// seen from outside. canonical-fields.ts reads these texts.
import { fieldName } from "./field-name.ts";

export type Canonical =
  | { readonly kind: "text"; readonly text: string }
  /** `path` begins with the name that was given: `options.shape.normal`; `problem`: `a function`, `contains itself`, … */
  | { readonly kind: "refused"; readonly path: string; readonly problem: string };

/** `name` is what paths begin with. */
export function canonical(value: unknown, name: string): Canonical {
  const state: State = { above: new Set(), values: 0 };
  try {
    return { kind: "text", text: textOf(value, { name, up: null }, state) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: "refused", path: pathOf(error.at), problem: error.problem };
  }
}

const deepest = 200;
/** Of a graph that shares its parts again and again the text would never end. */
const mostValues = 2_000_000;

/** Paths are only made where something is refused; until then there is a list from the value up to the name. */
interface Trail {
  readonly name: string | number;
  readonly up: Trail | null;
}

interface State {
  readonly above: Set<object>;
  values: number;
}

class Refused extends Error {
  readonly at: Trail;
  readonly problem: string;
  constructor(at: Trail, problem: string) {
    super(problem);
    this.at = at;
    this.problem = problem;
  }
}

function pathOf(trail: Trail): string {
  if (trail.up === null) return String(trail.name);
  return pathOf(trail.up) + (typeof trail.name === "number" ? `[${trail.name}]` : trail.name);
}

function textOf(value: unknown, at: Trail, state: State): string {
  if (++state.values > mostValues) throw new Refused(at, `comes after ${mostValues} other values`);
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return numberText(value);
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "function":
      throw new Refused(at, "a function");
    case "symbol":
      throw new Refused(at, "a symbol");
    case "object":
      return value === null ? "null" : objectText(value, at, state);
    default:
      throw new Refused(at, `a ${typeof value}`);
  }
}

const numberText = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

function objectText(value: object, at: Trail, state: State): string {
  if (state.above.has(value)) throw new Refused(at, "contains itself");
  if (state.above.size >= deepest) throw new Refused(at, `nested more than ${deepest} levels deep`);
  state.above.add(value);
  try {
    return classText(value, at, state);
  } catch (error) {
    // A Proxy that says no, or something that only looks like a Date.
    throw error instanceof Refused ? error : new Refused(at, `cannot be read: ${String(error)}`);
  } finally {
    state.above.delete(value);
  }
}

/** By the prototype: an instance of a class that extends Map has fields of its own, and is refused like any other. */
function classText(value: object, at: Trail, state: State): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return recordText(value, at, state);
  if (Array.isArray(value) && prototype === Array.prototype) return listText(value, at, state);
  if (value instanceof Date && prototype === Date.prototype) {
    withoutFields(value, at, 0);
    return `Date(${Number.isNaN(value.getTime()) ? "NaN" : value.toISOString()})`;
  }
  if (value instanceof RegExp && prototype === RegExp.prototype) {
    withoutFields(value, at, 1);
    if (value.lastIndex !== 0) throw new Refused(at, "a RegExp in the middle of a search");
    return `RegExp(${JSON.stringify(value.source)},${JSON.stringify(value.flags)})`;
  }
  if (value instanceof Map && prototype === Map.prototype) return mapText(value, at, state);
  if (value instanceof Set && prototype === Set.prototype) return setText(value, at, state);
  if (value instanceof ArrayBuffer && prototype === ArrayBuffer.prototype) {
    withoutFields(value, at, 0);
    if (value.resizable) throw new Refused(at, "an ArrayBuffer that can be resized");
    return `ArrayBuffer[${new Uint8Array(value).join(",")}]`;
  }
  if (value instanceof DataView && prototype === DataView.prototype) {
    withoutFields(value, at, 0);
    return `DataView[${new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join(",")}]`;
  }
  if (isNumbers(value)) {
    const name = nameOfNumbers(value, prototype);
    if (name !== null) {
      withoutFields(value, at, value.length);
      return `${name}[${Array.from(value, plainNumber).join(",")}]`;
    }
  }
  throw new Refused(at, `an instance of ${classNameOf(value)}`);
}

function recordText(value: object, at: Trail, state: State): string {
  const keys = Object.keys(value).sort();
  withoutFields(value, at, keys.length);
  const fields = keys.map((key) => {
    const trail = { name: fieldName(key), up: at };
    const field = Object.getOwnPropertyDescriptor(value, key);
    if (field === undefined || field.get !== undefined || field.set !== undefined) {
      throw new Refused(trail, "a getter, whose value may be another the next time");
    }
    return `${JSON.stringify(key)}:${textOf(field.value, trail, state)}`;
  });
  return `{${fields.join(",")}}`;
}

function listText(list: readonly unknown[], at: Trail, state: State): string {
  withoutFields(list, at, list.length + 1);
  const items: string[] = [];
  for (let index = 0; index < list.length; index++) {
    const trail = { name: index, up: at };
    if (!(index in list)) throw new Refused(trail, "an empty place in a list");
    items.push(textOf(list[index], trail, state));
  }
  return `[${items.join(",")}]`;
}

function mapText(map: ReadonlyMap<unknown, unknown>, at: Trail, state: State): string {
  withoutFields(map, at, 0);
  const entries: string[] = [];
  for (const [key, value] of map) {
    const keyText = textOf(key, { name: ".keys()", up: at }, state);
    entries.push(`${keyText}=>${textOf(value, { name: `.get(${keyText})`, up: at }, state)}`);
  }
  return `Map{${entries.sort().join(",")}}`;
}

function setText(set: ReadonlySet<unknown>, at: Trail, state: State): string {
  withoutFields(set, at, 0);
  const items = [...set].map((item) => textOf(item, { name: ".values()", up: at }, state));
  return `Set{${items.sort().join(",")}}`;
}

/** `shown`: how many own properties the text shows (or, of a list, its length). One more could say anything. */
function withoutFields(value: object, at: Trail, shown: number): void {
  const own = Reflect.ownKeys(value);
  if (own.length === shown) return;
  const symbol = own.find((key) => typeof key === "symbol");
  if (symbol !== undefined) throw new Refused(at, `has the key ${String(symbol)}`);
  if (own.length < shown) throw new Refused(at, "has empty places");
  const extra = own.find((key) => !isShown(value, key));
  throw new Refused(at, `has a field \`${String(extra ?? own.at(-1))}\` that cannot be seen from outside`);
}

const isShown = (value: object, key: string | symbol): boolean =>
  key === "length" || key === "lastIndex" || /^\d+$/.test(String(key)) || isEnumerableOfRecord(value, key);

function isEnumerableOfRecord(value: object, key: string | symbol): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null;
  return plain && Object.prototype.propertyIsEnumerable.call(value, key);
}

/** Asked of the one getter that no instance can overwrite; null where it is no typed array, or of a class of one's own. */
function nameOfNumbers(value: object, prototype: unknown): string | null {
  if (prototype === Buffer.prototype) return "Buffer";
  const name: unknown = tagOfTypedArray?.call(value);
  if (typeof name !== "string") return null;
  const known: unknown = Reflect.get(globalThis, name);
  return typeof known === "function" && known.prototype === prototype ? name : null;
}

const tagOfTypedArray = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get;

const isNumbers = (value: object): value is ArrayLike<number | bigint> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

const plainNumber = (value: number | bigint): string =>
  typeof value === "bigint" ? `${value}n` : numberText(value);

function classNameOf(value: object): string {
  const made: unknown = Reflect.get(value, "constructor");
  return (typeof made === "function" && made.name) || "a class without a name";
}
