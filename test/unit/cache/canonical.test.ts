// One text for each value and never one for two, whatever a person puts into options or info.
import { describe, expect, test } from "bun:test";
import { canonical } from "../../../src/cache/canonical.ts";
import { fieldChanges, fieldsOf, NotCanonical } from "../../../src/cache/canonical-fields.ts";
import { canonicalJson } from "../../../src/cache/canonical-json.ts";
import type { Json } from "../../../src/core/json.ts";
import { dice } from "../journal/seeded.ts";
import { randomValue, sameValue } from "./random-values.ts";

function text(value: unknown): string {
  const result = canonical(value, "value");
  if (result.kind === "refused") throw new Error(`${result.path}: ${result.problem}`);
  return result.text;
}

const refusal = (value: unknown): string => {
  const result = canonical(value, "options");
  return result.kind === "refused" ? `${result.path}: ${result.problem}` : `not refused: ${result.text}`;
};

describe("one text for each value", () => {
  test("values have the same text exactly where they are the same, and otherwise differ in a field", () => {
    let same = 0;
    for (let seed = 0; seed < 20_000; seed++) {
      // Two small values, so that pairs which are the same come up; drawn apart, so that nothing is shared.
      const roll = dice(seed);
      const [a, b] = [
        randomValue(roll, 1),
        roll(4) === 0 ? randomValue(dice(seed), 1) : randomValue(roll, 1),
      ];
      const [x, y] = [text(a), text(b)];
      expect([seed, x === y]).toEqual([seed, sameValue(a, b)]);
      expect([seed, fieldChanges(x, y).length > 0]).toEqual([seed, x !== y]);
      same += x === y ? 1 : 0;
    }
    expect(same).toBeGreaterThan(1000);
  });

  test("all texts of ten thousand values that differ pairwise differ", () => {
    const known = new Map<string, unknown>();
    const roll = dice(7);
    for (let count = 0; count < 10_000; count++) {
      const value = randomValue(roll);
      const before = known.get(text(value));
      if (known.has(text(value))) expect([count, sameValue(before, value)]).toEqual([count, true]);
      known.set(text(value), value);
    }
    expect(known.size).toBeGreaterThan(2000);
  });

  test("what a hash of serialised text takes for the same is not", () => {
    const groups: readonly (readonly unknown[])[] = [
      [["a','b"], ["a", "b"], ['a","b'], "a,b"],
      [{ a: "x',b:'y" }, { a: "x", b: "y" }, { a: 'x","b":"y' }],
      [new Map([[1, 1]]), new Map([["1", 1]]), new Map([[1n, 1]]), { 1: 1 }, [[1, 1]]],
      [0, -0, "0", 0n, [0], false, null, ""],
      [null, undefined, "null", "undefined", [null], [undefined], [], {}, { a: undefined }, { a: null }],
      [Number.NaN, "NaN", null, new Date(Number.NaN), Infinity, -Infinity, "Infinity"],
      [new Date(0), "1970-01-01T00:00:00.000Z", 0, new Date(1)],
      [new Set([1, 2]), new Set([1, "2"]), [1, 2], new Set([[1, 2]])],
      [new Uint8Array([1]), new Int8Array([1]), Buffer.from([1]), [1], new Uint8Array([1]).buffer],
      [new Float32Array([0]), new Float32Array([-0]), new Float64Array([0])],
      [/a/, /a/g, "/a/", { source: "a", flags: "" }],
      ["\ud800", "\\ud800", "\udc00", "\ufffd"],
      ["é", "e\u0301"],
      [{ a: { b: 1 } }, { "a.b": 1 }, { a: { b: "1" } }, { "a\0b": 1 }],
      [1e21, "1e+21", 10n ** 21n, 0.1 + 0.2, 0.3],
    ];
    for (const group of groups) expect(new Set(group.map(text)).size).toBe(group.length);
  });

  test("the order of keys does not count, also not in Maps and Sets; that of lists does", () => {
    expect(text({ b: 1, a: { d: 1, c: 2 } })).toBe(text({ a: { c: 2, d: 1 }, b: 1 }));
    expect(
      text(
        new Map<unknown, unknown>([
          ["b", 1],
          [1, 2],
        ]),
      ),
    ).toBe(
      text(
        new Map<unknown, unknown>([
          [1, 2],
          ["b", 1],
        ]),
      ),
    );
    expect(text(new Set([2, 10]))).toBe(text(new Set([10, 2])));
    expect(text([2, 1])).not.toBe(text([1, 2]));
  });

  test("a part that stands in two places is no circle, and a frozen object is an object", () => {
    const shared = Object.freeze([1, { x: 2 }]);
    expect(text({ a: shared, b: shared })).toBe('{"a":[1,{"x":2}],"b":[1,{"x":2}]}');
  });

  test("JSON has the same text by the quick way", () => {
    const roll = dice(3);
    const isJson = (value: unknown): value is Json => {
      try {
        return sameValue(JSON.parse(JSON.stringify(value)), value);
      } catch {
        return false;
      }
    };
    let compared = 0;
    for (let count = 0; count < 5000; count++) {
      const value = randomValue(roll, 1);
      if (!isJson(value)) continue;
      expect(canonicalJson(value)).toBe(text(value));
      compared++;
    }
    expect(compared).toBeGreaterThan(1000);
    expect(canonicalJson(-0)).toBe("0");
    expect(() => canonicalJson([Number.NaN])).toThrow(RangeError);
  });
});

