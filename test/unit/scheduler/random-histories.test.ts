// Thousands of small histories, each from its seed, with everything checked after every event. A failing one is
// seen alone by `new SchedulerWorld(randomSetup(SEED)).run()`.
import { expect, test } from "bun:test";
import { createScheduler } from "../../../src/scheduler/scheduler.ts";
import { randomSetup } from "../../support/scheduler-setups.ts";
import { SchedulerWorld } from "../../support/scheduler-world.ts";

function play(seed: number): SchedulerWorld {
  const world = new SchedulerWorld(randomSetup(seed));
  try {
    world.run();
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  return world;
}

test("in 1,500 random histories every promise holds after every event", () => {
  const seen = { complete: 0, interrupted: 0, retried: 0, failed: 0, lost: 0, tasks: 0 };
  for (let seed = 1_000; seed < 2_500; seed++) {
    const { watch } = play(seed);
    if (watch.finished !== null) seen[watch.finished]++;
    seen.retried += watch.counted.retried;
    seen.failed += watch.counted.failed;
    seen.lost += watch.model.lost;
    seen.tasks += watch.model.tasks.length;
  }
  // Histories in which nothing happens would prove nothing.
  expect(seen.complete).toBeGreaterThan(1_000);
  expect(seen.interrupted).toBeGreaterThan(200);
  expect(seen.retried).toBeGreaterThan(1_000);
  expect(seen.failed).toBeGreaterThan(300);
  expect(seen.lost).toBeGreaterThan(300);
  expect(seen.tasks).toBeGreaterThan(25_000);
}, 120_000);

test("the same events give the same commands", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { history } = play(seed);
    const again = createScheduler(randomSetup(seed));
    for (const { event, now, commands } of history) expect(again.handle(event, now)).toEqual(commands);
  }
}, 60_000);

test("the time that events carry moves nothing but what is sent ahead", () => {
  for (let seed = 0; seed < 200; seed++) {
    const setup = randomSetup(seed);
    if (setup.prefetch.most > 0) continue;
    const { history } = play(seed);
    const again = createScheduler(setup);
    const now = history[0]?.now;
    if (now === undefined) throw new Error("nothing happened");
    for (const { event, commands } of history) expect(again.handle(event, now)).toEqual(commands);
  }
}, 60_000);
