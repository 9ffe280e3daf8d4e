import { describe, expect, test } from "bun:test";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { sampleId } from "../../../src/core/ids.ts";
import {
  blocksUntil,
  knownBlocks,
  parseSampleRanges,
  type SampleRequest,
  selectSamples,
} from "../../../src/plan/selection.ts";
import { blockSpec } from "../../support/block-specs.ts";

function refused(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
const ids = (...numbers: number[]) => numbers.map(sampleId);
const ranges = (text: string): string =>
  parseSampleRanges(text)
    .map(({ first, last }) => `${first}-${last}`)
    .join(" ");

describe("`--samples`", () => {
  test.each([
    ["5", "5-5"],
    ["0-99,120", "0-99 120-120"],
    ["3,1,2", "1-3"],
    ["10-20,15-30,31", "10-31"],
    ["0-100,5-6", "0-100"],
    [" 1 - 2 , 000042 ", "1-2 42-42"],
  ])("%p means %p", (text, meaning) => {
    expect(ranges(text)).toBe(meaning);
  });
  test.each(["", ",", "1,,2", "a", "1-", "-1", "1-2-3", "1.5", "1e3", "0x10", "1..2", "9999999999999999"])(
    "%p is refused",
    (text) => {
      expect(refused(() => parseSampleRanges(text)).diagnostics[0]?.code).toBe("bad-sample-range");
    },
  );
  test("a backward range is refused with the forward one as hint", () => {
    expect(refused(() => parseSampleRanges("9-3")).diagnostics[0]?.hint).toBe("did you mean `3-9`?");
  });
  test("every wrong part is told", () => {
    expect(refused(() => parseSampleRanges("x,1,5-2,y")).diagnostics).toHaveLength(3);
  });
});

describe("the samples of a run", () => {
  const select = (request: Partial<SampleRequest>) =>
    selectSamples({ ranges: null, start: null, count: null, existing: [], ...request });

  test("are those that the dataset has, in order, when nothing is said", () => {
    expect(select({ existing: ids(7, 3, 5) })).toEqual({ samples: ids(3, 5, 7), create: [] });
  });
  test("are exactly the counted ones with `--num_samples`; missing ones are to be made", () => {
    expect(select({ start: 4, count: 3, existing: ids(0, 5) })).toEqual({
      samples: ids(4, 5, 6),
      create: ids(4, 6),
    });
  });
  test("are cut down by `--samples`, however long its ranges", () => {
    expect(select({ ranges: parseSampleRanges("2-3"), count: 10, existing: ids(2) })).toEqual({
      samples: ids(2, 3),
      create: ids(3),
    });
    const { diagnostics } = refused(() =>
      select({ ranges: parseSampleRanges("0-999999999999999"), existing: ids(0, 1) }),
    );
    expect(diagnostics[0]?.message).toContain("2-999999999999999");
  });
  test("that are missing are named, with the nearest that is there", () => {
    const { diagnostics } = refused(() =>
      select({ ranges: parseSampleRanges("0-3,8,20"), existing: ids(0, 2, 3, 19) }),
    );
    expect(diagnostics[0]?.message).toBe("the dataset does not have these samples: 1,8,20");
    expect(diagnostics[0]?.notes[0]).toContain("000000");
  });
  test("outside `--num_samples` are refused", () => {
    const { diagnostics } = refused(() => select({ ranges: parseSampleRanges("5-12"), count: 10 }));
    expect(diagnostics[0]?.message).toContain("10-12");
  });
  test("many gaps are not all listed", () => {
    const text = Array.from({ length: 30 }, (_, i) => `${i * 2 + 1}`).join(",");
    const { diagnostics } = refused(() => select({ ranges: parseSampleRanges(text), existing: ids(0) }));
    expect(diagnostics[0]?.message).toEndWith("1,3,5,7,9,11,13,15, and 22 more gaps");
  });
  test.each([
    [{}, "no-samples"],
    [{ count: 0 }, "bad-sample-count"],
    [{ count: -3 }, "bad-sample-count"],
    [{ count: 1.5 }, "bad-sample-count"],
    [{ count: 1e9 }, "bad-sample-count"],
    [{ start: -1, count: 3 }, "bad-start-sample"],
    [{ start: 5 }, "start-without-count"],
  ])("%p is refused as %p", (request, code) => {
    expect(refused(() => select(request)).diagnostics[0]?.code).toBe(code);
  });
});

describe("blocks named by a flag", () => {
  const specs = [blockSpec("Mesh_0"), blockSpec("Simulate_0"), blockSpec("Render_0")];
  test("`--until` keeps the list up to and with its block", () => {
    expect(blocksUntil(specs, "Simulate_0").map((b) => String(b.name))).toEqual(["Mesh_0", "Simulate_0"]);
    expect(blocksUntil(specs, null)).toBe(specs);
  });
  test("an unknown one is answered with the nearest, also by its type", () => {
    expect(refused(() => blocksUntil(specs, "Simulte_0")).diagnostics[0]?.hint).toContain("`Simulate_0`");
    expect(refused(() => blocksUntil(specs, "Mesh")).diagnostics[0]?.hint).toContain("`Mesh_0`");
    expect(refused(() => blocksUntil(specs, "zzz")).diagnostics[0]?.notes[0]).toContain("Render_0");
  });
  test("several come once each, in the order of the pipeline", () => {
    expect(knownBlocks(specs, "--force_run_blocks", ["Render_0", "Mesh_0", "Render_0"]).map(String)).toEqual([
      "Mesh_0",
      "Render_0",
    ]);
  });
});
