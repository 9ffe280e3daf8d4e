// What happened to the files of a task since it ended, in every way that a person or a disk can have changed them.
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { filesStillOwned, filesTakenOver } from "../../../src/cache/files-of-tasks.ts";
import { verifyOutputs, withTimes } from "../../../src/cache/verify-outputs.ts";
import { seeded } from "../../support/seeded.ts";
import { SampleRig } from "./outputs-fixture.ts";

const fine = { reasons: [], touched: [] };

async function withTask(
  test: (rig: SampleRig, files: Awaited<ReturnType<SampleRig["task"]>>) => void | Promise<void>,
) {
  using rig = new SampleRig();
  const files = await rig.task(() => {
    rig.write("a.stl", "a mesh");
    rig.write("frames/f_1.png", "one");
    rig.write("frames/f_2.png", "two");
    rig.link("latest", "frames/f_2.png");
    mkdirSync(rig.at("empty"));
  });
  expect(files.map(({ path }) => path)).toEqual([
    ...["a.stl", "empty/", "frames/", "frames/f_1.png", "frames/f_2.png", "latest"],
  ]);
  await test(rig, files);
}

describe("the files of a task", () => {
  test("are as it left them: nothing to say, whatever else lies beside them", () =>
    withTask((rig, files) => {
      rig.write("by hand.txt", "x");
      rig.write("frames/by hand", "x");
      chmodSync(rig.at("a.stl"), 0o600);
      linkSync(rig.at("a.stl"), rig.at("a second name"));
      expect(verifyOutputs(rig.place, files)).toEqual(fine);
    }));

  const changes: Readonly<Record<string, readonly [(rig: SampleRig) => void, object]>> = {
    deleted: [(rig) => rmSync(rig.at("a.stl")), { kind: "output-missing", files: ["a.stl"] }],
    truncated: [
      (rig) => truncateSync(rig.at("frames/f_1.png"), 2),
      { kind: "output-changed", files: ["frames/f_1.png"] },
    ],
    emptied: [(rig) => rig.write("a.stl", ""), { kind: "output-changed", files: ["a.stl"] }],
    "edited to another size": [
      (rig) => rig.write("a.stl", "a mesh!"),
      { kind: "output-changed", files: ["a.stl"] },
    ],
    "edited to the same size": [
      (rig) => {
        rig.write("a.stl", "a MESH");
        rig.touch("a.stl");
      },
      { kind: "output-changed", files: ["a.stl"] },
    ],
    "replaced by a link": [
      (rig) => {
        renameSync(rig.at("a.stl"), rig.at("../outside.stl"));
        rig.link("a.stl", rig.at("../outside.stl"));
      },
      { kind: "output-replaced", files: [{ path: "a.stl", by: "link" }] },
    ],
    "replaced by a folder": [
      (rig) => {
        rmSync(rig.at("a.stl"));
        mkdirSync(rig.at("a.stl"));
      },
      { kind: "output-replaced", files: [{ path: "a.stl", by: "folder" }] },
    ],
    "replaced by a pipe": [
      (rig) => {
        rmSync(rig.at("a.stl"));
        Bun.spawnSync(["mkfifo", rig.at("a.stl")]);
      },
      { kind: "output-replaced", files: [{ path: "a.stl", by: "other" }] },
    ],
    "a link that is a file now": [
      (rig) => {
        rmSync(rig.at("latest"));
        rig.write("latest", "frames/f_2.png");
      },
      { kind: "output-replaced", files: [{ path: "latest", by: "file" }] },
    ],
    "a link that leads elsewhere": [
      (rig) => {
        rmSync(rig.at("latest"));
        rig.link("latest", "frames/f_1.png");
      },
      { kind: "output-changed", files: ["latest"] },
    ],
    "in a folder that was deleted": [
      (rig) => rmSync(rig.at("frames"), { recursive: true }),
      { kind: "output-missing", files: ["frames/", "frames/f_1.png", "frames/f_2.png"] },
    ],
    "in a folder that is a link to itself elsewhere": [
      (rig) => {
        renameSync(rig.at("frames"), rig.at("../outside"));
        rig.link("frames", rig.at("../outside"));
      },
      { kind: "output-replaced", files: [{ path: "frames", by: "link" }] },
    ],
    "in a folder that is a file now": [
      (rig) => {
        rmSync(rig.at("frames"), { recursive: true });
        rig.write("frames", "x");
      },
      { kind: "output-replaced", files: [{ path: "frames", by: "file" }] },
    ],
    "an empty folder that is gone": [
      (rig) => rmSync(rig.at("empty"), { recursive: true }),
      { kind: "output-missing", files: ["empty/"] },
    ],
    "with the whole sample deleted": [
      (rig) => rmSync(rig.folder, { recursive: true }),
      {
        kind: "output-missing",
        files: ["a.stl", "empty/", "frames/", "frames/f_1.png", "frames/f_2.png", "latest"],
      },
    ],
    "with a file in the place of the sample": [
      (rig) => {
        rmSync(rig.folder, { recursive: true });
        writeFileSync(rig.folder, "x");
      },
      { kind: "output-missing", files: expect.any(Array) },
    ],
  };
  for (const [name, [act, reason]] of Object.entries(changes)) {
    test(`${name}: said by name`, () =>
      withTask((rig, files) => {
        act(rig);
        expect(verifyOutputs(rig.place, files)).toEqual({ reasons: [reason], touched: [] } as never);
      }));
  }

  test("several things at once are all said", () =>
    withTask((rig, files) => {
      rmSync(rig.at("a.stl"));
      rig.write("frames/f_1.png", "other");
      rmSync(rig.at("frames/f_2.png"));
      mkdirSync(rig.at("frames/f_2.png"));
      expect(verifyOutputs(rig.place, files).reasons).toEqual([
        { kind: "output-missing", files: ["a.stl"] },
        { kind: "output-changed", files: ["frames/f_1.png"] },
        { kind: "output-replaced", files: [{ path: "frames/f_2.png", by: "folder" }] },
      ]);
    }));

  test("touched, or copied without their times, are fine, and their new times are to be remembered", () =>
    withTask((rig, files) => {
      rig.touch("a.stl");
      rig.touch("frames/f_2.png");
      rmSync(rig.at("latest"));
      rig.link("latest", "frames/f_2.png");
      const { reasons, touched } = verifyOutputs(rig.place, files);
      expect(reasons).toEqual([]);
      expect(touched.map(({ path }) => path)).toEqual(["a.stl", "frames/f_2.png", "latest"]);
      const now = withTimes(files, touched);
      expect(now.map(({ path, size, sha256 }) => ({ path, size, sha256 }))).toEqual(
        files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
      );
      expect(verifyOutputs(rig.place, now)).toEqual(fine);
      const moved = { ...rig.place, dataPath: `${rig.dataPath} moved` };
      cpSync(rig.dataPath, moved.dataPath, { recursive: true, verbatimSymlinks: true });
      try {
        const copied = verifyOutputs(moved, now);
        expect(copied.reasons).toEqual([]);
        expect(verifyOutputs(moved, withTimes(now, copied.touched))).toEqual(fine);
      } finally {
        rmSync(moved.dataPath, { recursive: true });
      }
    }));

  test("edited to the same size with the time set back are not noticed: that is the one thing", () =>
    withTask((rig, files) => {
      const { atime, mtime } = statSync(rig.at("a.stl"));
      const [file] = files.filter(({ path }) => path === "a.stl");
      rig.write("a.stl", "a MESH");
      utimesSync(rig.at("a.stl"), atime, mtime);
      const { mtimeMs } = statSync(rig.at("a.stl"));
      const known = files.map((each) => (each === file ? { ...each, modified: mtimeMs } : each));
      expect(verifyOutputs(rig.place, known)).toEqual(fine);
    }));

  test("that nobody could read when they were recorded count as changed once they are touched", () =>
    withTask((rig, files) => {
      const unread = files.map((file) => (file.path.endsWith("/") ? file : { ...file, sha256: null }));
      expect(verifyOutputs(rig.place, unread)).toEqual(fine);
      rig.touch("a.stl");
      expect(verifyOutputs(rig.place, unread).reasons).toEqual([
        { kind: "output-changed", files: ["a.stl"] },
      ]);
    }));

  test("under names that no task can have left are not looked for: the record is not believed", () =>
    withTask((rig, files) => {
      const [file] = files;
      if (file === undefined) throw new Error("no file");
      rig.write("../outside.stl", "a mesh");
      for (const path of [
        "../../outside.stl",
        "/etc/hostname",
        "a.stl/../a.stl",
        "",
        "./a.stl",
        "x\0",
        "sample.json",
      ]) {
        expect(verifyOutputs(rig.place, [{ ...file, path }]).reasons).toEqual([
          { kind: "output-missing", files: [path] },
        ]);
      }
    }));

  test("of a dataset block lie in the dataset's folder", () =>
    withTask(async (rig) => {
      const place = { dataPath: rig.dataPath, sample: null };
      writeFileSync(`${rig.dataPath}/overview.png`, "x");
      const { size, mtimeMs } = statSync(`${rig.dataPath}/overview.png`);
      const file = { path: "overview.png", size, modified: mtimeMs, sha256: null };
      expect(verifyOutputs(place, [file])).toEqual(fine);
      rmSync(`${rig.dataPath}/overview.png`);
      expect(verifyOutputs(place, [file]).reasons).toEqual([
        { kind: "output-missing", files: ["overview.png"] },
      ]);
    }));
});

