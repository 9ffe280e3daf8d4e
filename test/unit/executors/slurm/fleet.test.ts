// How many pilots there should be.
import { describe, expect, test } from "bun:test";
import type { Demand } from "../../../../src/core/demand.ts";
import { bytes, seconds } from "../../../../src/core/ids.ts";
import { defaultResources } from "../../../../src/core/resources.ts";
import { planFleet } from "../../../../src/executors/slurm/pilots/fleet.ts";
import type { PilotKind } from "../../../../src/executors/slurm/pilots/pilot-kinds.ts";
import type { PilotSettings } from "../../../../src/executors/slurm/pilots/pilot-settings.ts";
import { seeded } from "../../../support/seeded.ts";

const settings: PilotSettings = {
  ...{ initPilots: 1, minPilots: 0, maxPilots: 4, nodesPerPilot: 1, parallelism: 1 },
  perNode: { cpus: 4, memory: null, gpus: null },
  ...{ walltime: seconds(3600), maxIdletime: seconds(120), orphanTime: seconds(1800) },
  ...{ workerInit: [], copyToNode: false, usualCores: {}, options: {} },
};
const kind: PilotKind = {
  ...{ index: 0, options: {}, blocks: [], limits: [] },
  perNode: { cpus: 4, memory: null, gpus: 0 },
};
const wanted = (ready: number, ahead = 0, more: Partial<Demand> = {}): Demand => ({
  ...{ ...defaultResources, kindOfPlace: 0, ready, ahead },
  ...more,
});
const plan = (
  demand: readonly Demand[],
  of: {
    readonly waiting?: readonly string[];
    readonly running?: number;
    readonly phase?: "first" | "later";
    readonly room?: number;
    readonly settings?: Partial<PilotSettings>;
    readonly kind?: Partial<PilotKind>;
  } = {},
) =>
  planFleet(
    { ...kind, ...of.kind },
    {
      wanted: demand,
      standing: { waiting: of.waiting ?? [], running: of.running ?? 0 },
      settings: { ...settings, ...of.settings },
      room: of.room ?? 10,
      phase: of.phase ?? "later",
    },
  );

describe("cases", () => {
  test("nothing to do, nothing submitted", () => expect(plan([])).toEqual({ submit: 0, cancel: [] }));
  test("what may come is no reason yet", () =>
    expect(plan([wanted(0, 100)])).toEqual({ submit: 0, cancel: [] }));
  test("at first as many as `init_pilots` says", () =>
    expect(plan([wanted(1, 100)], { phase: "first" }).submit).toBe(1));
  test("then as many as there is work for", () => expect(plan([wanted(5)], { running: 1 }).submit).toBe(1));
  test("with what comes later counted in", () =>
    expect(plan([wanted(1, 11)], { running: 1 }).submit).toBe(2));
  test("never more than `max_pilots`", () => expect(plan([wanted(1000)], { running: 1 }).submit).toBe(3));
  test("never more than all kinds may have together", () =>
    expect(plan([wanted(1000)], { running: 1, room: 1 }).submit).toBe(1));
  test("half as many with half the parallelism", () =>
    expect(plan([wanted(16)], { settings: { parallelism: 0.5 } }).submit).toBe(2));
  test("two nodes in one job count twice", () =>
    expect(plan([wanted(16)], { settings: { nodesPerPilot: 2 } }).submit).toBe(2));
  test("large tasks take more places", () => expect(plan([wanted(2, 0, { cpus: 4 })]).submit).toBe(2));
  test("GPUs and memory bound as cores do", () => {
    const perNode = { cpus: 4, gpus: 1, memory: bytes(1000) };
    expect(plan([wanted(3, 0, { gpus: 1 })], { kind: { perNode } }).submit).toBe(3);
    expect(plan([wanted(4, 0, { memory: bytes(500) })], { kind: { perNode } }).submit).toBe(2);
  });
  test("work for another kind of place is none", () =>
    expect(plan([wanted(9, 0, { kindOfPlace: 1 })])).toEqual({ submit: 0, cancel: [] }));
  test("those that wait and are not needed any more are given up", () =>
    expect(plan([wanted(1)], { waiting: ["p3", "p2"], running: 1 })).toEqual({
      submit: 0,
      cancel: ["p3", "p2"],
    }));
  test("but for as many as shall stay", () =>
    expect(plan([], { waiting: ["p3", "p2"], running: 1, settings: { minPilots: 2 } }).cancel).toEqual([
      "p3",
    ]));
});

test("ten thousand random states: within bounds, and nothing is both given up and asked for", () => {
  const random = seeded(7);
  for (let i = 0; i < 10_000; i++) {
    const minPilots = random.below(4);
    const maxPilots = Math.max(1, minPilots + random.below(6));
    const own: PilotSettings = {
      ...{ ...settings, minPilots, maxPilots, initPilots: random.below(maxPilots + 1) },
      ...{ nodesPerPilot: 1 + random.below(3), parallelism: random.pick([0, 0.1, 0.5, 1]) },
    };
    const waiting = Array.from({ length: random.below(5) }, (_, n) => `p${n}`);
    const running = random.below(5);
    const have = waiting.length + running;
    const room = Math.max(0, maxPilots - have - random.below(2));
    const demand = Array.from({ length: random.below(4) }, () =>
      wanted(random.below(50), random.below(50), { cpus: 1 + random.below(4), kindOfPlace: random.below(2) }),
    );
    const phase = random.pick(["first", "later"] as const);
    const { submit, cancel } = plan(demand, { waiting, running, room, phase, settings: own });
    expect(submit).toBeGreaterThanOrEqual(0);
    expect(submit).toBeLessThanOrEqual(room);
    expect(submit > 0 && cancel.length > 0).toBe(false);
    expect(cancel.every((slot) => waiting.includes(slot))).toBe(true);
    if (cancel.length > 0) expect(have - cancel.length).toBeGreaterThanOrEqual(Math.min(have, minPilots));
    const ready = demand.some((one) => one.kindOfPlace === 0 && one.ready > 0);
    if (!ready) expect(submit).toBe(0);
    // Who has work and none at all gets one, unless a person forbids it.
    if (ready && have === 0 && room > 0 && own.parallelism > 0 && (phase === "later" || own.initPilots > 0)) {
      expect(submit).toBeGreaterThan(0);
    }
    // What was planned needs no other plan.
    if (phase === "later") {
      const after = { waiting: waiting.filter((slot) => !cancel.includes(slot)), running: running + submit };
      const next = plan(demand, { ...after, room: room - submit, phase, settings: own });
      expect(next).toEqual({ submit: 0, cancel: [] });
    }
  }
});
