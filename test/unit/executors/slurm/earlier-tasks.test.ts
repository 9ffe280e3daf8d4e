// Tasks of a launcher before us: whatever pilots answer, drop, forget or die with, and whenever the scheduler comes to the same
// task, each assignment of ours is answered once, and by nobody else's result.
import { describe, expect, test } from "bun:test";
import { attempt, blockName, taskId } from "../../../../src/core/ids.ts";
import { defaultResources } from "../../../../src/core/resources.ts";
import { EarlierTasks } from "../../../../src/executors/slurm/pilots/earlier-tasks.ts";
import type { TaskResult } from "../../../../src/protocol/answer.ts";
import type { Assignment } from "../../../../src/protocol/assignment.ts";
import { type Seeded, seeded } from "../../../support/seeded.ts";

const of = (task: number, tried: number, content: string): Assignment => ({
  ...{
    task: taskId(task),
    attempt: attempt(tried),
    block: blockName("Mesh_0"),
    target: { kind: "dataset", valid: [] },
  },
  ...{ needs: defaultResources, environment: {} },
  key: { version: 1, options: "", code: "", before: content },
});
/** `log` tells whose result it is. */
const result = ({ task, attempt: tried, key }: Assignment): TaskResult =>
  ({
    task,
    attempt: tried,
    outcome: { kind: "succeeded" },
    log: key?.before ?? null,
  }) as unknown as TaskResult;

describe("one task", () => {
  const old = of(3, 1, "a");
  const mine = of(8, 1, "a");

  test("that is in hand is waited for, and its answer is ours by our number", () => {
    const earlier = new EarlierTasks();
    earlier.add("p1", 1, old);
    expect(earlier.has(mine)).toBe(true);
    expect(earlier.meet("p2", mine)).toEqual({ kind: "waited-for" });
    const answer = earlier.answered("p1", 1, { lane: 2, result: result(old) });
    expect(answer).toMatchObject({
      alias: { worker: "p2", assignment: mine },
      result: { task: 8, attempt: 1, log: "a" },
    });
    expect(earlier.has(mine)).toBe(false);
    expect(earlier.answered("p1", 1, { lane: 2, result: result(old) })).toBeNull();
  });

  test("that was answered before anybody asked is there when somebody does, once", () => {
    const earlier = new EarlierTasks();
    earlier.add("p1", 1, old);
    expect(earlier.answered("p1", 1, { lane: 0, result: result(old) })).toBeNull();
    expect(earlier.meet("p2", mine)).toMatchObject({ kind: "answered", result: { task: 8 } });
    expect(earlier.meet("p2", mine)).toEqual({ kind: "none" });
  });

  test("with another key is another task", () => {
    const earlier = new EarlierTasks();
    earlier.add("p1", 1, old);
    expect(earlier.meet("p1", of(3, 1, "b"))).toEqual({ kind: "none" });
    expect(earlier.meet("p1", { ...old, key: null })).toEqual({ kind: "none" });
  });

  test("that was declined, lost on its way, or went down with its pilot, is ours to give out", () => {
    for (const end of ["dropped", "stillHeld", "pilotGone"] as const) {
      const earlier = new EarlierTasks();
      earlier.add("p1", 1, old);
      earlier.meet("p2", mine);
      const left =
        end === "dropped"
          ? [earlier.dropped("p1", 1, old)]
          : end === "stillHeld"
            ? earlier.stillHeld("p1", [])
            : earlier.pilotGone("p1");
      expect(left).toEqual([{ worker: "p2", assignment: mine }]);
      expect(earlier.meet("p2", mine)).toEqual({ kind: "none" });
    }
  });

  test("that the pilot still has is not given out", () => {
    const earlier = new EarlierTasks();
    earlier.add("p1", 1, old);
    earlier.add("p10", 1, of(4, 1, "b"));
    earlier.meet("p2", mine);
    expect(earlier.stillHeld("p1", [{ of: 1, task: old.task, attempt: old.attempt }])).toEqual([]);
    expect(earlier.meet("p2", mine)).toEqual({ kind: "waited-for" });
    expect(earlier.has(of(9, 1, "b"))).toBe(true);
  });

  test("that two pilots have: the end of the one that is not waited for changes nothing", () => {
    const earlier = new EarlierTasks();
    earlier.add("p1", 1, of(3, 1, "a"));
    earlier.add("p2", 1, of(3, 2, "a"));
    earlier.meet("p3", mine);
    expect(earlier.dropped("p1", 1, of(3, 1, "a"))).toBeNull();
    expect(earlier.pilotGone("p1")).toEqual([]);
    expect(earlier.answered("p2", 1, { lane: 0, result: result(of(3, 2, "a")) })).not.toBeNull();
  });
});

