// The checkpoint as a file among others: copied, broken, foreign, from a newer version, written by two.
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { withHeader } from "../support/cache-journal.ts";
import { CacheRig, stateOf } from "../support/cache-rig.ts";
import { everything, nothing } from "../support/cache-row.ts";

function segmentsOf(rig: CacheRig): readonly string[] {
  const names = readdirSync(rig.at("runinfo")).filter((name) => /^checkpoint.*\.jsonl$/.test(name));
  expect(names.length).toBeGreaterThan(0);
  return names.sort().map((name) => rig.at("runinfo", name));
}

describe("a checkpoint that cannot be read", () => {
  const strange = {
    "a newer version": { change: { version: 99 }, says: /version 99/ },
    // Of a format version that everybody knows: the message must not say that this is what is wrong.
    "a newer frame": { change: { frame: 2 }, says: /^(?!.*version 1, this pipe knows 1).*newer/s },
  };
  for (const [name, { change, says }] of Object.entries(strange)) {
    test(`of ${name} is refused with a clear message, nothing is touched`, async () => {
      await using rig = new CacheRig();
      await rig.start();
      for (const path of segmentsOf(rig)) writeFileSync(path, withHeader(readFileSync(path), change));
      const before = stateOf(rig.at());
      const start = await rig.start();
      expect([2, 3]).toContain(start.status ?? 0);
      expect(start.ran).toEqual(nothing);
      expect(start.stderr).toMatch(says);
      expect(start.stderr).toMatch(/checkpoint.*cannot read/);
      const changed = Object.entries(stateOf(rig.at())).filter(([path, state]) => before[path] !== state);
      // The lock came and went: only the folders above it may tell.
      expect(changed.map(([path]) => path).filter((path) => path !== "." && path !== "runinfo")).toEqual([]);
    });

    test(`of ${name} is told by explain and --dry_run too`, async () => {
      await using rig = new CacheRig();
      await rig.start();
      for (const path of segmentsOf(rig)) writeFileSync(path, withHeader(readFileSync(path), change));
      for (const words of [["explain"], ["run", "--run_sequential", "--dry_run"], ["clean"]]) {
        const ending = await rig.say(words);
        expect([2, 3]).toContain(ending.status ?? 0);
        expect(ending.stderr).toMatch(says);
        expect(ending.stderr).toMatch(/checkpoint.*cannot read/);
      }
    });
  }

  test("is not the end: what is no record is skipped, and the rest is used", async () => {
    await using rig = new CacheRig();
    await rig.start();
    for (const path of segmentsOf(rig)) appendFileSync(path, Buffer.alloc(5000));
    expect((await rig.start()).ran).toEqual(nothing);
    for (const path of segmentsOf(rig)) appendFileSync(path, "half a rec");
    const start = await rig.start();
    expect(start.ran).toEqual(nothing);
    expect(start.status).toBe(0);
  });

  const garbage = { text: "hello\nworld\n", bytes: Buffer.from([1, 2, 3, 0, 255, 7]) };
  for (const [name, content] of Object.entries(garbage)) {
    test(`because ${name} stands in its place is told before everything runs again`, async () => {
      await using rig = new CacheRig();
      await rig.start();
      for (const path of segmentsOf(rig)) writeFileSync(path, content);
      const start = await rig.start();
      expect(start.ran).toEqual(everything);
      expect(start.stderr).toMatch(
        /warning: the checkpoint has 1 file that cannot be read \(runinfo\/checkpoint\.jsonl\).*runs again/,
      );
    });
  }

  test("in its last line says so, though nothing follows that line", async () => {
    await using rig = new CacheRig();
    await rig.start();
    const [path = ""] = segmentsOf(rig);
    const bytes = readFileSync(path);
    expect(bytes.at(-1)).toBe(0x0a);
    const at = bytes.length - 10;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const told = /warning: the checkpoint has 1 damaged line.*runs again/;
    const explained = await rig.say(["explain"]);
    expect(explained.stderr).toMatch(told);
    expect(explained.stdout).toMatch(/1 task of Measure_0: never run \[000002\]/);
    expect((await rig.say(["run", "--run_sequential", "--dry_run"])).stderr).toMatch(told);
    const start = await rig.start();
    expect(start.ran).toEqual({ Measure: [2] });
    expect(start.stderr).toMatch(told);
    expect((await rig.start()).ran).toEqual(nothing);
  });

  test("an empty file is one that remembers nothing", async () => {
    await using rig = new CacheRig();
    await rig.start();
    for (const path of segmentsOf(rig)) writeFileSync(path, "");
    expect((await rig.start()).ran).toEqual(everything);
    expect((await rig.start()).ran).toEqual(nothing);
  });
});