describe("what has no stable text is refused with its path", () => {
  class Vector {
    readonly #x = 1;
    get x() {
      return this.#x;
    }
  }
  class Named extends Map {}
  const circle: Record<string, unknown> = { list: [] };
  circle.list = [1, { back: circle }];
  const counted = {
    get next() {
      return 1;
    },
  };
  const extra = Object.assign([1, 2], { unit: "mm" });
  const holes = [1, 2, 3];
  delete holes[1];
  const hidden = Object.defineProperty({ a: 1 }, "secret", { value: 2 });
  const deep = Array.from({ length: 300 }).reduce<unknown>((inner) => [inner], 1);
  const doubled = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner, inner], 1);
  const searching = /a/g;
  searching.test("a");

  const table: readonly (readonly [string, unknown, string])[] = [
    ["a function", { on: { end: () => 1 } }, "options.on.end: a function"],
    ["a class", { type: Vector }, "options.type: a function"],
    ["a symbol", { a: [Symbol("x")] }, "options.a[0]: a symbol"],
    [
      "an instance of a class",
      { shape: [{ normal: new Vector() }] },
      "options.shape[0].normal: an instance of Vector",
    ],
    ["a class that extends Map", { m: new Named() }, "options.m: an instance of Named"],
    ["a promise", { p: Promise.resolve() }, "options.p: an instance of Promise"],
    ["an error", { e: new RangeError("x") }, "options.e: an instance of RangeError"],
    ["a boxed number", { n: Object(1) }, "options.n: an instance of Number"],
    ["a WeakMap", { w: new WeakMap() }, "options.w: an instance of WeakMap"],
    ["a circle", circle, "options.list[1].back: contains itself"],
    ["a getter", { a: counted }, "options.a.next: a getter, whose value may be another the next time"],
    [
      "a list with a name in it",
      { l: extra },
      "options.l: has a field `unit` that cannot be seen from outside",
    ],
    ["a list with a hole", { l: holes }, "options.l: has empty places"],
    ["a hidden field", { h: hidden }, "options.h: has a field `secret` that cannot be seen from outside"],
    ["a symbol for a key", { s: { [Symbol("k")]: 1 } }, "options.s: has the key Symbol(k)"],
    [
      "a Date with a field",
      { d: Object.assign(new Date(0), { zone: 1 }) },
      "options.d: has a field `zone` that cannot be seen from outside",
    ],
    ["a search under way", { r: searching }, "options.r: a RegExp in the middle of a search"],
    ["too deep", { d: deep }, `options.d${"[0]".repeat(199)}: nested more than 200 levels deep`],
    ["a key with a blank", { "my key": () => 1 }, 'options["my key"]: a function'],
    ["inside a Map", new Map([["a", { f: () => 1 }]]), 'options.get("a").f: a function'],
    ["a key of a Map", new Map([[() => 1, 1]]), "options.keys(): a function"],
    ["inside a Set", { s: new Set([Symbol.iterator]) }, "options.s.values(): a symbol"],
    ["the value itself", () => 1, "options: a function"],
    [
      "a number of a class of one's own",
      { v: new (class Forces extends Float64Array {})(2) },
      "options.v: an instance of Forces",
    ],
  ];
  for (const [what, value, said] of table) {
    test(what, () => expect(refusal(value)).toBe(said));
  }

  test("what only looks like a Date, and a Proxy that says no", () => {
    expect(refusal({ d: Object.create(Date.prototype) })).toStartWith("options.d: ");
    const closed = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("closed");
        },
      },
    );
    expect(refusal({ p: closed })).toBe("options.p: cannot be read: Error: closed");
  });

  test("a text that would never end", () => {
    expect(refusal({ d: doubled })).toContain("comes after 2000000 other values");
  });
});

