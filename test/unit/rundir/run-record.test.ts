import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { moment } from "../../../src/core/ids.ts";
import { readHistory, recordInHistory } from "../../../src/rundir/history.ts";
import {
  parseRunRecord,
  type RunRecord,
  readRunRecord,
  writeRunRecord,
} from "../../../src/rundir/run-record.ts";
import { scratch } from "../system/scratch.ts";

const record: RunRecord = {
  run: "003",
  commandLine: ["pipe", "run", "--comment", 'a "quoted" word\n'],
  comment: 'a "quoted" word\n',
  started: moment(1_795_000_000_123),
  finished: null,
  versions: { pipe: "0.1.0", bun: "1.4.5" },
  git: { commit: "0123abc", dirty: true },
  host: "n1",
  user: "ada",
  configuration: { executor: "local", max_processes: 4, blocks: { Simulate_0: { memory: null } } },
};
const finished: RunRecord = {
  ...record,
  git: null,
  finished: { at: moment(1_795_000_099_000), ending: "complete" },
};

describe("run.json", () => {
  test("comes back as it was written, before and after the run has ended", () => {
    using folder = scratch();
    expect(readRunRecord(folder.at("run.json"))).toEqual({ kind: "missing" });
    for (const each of [record, finished]) {
      writeRunRecord(folder.at("run.json"), each);
      expect(readRunRecord(folder.at("run.json"))).toEqual({ kind: "parsed", value: each });
    }
  });

  test("has the shape of its version: who changes it raises the number and keeps this one readable", () => {
    using folder = scratch();
    writeRunRecord(folder.at("run.json"), finished);
    const golden = Bun.fileURLToPath(new URL("./run.v1.golden", import.meta.url));
    expect(readFileSync(folder.at("run.json"), "utf8")).toBe(readFileSync(golden, "utf8"));
    expect(readRunRecord(golden)).toEqual({ kind: "parsed", value: finished });
  });

  test("of a newer version is refused with its number, and a broken one says which field", () => {
    const json = JSON.parse(readFileSync(new URL("./run.v1.golden", import.meta.url), "utf8"));
    const parse = (change: Record<string, unknown>) => parseRunRecord(JSON.stringify({ ...json, ...change }));
    expect(parse({ version: 2, started: "whatever that is then" })).toEqual({ kind: "newer", version: 2 });
    for (const [change, field] of [
      [{ started: "yesterday" }, "`started`"],
      [{ started: 17 }, "`started`"],
      [{ command_line: ["a", 1] }, "`command_line`"],
      [{ git: { commit: "x", dirty: "yes" } }, "`dirty`"],
      [{ finished: { at: json.started, ending: "somehow" } }, "`ending`"],
      [{ configuration: [] }, "`configuration`"],
      [{ comment: undefined }, "`comment`"],
      [{ format: "pipe-other" }, "`pipe-run`"],
    ] as const) {
      const parsed = parse(change);
      expect(parsed.kind === "broken" ? parsed.problem : parsed.kind).toContain(field);
    }
    const text = JSON.stringify(json);
    for (let cut = 0; cut < text.length; cut++)
      expect(parseRunRecord(text.slice(0, cut)).kind).toBe("broken");
    for (const other of ["null", "[]", '"text"', "17"]) expect(parseRunRecord(other).kind).toBe("broken");
  });
});

describe("history.jsonl", () => {
  const { configuration: _, ...facts } = record;

  test("has a line for each run, which is replaced when the run has ended", () => {
    using folder = scratch();
    expect(readHistory(folder.path)).toEqual({ runs: [], newer: 0, broken: 0 });
    const second = { ...facts, run: "004", started: moment(1_795_000_200_000) };
    const ended = { ...facts, finished: finished.finished };
    recordInHistory(folder.path, facts);
    recordInHistory(folder.path, second);
    expect(readHistory(folder.path).runs).toEqual([facts, second]);
    recordInHistory(folder.path, ended);
    expect(readHistory(folder.path).runs).toEqual([ended, second]);
    expect(readFileSync(folder.at("history.jsonl"), "utf8")).toMatch(/^(\{.*\}\n){2}$/);
  });

  test("keeps the run 003 of before runinfo was deleted beside the new one", () => {
    using folder = scratch();
    recordInHistory(folder.path, facts);
    recordInHistory(folder.path, { ...facts, started: moment(1_796_000_000_000) });
    expect(readHistory(folder.path).runs).toHaveLength(2);
  });

  test("cut at any byte loses its last line at most, and what it cannot read it keeps", () => {
    using folder = scratch();
    recordInHistory(folder.path, facts);
    recordInHistory(folder.path, { ...facts, run: "004" });
    const whole = readFileSync(folder.at("history.jsonl"), "utf8");
    const first = whole.indexOf("\n") + 1;
    for (let cut = first; cut < whole.length; cut += 7) {
      writeFileSync(folder.at("history.jsonl"), whole.slice(0, cut));
      expect(readHistory(folder.path).runs[0]).toEqual(facts);
      recordInHistory(folder.path, { ...facts, run: "005" });
      expect(readHistory(folder.path).runs.map((run) => run.run)).toContain("005");
      expect(readFileSync(folder.at("history.jsonl"), "utf8").startsWith(whole.slice(0, cut))).toBe(true);
    }
    const newer = '{"format":"pipe-history","version":2,"all":"different"}';
    writeFileSync(folder.at("history.jsonl"), `${newer}\n\nnot json\n${whole}`);
    expect(readHistory(folder.path)).toMatchObject({ newer: 1, broken: 1 });
    recordInHistory(folder.path, { ...facts, run: "006" });
    const lines = readFileSync(folder.at("history.jsonl"), "utf8").split("\n");
    expect(lines.slice(0, 2)).toEqual([newer, "not json"]);
    expect(readHistory(folder.path).runs.map((run) => run.run)).toEqual(["003", "004", "006"]);
  });
});