test("a dry run and explain may look while a launcher works; a second run may not", async () => {
  await using rig = new CacheRig();
  rig.edit(
    "pipeline.ts",
    'trace("Measure", sample);',
    'trace("Measure", sample);\n    if (process.env.WAIT === "yes") while (!existsSync(process.env.TRACE + ".go")) Bun.sleepSync(5);',
  );
  rig.edit(
    "pipeline.ts",
    "import { displacement }",
    'import { existsSync } from "node:fs";\nimport { displacement }',
  );
  await rig.start();
  const trace = rig.newTrace();
  const words = ["run", "--run_local", "--num_samples", "3", "--data_path", rig.at(), "--verbose"];
  const running = rig.play.start([...words, "--force_run_blocks", "Measure_0"], {
    env: { TRACE: trace, WAIT: "yes" },
  });
  await running.said("run 001");
  const second = await rig.start();
  expect(second.status).toBe(3);
  expect(second.stderr).toContain(String(running.pid));
  expect(second.ran).toEqual(nothing);
  const dry = await rig.say(["run", "--run_sequential", "--dry_run"]);
  expect(dry.status, dry.stderr).toBe(0);
  const explained = await rig.say(["explain"]);
  expect(explained.status, explained.stderr).toBe(0);
  writeFileSync(`${trace}.go`, "");
  expect((await running.ended).status).toBe(0);
  expect((await rig.start()).ran).toEqual(nothing);
});

describe("what lies where something else must be is named, with what to do about it", () => {
  const folderAt = (path: string) => {
    rmSync(path, { force: true });
    mkdirSync(path);
  };
  const fileAt = (path: string) => {
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, "");
  };
  const cases: readonly (readonly [
    string,
    (path: string) => void,
    "a file" | "a folder",
    readonly string[],
  ])[] = [
    ["000001", fileAt, "a file", ["clean", "--logs", "--yes"]],
    ["runinfo/aside", fileAt, "a file", ["run", "--run_sequential"]],
    ["runinfo/lock", fileAt, "a file", ["run", "--run_sequential"]],
    ["runinfo/lock", fileAt, "a file", ["status"]],
    ["runinfo/reserve", folderAt, "a folder", ["run", "--run_sequential"]],
    ["runinfo/sample-records.json", folderAt, "a folder", ["run", "--run_sequential"]],
    ["runinfo/checkpoint.jsonl", folderAt, "a folder", ["explain"]],
    ["runinfo", fileAt, "a file", ["run", "--run_sequential"]],
    ["runinfo", fileAt, "a file", ["explain"]],
  ];
  test("files for folders, folders for files", async () => {
    await using rig = new CacheRig();
    for (const [name, put, is, words] of cases) {
      rmSync(rig.at(), { recursive: true, force: true });
      await rig.start({ samples: ["--num_samples", "2"] });
      put(rig.at(name));
      const ending = await rig.say(words);
      expect([2, 3]).toContain(ending.status ?? 0);
      const wanted = is === "a file" ? "a folder" : "a file";
      expect(ending.stderr).toContain(`error: \`${rig.at(name)}\` is ${is}, where pipe needs ${wanted}`);
      expect(ending.stderr).toContain(`mv ${rig.at(name)} ${rig.at(name)}.moved`);
      renameSync(rig.at(name), rig.at(`${name}.moved`));
      expect((await rig.start({ samples: ["--num_samples", "2"] })).status).toBe(0);
    }
  }, 60_000);

  test("a named pipe for the checkpoint is not waited for", async () => {
    await using rig = new CacheRig();
    await rig.start();
    const [path = ""] = segmentsOf(rig);
    rmSync(path);
    spawnSync("mkfifo", [path]);
    for (const words of [["explain"], ["run", "--run_sequential"], ["clean"]]) {
      const ending = await rig.say(words);
      expect(ending.status).toBe(2);
      expect(ending.stderr).toContain(`\`${path}\` is a named pipe, where the checkpoint's file should be`);
    }
    rmSync(path);
  });
});
