// What is removed before a task runs again: its own files, all of them, and nothing else whatever lies there.
import { describe, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { removeOldOutputs } from "../../../src/cache/old-outputs.ts";
import { blockName } from "../../../src/core/ids.ts";
import type { FileRecord } from "../../../src/core/manifest.ts";
import { runinfoFolder } from "../../../src/rundir/layout.ts";
import { seeded } from "../../support/seeded.ts";
import { id, open } from "./checkpoint-fixture.ts";
import { leave } from "./old-outputs-task.ts";
import { SampleRig } from "./outputs-fixture.ts";

async function withTask(test: (rig: SampleRig, files: readonly FileRecord[]) => void | Promise<void>) {
  using rig = new SampleRig();
  rig.write("earlier.stl", "of another block");
  mkdirSync(rig.at("found"));
  const files = await rig.task(() => {
    rig.write("a.stl", "a mesh");
    rig.write("found/x", "x");
    rig.write("frames/deep/f_1.png", "one");
    rig.write("frames/deep/f_2.png", "two");
    rig.link("latest", "frames/deep/f_2.png");
    rig.link("away", "/etc");
    mkdirSync(rig.at("empty"));
  });
  await test(rig, files);
}

describe("removing what a task left", () => {
  test("takes exactly its files, its links, and the folders that it made", () =>
    withTask((rig, files) => {
      expect(removeOldOutputs(rig.place, { files })).toEqual({
        removed: [
          ...["a.stl", "away", "found/x", "frames/deep/f_1.png", "frames/deep/f_2.png", "latest"],
          ...["frames/deep/", "frames/", "empty/"],
        ],
        kept: [],
      });
      expect(rig.listing).toEqual(["earlier.stl", "found/"]);
      expect(removeOldOutputs(rig.place, { files })).toEqual({ removed: [], kept: [] });
    }));

  test("leaves what nobody recorded, and the folders that it lies in", () =>
    withTask((rig, files) => {
      rig.write("frames/by hand", "x");
      rig.write("a.stl.bak", "a mesh");
      rig.write("empty/deep/nobody's", "x");
      const { removed, kept } = removeOldOutputs(rig.place, { files });
      expect(kept).toEqual([]);
      expect(removed).not.toContain("frames/");
      expect(rig.listing).toEqual([
        ...["a.stl.bak", "earlier.stl", "empty/", "empty/deep/", "empty/deep/nobody's"],
        ...["found/", "frames/", "frames/by hand"],
      ]);
    }));

  test("keeps what was changed by hand and says so by name; what was only touched goes", () =>
    withTask((rig, files) => {
      rig.write("a.stl", "a longer mesh");
      rig.write("frames/deep/f_1.png", "ONE");
      rig.touch("frames/deep/f_1.png");
      rig.touch("frames/deep/f_2.png");
      rmSync(rig.at("latest"));
      rig.link("latest", "frames/deep/f_1.png");
      const { removed, kept } = removeOldOutputs(rig.place, { files });
      expect(kept).toEqual([
        { path: "a.stl", why: { kind: "changed" } },
        { path: "frames/deep/f_1.png", why: { kind: "changed" } },
        { path: "latest", why: { kind: "changed" } },
      ]);
      expect(removed).toEqual(["away", "found/x", "frames/deep/f_2.png", "empty/"]);
      expect([rig.read("a.stl"), rig.read("frames/deep/f_1.png")]).toEqual(["a longer mesh", "ONE"]);
    }));

  test("keeps what was put in the place of a file or folder, and never goes through a link", () =>
    withTask((rig, files) => {
      rig.write("../outside/f_1.png", "one");
      rig.write("../outside/f_2.png", "two");
      renameSync(rig.at("frames/deep/f_1.png"), rig.at("../outside/f_1.png"));
      rmSync(rig.at("frames/deep"), { recursive: true });
      rig.link("frames/deep", rig.at("../outside"));
      renameSync(rig.at("a.stl"), rig.at("../outside/a.stl"));
      rig.link("a.stl", rig.at("../outside/a.stl"));
      rmSync(rig.at("found/x"));
      mkdirSync(rig.at("found/x"));
      rmSync(rig.at("latest"));
      rig.write("latest", "frames/deep/f_2.png");
      rmSync(rig.at("empty"), { recursive: true });
      Bun.spawnSync(["mkfifo", rig.at("empty")]);
      const { removed, kept } = removeOldOutputs(rig.place, { files });
      expect(removed).toEqual(["away"]);
      expect(kept).toEqual([
        { path: "a.stl", why: { kind: "replaced", by: "link" } },
        { path: "found/x", why: { kind: "replaced", by: "folder" } },
        { path: "frames/deep/f_1.png", why: { kind: "replaced", by: "link" } },
        { path: "frames/deep/f_2.png", why: { kind: "replaced", by: "link" } },
        { path: "latest", why: { kind: "replaced", by: "file" } },
      ]);
      expect(readdirSync(rig.at("../outside")).sort()).toEqual(["a.stl", "f_1.png", "f_2.png"]);
      expect(existsSync("/etc/passwd")).toBe(true);
    }));

  test("touches nothing where the sample's folder itself is a link", () =>
    withTask((rig, files) => {
      const elsewhere = rig.at("../outside");
      renameSync(rig.folder, elsewhere);
      symlinkSync(elsewhere, rig.folder);
      const before = readdirSync(elsewhere, { recursive: true });
      const { removed, kept } = removeOldOutputs(rig.place, { files });
      expect(removed).toEqual([]);
      expect(kept).toHaveLength(files.length);
      expect(readdirSync(elsewhere, { recursive: true })).toEqual(before);
    }));

  test("of another task's file that was overwritten knows whose it is", () =>
    withTask(async (rig, files) => {
      const later = await rig.task(() => rig.write("a.stl", "smoothed by a later block"));
      expect(removeOldOutputs(rig.place, { files }).kept).toEqual([
        { path: "a.stl", why: { kind: "changed" } },
      ]);
      expect(removeOldOutputs(rig.place, { files, others: later })).toEqual({ removed: ["a.stl"], kept: [] });
    }));

  test("spares what an earlier task has left, even if the later one changed it", () =>
    withTask(async (rig) => {
      const later = await rig.task(() => {
        rig.write("earlier.stl", "changed by the later one");
        rig.write("own.txt", "x");
      });
      const removal = removeOldOutputs(rig.place, { files: later, spared: new Set(["earlier.stl"]) });
      expect(removal).toEqual({ removed: ["own.txt"], kept: [] });
      expect(rig.read("earlier.stl")).toBe("changed by the later one");
    }));

  test("of a failed attempt goes by size and time, since nobody has read its files", () =>
    withTask((rig, files) => {
      const unread = files.map((file) => (file.path.endsWith("/") ? file : { ...file, sha256: null }));
      rig.touch("a.stl");
      const { removed, kept } = removeOldOutputs(rig.place, { files: unread });
      expect(kept).toEqual([{ path: "a.stl", why: { kind: "changed" } }]);
      expect(removed).toContain("latest");
      expect(removed).toContain("frames/");
    }));

  test("a record that leads out of the folder, or to a file of ours, removes nothing", async () => {
    using rig = new SampleRig();
    rig.write("../outside", "x");
    mkdirSync(runinfoFolder(rig.dataPath));
    writeFileSync(`${runinfoFolder(rig.dataPath)}/checkpoint.jsonl`, "x");
    writeFileSync(`${rig.dataPath}/statistics.csv`, "x");
    rig.write("sample.json", "x");
    rig.write("log.log", "x");
    rig.write("a", "x");
    const facts = (path: string): FileRecord => ({ path, size: 1, modified: 0, sha256: sha256OfX });
    const names = [
      ...[
        "../../outside",
        "../000042/a",
        "/etc/hostname",
        "./a",
        "a/",
        "//a",
        "d/../a",
        "",
        "\0",
        "a\0",
        ".",
      ],
      ...["..", "../", "sample.json", "SAMPLE.JSON", "log.log", "./log.log"],
    ];
    const before = rig.listing;
    const inSample = removeOldOutputs(rig.place, { files: names.map(facts) });
    expect(inSample.removed).toEqual([]);
    expect(inSample.kept.map(({ why }) => why.kind)).toEqual(
      names.filter((name) => name !== "a/").map(() => "outside"),
    );
    const ours = ["000042/a", "runinfo/checkpoint.jsonl", "runinfo/", "statistics.csv", "000042/"];
    const inDataset = removeOldOutputs({ ...rig.place, sample: null }, { files: ours.map(facts) });
    expect(inDataset).toEqual({
      removed: [],
      kept: ours.map((path) => ({ path, why: { kind: "outside" } })),
    });
    expect(rig.listing).toEqual(before);
    expect(rig.read("../outside")).toBe("x");
  });

  test("names of any kind are only names", async () => {
    using rig = new SampleRig();
    const names = [
      "-rf *",
      "$(touch x)",
      "a\nb",
      "'\"`",
      "ü/é \u{1f600}",
      "...",
      "a..b/..c",
      "*",
      "f".repeat(255),
      " ",
    ];
    const files = await rig.task(() => {
      for (const name of names) rig.write(name, "x");
    });
    rig.write("stays", "x");
    expect(removeOldOutputs(rig.place, { files }).kept).toEqual([]);
    expect(rig.listing).toEqual(["stays"]);
  });
});

const sha256OfX = new Bun.CryptoHasher("sha256").update("x").digest("hex");

test("random histories: all recorded files that are as they were go, and nothing else", async () => {
  const random = seeded(9);
  for (let round = 0; round < 80; round++) {
    using rig = new SampleRig();
    const names = Array.from({ length: 20 }, (_, i) => random.pick(["", "d/", "d/e/", "g/"]) + i);
    for (const name of names) if (random.chance(0.2)) rig.write(`${name}.old`, "x");
    const files = await rig.task(() => {
      for (const name of names) if (random.chance(0.8)) rig.write(name, name);
    });
    const recorded = files.filter(({ path }) => !path.endsWith("/")).map(({ path }) => path);
    const changed = recorded.filter(() => random.chance(0.2));
    for (const name of changed) rig.write(name, "by hand, longer than before");
    for (const name of names) if (random.chance(0.2)) rig.write(`${name}.new`, "x");
    const before = rig.listing;
    const { removed, kept } = removeOldOutputs(rig.place, { files });
    expect(kept.map(({ path }) => path).sort()).toEqual([...changed].sort());
    const gone = new Set(removed);
    expect(rig.listing).toEqual(before.filter((path) => !gone.has(path)));
    expect([...gone].filter((path) => !path.endsWith("/")).sort()).toEqual(
      recorded.filter((path) => !changed.includes(path)).sort(),
    );
    const made = files.filter(({ path }) => path.endsWith("/")).map(({ path }) => path);
    for (const folder of made) {
      const isEmpty = !rig.listing.some((path) => path !== folder && path.startsWith(folder));
      expect(gone.has(folder)).toBe(isEmpty);
    }
  }
});

test("killed before any step of a re-run, the next start ends with the same files as one that was not disturbed", async () => {
  const script = Bun.fileURLToPath(new URL("./old-outputs-fixture.ts", import.meta.url));
  const rerun = async (rig: SampleRig, dataPath: string, killAt: number) => {
    const folder = rig.folder.replace(rig.dataPath, dataPath);
    const child = Bun.spawn([process.execPath, script, dataPath, folder, "2"], {
      env: { ...process.env, PIPE_FAULT_KILL_AT_STEP: String(killAt) },
    });
    return (await child.exited) === 0 ? "done" : child.signalCode;
  };
  using rig = new SampleRig();
  mkdirSync(runinfoFolder(rig.dataPath));
  rig.write("by hand", "x");
  const first = Bun.spawnSync([process.execPath, script, rig.dataPath, rig.folder, "1"]);
  expect(first.exitCode).toBe(0);
  rig.write("frames_1/by hand", "x");
  let kills = 0;
  for (let step = 1; ; step++) {
    const dataPath = rig.at(`../outside ${step}`);
    cpSync(rig.dataPath, dataPath, { recursive: true, preserveTimestamps: true });
    const ended = await rerun(rig, dataPath, step);
    if (ended !== "done") {
      expect(ended).toBe("SIGKILL");
      kills++;
      expect(await rerun(rig, dataPath, 0)).toBe("done");
    }
    const listing = readdirSync(`${dataPath}/000042`, { recursive: true, encoding: "utf8" }).sort();
    using undisturbed = new SampleRig();
    undisturbed.write("by hand", "x");
    undisturbed.write("frames_1/by hand", "x");
    leave(undisturbed.folder, 2);
    expect(listing).toEqual(readdirSync(undisturbed.folder, { recursive: true, encoding: "utf8" }).sort());
    expect(readFileSync(`${dataPath}/000042/all/f_0`, "utf8")).toBe("2");
    const checkpoint = await open(dataPath);
    expect(checkpoint.get(blockName("Mesh_0"), id(42))?.changes.config.seed).toBe(2);
    await checkpoint.close();
    if (ended === "done") break;
  }
  expect(kills).toBeGreaterThan(20);
}, 60_000);
