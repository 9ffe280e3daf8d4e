// Two blocks that work in one folder at the same time: each must be remembered with its own files, on every one of many samples,
// or a change of one of them leaves files of before, or runs what need not run.
import { expect, test } from "bun:test";
import { CacheRig } from "../support/cache-rig.ts";
import { siblings } from "../support/cache-rows-shape.ts";

const count = 400;
const all = Array.from({ length: count }, (_, sample) => sample);
const options = {
  executor: ["--run_local", "--max_processes", "2"],
  samples: ["--num_samples", String(count)],
};

test("of siblings that ran side by side on many samples, a change of one does not run the other", async () => {
  await using rig = new CacheRig(siblings.files);
  expect((await rig.start(options)).ran).toEqual({ Scene: all, Left: all, Right: all, Join: all });
  expect((await rig.start(options)).ran).toEqual({});
  for (const [from, to] of [
    ['"Left "', '"left "'],
    ['"Right "', '"right "'],
  ] as const) {
    rig.edit("pipeline.ts", from, to);
    const start = await rig.start(options);
    expect(start.ran).toEqual({ [from === '"Left "' ? "Left" : "Right"]: all, Join: all });
    expect((await rig.start(options)).ran).toEqual({});
  }
  expect(rig.contents()).toEqual(await rig.fromScratch(options));
}, 300_000);
