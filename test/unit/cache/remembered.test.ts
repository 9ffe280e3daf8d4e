// Random histories of records beside a plain account of them, and what a compaction makes of each.
import { expect, test } from "bun:test";
import { readLine } from "../../../src/cache/checkpoint-lines.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import type { Digest } from "../../../src/cache/record.ts";
import { recordBegin } from "../../../src/cache/record-text.ts";
import { Remembered } from "../../../src/cache/remembered.ts";
import { type BlockName, blockName } from "../../../src/core/ids.ts";
import { never } from "../../../src/core/never.ts";
import { seeded } from "../../support/seeded.ts";

const order = ["A", 'B "é"', "C"].map(blockName);
/** `X` is not in the pipeline any more. */
const blocks = [...order, blockName("X")];
const samples = [-1, 0, 7, 1234];

const codes = ["one", "two", "three"].map((text) => digestOf(text));
const fresh = digestOf("fresh");

/** As `encodeRecord` writes it, or so that nobody can tell of which code it is. */
function recordText(step: number, code: Digest | null): string {
  if (code === null) return `{"n":${step}}`;
  const key = { version: 1, options: digestOf(`options ${step % 2}`), code, before: fresh };
  return `${recordBegin(key)}${fresh}","run":"${step}"}`;
}

interface Stay {
  readonly block: BlockName;
  readonly sample: number;
  readonly line: string;
  readonly from: number;
  until: number;
  state: "live" | "forgotten" | "over";
}

/** Which records there were, from when to when. */
class Account {
  readonly stays: Stay[] = [];
  #now = 0;

  take(line: string): void {
    const about = readLine(line);
    const at = this.#now++;
    if (about.kind !== "task" && about.kind !== "forget" && about.kind !== "erase") return;
    const of = (stay: Stay) => stay.block === about.block && stay.sample === about.sample;
    for (const stay of this.stays.filter(of)) {
      if (stay.state === "live") stay.until = at;
      if (about.kind === "forget" && stay.state === "live") stay.state = "forgotten";
      if (about.kind !== "forget") stay.state = "over";
    }
    if (about.kind !== "task") return;
    const { block, sample } = about;
    this.stays.push({ block, sample, line, from: at, until: Number.POSITIVE_INFINITY, state: "live" });
  }

  /** How many that stand there are of each code. */
  codes(block: BlockName): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const stay of this.stays.filter((one) => one.state === "live" && one.block === block)) {
      const code = codes.find((one) => stay.line.includes(one));
      if (code !== undefined) counts[code] = (counts[code] ?? 0) + 1;
    }
    return counts;
  }

  lines(state: Stay["state"]): string[] {
    return this.stays.filter((stay) => stay.state === state).map(({ line }) => line);
  }

  /** Those that stand no more and that a record of a block behind was made of. */
  past(sample: number): string[] {
    const rank = (block: BlockName) => order.indexOf(block);
    const here = this.stays.filter((stay) => stay.sample === sample);
    const live = here.filter((stay) => stay.state === "live" && rank(stay.block) >= 0);
    return here
      .filter((stay) => stay.state !== "live")
      .filter(
        ({ block, from, until, state }) =>
          state === "forgotten" ||
          live.some((other) => rank(other.block) > rank(block) && from < other.from && other.from < until),
      )
      .sort((a, b) => b.from - a.from)
      .map(({ line }) => line);
  }

  /** What a block's record that stands was made of. */
  before(block: BlockName, sample: number): string[] {
    const here = this.stays.filter((stay) => stay.sample === sample);
    const of = here.find((stay) => stay.block === block && stay.state === "live");
    if (of === undefined) return [];
    return here
      .filter((stay) => isBefore(stay.block, block) && stay.from < of.from && of.from < stay.until)
      .map(({ line }) => line);
  }
}

const isBefore = (one: BlockName, other: BlockName): boolean => order.indexOf(one) < order.indexOf(other);

function take(remembered: Remembered, line: string): void {
  const about = readLine(line);
  switch (about.kind) {
    case "task":
      remembered.put(about.block, about.sample, line);
      return;
    case "forget":
    case "erase":
      remembered[about.kind](about.block, about.sample);
      return;
    case "text":
    case "part":
    case "unknown":
      throw new Error(line);
    default:
      never(about);
  }
}

const stateOf = (remembered: Remembered) => ({
  live: [...remembered.lines()].sort(),
  forgotten: blocks
    .flatMap((block) => samples.flatMap((sample) => remembered.forgotten(block, sample) ?? []))
    .sort(),
  past: samples.map((sample) => remembered.past(sample).map(({ line }) => line)),
});

test("random histories: what stands, what is forgotten and what is of use are exactly those, also after compactions", () => {
  const random = seeded(11);
  let used = 0;
  let made = 0;
  let counted = 0;
  for (let history = 0; history < 1500; history++) {
    const account = new Account();
    let remembered = new Remembered(order);
    for (let step = 0; step < 40; step++) {
      const block = random.pick(blocks);
      const sample = random.pick(samples);
      const number = sample === -1 ? "null" : sample;
      const kind = random.pick(["task", "task", "task", "forget", "erase"]);
      const line = `["${kind}",${JSON.stringify(block)},${number}${kind === "task" ? `,${recordText(step, random.pick([...codes, null]))}` : ""}]`;
      account.take(line);
      take(remembered, line);
      if (random.chance(0.1)) {
        const kept = remembered.keptLines();
        remembered = new Remembered(order);
        for (const each of kept) take(remembered, each);
        // Nothing is left to be compacted.
        expect(remembered.keptLines()).toEqual(kept);
      }
    }
    const state = stateOf(remembered);
    const past = samples.map((sample) => account.past(sample));
    used += past.flat().length;
    expect(state).toEqual({
      live: account.lines("live").sort(),
      forgotten: account.lines("forgotten").sort(),
      past,
    });
    for (const sample of samples) {
      for (const block of order) {
        const stood = remembered.stoodWith(block, sample).filter((line) => {
          const about = readLine(line);
          return about.kind === "task" && isBefore(about.block, block);
        });
        expect(stood.sort()).toEqual(account.before(block, sample).sort());
        made += stood.length;
      }
    }
    for (const block of blocks) {
      const counts = remembered.codesOf(block);
      expect(Object.fromEntries(counts)).toEqual(account.codes(block));
      counted += counts.size;
    }
    expect(remembered.size.kept).toBeGreaterThanOrEqual(state.live.length);
  }
  expect(used).toBeGreaterThan(1000);
  expect(made).toBeGreaterThan(1000);
  expect(counted).toBeGreaterThan(1000);
});
