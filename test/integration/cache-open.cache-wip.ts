// What does not hold yet: rows that say why they are open. They move to the other tests when they do.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { testRows } from "../support/cache-expect.ts";
import { withHeader } from "../support/cache-journal.ts";
import { CacheRig } from "../support/cache-rig.ts";
import { groups } from "../support/cache-table.ts";

testRows(Object.keys(groups), "open");

// The path that is printed begins with where the value was found: `option options.options.maxFrames 3 → 2`.
test("an option is told as the user wrote it: `option maxFrames 3 → 2`", async () => {
  await using rig = new CacheRig();
  await rig.start();
  rig.edit("pipeline.ts", "maxFrames: 3", "maxFrames: 2");
  expect((await rig.say(["explain"])).stdout).toMatch(/Simulate_0: option maxFrames 3 → 2/);
  expect((await rig.say(["explain", "Simulate_0", "1"])).stdout).toMatch(/option maxFrames +3 → 2/);
});

// It says `has format version 1, this pipe knows 1`.
test("a checkpoint of a newer frame is refused with words that are true", async () => {
  await using rig = new CacheRig();
  await rig.start();
  for (const name of readdirSync(rig.at("runinfo")).filter((one) => /^checkpoint.*\.jsonl$/.test(one))) {
    writeFileSync(rig.at("runinfo", name), withHeader(readFileSync(rig.at("runinfo", name)), { frame: 2 }));
  }
  const start = await rig.start();
  expect(start.stderr).toMatch(/checkpoint.*cannot read/);
  expect(start.stderr).not.toMatch(/version 1, this pipe knows 1/);
});
