// A worker among other machines: what it does with files and logs besides running the task.
import { describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, type DataSample, Pipeline, PipelineBlock } from "../../../src/api/index.ts";
import { RunnerRig } from "../../support/runner-rig.ts";

function does(body: (sample: DataSample) => unknown): Pipeline {
  class Does extends PipelineBlock {
    override async run(sample: DataSample) {
      await body(sample);
    }
  }
  return new Pipeline().append(new Does());
}

describe("lines for the log of the sample", () => {
  test("go with the answer, of each task its own, and nobody writes them into the sample's folder", async () => {
    await using rig = new RunnerRig();
    rig.use(
      does((sample) => sample.id > 0 && sample.log(`line of ${sample.id}`)),
      "own-process",
      "shared",
    );
    mkdirSync(rig.path("worker"), { recursive: true });
    expect((await rig.run("Does_0", 1)).logged).toMatch(/^\S+ Does_0 line of 1\n$/);
    expect((await rig.run("Does_0", 2)).logged).toMatch(/^\S+ Does_0 line of 2\n$/);
    expect((await rig.run("Does_0", 0)).logged).toBeUndefined();
    expect(rig.exists("data/000001/log.log")).toBe(false);
  });

  test("of a failed task as well", async () => {
    await using rig = new RunnerRig();
    rig.use(
      does((sample) => {
        sample.log("so far");
        throw new Error("no further");
      }),
      "own-process",
      "shared",
    );
    mkdirSync(rig.path("worker"), { recursive: true });
    expect((await rig.run("Does_0", 1)).logged).toMatch(/so far\n$/);
  });
});

describe("what a failed task has made", () => {
  const leaving = does((sample) => {
    const at = (name: string) => join(sample.path, name);
    mkdirSync(at("new/folder"), { recursive: true });
    writeFileSync(at("new/folder/file"), "x");
    appendFileSync(at("old"), "more");
    throw new Error("in the middle");
  });

  test("is gone when it is answered; what it changed is told", async () => {
    await using rig = new RunnerRig();
    rig.write("data/000001/old", "old");
    rig.use(leaving, "own-process", "shared");
    const { manifest } = await rig.run("Does_0", 1);
    expect(manifest.files.map(({ path }) => path)).toEqual(["old"]);
    expect(existsSync(rig.path("data/000001/new"))).toBe(false);
    expect(rig.read("data/000001/old")).toBe("oldmore");
  });

  test("on a disk of its own is the launcher's to remove", async () => {
    await using rig = new RunnerRig();
    rig.use(leaving);
    const { manifest } = await rig.run("Does_0", 1);
    expect(manifest.files.map(({ path }) => path)).toEqual(["new/", "new/folder/", "new/folder/file", "old"]);
  });

  test("stays where blocks run side by side: it may be another's", async () => {
    await using rig = new RunnerRig();
    const sides = new Pipeline()
      .append(command("Left", ["sh", "-c", "touch left; exit 1"], { after: [], outputs: "left" }))
      .append(command("Right", ["true"], { after: [], outputs: "right" }));
    rig.use(sides, "own-process", "shared");
    const { manifest } = await rig.run("Left_0", 1);
    expect(manifest.files.map(({ path }) => path)).toEqual(["left"]);
    expect(rig.exists("data/000001/left")).toBe(true);
  });
});
