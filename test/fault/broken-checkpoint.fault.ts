// A checkpoint that was cut anywhere, or in which any byte is another one: each start afterwards uses the records that are whole and
// runs the other tasks again. Never a wrong dataset, never a crash.
import { expect, test } from "bun:test";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { recordedIn } from "../support/cache-journal.ts";
import { CacheRig, type Ran } from "../support/cache-rig.ts";

interface Whole {
  /** Of the only segment, relative to the dataset. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Where each line begins, and at last where the file ends. */
  readonly lines: readonly number[];
  readonly contents: Record<string, string>;
}

/** A dataset whose checkpoint is whole, and one place after the other where it is tried to be something else. */
async function withDamage(each: (whole: Whole) => readonly Buffer[]): Promise<void> {
  await using first = new CacheRig();
  await using second = new CacheRig();
  expect((await first.start()).status).toBe(0);
  const pristine = first.play.path("pristine");
  cpSync(first.at(), pristine, { recursive: true, preserveTimestamps: true });
  const whole = wholeIn(first);
  const damaged = each(whole);
  expect(damaged.length).toBeGreaterThan(100);
  let next = 0;
  const work = async (rig: CacheRig) => {
    for (let index = next++; index < damaged.length; index = next++) {
      const bytes = damaged[index];
      if (bytes === undefined) throw new RangeError("no such damage");
      rmSync(rig.at(), { recursive: true, force: true });
      cpSync(pristine, rig.at(), { recursive: true, preserveTimestamps: true });
      writeFileSync(rig.at("runinfo", whole.name), bytes);
      await expectRightStart(rig, whole, index);
    }
  };
  await Promise.all([work(first), work(second)]);
}

function wholeIn(rig: CacheRig): Whole {
  const names = readdirSync(rig.at("runinfo")).filter((name) => /^checkpoint.*\.jsonl$/.test(name));
  expect(names).toHaveLength(1);
  const [name = ""] = names;
  const bytes = readFileSync(rig.at("runinfo", name));
  const lines = [0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines.push(at + 1);
  expect(lines.at(-1)).toBe(bytes.length);
  expect(recordedIn(rig.at("runinfo")).size).toBe(9);
  return { name, bytes, lines, contents: rig.contents() };
}

async function expectRightStart(rig: CacheRig, whole: Whole, index: number): Promise<void> {
  const lost = missingFrom(recordedIn(rig.at("runinfo")));
  if (index % 97 === 0) {
    const explained = await rig.say(["explain"]);
    expect(explained.status, explained.stderr).toBe(0);
  }
  const start = await rig.start();
  expect({ index, status: start.status, ran: start.ran }).toEqual({ index, status: 0, ran: lost });
  expect(rig.contents()).toEqual(whole.contents);
  if (index % 97 === 0) expect((await rig.start()).ran).toEqual({});
}

/** The tasks without a record. */
function missingFrom(recorded: ReadonlySet<string>): Ran {
  const missing: Record<string, number[]> = {};
  for (const block of ["Scene", "Simulate", "Measure"]) {
    const samples = [0, 1, 2].filter((sample) => !recorded.has(`${block}_0 ${sample}`));
    if (samples.length > 0) missing[block] = samples;
  }
  return missing;
}

const otherBit = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
  return copy;
};

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

test(
  "cut at every byte of its last ten records",
  () =>
    withDamage(({ bytes, lines }) =>
      range(lines.at(-11) ?? 0, bytes.length).map((length) => bytes.subarray(0, length)),
    ),
  3_000_000,
);

test(
  "every byte of one record is another one",
  () =>
    withDamage(({ bytes, lines }) =>
      range(lines.at(-6) ?? 0, lines.at(-5) ?? 0).map((at) => otherBit(bytes, at)),
    ),
  1_000_000,
);

test(
  "every byte of the first line is another one",
  () => withDamage(({ bytes, lines }) => range(0, lines[1] ?? 0).map((at) => otherBit(bytes, at))),
  1_000_000,
);

test(
  "a block of zeros anywhere in it",
  () =>
    withDamage(({ bytes }) =>
      range(0, 120).map((turn) => {
        const copy = Buffer.from(bytes);
        const at = Math.floor((turn * bytes.length) / 120);
        copy.fill(0, at, Math.min(at + 200, bytes.length));
        return copy;
      }),
    ),
  1_000_000,
);
