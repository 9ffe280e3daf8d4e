// Which blocks share pilots, and what those ask for.
import { describe, expect, test } from "bun:test";
import { blockName, bytes, seconds } from "../../../../src/core/ids.ts";
import { defaultResources, fits, type Resources } from "../../../../src/core/resources.ts";
import { type KindInput, pilotKinds } from "../../../../src/executors/slurm/pilots/pilot-kinds.ts";
import type { PilotSettings } from "../../../../src/executors/slurm/pilots/pilot-settings.ts";
import { seeded } from "../../../support/seeded.ts";

const settings: PilotSettings = {
  ...{ initPilots: 1, minPilots: 0, maxPilots: 4, nodesPerPilot: 1, parallelism: 1 },
  perNode: { cpus: null, memory: null, gpus: null },
  ...{ walltime: seconds(3600), maxIdletime: seconds(120), orphanTime: seconds(1800) },
  ...{ workerInit: [], copyToNode: false, usualCores: {}, options: {} },
};
const block = (
  name: string,
  needs: Partial<Resources> = {},
  options: KindInput["executorOptions"] = {},
): KindInput => ({
  ...{ name: blockName(name), needs: { ...defaultResources, ...needs }, executorOptions: options },
});

describe("cases", () => {
  test("blocks that ask for the same share", () => {
    const { kinds, kindOf } = pilotKinds([block("A_0"), block("B_0", { cpus: 2 })], settings);
    expect(kindOf).toEqual([0, 0]);
    expect(kinds).toMatchObject([
      { index: 0, blocks: ["A_0", "B_0"], perNode: { cpus: 4, gpus: 0, memory: null } },
    ]);
  });

  test("another partition is another kind, whatever the order of the options", () => {
    const { kinds, kindOf } = pilotKinds(
      [
        block("A_0", {}, { partition: "gpu", qos: "x" }),
        block("B_0"),
        block("C_0", {}, { qos: "x", partition: "gpu" }),
      ],
      { ...settings, options: { partition: "main" } },
    );
    expect(kindOf).toEqual([0, 1, 0]);
    expect(kinds.map(({ options }) => options)).toEqual([
      { partition: "gpu", qos: "x" },
      { partition: "main" },
    ]);
  });

  test("a node has what the hungriest block needs", () => {
    const { kinds } = pilotKinds(
      [block("A_0", { cpus: 16, gpus: 2 }), block("B_0", { memory: bytes(100) })],
      settings,
    );
    expect(kinds[0]?.perNode).toEqual({ cpus: 16, gpus: 2, memory: bytes(1600) });
  });

  test("what a person says stands", () => {
    const perNode = { cpus: 2, memory: bytes(10), gpus: 1 };
    const { kinds } = pilotKinds([block("A_0", { memory: bytes(100) })], { ...settings, perNode });
    expect(kinds[0]?.perNode).toEqual(perNode);
  });

  test("time limits, once each and in order; none counts as 0", () => {
    const blocks = [
      block("A_0", { time: seconds(60) }),
      block("B_0"),
      block("C_0", { time: seconds(5) }),
      block("D_0", { time: seconds(60) }),
    ];
    expect(pilotKinds(blocks, settings).kinds[0]?.limits).toEqual([0, 5, 60].map(seconds));
  });
});

test("every block has a kind whose nodes are large enough for it", () => {
  const random = seeded(5);
  for (let i = 0; i < 3000; i++) {
    const blocks = Array.from({ length: 1 + random.below(6) }, (_, n) =>
      block(
        `B_${n}`,
        {
          ...{ cpus: 1 + random.below(8), gpus: random.below(3) },
          ...{ memory: random.chance(0.5) ? bytes(1 + random.below(1000)) : null, time: null },
        },
        random.chance(0.5) ? { partition: random.pick(["a", "b"]) } : {},
      ),
    );
    const { kinds, kindOf } = pilotKinds(blocks, settings);
    expect(kindOf.length).toBe(blocks.length);
    for (const [index, { name, needs, executorOptions }] of blocks.entries()) {
      const kind = kinds[kindOf[index] ?? -1];
      if (kind === undefined) throw new Error("no kind");
      expect(kind.blocks).toContain(name);
      expect(fits(needs, kind.perNode)).toBe(true);
      expect(kind.options).toEqual(executorOptions);
    }
    expect(kinds.flatMap((kind) => kind.blocks).length).toBe(blocks.length);
  }
});
