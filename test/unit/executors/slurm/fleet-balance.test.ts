import { describe, expect, test } from "bun:test";
import type { Demand } from "../../../../src/core/demand.ts";
import { blockName, seconds } from "../../../../src/core/ids.ts";
import { defaultResources } from "../../../../src/core/resources.ts";
import { balanceFleet, type KindStanding } from "../../../../src/executors/slurm/pilots/fleet-balance.ts";
import type { PilotKind } from "../../../../src/executors/slurm/pilots/pilot-kinds.ts";
import type { PilotSettings } from "../../../../src/executors/slurm/pilots/pilot-settings.ts";

const settings: PilotSettings = {
  ...{ initPilots: 1, minPilots: 0, maxPilots: 4, nodesPerPilot: 1, parallelism: 1, usualCores: {} },
  perNode: { cpus: 1, memory: null, gpus: null },
  ...{ walltime: seconds(3600), maxIdletime: seconds(60), orphanTime: seconds(60) },
  ...{ workerInit: [], copyToNode: false, options: {} },
};
const kind = (index: number): PilotKind => ({
  ...{ index, options: {}, perNode: { cpus: 1, memory: null, gpus: 0 } },
  ...{ blocks: [blockName(`B_${index}`)], limits: [seconds(0)] },
});
const standing = (index: number, of: Partial<KindStanding> = {}): KindStanding => ({
  ...{ kind: kind(index), waiting: [], running: 0, idle: [], begun: true },
  ...of,
});
const demand = (kindOfPlace: number, ready: number, ahead = 0): Demand => ({
  ...defaultResources,
  ...{ kindOfPlace, ready, ahead },
});
const counts = (of: ReturnType<typeof balanceFleet>) =>
  of.submit.map(({ kind: { index }, count }) => [index, count]);

describe("pilots of several kinds", () => {
  test("share what there may be", () => {
    const of = { standings: [standing(0), standing(1)], demand: [demand(0, 100), demand(1, 100)] };
    expect(counts(balanceFleet({ ...of, settings, mayGrow: true }))).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  test("one kind has it all where no other has work", () => {
    const of = { standings: [standing(0), standing(1)], demand: [demand(0, 100), demand(1, 0)] };
    expect(counts(balanceFleet({ ...of, settings, mayGrow: true }))).toEqual([[0, 4]]);
  });

  test("idle ones go where another kind has none and no room", () => {
    const of = {
      standings: [standing(0, { running: 4, idle: ["p1", "p2", "p3"] }), standing(1)],
      demand: [demand(0, 0), demand(1, 5)],
    };
    expect(balanceFleet({ ...of, settings, mayGrow: true }).release).toEqual(["p1"]);
  });

  test("and nobody goes who is between two tasks, or where there is room", () => {
    const busy = {
      standings: [standing(0, { running: 4, idle: ["p1"] }), standing(1)],
      demand: [demand(0, 3), demand(1, 5)],
    };
    expect(balanceFleet({ ...busy, settings, mayGrow: true }).release).toEqual([]);
    const room = {
      standings: [standing(0, { running: 2, idle: ["p1"] }), standing(1)],
      demand: [demand(0, 0), demand(1, 5)],
    };
    expect(balanceFleet({ ...room, settings, mayGrow: true })).toMatchObject({ release: [] });
  });

  test("a thousand times at random: never more than the limit, and every kind with work has one or gets one", () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed % below;
    };
    for (let i = 0; i < 1000; i++) {
      const max = 1 + random(6);
      const kinds = 1 + random(4);
      let left = max;
      const standings = Array.from({ length: kinds }, (_, index) => {
        const running = random(left + 1);
        left -= running;
        const idle = Array.from({ length: running }, (_, n) => `p${index}${n}`);
        return standing(index, { running, idle, begun: running > 0 });
      });
      const wanted = standings.map((_, index) => demand(index, random(3) * random(50), random(100)));
      const plan = balanceFleet({
        standings,
        demand: wanted,
        settings: { ...settings, maxPilots: max },
        mayGrow: true,
      });
      const asked = plan.submit.reduce((sum, { count }) => sum + count, 0);
      const there = standings.reduce((sum, one) => sum + one.running, 0);
      expect(asked + there).toBeLessThanOrEqual(max);
      const starved = standings.filter(
        (one, index) =>
          one.running === 0 &&
          (wanted[index]?.ready ?? 0) > 0 &&
          !plan.submit.some((s) => s.kind === one.kind),
      );
      // Who gets none is without only because all that there may be have work, or some of them go.
      const idle = standings
        .filter((_, index) => wanted[index]?.ready === 0)
        .reduce((sum, one) => sum + one.running, 0);
      expect(plan.release.length).toBeGreaterThanOrEqual(
        asked + there < max ? 0 : Math.min(starved.length, idle),
      );
    }
  });
});
