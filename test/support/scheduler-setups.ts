// Setups for the simulated world: a random one from a seed, and the parts that tests put together themselves.

import { bytes, sampleId, seconds, type WorkerId, workerId } from "../../src/core/ids.ts";
import type { Capacity, Resources } from "../../src/core/resources.ts";
import { createPlan, type Plan } from "../../src/plan/plan.ts";
import { defaultLookAhead } from "../../src/scheduler/admission.ts";
import { clusterPrefetch, defaultPrefetch, noPrefetch } from "../../src/scheduler/scheduler.ts";
import { blockSpec } from "./block-specs.ts";
import type { WorkerLife, WorldSetup } from "./scheduler-world.ts";
import { type Seeded, seeded } from "./seeded.ts";

export const need = (cpus: number, more: Partial<Resources> = {}): Resources => ({
  cpus,
  memory: null,
  gpus: 0,
  time: null,
  ...more,
});
export const has = (cpus: number, more: Partial<Capacity> = {}): Capacity => ({
  cpus,
  memory: null,
  gpus: 0,
  ...more,
});

/** A worker that is there from the start and stays. */
export function steadyWorker(name: string, capacity: Capacity): WorkerLife {
  return { id: workerId(name), capacity, joins: 0, leaves: null, takes: "first" };
}

/** Nothing goes wrong, everything takes a second, verdicts come at once: change what the test is about. */
export function calmSetup(
  plan: Plan,
  more: Partial<WorldSetup> & { readonly workers: readonly WorkerLife[] },
): WorldSetup {
  return {
    seed: 1,
    plan,
    needs: plan.blocks.map((block) => block.needs),
    retries: plan.blocks.map((block) => block.retries),
    losses: 3,
    prefetch: noPrefetch,
    kinds: plan.blocks.map(() => 0),
    lookAhead: defaultLookAhead,
    measured: false,
    duration: () => 1,
    judging: () => 0,
    latency: () => 0,
    chances: {
      issue: 0,
      failure: 0,
      blameless: 0,
      cached: 0,
      cachedIssue: 0,
      silentStart: 0,
      twice: 0,
    },
    interrupts: [],
    checks: "after-every-event",
    record: "nothing",
    ...more,
  };
}

/** `count` samples from 0. */
export const sampleIds = (count: number) => Array.from({ length: count }, (_, i) => sampleId(i));

const steady = "large";
const prefetches = [defaultPrefetch, clusterPrefetch, { ...clusterPrefetch, unknown: 2 }];

/** Any graph, any trouble. The last worker is large enough for everything and stays, so that the run can end. */
export function randomSetup(seed: number): WorldSetup {
  const random = seeded(seed);
  const memoryCounts = random.chance(0.4);
  const gpus = random.chance(0.4);
  const plan = createPlan(
    randomBlocks(random, { memoryCounts, gpus }),
    sampleIds(random.below(random.chance(0.05) ? 70 : 14)),
  );
  const short = random.chance(0.4);
  const trouble = random.chance(0.75) ? 1 : 0;
  const span = (plan.taskCount / 3 + 4) * (short ? 0.004 : 4);
  const workers = Array.from({ length: random.below(6) }, (_, i) =>
    randomWorker(random, { id: workerId(`w${i}`), memoryCounts, gpus, span }),
  );
  workers.push(
    steadyWorker(steady, has(4, { memory: memoryCounts ? bytes(8e9) : null, gpus: gpus ? 2 : 0 })),
  );
  const slowVerdicts = random.chance(0.5);
  const scale = short ? 0.002 : 2;
  const kinds = randomKinds(random, plan);
  const narrows = random.chance(0.3);
  return {
    seed,
    plan,
    needs: narrows
      ? plan.blocks.map(({ needs }) => ({ ...needs, time: random.pick(timeLimits) }))
      : plan.blocks.map(({ needs }) => needs),
    retries: plan.blocks.map((block) => block.retries),
    losses: random.below(3),
    prefetch: short || random.chance(0.2) ? random.pick(prefetches) : noPrefetch,
    measured: random.chance(0.3),
    kinds,
    lookAhead: random.pick([0, 1, defaultLookAhead]),
    workers: workers.flatMap((life) => ofSomeKind(random, life, { kinds, narrows, span })),
    duration: (block, r) => scale * (0.1 + r.next()) * (1 + (block % 3)) * (r.chance(0.02) ? 50 : 1),
    judging: (r) => (slowVerdicts ? scale * r.next() : 0),
    latency: (r) => scale * 0.2 * r.next(),
    chances: {
      issue: trouble * 0.06,
      failure: trouble * 0.15,
      blameless: 0.4,
      cached: random.chance(0.3) ? 0.6 : 0,
      cachedIssue: random.chance(0.2) ? 0.1 : 0,
      silentStart: random.pick([0, 0.3, 1]),
      twice: random.pick([0, 0.1]),
    },
    interrupts: randomInterrupts(random, span),
    checks: "after-every-event",
    record: "history",
  };
}