test("five thousand histories: each of our assignments is answered once, by a result of the same content", () => {
  for (let seed = 0; seed < 5000; seed++) history(seeded(seed));
});

interface Ours {
  readonly assignment: Assignment;
  readonly worker: string;
  state: "waiting" | "answered" | "back";
}

function history(random: Seeded): void {
  const earlier = new EarlierTasks();
  const pilots = ["p1", "p2", "p10"];
  const alive = new Set(pilots);
  // What each pilot has of earlier launchers, by what it answers.
  const inHand: { pilot: string; of: number; assignment: Assignment }[] = [];
  for (let task = 0; task < 8; task++) {
    for (let tried = 1; tried <= (random.chance(0.2) ? 2 : 1); tried++) {
      const one = {
        pilot: random.pick(pilots),
        of: 1 + random.below(2),
        assignment: of(task, tried, `k${task}`),
      };
      earlier.add(one.pilot, one.of, one.assignment);
      // Some never arrived.
      if (random.chance(0.8)) inHand.push(one);
    }
  }
  const ours: Ours[] = [];
  const waiting = (assignment: Assignment) => {
    const found = ours.filter((one) => one.assignment === assignment && one.state === "waiting");
    expect(found.length).toBe(1);
    return found[0] as Ours;
  };
  const back = (alias: { readonly assignment: Assignment } | null) => {
    if (alias !== null) waiting(alias.assignment).state = "back";
  };
  const ask = (content: number) => {
    const assignment = of(100 + ours.length, 1, `k${content}`);
    const one: Ours = { assignment, worker: random.pick(pilots), state: "waiting" };
    // The scheduler has one attempt of a task at a time.
    if (ours.some((other) => other.assignment.key?.before === `k${content}` && other.state !== "back"))
      return;
    ours.push(one);
    const met = earlier.meet(one.worker, assignment);
    if (met.kind === "none") one.state = "back";
    if (met.kind === "answered") {
      expect(met.result).toMatchObject({ task: assignment.task, log: `k${content}` });
      one.state = "answered";
    }
  };
  const answer = (one: (typeof inHand)[number]) => {
    inHand.splice(inHand.indexOf(one), 1);
    const found = earlier.answered(one.pilot, one.of, { lane: 0, result: result(one.assignment) });
    if (found === null) return;
    expect(found.result).toMatchObject({
      task: found.alias.assignment.task,
      log: found.alias.assignment.key?.before,
    });
    waiting(found.alias.assignment).state = "answered";
  };
  for (let step = 0; step < 40; step++) {
    const one = inHand.length === 0 ? null : random.pick(inHand);
    switch (random.below(5)) {
      case 0:
        ask(random.below(10));
        break;
      case 1:
        if (one !== null && alive.has(one.pilot)) answer(one);
        break;
      case 2:
        if (one === null || !alive.has(one.pilot)) break;
        inHand.splice(inHand.indexOf(one), 1);
        back(earlier.dropped(one.pilot, one.of, one.assignment));
        break;
      case 3: {
        const pilot = random.pick(pilots);
        const held = inHand.filter((each) => each.pilot === pilot);
        for (const alias of earlier.stillHeld(
          pilot,
          held.map((each) => ({ of: each.of, ...each.assignment })),
        ))
          back(alias);
        break;
      }
      default: {
        if (!random.chance(0.1)) break;
        const pilot = random.pick(pilots);
        alive.delete(pilot);
        for (const alias of earlier.pilotGone(pilot)) back(alias);
        earlier.workerGone(pilot);
        for (const each of ours) if (each.worker === pilot && each.state === "waiting") each.state = "back";
      }
    }
  }
  // In the end every pilot has answered, or said what it has, or is gone: nobody waits any more.
  for (const each of [...inHand]) if (alive.has(each.pilot)) answer(each);
  for (const pilot of alive) for (const alias of earlier.stillHeld(pilot, [])) back(alias);
  expect(ours.filter(({ state }) => state === "waiting")).toEqual([]);
  expect(earlier.aliases).toEqual([]);
}
