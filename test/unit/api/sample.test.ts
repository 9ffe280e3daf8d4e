import { afterAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadValue } from "../../../src/api/bad-value.ts";
import { BadName } from "../../../src/api/own-folder.ts";
import { openSample } from "../../../src/api/sample.ts";
import { sampleId } from "../../../src/core/ids.ts";
import type { SampleState } from "../../../src/core/sample.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

function open(state: Partial<SampleState> = {}) {
  const outside = mkdtempSync(join(tmpdir(), "pipe-sample-"));
  made.push(outside);
  const path = join(outside, "000042");
  mkdirSync(path);
  const whole = { id: sampleId(42), config: {}, statistics: {}, issue: null, ...state };
  const source = { state: whole, path, block: "Mesh_0", seed: 1, logFile: join(path, "log.log") };
  return { outside, path, ...openSample(source) };
}

/** As JavaScript calls it, which knows no types. */
function untyped(target: object, method: string, ...given: readonly unknown[]): unknown {
  const found: unknown = Reflect.get(target, method);
  if (typeof found !== "function") throw new Error(`no ${method}`);
  return Reflect.apply(found, target, given);
}

describe("values", () => {
  test("are seen by block, with what the running block has set so far", () => {
    const { sample, changes } = open({ config: { Scene_0: { size: 2 } }, statistics: { Scene_0: { n: 1 } } });
    expect(changes()).toEqual({ config: {}, statistics: {} });
    sample.setConfig("nodes", 100);
    sample.setConfig("nodes", 200);
    sample.addStatistic("volume", 1.5);
    expect(sample.config).toEqual({ Scene_0: { size: 2 }, Mesh_0: { nodes: 200 } });
    expect(sample.statistics).toEqual({ Scene_0: { n: 1 }, Mesh_0: { volume: 1.5 } });
    expect(changes()).toEqual({ config: { nodes: 200 }, statistics: { volume: 1.5 } });
  });

  test("that the same block set in an earlier run do not shine through", () => {
    const { sample } = open({ config: { Mesh_0: { old: 1 }, Scene_0: { size: 2 } } });
    expect(sample.config).toEqual({ Scene_0: { size: 2 } });
  });

  test("cannot be changed in place, those of others and one's own", () => {
    const { sample, changes } = open({ config: { Scene_0: { force: { newton: [1, 2] } } } });
    sample.setConfig("own", { list: [1] });
    const change = (path: readonly string[]) => () => {
      const target = path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), sample.config);
      Object.assign(Object(target), { 0: "changed" });
    };
    for (const path of [
      [],
      ["Scene_0"],
      ["Scene_0", "force"],
      ["Scene_0", "force", "newton"],
      ["Mesh_0", "own", "list"],
    ]) {
      expect(change(path)).toThrow(TypeError);
    }
    expect(changes().config).toEqual({ own: { list: [1] } });
  });

  test("are copied when they are given", () => {
    const { sample, changes } = open();
    const list = [1, 2];
    sample.setConfig("list", list);
    list.push(3);
    expect(changes().config).toEqual({ list: [1, 2] });
  });

  test("may be whatever JSON holds; -0 becomes 0", () => {
    const { sample, changes } = open();
    const all = {
      text: 'li"ver\n$()',
      none: null,
      yes: true,
      list: [[], {}],
      deep: { a: { b: [1e300, 5e-324] } },
    };
    sample.setConfig("all", all);
    sample.setConfig("zero", -0);
    expect(JSON.parse(JSON.stringify(changes().config))).toEqual({ all, zero: 0 });
    expect(Object.is(changes().config.zero, 0)).toBe(true);
  });

  class Vector3 {
    x = 1;
  }
  const cycle: { inner: { self?: unknown } } = { inner: {} };
  cycle.inner.self = cycle;
  const bad: readonly (readonly [string, unknown, string])[] = [
    ["NaN", Number.NaN, "config.v: NaN"],
    ["Infinity", { a: [1, Number.POSITIVE_INFINITY] }, "config.v.a[1]: Infinity"],
    ["undefined", undefined, "config.v: undefined"],
    ["a field that is undefined", { "my key": undefined }, 'config.v["my key"]: undefined'],
    ["a hole in a list", new Array(1), "config.v[0]: undefined"],
    ["a function", { f: () => 1 }, "config.v.f: a function"],
    ["a class instance", [new Vector3()], "config.v[0]: an instance of Vector3"],
    ["a date", new Date(0), "config.v: an instance of Date"],
    ["a map", new Map(), "config.v: an instance of Map"],
    ["a typed array", new Float32Array(3), "config.v: an instance of Float32Array"],
    ["a bigint", 3n, "config.v: a bigint"],
    ["a symbol", Symbol("s"), "config.v: a symbol"],
    ["a symbol as a key", { [Symbol("s")]: 1 }, "config.v: has a symbol for a key"],
    ["a cycle", cycle, "config.v.inner.self: contains itself"],
    ["an own __proto__", JSON.parse('{"__proto__": 1}'), "config.v.__proto__: this key is not allowed"],
  ];
  for (const [name, value, message] of bad) {
    test(`are refused with the field's path: ${name}`, () => {
      const { sample, changes } = open();
      const set = (key: string, given: unknown) => untyped(sample, "setConfig", key, given);
      expect(() => set("v", value)).toThrow(message);
      expect(() => set("v", value)).toThrow(BadValue);
      expect(changes().config).toEqual({});
    });
  }

  test("too deep to be meant are refused before the stack is full", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const { sample } = open();
    expect(() => untyped(sample, "addStatistic", "deep", deep)).toThrow("nested more than 200");
    // The place is told by its two ends: whole, it would fill the screen.
    expect(() => untyped(sample, "addStatistic", "deep", deep)).toThrow(
      /^statistics\.deep.{150,250}levels deep$/,
    );
  });

  test("have keys that can be columns and placeholders", () => {
    const { sample } = open();
    sample.setConfig("Kraft in N, größte", 1);
    for (const key of ["", "a.b", "a{", "a\nb", "__proto__"])
      expect(() => sample.setConfig(key, 1)).toThrow(BadValue);
  });
});

