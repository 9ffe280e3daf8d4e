// The template as a user gets it: copied into a folder with its mesh, loaded, and run by the blocks it appends.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import bunny from "bunny";
import * as pipe from "../../../src/api/index.ts";
import { openSample } from "../../../src/api/sample.ts";
import { blockName, sampleId } from "../../../src/core/ids.ts";
import { freshSample, type SampleState, withChanges } from "../../../src/core/sample.ts";
import { bunnyJson } from "../../../src/templates/bunny-mesh.ts";
import { fromPly, volume } from "../../../src/templates/deform/mesh.ts";
import { fromPng } from "../../../src/templates/deform/png.ts";

const folder = mkdtempSync(join(tmpdir(), "pipe-deform-"));
const template = join(import.meta.dir, "../../../src/templates/deform");
/** A sample that the template's own ranges give small forces, so that it comes to rest. */
const gentle = 0;
let parts: ReturnType<pipe.Pipeline["parts"]> = [];

beforeAll(async () => {
  cpSync(template, join(folder, "template"), { recursive: true });
  writeFileSync(join(folder, "template", "bunny.json"), bunnyJson(bunny));
  Bun.plugin({
    name: "pipe for the copied template",
    setup: (build) => void build.module("pipe", () => ({ exports: { ...pipe }, loader: "object" })),
  });
  const module = await import(join(folder, "template", "pipeline.ts"));
  if (!(module.default instanceof pipe.Pipeline)) throw new Error("the template exports no pipeline");
  parts = module.default.parts();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Takes a sample through the blocks; returns what is known of it, and its folder. */
async function runSample(id: number, dataset: string): Promise<{ state: SampleState; path: string }> {
  const path = join(folder, dataset, String(id));
  mkdirSync(path, { recursive: true });
  let state = freshSample(sampleId(id));
  for (const { spec, block } of parts) {
    if (!(block instanceof pipe.PipelineBlock)) continue;
    const open = openSample({
      state,
      path,
      block: spec.name,
      seed: 0,
      logFile: join(folder, `${dataset}-${id}.log`),
    });
    await block.run(open.sample);
    state = withChanges(state, spec.name, open.changes());
  }
  return { state, path };
}

const contents = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path).map((name) => [
      name,
      new Bun.SHA256().update(readFileSync(join(path, name))).digest("hex"),
    ]),
  );

test("has its blocks in the order that a sample goes through them, the contact sheet last and once", () => {
  expect(parts.map(({ spec }) => [spec.name, spec.scope].map(String))).toEqual([
    ["RandomScene_0", "sample"],
    ["Deform_0", "sample"],
    ["Measure_0", "sample"],
    ["Render_0", "sample"],
    ["ContactSheet_0", "dataset"],
  ]);
});

describe("a sample", () => {
  test("is deformed until it rests, measured and drawn; a second time it is the same to the last byte", async () => {
    const { state, path } = await runSample(gentle, "first");
    const again = await runSample(gentle, "second");
    expect(again.state).toEqual(state);
    expect(contents(again.path)).toEqual(contents(path));

    const deform = state.statistics.Deform_0 ?? {};
    const measure = state.statistics.Measure_0 ?? {};
    const frames = readdirSync(path).filter((name) => name.endsWith(".ply"));
    expect(frames).toHaveLength(Number(deform.frames));
    const history = readFileSync(join(path, "history.csv"), "utf8").trimEnd().split("\n");
    expect(history).toHaveLength(frames.length + 1);
    expect(Number(history.at(-1)?.split(",")[2])).toBeLessThan(0.002);

    const rest = fromPly(readFileSync(join(path, "bunny_f0.ply")));
    const last = fromPly(readFileSync(join(path, `bunny_f${frames.length - 1}.ply`)));
    expect(Number(measure.volume_change)).toBeCloseTo(100 * (volume(last) / volume(rest) - 1), 9);
    expect(Number(measure.max_displacement)).toBeWithin(0.0005, 0.1);
    expect(Number(measure.mean_displacement)).toBeWithin(0, Number(measure.max_displacement));
    expect(Number(measure.elastic_energy)).toBeGreaterThan(0);

    const pictures = readdirSync(path).filter((name) => name.endsWith(".png"));
    expect(pictures).toHaveLength(5);
    expect(pictures).toContain(`picture_f${frames.length - 1}.png`);
    for (const name of pictures) {
      const { width, height } = fromPng(readFileSync(join(path, name)));
      expect([width, height]).toEqual([320, 240]);
    }
  }, 30_000);

  test("whose forces are too much for its lattice ends with an issue, not with nonsense", async () => {
    const path = join(folder, "issue");
    mkdirSync(path);
    const ear = {
      place: [-0.004, 0.118, -0.017],
      radius: 0.02,
      direction: [0, 0.6, 0.8],
      newtons: 60,
      ramp: 0.1,
    };
    const scene = {
      youngs_modulus: 5e3,
      poisson_ratio: 0.4,
      density: 1000,
      fixed_below: 0.02,
      forces: [ear],
    };
    const state = withChanges(freshSample(sampleId(0)), blockName("RandomScene_0"), {
      config: scene,
      statistics: {},
    });
    const block = parts[1]?.block;
    if (!(block instanceof pipe.PipelineBlock)) throw new Error("no Deform");
    const { sample } = openSample({
      state,
      path,
      block: "Deform_0",
      seed: 0,
      logFile: join(folder, "issue.log"),
    });
    const ending = await Promise.resolve(block.run(sample)).then(
      () => "valid",
      (error: unknown) => error,
    );
    expect(ending).toBeInstanceOf(pipe.SampleIssue);
    expect(String(ending)).toContain("turned inside out after");
    for (const name of readdirSync(path)) {
      const surface = fromPly(readFileSync(join(path, name)));
      expect(surface.points.flat().every(Number.isFinite)).toBe(true);
    }
  }, 30_000);
});

test("the contact sheet shows each valid sample with its label", async () => {
  const { state, path } = await runSample(gentle, "sheet");
  const written = new Map<string, Uint8Array>();
  const shown = {
    id: gentle,
    path,
    config: state.config,
    statistics: state.statistics,
    files: () => readdirSync(path).filter((name) => name.endsWith(".png")),
    read: (name: string) => readFileSync(join(path, name)),
  };
  const block = parts.at(-1)?.block;
  if (!(block instanceof pipe.DatasetBlock)) throw new Error("the last block is none over the dataset");
  const dataset = {
    path: folder,
    samples: Array.from({ length: 8 }, () => shown),
    log: () => {},
    write: (name: string, data: Uint8Array) => written.set(name, data),
  };
  await block.run(dataset as unknown as pipe.Dataset);
  const sheet = fromPng(written.get("contact_sheet.png") ?? new Uint8Array());
  // Six columns and two rows of 160 × 120 pictures with gaps and labels.
  expect([sheet.width, sheet.height]).toEqual([8 + 6 * 168, 8 + 2 * (120 + 8 + 11)]);
}, 30_000);
