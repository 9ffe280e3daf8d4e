// A checkpoint that was cut or changed on the disk, at every place there is: what is whole is used, all else is run again.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Checkpoint, lookAtCheckpoint } from "../../../src/cache/checkpoint.ts";
import type { TaskRecord } from "../../../src/cache/record.ts";
import { blockName } from "../../../src/core/ids.ts";
import { dataset, id, mesh, open, order, simulate } from "./checkpoint-fixture.ts";

const text = "class Mesh { run() {} }";
const digest = mesh(1).key.code;
const samples = [0, 1, 2, 3, 4];

/** The history of the last lines: two blocks on five samples, some again with other values, one forgotten, one with a text. */
const steps: readonly ((checkpoint: Checkpoint) => void)[] = [
  (c) => c.put(mesh(0)),
  (c) => c.put(mesh(1)),
  (c) => c.put(simulate(1)),
  (c) => c.put(mesh(2)),
  (c) => c.put(simulate(2, 4)),
  (c) => c.forget(blockName("Mesh_0"), id(1)),
  (c) => c.put(mesh(1, 2)),
  (c) => c.putText(digest, text),
  (c) => c.put(mesh(3)),
  (c) => c.forget(blockName("Simulate_0"), id(2)),
  (c) => c.put(simulate(2, 2)),
  (c) => c.put(mesh(4)),
];

/** All records that were ever put for a task. */
const everPut = (block: string, sample: number): readonly TaskRecord[] =>
  [mesh, simulate]
    .flatMap((make) => [1, 2, 4].map((version) => make(sample, version)))
    .filter((r) => r.block === block);

const known = (memory: Pick<Checkpoint, "find">): ReadonlyMap<string, TaskRecord | null> =>
  new Map(
    ["Mesh_0", "Simulate_0"].flatMap((block) =>
      samples.map((sample) => {
        const found = memory.find(blockName(block), id(sample));
        // Damaged lines are no lines: nothing comes out of them, not even something that cannot be read.
        expect(found.kind).not.toBe("unreadable");
        return [`${block} ${sample}`, found.kind === "record" ? found.record : null] as const;
      }),
    ),
  );

async function written() {
  const data = dataset();
  const checkpoint = await open(data.path);
  const path = data.at("runinfo", "checkpoint.jsonl");
  const states = [known(checkpoint)];
  const ends = [readFileSync(path).length];
  for (const step of steps) {
    step(checkpoint);
    await null;
    states.push(known(checkpoint));
    ends.push(readFileSync(path).length);
  }
  await checkpoint.close();
  return { data, path, bytes: readFileSync(path), states, ends };
}

/**
 * Looks, and at every seventh byte also starts, remembers something more, and starts again: the second start knows that as
 * well.
 */
async function start(data: { path: string; at(...names: string[]): string }, at: number) {
  const looked = lookAtCheckpoint(data.path, order);
  if (at % 7 !== 0) return { before: known(looked.memory), findings: looked.findings };
  const first = await open(data.path);
  const before = known(first);
  const { findings } = first;
  expect({ before, findings }).toEqual({ before: known(looked.memory), findings: looked.findings });
  first.put(mesh(3, 2));
  first.put(simulate(4, 4));
  await first.close();
  const second = await open(data.path);
  const expected = new Map(before).set("Mesh_0 3", mesh(3, 2)).set("Simulate_0 4", simulate(4, 4));
  expect(known(second)).toEqual(expected);
  await second.close();
  for (const name of readdirSync(data.at("runinfo"))) {
    if (/^checkpoint\.\d/.test(name)) rmSync(data.at("runinfo", name));
  }
  return { before, findings };
}