test("random changes in folders of any size are found, exactly those", async () => {
  const random = seeded(5);
  for (let round = 0; round < 60; round++) {
    using rig = new SampleRig();
    const names = Array.from(
      { length: 1 + random.below(60) },
      (_, i) => random.pick(["", "d/", "d/e/", "ü \n/"]) + random.pick(["f", "-rf ", "'\"", "é"]) + i,
    );
    const files = await rig.task(() => {
      for (const name of names) rig.write(name, name.repeat(3));
    });
    const expected = { missing: new Set<string>(), changed: new Set<string>(), touched: new Set<string>() };
    for (const name of names) {
      const what = random.below(12);
      if (what === 0) rmSync(rig.at(name));
      if (what === 1) rig.write(name, "other");
      if (what === 2) rig.touch(name);
      if (what === 0) expected.missing.add(name);
      if (what === 1) expected.changed.add(name);
      if (what === 2) expected.touched.add(name);
    }
    const { reasons, touched } = verifyOutputs(rig.place, files);
    const told = (kind: string) =>
      reasons.flatMap((reason) => (reason.kind === kind ? [...reason.files] : []));
    expect(new Set<unknown>(told("output-missing"))).toEqual(expected.missing);
    expect(new Set<unknown>(told("output-changed"))).toEqual(expected.changed);
    expect(told("output-replaced")).toEqual([]);
    expect(new Set(touched.map(({ path }) => path))).toEqual(expected.touched);
  }
});

