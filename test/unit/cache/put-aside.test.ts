// What a task must not see, moved out of its sight and back: nothing is lost on the way, whoever is killed in between, and what
// somebody changed by hand does not move.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import { type PutAside, putAllBack, putAside, putBack } from "../../../src/cache/put-aside.ts";
import type { FileRecord } from "../../../src/core/manifest.ts";
import { asideFolder } from "../../../src/rundir/layout.ts";
import { SampleRig } from "./outputs-fixture.ts";

const left = ["a.stl", "found/x", "frames/", "frames/deep/", "frames/deep/f_1.png", "latest"];

async function withTask(test: (rig: SampleRig, files: readonly FileRecord[]) => void | Promise<void>) {
  using rig = new SampleRig();
  rig.write("earlier.stl", "of another block");
  mkdirSync(rig.at("found"));
  const files = await rig.task(() => {
    rig.write("a.stl", "a mesh");
    rig.write("found/x", "x");
    rig.write("frames/deep/f_1.png", "one");
    rig.link("latest", "frames/deep/f_1.png");
  });
  await test(rig, files);
}

const asideOf = (rig: SampleRig) => asideFolder(rig.dataPath);
const inPlace = ["earlier.stl", "found/", ...left].sort();
const back = (rig: SampleRig, { moved }: PutAside) => putBack(rig.place, moved);

describe("what a task left is put aside", () => {
  test("with its links and folders, and comes back as it was", () =>
    withTask((rig, files) => {
      const before = statSync(rig.at("a.stl")).mtimeMs;
      const aside = putAside(rig.place, files);
      expect(aside.moved.toSorted()).toEqual(left);
      expect(aside.inSight).toEqual([]);
      expect(rig.listing).toEqual(["earlier.stl", "found/"]);
      back(rig, aside);
      expect(rig.listing).toEqual(inPlace);
      expect(statSync(rig.at("a.stl")).mtimeMs).toBe(before);
      expect(existsSync(asideOf(rig))).toBe(false);
    }));

  test("makes nothing where none of it is there", () =>
    withTask((rig, files) => {
      rmSync(rig.folder, { recursive: true });
      expect(putAside(rig.place, files)).toEqual({ moved: [], inSight: [] });
      expect(existsSync(asideOf(rig))).toBe(false);
    }));

  test("stays where somebody changed it, with its folder", () =>
    withTask((rig, files) => {
      rig.write("frames/deep/f_1.png", "by hand");
      rig.write("frames/deep/notes.txt", "nobody's");
      unlinkSync(rig.at("a.stl"));
      mkdirSync(rig.at("a.stl"));
      const aside = putAside(rig.place, files);
      expect(aside.moved.toSorted()).toEqual(["found/x", "latest"]);
      back(rig, aside);
      expect(rig.listing).toEqual(
        [...inPlace, "a.stl/", "frames/deep/notes.txt"].filter((name) => name !== "a.stl").sort(),
      );
      expect(rig.read("frames/deep/f_1.png")).toBe("by hand");
    }));

  test("does not leave through a link", () =>
    withTask((rig, files) => {
      mkdirSync(rig.at("../outside"));
      renameSync(rig.at("frames/deep"), rig.at("../outside/deep"));
      symlinkSync(rig.at("../outside/deep"), rig.at("frames/deep"));
      expect(putAside(rig.place, files).moved.toSorted()).toEqual(["a.stl", "found/x", "latest"]);
      expect(existsSync(rig.at("../outside/deep/f_1.png"))).toBe(true);
    }));
});

describe("what comes back", () => {
  test("gives way to what was written in the meantime", () =>
    withTask((rig, files) => {
      const aside = putAside(rig.place, files);
      rig.write("a.stl", "new");
      rig.write("frames/other.png", "new");
      rmSync(rig.at("found"), { recursive: true });
      rig.write("found", "a file now");
      back(rig, aside);
      expect(rig.read("a.stl")).toBe("new");
      expect(rig.read("found")).toBe("a file now");
      expect(rig.listing).toEqual([
        "a.stl",
        "earlier.stl",
        "found",
        "frames/",
        "frames/deep/",
        "frames/deep/f_1.png",
        "frames/other.png",
        "latest",
      ]);
      expect(existsSync(asideOf(rig))).toBe(false);
    }));

  test("does not go through a link that was put in its folder's place", () =>
    withTask((rig, files) => {
      const aside = putAside(rig.place, files);
      mkdirSync(rig.at("../outside"));
      symlinkSync(rig.at("../outside"), rig.at("frames"));
      back(rig, aside);
      expect(existsSync(rig.at("../outside/deep"))).toBe(false);
      expect(existsSync(asideOf(rig))).toBe(false);
    }));

  test("is found by looking, after a kill at any moment", () =>
    withTask((rig, files) => {
      for (let count = 0; count <= files.length; count++) {
        putAside(rig.place, files.slice(0, count));
        putAllBack(rig.dataPath);
        expect(rig.listing).toEqual(inPlace);
        const { moved } = putAside(rig.place, files);
        putBack(rig.place, moved.slice(0, count));
        putAllBack(rig.dataPath);
        expect(rig.listing).toEqual(inPlace);
        expect(existsSync(asideOf(rig))).toBe(false);
      }
    }));

  test("does not bring back a sample that somebody deleted", () =>
    withTask((rig, files) => {
      putAside(rig.place, files);
      rmSync(rig.folder, { recursive: true });
      putAllBack(rig.dataPath);
      expect(existsSync(rig.folder)).toBe(false);
      expect(existsSync(asideOf(rig))).toBe(false);
    }));

  test("is nothing where there was no dataset yet", () =>
    withTask((rig) => {
      rmSync(dirname(rig.folder), { recursive: true });
      putAllBack(rig.dataPath);
      expect(existsSync(rig.dataPath)).toBe(false);
    }));
});
