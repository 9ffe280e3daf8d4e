// Blocks in TypeScript: their verdicts, what they throw, what they leave behind.
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DataSample,
  type Dataset,
  DatasetBlock,
  Pipeline,
  PipelineBlock,
  SampleIssue,
} from "../../../src/api/index.ts";
import { sampleId, seconds } from "../../../src/core/ids.ts";
import { RunnerRig } from "../../support/runner-rig.ts";

/** A pipeline of one block `Does_0` that does this. */
function does(body: (sample: DataSample) => unknown, verdict?: (sample: DataSample) => unknown): Pipeline {
  class Does extends PipelineBlock {
    override async run(sample: DataSample) {
      await body(sample);
    }
  }
  const block = new Does();
  if (verdict !== undefined) Reflect.set(block, "validateSample", verdict);
  return new Pipeline().append(block);
}

describe("what a block says", () => {
  test("values that it set are its changes", async () => {
    await using rig = new RunnerRig();
    rig.use(
      does((sample) => {
        sample.setConfig("a", 1);
        sample.addStatistic("b", [2]);
      }),
    );
    const result = await rig.run("Does_0", 5);
    expect(result).toMatchObject({
      ...{ outcome: { kind: "succeeded" }, changes: { config: { a: 1 }, statistics: { b: [2] } } },
      ...{ log: null, tail: [], attempt: 1, manifest: { files: [], removed: [] } },
    });
    expect(result.ended).toBeGreaterThanOrEqual(result.started);
  });

  test("a SampleIssue and a verdict are issues, and keep the values", async () => {
    await using rig = new RunnerRig();
    const cases: readonly (readonly [Pipeline, string])[] = [
      [
        does((s) => {
          s.addStatistic("v", 1);
          throw new SampleIssue("did not converge");
        }),
        "did not converge",
      ],
      [
        does(
          (s) => s.addStatistic("v", 1),
          () => "displacement too large",
        ),
        "displacement too large",
      ],
      [
        does(
          (s) => s.addStatistic("v", 1),
          async () => false,
        ),
        "validateSample says that the sample is not valid",
      ],
      [
        does(
          (s) => s.addStatistic("v", 1),
          () => {
            throw new SampleIssue("thrown there");
          },
        ),
        "thrown there",
      ],
    ];
    for (const [pipeline, message] of cases) {
      const result = await rig.use(pipeline).run("Does_0");
      expect(result.outcome).toEqual({ kind: "issue", message });
      expect(result.changes.statistics).toEqual({ v: 1 });
    }
    expect(
      (
        await rig
          .use(
            does(
              () => {},
              () => true,
            ),
          )
          .run("Does_0")
      ).outcome,
    ).toEqual({ kind: "succeeded" });
  });

  test("a verdict that is none is a mistake of the block, not a success", async () => {
    await using rig = new RunnerRig();
    expect(
      await rig
        .use(
          does(
            () => {},
            () => undefined,
          ),
        )
        .failure("Does_0"),
    ).toMatchObject({ kind: "exception", name: "TypeError" });
  });

  test("anything else that is thrown is an exception with the user's own lines", async () => {
    await using rig = new RunnerRig();
    const failure = await rig
      .use(
        does((s) => {
          s.addStatistic("v", 1);
          throw new RangeError("no such organ", { cause: new Error("disk on fire") });
        }),
      )
      .failure("Does_0");
    expect(failure).toMatchObject({
      kind: "exception",
      name: "RangeError",
      message: "no such organ\ncaused by Error: disk on fire",
    });
    const { stack } = failure.kind === "exception" ? failure : { stack: [] };
    expect(stack[0]).toContain("test/unit/worker/code.test.ts");
    expect(stack.filter((line) => line.includes("/src/worker/"))).toEqual([]);
    for (const [thrown, message] of [
      ["just a string", "just a string"],
      [{ code: 3 }, "code: 3"],
      [undefined, "undefined"],
      [null, "null"],
    ] as const) {
      const other = await rig
        .use(
          does(() => {
            throw thrown;
          }),
        )
        .failure("Does_0");
      expect(other.kind === "exception" ? other.message : other).toContain(message);
    }
  });

  test("a value that JSON cannot carry, and a full disk, are failures of their own kind", async () => {
    await using rig = new RunnerRig();
    expect(
      await rig
        .use(does((s) => Reflect.apply(s.addStatistic, s, ["stress", { max: [1, Number.NaN] }])))
        .failure("Does_0"),
    ).toEqual({ kind: "bad-value", path: "statistics.stress.max[1]", problem: "NaN" });
    expect(await rig.use(does(() => writeFileSync("/dev/full", "x"))).failure("Does_0")).toMatchObject({
      kind: "cannot-write",
      code: "ENOSPC",
    });
  });

  test("a failure takes no values", async () => {
    await using rig = new RunnerRig();
    const result = await rig
      .use(
        does((s) => {
          s.setConfig("a", 1);
          throw new Error("x");
        }),
      )
      .run("Does_0");
    expect(result.changes).toEqual({ config: {}, statistics: {} });
  });

  test("a block that is not in the pipeline of this run is told by name", async () => {
    await using rig = new RunnerRig();
    expect(await rig.use(does(() => {})).failure("Other_0")).toMatchObject({
      kind: "cannot-load",
      message: expect.stringContaining("Other_0"),
    });
  });
});

