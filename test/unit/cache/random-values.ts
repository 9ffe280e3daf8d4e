// Values of every kind that a person may hand over, drawn with a seed; and the collisions that other hashes have.
import type { Dice } from "../journal/seeded.ts";

const texts = [
  "",
  "a",
  "b",
  "a'b",
  'a"b',
  "a','b",
  "1",
  "null",
  "\n",
  "\\n",
  "é",
  "e\u0301",
  "\ud800",
  "__proto__",
];
const numbers = [0, -0, 1, -1, 0.1, 1e21, 1e-7, NaN, Infinity, -Infinity, 2 ** 53, 5e-324];

/** Depth is bounded; the same seed gives a new value with the same content. */
export function randomValue(roll: Dice, depth = 0): unknown {
  const pick = <T>(of: readonly T[]): T => of[roll(of.length)] as T;
  const inner = (): unknown => randomValue(roll, depth + 1);
  switch (roll(depth > 2 ? 7 : 18)) {
    case 0:
      return null;
    case 1:
      return undefined;
    case 2:
      return roll(2) === 0;
    case 3:
      return pick(numbers);
    case 4:
      return pick(texts);
    case 5:
      return BigInt(pick([0, 1, -1, 12])) * 10n ** BigInt(roll(3) * 20);
    case 6:
      return new Date(pick([0, 1, Number.NaN, -62198755200001, 8.64e15]));
    case 7:
      return new RegExp(pick(["a", "a/b", '"', "\\d+", ""]), pick(["", "g", "gi"]));
    case 8:
      return new (pick([Float64Array, Float32Array]))(Array.from({ length: roll(3) }, () => pick(numbers)));
    case 9:
      return new (pick([Uint8Array, Int32Array]))(Array.from({ length: roll(3) }, () => roll(3)));
    case 10: {
      const bytes = Uint8Array.from({ length: roll(3) }, () => roll(3));
      return pick([() => bytes.buffer, () => new DataView(bytes.buffer), () => Buffer.from(bytes)])();
    }
    case 11:
      return new Map(Array.from({ length: roll(3) }, () => [inner(), inner()]));
    case 12:
      return new Set(Array.from({ length: roll(3) }, inner));
    case 13:
    case 14:
      return Array.from({ length: roll(4) }, inner);
    default: {
      const value: Record<string, unknown> = roll(5) === 0 ? Object.create(null) : {};
      for (let left = roll(4); left > 0; left--) {
        const [name, content] = [pick([...texts, "size", "shape", "x"]), inner()];
        Object.defineProperty(value, name, {
          value: content,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return value;
    }
  }
}

/** The same but for what does not count: the order of keys in objects, Maps and Sets, and prototypes that are null. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Map && b instanceof Map) return sameUnordered([...a], [...b]);
  if (a instanceof Set && b instanceof Set) return sameUnordered([...a], [...b]);
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer)
    return sameItems([...new Uint8Array(a)], [...new Uint8Array(b)]);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && sameItems(itemsOf(a), itemsOf(b));
  }
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b);
  if (!isPlain(a) || !isPlain(b)) return false;
  const [x, y] = [Object.keys(a).sort(), Object.keys(b).sort()];
  return sameItems(x, y) && x.every((key) => sameValue(fieldOf(a, key), fieldOf(b, key)));
}

const fieldOf = (value: object, key: string): unknown => Object.getOwnPropertyDescriptor(value, key)?.value;

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function itemsOf(view: ArrayBufferView): readonly unknown[] {
  return view instanceof DataView
    ? [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)]
    : Array.from(view as unknown as ArrayLike<unknown>);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
}

function sameUnordered(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((item) => {
    const at = left.findIndex((other) => sameValue(item, other));
    if (at < 0) return false;
    left.splice(at, 1);
    return true;
  });
}