describe("a checkpoint", () => {
  test("cut at any byte knows exactly what was whole before the cut, and goes on from there", async () => {
    const { data, path, bytes, states, ends } = await written();
    using _gone = data;
    const lastTen = ends[2] ?? 0;
    for (let cut = lastTen; cut <= bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const whole = ends.filter((end) => end <= cut).length - 1;
      const { before, findings } = await start(data, cut);
      expect(before).toEqual(states[whole] ?? new Map());
      expect(findings).toEqual({ damaged: 0, torn: cut === ends[whole] ? 0 : 1, unknown: 0, unreadable: [] });
    }
  }, 60_000);

  test("cut within its first line, or empty, knows nothing and goes on", async () => {
    const { data, path, bytes, ends } = await written();
    using _gone = data;
    for (let cut = 0; cut <= (ends[0] ?? 0); cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const { before, findings } = await start(data, cut);
      expect([...before.values()].every((each) => each === null)).toBe(true);
      const torn = cut > 0 && cut !== ends[0] ? 1 : 0;
      expect(findings).toEqual({ damaged: 0, torn, unknown: 0, unreadable: [] });
    }
  }, 60_000);

  for (const [what, garbage] of [
    ["lines of text", "hello\nworld\n"],
    ["one line without an end", "hello"],
    ["bytes", Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251))],
    ["more zeros than a line has", Buffer.concat([Buffer.alloc(200_000), Buffer.from("\n")])],
  ] as const) {
    test(`replaced by ${what} is left alone and told of`, async () => {
      const { data, path } = await written();
      using _gone = data;
      writeFileSync(path, garbage);
      const { before, findings } = await start(data, 0);
      expect([...before.values()].every((each) => each === null)).toBe(true);
      expect(findings).toEqual({ damaged: 0, torn: 0, unknown: 0, unreadable: [path] });
      expect(readFileSync(path).equals(Buffer.from(garbage))).toBe(true);
    });
  }

  test("with zeros at its end, as a machine leaves it that went down, has lost nothing that was promised", async () => {
    const { data, path, bytes, states, ends } = await written();
    using _gone = data;
    for (const cut of [ends[11] ?? 0, (ends[11] ?? 0) + 5, bytes.length - 1, bytes.length]) {
      writeFileSync(path, Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(9000)]));
      const { before, findings } = await start(data, 0);
      expect(before).toEqual(states[cut === bytes.length ? 12 : 11] ?? new Map());
      expect(findings).toEqual({ damaged: 0, torn: 1, unknown: 0, unreadable: [] });
    }
  });

  // A line of each kind that matters: put, forgotten, put again, text.
  for (const [what, index] of [
    ["the first record of a task", 3],
    ["what was forgotten", 5],
    ["the second record of a task", 6],
    ["a text", 7],
    ["the last record", 11],
  ] as const) {
    test(`with any byte of ${what} changed uses whole records of each task, and no other task is touched`, async () => {
      const { data, path, bytes, states, ends } = await written();
      using _gone = data;
      const [from = 0, to = 0] = [ends[index], ends[index + 1]];
      const after = states[steps.length] ?? new Map();
      for (let at = from; at < to; at++) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
        writeFileSync(path, damaged);
        const { before, findings } = await start(data, at);
        // The newline joins the line with the next one: that is lost, too.
        const atNewline = at === to - 1;
        let touched = 0;
        for (const [task, found] of before) {
          if (Bun.deepEquals(found, after.get(task))) continue;
          touched++;
          const [block = "", sample = ""] = task.split(" ");
          if (found !== null) expect(everPut(block, Number(sample))).toContainEqual(found);
        }
        expect(touched).toBeLessThanOrEqual(atNewline ? 2 : 1);
        const last = index === steps.length - 1;
        // A byte of it may have become a newline.
        const ended = damaged.subarray(from, to).filter((byte) => byte === 0x0a).length;
        expect(findings.damaged).toBe(last ? Math.max(1, ended) : atNewline ? 2 : 1);
        expect({ torn: findings.torn, unknown: findings.unknown }).toEqual({ torn: 0, unknown: 0 });
      }
    }, 60_000);
  }

  test("with any byte of its first line changed is left alone, and every task is run again", async () => {
    const { data, path, bytes, ends } = await written();
    using _gone = data;
    for (let at = 0; at < (ends[0] ?? 0); at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(path, damaged);
      const { before, findings } = await start(data, at);
      expect([...before.values()].every((each) => each === null)).toBe(true);
      expect(findings.unreadable).toEqual([path]);
      expect(readFileSync(path).equals(damaged)).toBe(true);
    }
  }, 60_000);

  test("with a block of zeros in it, or its lines in another order, is never misunderstood", async () => {
    const { data, path, bytes, states, ends } = await written();
    using _gone = data;
    const zeros = Buffer.from(bytes).fill(0, ends[4], (ends[6] ?? 0) - 1);
    writeFileSync(path, zeros);
    const { before } = await start(data, 0);
    expect(before.get("Simulate_0 2")).toEqual(simulate(2, 2));
    expect(before.get("Mesh_0 1")).toEqual(mesh(1, 2));
    const swapped = Buffer.concat([
      bytes.subarray(0, ends[5]),
      bytes.subarray(ends[6], ends[7]),
      bytes.subarray(ends[5], ends[6]),
      bytes.subarray(ends[7]),
    ]);
    writeFileSync(path, swapped);
    expect((await start(data, 0)).before).toEqual(states[steps.length] ?? new Map());
  });
});

test("a record of many lines, cut or changed at any of them, is known whole or not at all", async () => {
  using data = dataset();
  const path = data.at("runinfo", "checkpoint.jsonl");
  const files = Array.from({ length: 1500 }, (_, i) => ({
    ...{ path: `f_${i}`, size: i, modified: i, sha256: "cd".repeat(32) },
  }));
  const big = { ...mesh(0), files };
  const other = { ...simulate(0), files: [...files].reverse() };
  const checkpoint = await open(data.path);
  checkpoint.put(mesh(1));
  await null;
  const from = readFileSync(path).length;
  checkpoint.put(big);
  await null;
  const to = readFileSync(path).length;
  checkpoint.put(other);
  await checkpoint.close();
  const bytes = readFileSync(path);
  const lookNow = async () => {
    const now = await open(data.path);
    const found = [mesh(1), big, other].map(({ block, sample }) => now.get(block, sample));
    const { findings } = now;
    await now.close();
    return { found, findings };
  };
  expect((await lookNow()).found).toEqual([mesh(1), big, other]);
  for (let cut = from; cut < to; cut += 997) {
    writeFileSync(path, bytes.subarray(0, cut));
    expect((await lookNow()).found).toEqual([mesh(1), null, null]);
  }
  for (let at = from; at < to; at += 997) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    const { found, findings } = await lookNow();
    expect(found).toEqual([mesh(1), null, other]);
    expect(findings.damaged).toBe(1);
    expect(findings.unknown).toBe(1);
  }
});