describe("what a block leaves behind", () => {
  test("is found by looking: new, changed, removed, in folders; not pipe's own files, not through links", async () => {
    await using rig = new RunnerRig();
    for (const name of ["kept", "changed", "removed", "moved", "deep/kept"])
      rig.write(`data/000002/${name}`, "old");
    rig.write("outside/secret", "x");
    rig.use(
      does((sample) => {
        const at = (name: string) => join(sample.path, name);
        writeFileSync(at("changed"), "newer");
        rmSync(at("removed"));
        renameSync(at("moved"), at("moved2"));
        mkdirSync(at("deep/er"), { recursive: true });
        writeFileSync(at("deep/er/f1.stl"), "abc");
        writeFileSync(at("sample.json"), "{}");
        sample.log("a line");
        symlinkSync(rig.path("outside"), at("link"));
        symlinkSync("..", at("deep/up"));
        mkdirSync(at("empty"));
      }),
    );
    const { manifest } = await rig.run("Does_0", 2);
    expect(manifest.files.map(({ path }) => path)).toEqual([
      "changed",
      "deep/er/",
      "deep/er/f1.stl",
      "deep/up",
      "empty/",
      "link",
      "moved2",
    ]);
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(manifest.files.slice(1, 4)).toEqual([
      { path: "deep/er/", size: 0, modified: 0, sha256: "folder" },
      { path: "deep/er/f1.stl", size: 3, modified: expect.any(Number), sha256: sha256("abc") },
      { path: "deep/up", size: 2, modified: expect.any(Number), sha256: `link:${sha256("..")}` },
    ]);
    expect(manifest.removed).toEqual(["moved", "removed"]);
    expect(rig.exists("data/000002/log.log")).toBe(true);
  });

  test("is told for a failure too", async () => {
    await using rig = new RunnerRig();
    const result = await rig
      .use(
        does((s) => {
          s.write("half.txt", "x");
          throw new Error("x");
        }),
      )
      .run("Does_0");
    expect(result.manifest.files.map(({ path }) => path)).toEqual(["half.txt"]);
  });

  test("declared inputs and outputs are looked for", async () => {
    await using rig = new RunnerRig();
    const make = (options: object, body: (s: DataSample) => unknown = () => {}) => {
      class Does extends PipelineBlock {
        override async run(sample: DataSample) {
          await body(sample);
        }
      }
      return new Pipeline().append(new Does(), options);
    };
    let ran = 0;
    expect(
      await rig
        .use(
          make({ inputs: ["mesh.obj", "frames/*.stl"] }, () => {
            ran++;
          }),
        )
        .failure("Does_0"),
    ).toEqual({ kind: "input-missing", patterns: ["mesh.obj", "frames/*.stl"] });
    expect(ran).toBe(0);
    rig.write("data/000000/frames/f1.stl", "x");
    expect(await rig.failure("Does_0")).toEqual({ kind: "input-missing", patterns: ["mesh.obj"] });
    expect(await rig.use(make({ outputs: ["frames/*.stl", "result[1].txt"] })).failure("Does_0")).toEqual({
      kind: "output-missing",
      patterns: ["result[1].txt"],
    });
    expect(
      (
        await rig
          .use(make({ outputs: ["result[1].txt"] }, (s) => s.write("result[1].txt", "x")))
          .run("Does_0")
      ).outcome,
    ).toEqual({ kind: "succeeded" });
    // An issue says why there is nothing.
    expect(
      (
        await rig
          .use(
            make({ outputs: ["none"] }, () => {
              throw new SampleIssue("empty");
            }),
          )
          .run("Does_0")
      ).outcome.kind,
    ).toBe("issue");
  });
});

