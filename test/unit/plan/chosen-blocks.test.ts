import { describe, expect, test } from "bun:test";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { type AskedBlocks, chooseBlocks, noBlocksChosen } from "../../../src/plan/chosen-blocks.ts";
import { blockSpec } from "../../support/block-specs.ts";

const specs = ["A_0", "B_0", "B_1", "C_0"].map((name) => blockSpec(name));
const nothing: AskedBlocks = noBlocksChosen;
const choose = (asked: Partial<AskedBlocks>, until: string | null = null) =>
  chooseBlocks(specs, until, { ...nothing, ...asked });

function refused(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics.map((d) => `${d.message} | ${d.hint}`);
    throw error;
  }
  return [];
}

describe("blocks that flags name", () => {
  test("are each taken once, in the order of the pipeline", () => {
    expect(choose({ forceRunBlocks: ["C_0", "A_0", "C_0"], acceptCode: ["B_1"] })).toEqual({
      forceRunBlocks: specs.flatMap(({ name }, i) => (i === 0 || i === 3 ? [name] : [])),
      doNotRetryBlocks: [],
      acceptCode: specs.slice(2, 3).map(({ name }) => name),
    });
    expect(choose({}, "B_0")).toEqual(noBlocksChosen);
  });

  test("and are unknown or out of reach are all told together, with the nearest", () => {
    expect(
      refused(() => choose({ forceRunBlocks: ["B_9", "B_0"], doNotRetryBlocks: ["C_0"] }, "B_1")),
    ).toEqual([
      "`--force_run_blocks` names `B_9`, and there is no such block | did you mean `B_0`?",
      "`--do_not_retry_blocks` names `C_0`, which comes behind `--until B_1` and is not reached | take `C_0` out of it, or stop later: `--until C_0`",
    ]);
  });
});
