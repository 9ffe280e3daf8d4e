import { describe, expect, test } from "bun:test";
import { blockSpec } from "../../support/block-specs.ts";
import { has } from "../../support/scheduler-setups.ts";
import { Story } from "../../support/scheduler-story.ts";

const two = [blockSpec("A_0", { retries: 1 }), blockSpec("B_0")];
const sheet = blockSpec("Sheet_0", { scope: "dataset" });

function going(samples: number, ...workers: readonly string[]): Story {
  const story = new Story({ blocks: two, samples });
  story.start();
  for (const worker of workers) story.join(worker);
  return story;
}

describe("a drained run", () => {
  test("lets running tasks end, begins nothing, and was interrupted", () => {
    const story = going(100, "a", "b");
    expect(story.drain()).toEqual([]);
    expect(story.succeeded("a 0")).toEqual([]);
    // Of the samples that were looked at an end is said; of those never reached nothing is.
    const last = story.succeeded("b 2");
    expect(last.slice(0, 2)).toEqual(["sample 0 unfinished, 1 skipped", "sample 1 unfinished, 1 skipped"]);
    expect(last.at(-1)).toBe("finished interrupted");
    expect(last.length).toBeLessThan(60);
    const { samples, blocks } = story.scheduler.snapshot();
    expect(samples.ended).toEqual({ valid: 0, issue: 0, failed: 0, unfinished: 100 });
    expect(blocks.map(({ succeeded, skipped }) => [succeeded, skipped])).toEqual([
      [2, 98],
      [0, 100],
    ]);
  });
  test("tries nothing again: a failure stands, a lost task is merely not done", () => {
    const story = going(2, "a", "b");
    story.drain();
    expect(story.failed("a 0")).toEqual(["failed 0: exited", "sample 0 failed, 1 skipped"]);
    expect(story.gone("b")).toEqual(["sample 1 unfinished, 2 skipped", "finished interrupted"]);
  });
  test("takes verdicts that were on their way, asks for no more, and does not wait for them", () => {
    const story = new Story({ blocks: two, samples: 3, verdicts: "by-hand" });
    story.start();
    story.judged(4, "stale");
    story.join("w");
    story.drain();
    expect(story.judged(0, "current")).toEqual([]);
    expect(story.judged(2, "current-issue")).toEqual(["sample 1 issue, 1 skipped"]);
    expect(story.succeeded("w 4")).toEqual([
      "sample 0 unfinished, 1 skipped",
      "sample 2 unfinished, 1 skipped",
      "finished interrupted",
    ]);
  });
  test("is over at once where nothing runs, also before it was started", () => {
    expect(going(0).drain()).toEqual([]);
    expect(going(1).drain()).toEqual(["sample 0 unfinished, 2 skipped", "finished interrupted"]);
    const story = new Story({ blocks: two, samples: 5 });
    expect(story.drain()).toEqual(["finished interrupted"]);
    expect(story.start()).toEqual([]);
  });
  test("begins no dataset block even when the last sample ends well", () => {
    const story = new Story({ blocks: [...two, sheet], samples: 1 });
    story.start();
    story.join("w");
    story.succeeded("w 0");
    story.drain();
    expect(story.succeeded("w 1")).toEqual(["sample 0 valid, 0 skipped", "finished interrupted"]);
    expect(story.scheduler.snapshot().blocks[2]?.skipped).toBe(1);
  });
});

describe("a cancelled run", () => {
  test("ends what workers have, and counts what ended well all the same", () => {
    const story = going(3, "a", "b");
    expect(story.cancel()).toEqual(["cancel a 0", "cancel b 2"]);
    expect(story.cancel()).toEqual([]);
    expect(story.cancelled("a 0")).toEqual([]);
    expect(story.succeeded("b 2")).toEqual([
      "sample 0 unfinished, 2 skipped",
      "sample 1 unfinished, 1 skipped",
      "sample 2 unfinished, 2 skipped",
      "finished interrupted",
    ]);
  });
  test("may follow a drain", () => {
    const story = going(1, "a");
    story.drain();
    expect(story.cancel()).toEqual(["cancel a 0"]);
    expect(story.drain()).toEqual([]);
    expect(story.gone("a")).toEqual(["sample 0 unfinished, 2 skipped", "finished interrupted"]);
  });
});

describe("a whole run", () => {
  test("is complete when every task had its say, whatever it said", () => {
    const story = going(2, "w");
    story.issue("w 0");
    story.failed("w 2");
    expect(story.failed("w 2#2")).toEqual([
      "failed 2: exited",
      "sample 1 failed, 1 skipped",
      "finished complete",
    ]);
  });
  test("says `finished` once, and nothing after it", () => {
    const story = going(1, "w");
    story.succeeded("w 0");
    expect(story.succeeded("w 1")).toEqual(["sample 0 valid, 0 skipped", "finished complete"]);
    for (const said of [story.join("x"), story.gone("w"), story.drain(), story.cancel(), story.start()]) {
      expect(said).toEqual([]);
    }
    expect(story.succeeded("w 1")).toEqual([]);
  });
  test("of no samples is over at once, of no sample blocks after its dataset blocks", () => {
    expect(new Story({ blocks: two, samples: 0 }).start()).toEqual(["finished complete"]);
    const story = new Story({ blocks: [sheet], samples: 2 });
    expect(story.start()).toEqual(["sample 0 valid, 0 skipped", "sample 1 valid, 0 skipped"]);
    expect(story.join("w")).toEqual(["assign w 0#1"]);
    expect(story.succeeded("w 0")).toEqual(["finished complete"]);
  });
  test("runs dataset blocks one after another once every sample has ended, however it ended", () => {
    const story = new Story({
      blocks: [blockSpec("A_0"), sheet, blockSpec("Table_0", { scope: "dataset" })],
      samples: 2,
    });
    story.start();
    story.join("w", has(4));
    story.issue("w 0");
    expect(story.failed("w 1")).toEqual(["failed 1: exited", "sample 1 failed, 0 skipped", "assign w 2#1"]);
    expect(story.succeeded("w 2")).toEqual(["assign w 3#1"]);
    expect(story.succeeded("w 3")).toEqual(["finished complete"]);
  });
  test("stops its dataset blocks at the first that fails", () => {
    const story = new Story({ blocks: [sheet, blockSpec("Table_0", { scope: "dataset" })], samples: 0 });
    story.start();
    story.join("w");
    expect(story.failed("w 0")).toEqual(["failed 0: exited", "finished complete"]);
    expect(story.scheduler.snapshot().blocks.map((b) => [b.failed, b.skipped])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
