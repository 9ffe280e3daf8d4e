import { describe, expect, test } from "bun:test";
import type { BlockSpec } from "../../../src/core/block.ts";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { type BlockGraph, blockGraph } from "../../../src/plan/graph.ts";
import { blockSpec } from "../../support/block-specs.ts";
import { seeded } from "../../support/seeded.ts";

const declared = { outputs: ["*.x"] };

function refused(specs: readonly BlockSpec[]): Refusal {
  try {
    blockGraph(specs);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("blocks without `after`", () => {
  test("form a chain in the order of the list", () => {
    const graph = blockGraph([blockSpec("A_0"), blockSpec("B_0"), blockSpec("C_0")]);
    expect(graph.predecessors).toEqual([[], [0], [1]]);
    expect(graph.successors).toEqual([[1], [2], []]);
    expect(graph.keptInOrder).toEqual([]);
  });
  test("form a chain even when all of them declare their outputs", () => {
    const graph = blockGraph([blockSpec("A_0", declared), blockSpec("B_0", declared)]);
    expect(graph.predecessors).toEqual([[], [0]]);
  });
});

describe("siblings", () => {
  const diamond = (left: object, right: object): BlockGraph =>
    blockGraph([
      blockSpec("Mesh_0"),
      blockSpec("Left_0", { after: ["Mesh_0"], ...left }),
      blockSpec("Right_0", { after: ["Mesh_0"], ...right }),
      blockSpec("Join_0", { after: ["Left_0", "Right_0"] }),
    ]);

  test("run side by side when both declare their outputs", () => {
    const graph = diamond(declared, declared);
    expect(graph.predecessors).toEqual([[], [0], [0], [1, 2]]);
    expect(graph.keptInOrder).toEqual([]);
  });
  test("keep the order of the list when one of them does not", () => {
    for (const graph of [diamond(declared, {}), diamond({}, declared), diamond({}, {})]) {
      expect(graph.predecessors).toEqual([[], [0], [1], [2]]);
      expect(graph.keptInOrder).toEqual([{ before: 1, after: 2 }]);
    }
  });
  test("with an empty list of outputs have declared them", () => {
    expect(diamond({ outputs: [] }, declared).predecessors[2]).toEqual([0]);
  });
  test("with nothing before them are roots", () => {
    const graph = blockGraph([
      blockSpec("A_0", declared),
      blockSpec("B_0", { ...declared, after: [] }),
      blockSpec("C_0", { after: [] }),
    ]);
    expect(graph.predecessors).toEqual([[], [], [0, 1]]);
  });
  test("a name that follows from another is no edge of its own", () => {
    const graph = blockGraph([
      blockSpec("A_0"),
      blockSpec("B_0"),
      blockSpec("C_0", { after: ["A_0", "B_0", "A_0"] }),
    ]);
    expect(graph.predecessors[2]).toEqual([1]);
  });
});

describe("dataset blocks", () => {
  test("are a chain of their own", () => {
    const graph = blockGraph([
      blockSpec("A_0"),
      blockSpec("Sheet_0", { scope: "dataset", after: ["A_0"], ...declared }),
      blockSpec("Table_0", { scope: "dataset", after: ["A_0"], ...declared }),
    ]);
    expect(graph.sampleBlockCount).toBe(1);
    expect(graph.predecessors).toEqual([[], [], [1]]);
  });
  test("allow no sample block behind them, and say why", () => {
    const { diagnostics } = refused([
      blockSpec("A_0"),
      blockSpec("Sheet_0", { scope: "dataset" }),
      blockSpec("B_0"),
    ]);
    expect(diagnostics.map((d) => d.code)).toEqual(["sample-block-behind-dataset-block"]);
    expect(diagnostics[0]?.message).toContain("`B_0`");
    expect(diagnostics[0]?.notes[0]).toContain("after every sample has ended");
  });
});

describe("mistakes in `after`", () => {
  test("an unknown name is answered with the nearest known one", () => {
    const { diagnostics } = refused([blockSpec("Mesh_0"), blockSpec("Render_0", { after: ["Mseh_0"] })]);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: "unknown-block", hint: "did you mean `Mesh_0`?" });
  });
  test("a block cannot come after itself", () => {
    expect(refused([blockSpec("A_0", { after: ["A_0"] })]).diagnostics[0]?.code).toBe("block-after-itself");
  });
  test("a circle is told edge by edge", () => {
    const { diagnostics } = refused([
      blockSpec("A_0", { after: ["C_0"] }),
      blockSpec("B_0", { after: ["A_0"] }),
      blockSpec("C_0"),
    ]);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.code).toBe("block-after-later");
    expect(diagnostics[0]?.notes).toEqual([
      "these blocks would wait for each other:",
      "  `A_0` after `C_0`",
      "  `C_0` after `B_0` (the block before it in the list)",
      "  `B_0` after `A_0`",
    ]);
  });
  test("a later name without a circle is refused all the same", () => {
    const { diagnostics } = refused([blockSpec("A_0", { after: ["B_0"] }), blockSpec("B_0", { after: [] })]);
    expect(diagnostics[0]).toMatchObject({ code: "block-after-later", notes: [] });
  });
  test("all of them are told at once", () => {
    const { diagnostics, fault } = refused([
      blockSpec("A_0", { after: ["X_0"] }),
      blockSpec("A_0", { after: ["A_0", "Y_0"] }),
    ]);
    expect(diagnostics.map((d) => d.code)).toEqual([
      "block-name-twice",
      "unknown-block",
      "block-after-itself",
      "unknown-block",
    ]);
    expect(fault).toBe("user");
  });
});

test("a pipeline without blocks is refused", () => {
  expect(refused([]).diagnostics[0]?.code).toBe("no-blocks");
});

test("in 2,000 random graphs two blocks may run side by side only if both declare outputs, and no declared edge is lost", () => {
  const random = seeded(7);
  for (let round = 0; round < 2_000; round++) {
    const count = 1 + random.below(8);
    const specs = Array.from({ length: count }, (_, i) =>
      blockSpec(`B_${i}`, {
        outputs: random.chance(0.6) ? ["*"] : null,
        after: random.chance(0.3)
          ? null
          : Array.from({ length: i }, (_, j) => `B_${j}`).filter(() => random.chance(0.4)),
      }),
    );
    const graph = blockGraph(specs);
    const reaches = (from: number, to: number): boolean =>
      from === to || (graph.predecessors[to] ?? []).some((p) => reaches(from, p));
    for (let b = 0; b < count; b++) {
      const after = specs[b]?.after ?? (b > 0 ? [`B_${b - 1}`] : []);
      for (const name of after) expect(reaches(Number(name.slice(2)), b)).toBe(true);
      for (let a = 0; a < b; a++) {
        const bothDeclare = specs[a]?.outputs !== null && specs[b]?.outputs !== null;
        if (!reaches(a, b)) expect(bothDeclare).toBe(true);
        const edge = graph.predecessors[b]?.includes(a) ?? false;
        expect(graph.successors[a]?.includes(b)).toBe(edge);
        const throughOthers = (graph.predecessors[b] ?? []).some((p) => p !== a && reaches(a, p));
        if (edge) expect(throughOthers).toBe(false);
      }
      expect(graph.predecessors[b]?.every((p) => p < b)).toBe(true);
    }
  }
});