describe("fields of a text", () => {
  test("every field has its path and what a person reads there", () => {
    const value = {
      size: 0.2,
      name: 'a "b"',
      "my key": [true, null, { "": -0 }],
      when: new Date(0),
      never: new Date(Number.NaN),
      pattern: /f\d+\/x/g,
      forces: new Float32Array([0.5, -0]),
      by: new Map<unknown, unknown>([
        ["a", { x: 1n }],
        [2, []],
      ]),
      of: new Set([2, "x"]),
      none: undefined,
      empty: {},
    };
    expect(Object.fromEntries(fieldsOf(text(value)))).toEqual({
      size: "0.2",
      name: '"a \\"b\\""',
      '["my key"][0]': "true",
      '["my key"][1]': "null",
      '["my key"][2][""]': "-0",
      when: "1970-01-01T00:00:00.000Z",
      never: "Date(NaN)",
      pattern: "/f\\d+\\/x/g",
      forces: "Float32Array(2)",
      "forces[0]": "0.5",
      "forces[1]": "-0",
      by: "Map(2)",
      'by.get("a").x': "1n",
      "by.get(2)": "[]",
      of: 'Set{"x", 2}',
      none: "undefined",
      empty: "{}",
    });
    expect(fieldsOf("12")).toEqual(new Map([["", "12"]]));
  });

  test("old and new stand beside each other", () => {
    const old = text({ mesh: { size: 0.2, layers: [1, 2, 3] }, gone: 1, same: [1] });
    const now = text({ mesh: { size: 0.1, layers: [1, 5] }, same: [1], added: { x: 1 } });
    expect(fieldChanges(old, now)).toEqual([
      { path: "added.x", old: null, new: "1" },
      { path: "mesh.layers[1]", old: "2", new: "5" },
      { path: "mesh.size", old: "0.2", new: "0.1" },
      { path: "gone", old: "1", new: null },
      { path: "mesh.layers[2]", old: "3", new: null },
    ]);
  });

  test("a text that none of ours is is told from one, at every cut", () => {
    const whole = text({ a: [1, "x", new Map([[1, new Set([2])]])], b: /x/g, c: new Date(0), d: 12n });
    for (let cut = 0; cut < whole.length; cut++) {
      expect(() => fieldsOf(whole.slice(0, cut))).toThrow(NotCanonical);
    }
    for (const bad of ["{a:1}", "[1,]", '{"a":1}x', "Foo", "Map{1}", "'a'"])
      expect(() => fieldsOf(bad)).toThrow(NotCanonical);
  });

  test("a text of a megabyte is read", () => {
    const long = 'x\\"'.repeat(400_000);
    expect(fieldsOf(text({ long })).get("long")).toBe(JSON.stringify(long));
  });
});