describe("of tasks that wrote the same path", () => {
  const left = (paths: readonly string[], removed: readonly string[] = []) => ({
    files: paths.map((path) => ({ path, size: 1, modified: 1, sha256: null })),
    removed,
  });
  const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

  test("the last one owns it; what a later one removed nobody owns", () => {
    const mesh = left(["a", "b", "c", "d"]);
    const later = [left(["b", "x"]), left(["y"], ["c"])];
    expect(paths(filesStillOwned(mesh, later))).toEqual(["a", "d"]);
    expect(filesStillOwned(mesh, [])).toBe(mesh.files);
  });

  test("the later one has taken it over", () => {
    const simulate = left(["b", "x"]);
    expect(paths(filesTakenOver(simulate, [left(["a", "b"]), left(["c"])]))).toEqual(["b"]);
    expect(filesTakenOver(simulate, [])).toEqual([]);
  });
});

test("a large file that was only touched is told from one that was changed in its last byte", async () => {
  using rig = new SampleRig();
  const bytes = new Uint8Array(20 << 20).map((_, at) => (at >> 8) & 255);
  const files = await rig.task(() => writeFileSync(rig.at("big"), bytes));
  rig.touch("big");
  expect(verifyOutputs(rig.place, files)).toMatchObject({ reasons: [], touched: [{ path: "big" }] });
  bytes[bytes.length - 1] = 1;
  writeFileSync(rig.at("big"), bytes);
  expect(verifyOutputs(rig.place, files).reasons).toEqual([{ kind: "output-changed", files: ["big"] }]);
});