test("a block over the dataset sees the valid samples and writes beside them", async () => {
  await using rig = new RunnerRig();
  class Sheet extends DatasetBlock {
    override run(dataset: Dataset) {
      dataset.write(
        "sheet.json",
        dataset.samples.map(({ id }) => id),
      );
      dataset.log("made");
    }
  }
  rig.use(new Pipeline().append(new Sheet()));
  rig.write("data/000001/x", "x");
  const target = { kind: "dataset" as const, valid: [sampleId(1), sampleId(4)] };
  const result = await rig.runner.run(
    { ...rig.assignment("Sheet_0", 0), target },
    new AbortController().signal,
  );
  expect(result.outcome).toEqual({ kind: "succeeded" });
  expect(result.manifest.files.map(({ path }) => path)).toEqual(["sheet.json"]);
  expect(JSON.parse(rig.read("data/sheet.json"))).toEqual([1, 4]);
});

describe("code that cannot be stopped", () => {
  test("is given up when its time is over, and the process is no good for more", async () => {
    await using rig = new RunnerRig();
    const failure = await rig
      .use(does(() => new Promise(() => {})))
      .failure("Does_0", 0, { needs: { time: seconds(0.05) } });
    expect(failure).toEqual({ kind: "timeout", limit: seconds(0.05) });
    expect(rig.runner.condition).toBe("spoiled");
  });

  test("in a shared process may not end it", async () => {
    await using rig = new RunnerRig();
    const status = await rig
      .use(
        does(() => process.exit(4)),
        "shared-process",
      )
      .failure("Does_0");
    expect(status).toEqual({ kind: "exited", status: 4 });
    await rig.runner.close();
    expect(
      await rig
        .use(
          does(() => process.exit()),
          "shared-process",
        )
        .failure("Does_0"),
    ).toEqual({ kind: "exited", status: 0 });
    // Afterwards the process is as it was.
    await rig.runner.close();
    expect(process.listenerCount("exit")).toBe(0);
    expect(process.exit.name).not.toBe("refuse");
    expect(
      (
        await rig
          .use(
            does(() => {}),
            "shared-process",
          )
          .run("Does_0")
      ).outcome,
    ).toEqual({ kind: "succeeded" });
  });
});

test("what a task took: processor time of a busy block, memory of a large one, nothing made up for a short one", async () => {
  await using rig = new RunnerRig();
  const busy = await rig
    .use(
      does(() => {
        const until = performance.now() + 60;
        while (performance.now() < until);
      }),
    )
    .run("Does_0");
  expect(busy.usage.seconds).toBeGreaterThan(0.05);
  expect(busy.usage.cpuSeconds ?? 0).toBeGreaterThan(0.005);
  const large = await rig.use(does(() => new Uint8Array(300 << 20).fill(1).length)).run("Does_0");
  expect(large.usage.peakMemory ?? 0).toBeGreaterThan(300 << 20);
  rig.use(does(() => {}));
  await rig.run("Does_0");
  expect((await rig.run("Does_0")).usage.peakMemory ?? 0).toBeLessThan(large.usage.peakMemory ?? 0);
});