describe("files", () => {
  test("are written and read by what their name says they are", () => {
    const { sample, path } = open();
    const bytes = new Uint8Array([0, 255, 1]);
    expect(sample.write("a.txt", "täxt")).toBe(join(path, "a.txt"));
    sample.write("deep/er/b.json", { list: [1, null] });
    sample.write("c.bin", bytes);
    sample.write("c.raw", new Uint16Array([513]).buffer);
    sample.write("d.json", "[1]");
    expect(sample.read("a.txt")).toBe("täxt");
    expect(sample.read("deep/er/b.json")).toEqual({ list: [1, null] });
    expect(readFileSync(join(path, "deep/er/b.json"), "utf8")).toBe('{"list":[1,null]}\n');
    expect(sample.read("c.bin")).toEqual(bytes);
    expect(sample.read("c.raw", "bytes")).toEqual(new Uint8Array([1, 2]));
    expect(sample.read("d.json")).toEqual([1]);
    expect(sample.read("d.json", "text")).toBe("[1]");
    sample.write("a.txt", "new");
    expect(sample.read("./a.txt")).toBe("new");
  });

  test("that JSON cannot carry are refused with their path, and nothing is written", () => {
    const { sample, path } = open();
    const write = (name: string, data: unknown) => untyped(sample, "write", name, data);
    expect(() => write("a.json", { v: Number.NaN })).toThrow("a.json.v: NaN");
    expect(() => write("b.json", undefined)).toThrow(BadValue);
    expect(() => write("c.bin", new Float32Array(2))).toThrow("new Uint8Array(it.buffer)");
    expect(existsSync(join(path, "a.json"))).toBe(false);
  });

  test("that are not there are told with the nearest that is; so is content of the wrong kind", () => {
    const { sample } = open();
    sample.write("liver_f3.txt", "x");
    sample.write("broken.json", "{");
    sample.write("bytes.txt", new Uint8Array([255]));
    expect(() => sample.read("liver_f2.txt")).toThrow(
      'there is no file "liver_f2.txt" in sample 000042; did you mean "liver_f3.txt"?',
    );
    expect(() => sample.read("broken.json")).toThrow('"broken.json" is no JSON');
    expect(() => sample.read("bytes.txt")).toThrow('"bytes.txt" is no UTF-8 text');
    expect(() => untyped(sample, "read", "liver_f3.txt", "txt")).toThrow('"text", "bytes" or "json"');
  });

  const refused = [
    ["../outside.txt", "leaves the folder of sample 000042"],
    ["a/../../outside.txt", "leaves the folder"],
    ["/tmp/pipe-outside.txt", "is absolute"],
    ["", "is no file name"],
    ["a/", "names a folder"],
    [".", "names a folder"],
    ["a\0b", "holds a NUL character"],
    ["sample.json", "written by pipe itself"],
    ["./sample.json", "written by pipe itself"],
    ["Sample.JSON", "written by pipe itself"],
    ["log.log", "written by pipe itself"],
    [".x.0123456789abcdef.tmp", "pipe's own"],
    ["out/x.txt", "through the link"],
    ["chain/x.txt", "through the link"],
  ] as const;
  for (const [name, problem] of refused) {
    test(`are not written as ${JSON.stringify(name)}: it ${problem}`, () => {
      const { sample, path, outside } = open();
      symlinkSync("..", join(path, "out"));
      symlinkSync("out", join(path, "chain"));
      expect(() => sample.write(name, "x")).toThrow(BadName);
      expect(() => sample.write(name, "x")).toThrow(problem);
      expect(existsSync(join(outside, "outside.txt"))).toBe(false);
      expect(existsSync(join(outside, "x.txt"))).toBe(false);
    });
  }

  test("may lie behind a link that stays inside, and a link in the way is replaced, not followed", () => {
    const { sample, path, outside } = open();
    mkdirSync(join(path, "frames"));
    symlinkSync("frames", join(path, "pictures"));
    sample.write("pictures/f1.txt", "x");
    expect(sample.read("frames/f1.txt")).toBe("x");
    writeFileSync(join(outside, "precious.txt"), "precious");
    symlinkSync("../precious.txt", join(path, "result.txt"));
    sample.write("result.txt", "mine");
    expect(readFileSync(join(outside, "precious.txt"), "utf8")).toBe("precious");
    expect(sample.read("result.txt")).toBe("mine");
  });

  test("of another sample.json deeper down are the user's own", () => {
    const { sample } = open();
    sample.write("old/sample.json", { a: 1 });
    expect(sample.files()).toEqual(["old/sample.json"]);
  });

  test("are listed in natural order, by pattern, without pipe's own", () => {
    const { sample, path } = open();
    for (const f of [10, 2, 1]) sample.write(sample.file("liver.stl", { frame: f }), "x");
    sample.write("deep/er/x.stl", "x");
    sample.write(".hidden", "x");
    for (const own of ["sample.json", "log.log", ".liver.stl.0123456789abcdef.tmp"])
      writeFileSync(join(path, own), "");
    symlinkSync("liver_f1.stl", join(path, "first.stl"));
    symlinkSync("nowhere", join(path, "dead.stl"));
    symlinkSync("..", join(path, "up"));
    const frames = ["liver_f1.stl", "liver_f2.stl", "liver_f10.stl"];
    expect(sample.files("liver_f*.stl")).toEqual(frames);
    expect(sample.files("./*.stl")).toEqual(["first.stl", ...frames]);
    expect(sample.files("**/*.stl")).toEqual(["deep/er/x.stl", "first.stl", ...frames]);
    expect(sample.files()).toEqual([".hidden", "deep/er/x.stl", "first.stl", ...frames]);
    expect(sample.files("*.png")).toEqual([]);
    expect(() => sample.files("../*")).toThrow(BadName);
    expect(() => sample.files("/etc/*")).toThrow(BadName);
  });

  test("of a series have names that say object and frame", () => {
    const { sample } = open();
    expect(sample.file("ligament.stl", { object: "A", frame: 3 })).toBe("ligament_A_f3.stl");
    expect(sample.file("liver_surface.stl", { frame: 0 })).toBe("liver_surface_f0.stl");
    expect(sample.file("frames/view.tar.gz", { object: 2 })).toBe("frames/view.tar_2.gz");
    expect(sample.file("mesh", { frame: 1 })).toBe("mesh_f1");
    expect(sample.file("mesh.stl")).toBe("mesh.stl");
    for (const place of [
      { frame: -1 },
      { frame: 0.5 },
      { object: "" },
      { object: "a/b" },
      { object: "a_f1" },
    ]) {
      expect(() => sample.file("mesh.stl", place)).toThrow(RangeError);
    }
    expect(() => sample.file(".stl", { frame: 1 })).toThrow(RangeError);
  });
});

test("lines of the log have time and block, one by one", () => {
  const { sample, path } = open();
  sample.log("first");
  sample.log("second\nthird\n");
  const lines = readFileSync(join(path, "log.log"), "utf8").split("\n");
  const shown = lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, "TIME "));
  expect(shown).toEqual(["TIME Mesh_0 first", "TIME Mesh_0 second", "TIME Mesh_0 third", ""]);
});

test("what counts for the cache is values and files, and no log", () => {
  const { sample } = open({ config: { Scene_0: { size: 2 } } });
  sample.write("b.txt", "x");
  sample.write("a.txt", "");
  sample.log("now");
  expect(sample.serializationInfo()).toEqual({
    id: 42,
    config: { Scene_0: { size: 2 } },
    statistics: {},
    files: [
      { path: "a.txt", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
      { path: "b.txt", sha256: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" },
    ],
  });
});
