// What is called when a pipeline is loaded, and by whom: an edit of what such a call does must not go unnoticed.
import { shape, testShapes } from "../../support/code-shapes.ts";

const register = `const known = new Map<string, number>();
  function register([key, value]: any) { known.set(key, value); return value; }
  const other = new Map();\nother.set("a", "other");`;

testShapes({
  "a function by name is called for each element": shape(
    ["known.get('x')", `${register}\nconst list: any[] = [["x", 1]];\nlist.forEach(register);`],
    [[`"x", 1`, `"x", 2`]],
    [[`"other"`, `"another"`]],
  ),
  "… of an array as it stands there": shape(
    ["known.get('x')", `${register}\n[["x", 1]].forEach(register);`],
    [[`"x", 1`, `"x", 2`]],
  ),
  "… by map": shape(
    [
      "known.get('x')",
      `${register}\nconst list: any[] = [["x", 1]];\nexport const done = list.map(register);`,
    ],
    [[`"x", 1`, `"x", 2`]],
  ),
  "… of a Set": shape(
    ["known.get('x')", `${register}\nconst list = [["x", 1]];\nnew Set(list).forEach(register);`],
    [[`"x", 1`, `"x", 2`]],
  ),
  "… by Array.from": shape(
    ["known.get('x')", `${register}\nArray.from([["x", 1]], register);`],
    [[`"x", 1`, `"x", 2`]],
  ),
  "… by reduce": shape(
    [
      "state.n",
      `const state = { n: 0 };\nfunction put(sum: number, value: number) { state.n = value; return value; }
       const list = [1, 2];\nexport const total = list.reduce(put, 0);`,
    ],
    [["[1, 2]", "[1, 3]"]],
  ),
  "… by JSON.parse": shape(
    [
      "state.n",
      `const state = { n: 0 };\nfunction revive(key: string, value: any) { if (key === "n") state.n = value; return value; }
       JSON.parse('{"n": 1}', revive);`,
    ],
    [[`"n": 1`, `"n": 2`]],
  ),
  "… by replace": shape(
    [
      "state.n",
      `const state = { n: 0 };\nfunction count(digit: string) { state.n += Number(digit); return digit; }\n"1 2".replace(/\\d/g, count);`,
    ],
    [[`"1 2"`, `"1 3"`]],
  ),
  "… by sort": shape(
    [
      "state.n",
      `const state = { n: 0 };\nfunction compare(a: number, b: number) { state.n += a; return a - b; }\nconst list = [1, 2];\nlist.sort(compare);`,
    ],
    [["[1, 2]", "[5, 2]"]],
  ),
  "… by Object.groupBy": shape(
    [
      "state.n",
      `const state = { n: 0 };\nfunction kind(value: number) { state.n = value; return "x"; }\nObject.groupBy([1], kind);`,
    ],
    [["[1]", "[2]"]],
  ),
  "… by promises": shape(
    [
      "state.n + state.m",
      `const state = { n: 0, m: 0 };\nfunction start(resolve: any) { state.n = 1; resolve(5); }\nfunction put(value: number) { state.m = value; }
       await new Promise(start);\nawait Promise.resolve(7).then(put);`,
    ],
    [
      ["state.n = 1", "state.n = 2"],
      ["resolve(7)", "resolve(8)"],
    ],
  ),
  "a method is called for each element": shape(
    [
      "state.n",
      `const state = { n: 0 };\nconst setters = { put(value: number) { state.n = value; } };\n[1].forEach(setters.put);`,
    ],
    [["[1]", "[2]"]],
  ),
  "functions that change nothing, of the bundle and of the language, are not called for nothing": shape(
    [
      "table.size",
      `const table = new Map([["a", 1]]);\nconst twice = (n: number) => n * 2;\nconst list = [1, 2, 3];
       export const more = [list.map(twice), list.map(Number), list.map(Math.sqrt), ["a"].filter(Boolean), list.reduce(Math.max, 7)];
       JSON.stringify(table, null, 2);`,
    ],
    [[`"a", 1`, `"a", 2`]],
    [
      ["n * 2", "n * 3"],
      ["[1, 2, 3]", "[1, 2, 4]"],
      ["null, 2", "null, 3"],
    ],
  ),
  "functions that call each other": shape(
    [
      "state.x",
      `const state = { x: 0 };
       function even(n: number) { if (n > 0) odd(n - 1); state.x += n; }\nfunction odd(n: number) { if (n > 0) even(n - 1); }
       even(0);\nodd(3);`,
    ],
    [
      ["odd(3)", "odd(5)"],
      ["even(0)", "even(2)"],
    ],
  ),
  "methods that are no older than the bundle's language": shape(
    [
      "view.getFloat64(0) + bytes[0] + map.get('a')",
      `const view = new DataView(new ArrayBuffer(8));\nview.setFloat64(0, 1.5);
       const bytes = new Uint8Array(1);\nbytes.setFromHex("01");
       const map = new Map<string, number>();\n(map as any).getOrInsert?.("a", 11);`,
    ],
    [
      ["1.5", "2.5"],
      [`"01"`, `"02"`],
      ["11", "12"],
    ],
  ),
  "a variable that holds another function later": shape(
    [
      "lines.join()",
      `const lines: string[] = [];\nlet log = (text: string) => {};\nlog = (text) => { lines.push(text); };\nlog("a");`,
    ],
    [[`log("a")`, `log("b")`]],
  ),
  "a variable that one of several is put into": shape(
    [
      "lines.join()",
      `const lines: string[] = [];\nlet log = (text: string) => {};\n[log] = [(text: string) => { lines.push(text); }];\nlog("a");`,
    ],
    [[`log("a")`, `log("b")`]],
  ),
  "a method that is replaced": shape(
    [
      "lines.join()",
      `const lines: string[] = [];\nconst out = { log(text: string) {}, warn(text: string) {} };
       out.log = (text) => { lines.push(text); };\nout.log("a");
       Object.assign(out, { warn(text: string) { lines.push(text); } });\nout.warn("c");`,
    ],
    [
      [`log("a")`, `log("b")`],
      [`warn("c")`, `warn("d")`],
    ],
  ),
  "methods of that name that somebody else has": shape(
    [
      "[table.size, list.length]",
      `const table = new Map([["a", 1]]), list = [5];
       class Other { get = () => 0; set(n: number) { this.get = () => n; } map() {} }
       const other = new Other();
       export const seen = table.get("a"), more = list.map((n) => n + 7);
       void other;`,
    ],
    [['"a", 1', '"a", 2']],
    [
      ["n + 7", "n + 8"],
      ["=> 0", "=> 3"],
    ],
  ),
  "what a constructor or a method of the bundle is given": shape(
    [
      "[table.size, mesh.size]",
      `function sized() { return { size: 3 }; }\nconst table = new Map([["a", 1]]), size = sized(), other = sized();
       class Mesh { size; constructor(given: { size: number }) { this.size = given.size; } static from(kind: string, given: { size: number }) { return given.size; } }
       const mesh = new Mesh(size);\nexport const more = [Mesh.from("box", other), 7];`,
    ],
    [["size: 3", "size: 4"]],
    [["7]", "8]"]],
  ),
});
