// State that is reached in roundabout ways: through a function that hands it out, a closure, a list, an instance.
import { shape, testShapes } from "../../support/code-shapes.ts";

const settings = {
  "settings.ts": `const settings = { size: 1 };\nexport function getSettings() { return settings; }\nexport const useSettings = () => settings;`,
};
const through = (text: string) =>
  [
    "getSettings().size",
    `import { getSettings, useSettings } from "./settings.ts";\n${text}\nvoid useSettings;`,
    settings,
  ] as const;

const registry = `function createRegistry() {
    const known = new Map<string, number>();
    return { register(key: string, value: number) { known.set(key, value); }, get(key: string) { return known.get(key); } };
  }`;

const random = `function generator(seed: number) { let state = seed; return () => { state = (state * 16807) % 2147483647; return state; }; }
  const next = generator(42);`;

testShapes({
  "what a function hands out": shape(through("getSettings().size = 2;"), [["size = 2", "size = 3"]]),
  "… and is given a name": shape(through("const mine = getSettings();\nmine.size = 2;"), [
    ["size = 2", "size = 3"],
  ]),
  "… and is given to somebody": shape(through("Object.assign(getSettings(), { size: 2 });"), [
    ["size: 2", "size: 3"],
  ]),
  "… with a name, to somebody": shape(
    through("const mine = useSettings();\nObject.assign(mine, { size: 2 });"),
    [["size: 2", "size: 3"]],
  ),
  "… one by one": shape(through("for (const one of [getSettings()]) one.size = 2;"), [
    ["size = 2", "size = 3"],
  ]),
  "a Map that a function hands out": shape(
    [
      "registry().get('x')",
      `const known = new Map<string, number>();\nfunction registry() { return known; }\nregistry().set("x", 1);
       const mine = registry();\nmine.set("y", 11);`,
    ],
    [
      [`"x", 1`, `"x", 2`],
      [`"y", 11`, `"y", 12`],
    ],
  ),
  "the only instance of a class": shape(
    [
      "Settings.get().n",
      `class Settings { static readonly only = new Settings(); n = 1; static get() { return Settings.only; } }\nSettings.get().n = 4;`,
    ],
    [["n = 4", "n = 5"]],
  ),
  "the only instance of a class, by a name of its own": shape(
    [
      "Settings.only.n",
      `class Settings { static readonly only = new Settings(); n = 1; static get() { return Settings.only; } }
       const mine = Settings.get();\nmine.n = 4;`,
    ],
    [["n = 4", "n = 5"]],
  ),
  "the only instance, made when it is asked for": shape(
    [
      "Settings.get().n",
      `class Settings { static only: Settings | undefined; n = 1; static get() { return (Settings.only ??= new Settings()); } }
       Settings.get().n = 4;`,
    ],
    [["n = 4", "n = 5"]],
  ),
  "a function that finds": shape(
    [
      "point.n",
      `const point = { n: 1 };\nconst find = (key: string) => ({ point } as any)[key];\nfind("point").n = 4;
       const found = find("point");\nfound.n = 6;`,
    ],
    [
      [".n = 4", ".n = 5"],
      [".n = 6", ".n = 7"],
    ],
  ),
  "a function that returns what it is given": shape(
    [
      "point.n",
      "const point = { n: 1 };\nfunction same<T>(one: T) { return one; }\nconst found = same(point);\nfound.n = 4;",
    ],
    [["n = 4", "n = 5"]],
  ),
  "functions that share what nobody else has": shape(
    ["get('x')", `${registry}\nconst { register, get } = createRegistry();\nregister("x", 1);`],
    [[`"x", 1`, `"x", 2`]],
  ),
  "… in an array": shape(
    [
      "get('x')",
      `function createRegistry() { const known = new Map(); return [(key: string, value: number) => { known.set(key, value); }, (key: string) => known.get(key)] as const; }
       const [register, get] = createRegistry();\nregister("x", 1);`,
    ],
    [[`"x", 1`, `"x", 2`]],
  ),
  "… one of them with a name": shape(
    [
      "all.get('x')",
      `${registry}\nconst all = createRegistry();\nconst { register } = all;\nregister("x", 1);`,
    ],
    [[`"x", 1`, `"x", 2`]],
  ),
  "another registry": shape(
    [
      "a.get('x')",
      `${registry}\nconst a = createRegistry();\nconst b = createRegistry();\na.register("x", 1);\nb.register("x", 11);`,
    ],
    [[`"x", 1)`, `"x", 2)`]],
    [[`"x", 11)`, `"x", 12)`]],
  ),
  "random numbers": shape(
    ["wind", `${random}\nfor (let i = 0; i < 3; i++) next();\nconst wind = next();`],
    [
      ["i < 3", "i < 30"],
      ["const wind", "const sun = next();\nvoid sun;\nconst wind"],
      ["seed: number) {", "seed: number) { seed++;"],
    ],
    [["const wind", "const sun = Math.max(1, 2);\nvoid sun;\nconst wind"]],
  ),
  "random numbers, several at once": shape(
    [
      "wind",
      `${random}\nconst sun = Array.from({ length: 3 }, () => next());\nconst wind = Array.from({ length: 4 }, () => next());\nvoid sun;`,
    ],
    [["length: 3", "length: 5"]],
  ),
  "a generator of random numbers that is an object": shape(
    [
      "wind",
      `class Random { constructor(private state: number) {} next() { this.state = (this.state * 16807) % 2147483647; return this.state; } }
       const random = new Random(7);\nconst sun = random.next();\nconst wind = random.next();\nvoid sun;`,
    ],
    [["const sun = random.next();", "const sun = random.next() + random.next();"]],
  ),
  "two generators": shape(
    ["wind", `${random}\nconst other = generator(43);\nother();\nconst wind = next();`],
    [["generator(42)", "generator(44)"]],
    [["other();", "other(); other();"]],
  ),
  "what lies in a list": shape(
    [
      "point.n",
      `const point = { n: 1 };\nconst list: any[] = [];\nlist.push(point);\nfor (const one of list) one.n = 4;\nlist[0].n = 6;`,
    ],
    [
      [".n = 4", ".n = 5"],
      [".n = 6", ".n = 7"],
    ],
  ),
  "what lies in a Map": shape(
    [
      "point.n",
      `const point = { n: 1 };\nconst map = new Map<string, any>();\nmap.set("point", point);\nmap.get("point").n = 4;
       const other = new Map<string, any>();\nother.set("n", 1);\nother.set("n", 77);`,
    ],
    [[".n = 4", ".n = 5"]],
    [["77", "78"]],
  ),
  "what lies in a Map that a function fills": shape(
    [
      "point.n",
      `const point = { n: 1 };\nconst map = new Map<string, any>();\nfunction put(key: string, value: unknown) { map.set(key, value); }
       put("point", point);\nmap.get("point").n = 4;`,
    ],
    [[".n = 4", ".n = 5"]],
  ),
  "what an instance has": shape(
    [
      "defaults.size",
      "const defaults = { size: 1 };\nclass App { config = defaults; own = 1; }\nconst app = new App();\napp.config.size = 2;",
    ],
    [["size = 2", "size = 3"]],
  ),
  "a list of its own": shape(
    [
      "point.n",
      "const point = { n: 1 };\nconst list = [point];\nconst table: any = { point };\nlist.push({ n: 5 });\ntable.more = 6;\nvoid list;",
    ],
    [["n: 1", "n: 2"]],
    [
      ["n: 5", "n: 55"],
      ["more = 6", "more = 66"],
    ],
  ),
  "a setter": shape(
    [
      "state.size",
      `const state = { size: 1 };\nclass Settings { set size(n: number) { state.size = n; } }\nconst settings = new Settings();\nsettings.size = 2;
       const more = { set size(n: number) { state.size += n; } };\nmore.size = 11;`,
    ],
    [
      ["size = 2", "size = 3"],
      ["size = 11", "size = 12"],
    ],
  ),
  "a variable that holds nothing at first": shape(
    [
      "settings.size",
      `let settings: any = null;\nsettings = { size: 1 };\nfunction grow(what: any, by: number) { what.size += by; }\ngrow(settings, 1);`,
    ],
    [["grow(settings, 1)", "grow(settings, 2)"]],
  ),
  "bytes that are seen in two ways": shape(
    [
      "[new Float64Array(buffer)[0], bytes.join()]",
      `const buffer = new ArrayBuffer(8);\nconst view = new DataView(buffer);\nview.setFloat64(0, 1.5);
       const bytes = new Uint8Array(8);\nconst floats = new Float32Array(bytes.buffer);\nfloats.fill(2.5);
       function put(into: ArrayBuffer, value: number) { const view = new DataView(into); view.setInt8(1, value); }\nput(buffer, 33);`,
    ],
    [
      ["1.5", "1.25"],
      ["2.5", "2.25"],
      ["33", "34"],
    ],
  ),
});
