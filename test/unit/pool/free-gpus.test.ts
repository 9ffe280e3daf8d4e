// Which GPU is whose.
import { describe, expect, test } from "bun:test";
import { FreeGpus, onGpus } from "../../../src/pool/free-gpus.ts";
import type { WorkerProcess } from "../../../src/pool/worker-process.ts";
import type { Assignment } from "../../../src/protocol/assignment.ts";
import { seeded } from "../../support/seeded.ts";

const process = (name: string) => ({ name }) as unknown as WorkerProcess;

describe("cases", () => {
  test("each gets its own, and again those that it had", () => {
    const gpus = new FreeGpus(["a", "b", "c"]);
    const [one, two] = [process("1"), process("2")];
    expect(gpus.take(one, 1)).toEqual(["a"]);
    expect(gpus.take(two, 2)).toEqual(["b", "c"]);
    gpus.giveBack(one);
    gpus.giveBack(two);
    expect(gpus.take(two, 1)).toEqual(["b"]);
    expect(gpus.take(one, 1)).toEqual(["a"]);
  });
  test("none where none are wanted, or where nobody knows their names", () => {
    expect(new FreeGpus(["a"]).take(process("1"), 0)).toBeNull();
    expect(new FreeGpus([]).take(process("1"), 1)).toBeNull();
  });
  test("what a person says of them stands", () => {
    const task = (environment: Record<string, string>) => ({ environment }) as unknown as Assignment;
    expect(onGpus([task({ A: "1" })], ["2", "3"])[0]?.environment).toEqual({
      A: "1",
      CUDA_VISIBLE_DEVICES: "2,3",
    });
    expect(onGpus([task({ CUDA_VISIBLE_DEVICES: "9" })], ["2"])[0]?.environment).toEqual({
      CUDA_VISIBLE_DEVICES: "9",
    });
    expect(onGpus([task({})], null)[0]?.environment).toEqual({});
  });
});

test("in two thousand histories no GPU is ever two processes', and none is lost", () => {
  for (let seed = 0; seed < 2000; seed++) {
    const random = seeded(seed);
    const names = Array.from({ length: 1 + random.below(6) }, (_, i) => `gpu${i}`);
    const gpus = new FreeGpus(names);
    const processes = Array.from({ length: 5 }, (_, i) => process(String(i)));
    const taken = new Map<WorkerProcess, readonly string[]>();
    for (let step = 0; step < 40; step++) {
      const one = random.pick(processes);
      if (random.chance(0.5)) {
        const others = [...taken].filter(([other]) => other !== one).flatMap(([, mine]) => mine);
        const count = random.below(names.length + 1);
        const got = gpus.take(one, count);
        taken.delete(one);
        if (count === 0 || count > names.length - others.length) expect(got).toBeNull();
        else {
          expect(new Set(got).size).toBe(count);
          expect(got?.some((name) => others.includes(name))).toBe(false);
          taken.set(one, got ?? []);
        }
      } else {
        if (random.chance(0.3)) gpus.forget(one);
        else gpus.giveBack(one);
        taken.delete(one);
      }
    }
    for (const one of processes) gpus.forget(one);
    expect([...(gpus.take(process("all"), names.length) ?? [])].sort()).toEqual([...names].sort());
  }
});
