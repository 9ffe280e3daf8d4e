import { expect, test } from "bun:test";
import { sampleId } from "../../../src/core/ids.ts";
import type { BlockValues, SampleState } from "../../../src/core/sample.ts";
import { csvLines, jsonLines, tableColumns } from "../../../src/report/tables.ts";
import { seeded } from "./events.ts";

const sample = (id: number, statistics: Record<string, BlockValues>): SampleState => ({
  id: sampleId(id),
  config: {},
  statistics,
  issue: null,
});

const csv = (samples: readonly SampleState[], blocks: readonly string[]) =>
  [...csvLines("statistics", samples, tableColumns("statistics", samples, blocks))].join("");
const json = (samples: readonly SampleState[], blocks: readonly string[]) =>
  [...jsonLines("statistics", samples, tableColumns("statistics", samples, blocks))].join("");

const samples = [
  sample(0, { Measure_0: { volume: 0.1, name: "a,b" }, Old_0: { x: 1 } }),
  sample(3, {
    Simulate_0: { frames: 12, ok: true, path: [1, [2, 'q"']] },
    Measure_0: { volume: 1e-320, area: null },
  }),
  sample(1_000_000, { Measure_0: { name: "", note: 'he said "no"\nand left', volume: 123456789.12345679 } }),
];

test("columns come in the pipeline's order, rows in that of the samples, cells as RFC 4180 wants them", () => {
  expect(csv(samples, ["Simulate_0", "Measure_0"])).toBe(
    `sample,Simulate_0.frames,Simulate_0.ok,Simulate_0.path,Measure_0.volume,Measure_0.name,Measure_0.area,Measure_0.note,Old_0.x
0,,,,0.1,"a,b",,,1
3,12,true,"[1,[2,""q\\""""]]",1e-320,,,,
1000000,,,,123456789.12345679,"",,"he said ""no""
and left",
`,
  );
});

test("the JSON form has the same names, keeps null, and leaves out what a sample has not", () => {
  expect(json(samples, ["Simulate_0", "Measure_0"])).toBe(
    `[
{"sample":0,"Measure_0.volume":0.1,"Measure_0.name":"a,b","Old_0.x":1},
{"sample":3,"Simulate_0.frames":12,"Simulate_0.ok":true,"Simulate_0.path":[1,[2,"q\\""]],"Measure_0.volume":1e-320,"Measure_0.area":null},
{"sample":1000000,"Measure_0.volume":123456789.12345679,"Measure_0.name":"","Measure_0.note":"he said \\"no\\"\\nand left"}
]
`,
  );
});

test("a dataset without valid samples has a table with its head and no rows", () => {
  expect(csv([], ["A_0"])).toBe("sample\n");
  expect(json([], ["A_0"])).toBe("[]\n");
});

test("samples out of order are refused, since the columns would depend on it", () => {
  expect(() => csv([sample(2, {}), sample(1, {})], [])).toThrow("sample 1 comes after 2");
  expect(() => json([sample(1, {}), sample(1, {})], [])).toThrow("sample 1 comes after 1");
});

test("names that JavaScript objects have of themselves are no values", () => {
  const odd = [sample(0, { A_0: { constructor: 1 } }), sample(1, { A_0: { toString: 2 } })];
  expect(csv(odd, ["A_0", "hasOwnProperty"])).toBe("sample,A_0.constructor,A_0.toString\n0,1,\n1,,2\n");
});

/** A reader of RFC 4180 written for this test alone. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += c;
        i++;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === "," || c === "\n") {
      row.push(cell);
      cell = "";
      if (c === "\n") {
        rows.push(row);
        row = [];
      }
    } else cell += c;
  }
  return rows;
}

test("whatever the values are, a CSV reader gets every one of them back", () => {
  const letters = ["a", '"', ",", "\n", "\r", " ", "é", "日", "=", "\t", "'", ";"];
  for (let seed = 0; seed < 500; seed++) {
    const random = seeded(seed);
    const text = () =>
      Array.from({ length: 1 + random.below(6) }, () => letters[random.below(letters.length)]).join("");
    const keys = [text(), text(), "plain"];
    const made = Array.from({ length: 5 }, (_, id) =>
      sample(id, { A_0: { [keys[random.below(3)] ?? ""]: text() } }),
    );
    const [head = [], ...rows] = parseCsv(csv(made, ["A_0"]));
    expect(rows.map((row) => row.length)).toEqual(made.map(() => head.length));
    made.forEach((one, i) => {
      for (const [key, value] of Object.entries(one.statistics.A_0 ?? {})) {
        expect(rows[i]?.[head.indexOf(`A_0.${key}`)]).toBe(String(value));
      }
    });
  }
});

test("a hundred thousand samples are read twice and never held", () => {
  let alive = 0;
  let most = 0;
  const many: Iterable<SampleState> = {
    *[Symbol.iterator]() {
      for (let id = 0; id < 100_000; id++) {
        alive++;
        most = Math.max(most, alive);
        yield sample(id, { A_0: { x: id, y: id / 3 } });
        alive--;
      }
    },
  };
  let bytes = 0;
  for (const line of csvLines("statistics", many, tableColumns("statistics", many, ["A_0"])))
    bytes += line.length;
  expect(most).toBe(1);
  expect(bytes).toBeGreaterThan(2_000_000);
});