const timeLimits = [null, seconds(10), seconds(100), seconds(1000)];

function randomKinds(random: Seeded, plan: Plan): readonly number[] {
  const kinds = random.chance(0.35) ? [0, 1, 4] : [0];
  return plan.blocks.map(() => random.pick(kinds));
}

/** The steady one is there of every kind, sooner or later; the others are of some kind, and their time may run out. */
function ofSomeKind(
  random: Seeded,
  life: WorkerLife,
  about: { kinds: readonly number[]; narrows: boolean; span: number },
): readonly WorkerLife[] {
  const inUse = [...new Set(about.kinds)];
  if (inUse.length === 1 && inUse[0] === 0 && !about.narrows) return [life];
  if (life.joins === 0 && life.leaves === null && life.id === workerId(steady)) {
    return inUse.map((kindOfPlace, i) => ({
      ...life,
      ...{ id: i === 0 ? life.id : workerId(`${life.id}${kindOfPlace}`), kindOfPlace },
      joins: i === 0 || random.chance(0.5) ? 0 : random.next() * about.span,
    }));
  }
  const longest = () =>
    about.narrows ? random.pick([null, seconds(0), seconds(5), seconds(10), seconds(500)]) : null;
  const narrows = Array.from({ length: about.narrows ? random.below(4) : 0 }, () => ({
    at: life.joins + random.next() * about.span,
    longest: longest(),
  }));
  const kindOfPlace = random.pick([...inUse, ...inUse, 2]);
  return [{ ...life, kindOfPlace, longest: longest(), narrows }];
}

function randomBlocks(random: Seeded, uses: { memoryCounts: boolean; gpus: boolean }) {
  const count = 1 + random.below(5);
  const shape = random.pick(["chain", "diamond", "anything"]);
  const needs = (): Resources =>
    need(random.pick([1, 1, 1, 2, 4, 0.5]), {
      memory: uses.memoryCounts ? bytes(random.pick([0, 1e9, 3e9])) : null,
      gpus: uses.gpus && random.chance(0.4) ? 1 + random.below(2) : 0,
    });
  const alike = random.chance(0.5) ? needs() : null;
  const sampleBlocks = Array.from({ length: count }, (_, i) =>
    blockSpec(`B_${i}`, {
      needs: alike ?? needs(),
      retries: random.below(3),
      outputs: shape === "chain" ? null : ["*"],
      after: shape === "chain" || i === 0 ? null : afterOf(random, shape, i, count),
    }),
  );
  const datasetBlocks = Array.from({ length: random.below(3) }, (_, i) =>
    blockSpec(`D_${i}`, { scope: "dataset", needs: alike ?? needs(), retries: random.below(2) }),
  );
  return random.chance(0.05) && datasetBlocks.length > 0
    ? datasetBlocks
    : [...sampleBlocks, ...datasetBlocks];
}

function afterOf(random: Seeded, shape: string, block: number, count: number): string[] {
  const earlier = Array.from({ length: block }, (_, j) => `B_${j}`);
  if (shape === "diamond") return block === count - 1 ? earlier.slice(1) : ["B_0"];
  return earlier.filter(() => random.chance(0.4));
}

function randomWorker(
  random: Seeded,
  about: { id: WorkerId; memoryCounts: boolean; gpus: boolean; span: number },
): WorkerLife {
  const joins = random.chance(0.5) ? 0 : random.next() * about.span;
  return {
    id: about.id,
    capacity: has(random.pick([1, 1, 2, 3, 4, 8]), {
      memory: about.memoryCounts && random.chance(0.8) ? bytes(random.pick([2e9, 4e9])) : null,
      gpus: about.gpus ? random.below(3) : 0,
    }),
    joins,
    leaves: random.chance(0.6)
      ? { at: joins + random.next() * about.span * 0.7, as: random.pick(["dead", "ghost"]) }
      : null,
    takes: random.pick(["first", "whatever-fits"]),
  };
}

function randomInterrupts(random: Seeded, span: number): WorldSetup["interrupts"] {
  if (random.chance(0.65)) return [];
  const at = random.chance(0.1) ? 0 : random.next() * span;
  const first = { at, kind: random.pick(["drain", "cancel"] as const) };
  if (random.chance(0.5)) return [first];
  return [first, { at: at + random.next() * 2, kind: random.pick(["drain", "cancel"] as const) }];
}
