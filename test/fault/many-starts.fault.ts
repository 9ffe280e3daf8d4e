// The same dataset started again and again: what is remembered must not grow with the number of starts, and each start finds it.
import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { CacheRig } from "../support/cache-rig.ts";
import { all } from "../support/cache-row.ts";

const starts = 150;

test("the checkpoint does not grow with the number of starts", async () => {
  await using rig = new CacheRig();
  const sizes = () =>
    readdirSync(rig.at("runinfo"))
      .filter((name) => /^checkpoint.*\.jsonl$/.test(name))
      .map((name) => statSync(rig.at("runinfo", name)).size);
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  await rig.start();
  const before = rig.contents();
  const first = sum(sizes());
  for (let turn = 1; turn <= starts; turn++) {
    const start = await rig.start({ args: ["--force_run_blocks", "Simulate_0"] });
    expect({ turn, ran: start.ran }).toEqual({ turn, ran: { Simulate: all, Measure: all } });
    const now = sizes();
    expect(now.length).toBeLessThan(70);
    expect(sum(now)).toBeLessThan(first * 60);
  }
  expect((await rig.start()).ran).toEqual({});
  expect(rig.contents()).toEqual(before);
}, 300_000);
