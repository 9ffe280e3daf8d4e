// Thousands of random histories: a verdict says that a task is done exactly where a model that remembers everything says
// that nothing it depends on has changed, and what lies there in the end is what a run in an empty folder would have made.
import { describe, expect, test } from "bun:test";
import type { SampleContent } from "../../../src/cache/content.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import type { Json } from "../../../src/core/json.ts";
import { type Dice, dice } from "../journal/seeded.ts";
import {
  type Behaviour,
  isToldInFull,
  kindsOf,
  type RunFlags,
  World,
  type WorldBlock,
} from "./judge-world.ts";

type Style = "own-files" | "in-place";

/** Few different results, so that a task that runs again often leaves what it left before. */
function behaviour(style: Style, salt: number): Behaviour {
  return ({ block, values, files }) => {
    const roll = dice(hashOf([salt, block.name, block.options, block.code]));
    const reads = roll(3);
    const seen = reads === 0 ? null : reads === 1 ? values : [...files].sort();
    const result = hashOf([block.name, block.options.mode, block.code.body, seen]) % 4;
    const writes = new Map<string, string>();
    const removes: string[] = [];
    if (roll(4) > 0) writes.set(`${block.name}.txt`, `${block.name} ${result % 2}`);
    if (result === 1) writes.set(`${block.name}/more.txt`, "more");
    const other = [...files].sort().find(([path]) => !path.startsWith(block.name));
    if (style === "in-place" && other !== undefined && roll(2) === 0) {
      if (result === 3) removes.push(other[0]);
      else writes.set(other[0], `${other[1]}+${block.name}${result}`);
    }
    return {
      issue: result === 2 && roll(6) === 0 ? "did not converge" : null,
      changes: {
        config: roll(3) === 0 ? { c: result, list: [result % 2, 7] } : {},
        statistics: roll(3) === 0 ? { s: result % 2 } : {},
      },
      writes,
      removes,
    };
  };
}

const hashOf = (value: unknown): number =>
  [...digestOf(JSON.stringify(value))].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7);

function randomPipeline(roll: Dice, style: Style): WorldBlock[] {
  const names = ["A", "B", "C", "D", "E", "F"].sort(() => roll(3) - 1).slice(0, 1 + roll(5));
  return names.map((name, at) => ({
    name,
    after: style === "in-place" || roll(2) === 0 ? chain(at) : someOf(roll, at),
    options: { size: roll(2), mode: "x" },
    code: { body: 0, helper: 0 },
  }));
}

const chain = (at: number): number[] => (at === 0 ? [] : [at - 1]);
const someOf = (roll: Dice, below: number): number[] =>
  Array.from({ length: below }, (_, i) => i).filter(() => roll(2) === 0);

function edited(pipeline: readonly WorldBlock[], roll: Dice, style: Style): WorldBlock[] {
  const what = roll(8);
  if (what === 0) return randomPipeline(roll, style);
  const at = roll(pipeline.length);
  return pipeline.map((block, index) => {
    if (index !== at) return block;
    if (what === 1) return { ...block, options: { ...block.options, size: roll(3) } };
    if (what === 2) return { ...block, options: { ...block.options, mode: roll(2) === 0 ? "x" : "y" } };
    if (what === 3) return { ...block, code: { ...block.code, body: roll(3) } };
    if (what === 4) return { ...block, code: { ...block.code, helper: roll(2) } };
    return block;
  });
}

const usual: RunFlags = {
  disabled: false,
  forced: [],
  retryIssues: false,
  accept: null,
  killedAfter: Infinity,
  failing: -1,
  info: null,
};

/** Leaves out what does not matter to most blocks. */
const info = (content: SampleContent, block: string): Json =>
  block < "C"
    ? { files: Object.fromEntries(content.files) }
    : { config: Object.fromEntries(content.config), files: [...content.files.keys()].sort() };

function randomFlags(roll: Dice, pipeline: readonly WorldBlock[], withInfo: boolean): RunFlags {
  const name = pipeline[roll(pipeline.length)]?.name ?? "A";
  return {
    disabled: roll(30) === 0,
    forced: roll(10) === 0 ? [name] : [],
    retryIssues: roll(6) === 0,
    accept: roll(6) === 0 ? name : null,
    killedAfter: roll(10) === 0 ? roll(4) : Infinity,
    failing: roll(10) === 0 ? 1 + roll(4) : -1,
    info: withInfo && roll(2) === 0 ? info : null,
  };
}

interface Seen {
  current: number;
  stale: number;
  early: number;
  compared: number;
  readonly kinds: Map<string, number>;
}

function history(seed: number, style: Style, seen: Seen): void {
  const roll = dice(seed);
  const world = new World(behaviour(style, seed));
  const withInfo = style === "own-files" && roll(4) === 0;
  let pipeline = randomPipeline(roll, style);
  let acceptedCode = false;
  for (let round = 0; round < 12; round++) {
    pipeline = edited(pipeline, roll, style);
    if (roll(4) === 0)
      world.damage(pipeline[roll(pipeline.length)]?.name ?? "", roll(2) === 0 ? "gone" : "edited");
    const flags = randomFlags(roll, pipeline, withInfo);
    acceptedCode ||= flags.accept !== null;
    const { steps, whole, walk } = world.run(pipeline, flags);
    let ranBefore = false;
    for (const { block, verdict, expected } of steps) {
      expect([seed, round, block, kindsOf(verdict)]).toEqual([seed, round, block, expected]);
      for (const reason of verdict.kind === "stale" ? verdict.reasons : []) {
        if (!withInfo && !isToldInFull(reason))
          throw new Error(`${seed} ${round} ${block}: ${JSON.stringify(reason)} says nothing`);
        seen.kinds.set(reason.kind, (seen.kinds.get(reason.kind) ?? 0) + 1);
      }
      seen[verdict.kind]++;
      if (verdict.kind === "current" && ranBefore) seen.early++;
      ranBefore ||= verdict.kind === "stale";
    }
    if (flags.killedAfter === Infinity && flags.failing < 0) {
      const again = world.run(pipeline, { ...usual, info: flags.info });
      expect([seed, round, again.steps.map(({ verdict }) => verdict.kind)]).toEqual([
        seed,
        round,
        steps.map(() => "current"),
      ]);
    }
    // An accepted result, or one under an info that leaves something out, may well be another than a new one.
    if (!whole || acceptedCode || withInfo) continue;
    const undisturbed = new World(behaviour(style, seed));
    const fresh = undisturbed.run(pipeline, usual);
    expect([seed, round, fresh.whole, fresh.walk.end()]).toEqual([seed, round, true, walk.end()]);
    for (const [path, text] of fresh.walk.contentAtEnd().files) {
      expect([seed, round, path, world.disk.get(path)]).toEqual([seed, round, path, text]);
      expect(undisturbed.disk.get(path)).toBe(text);
    }
    seen.compared++;
  }
}

const nothingSeen = (): Seen => ({ current: 0, stale: 0, early: 0, compared: 0, kinds: new Map() });

describe("random histories", () => {
  test("chains and diamonds whose blocks write files of their own", () => {
    const seen = nothingSeen();
    for (let seed = 0; seed < 800; seed++) history(seed, "own-files", seen);
    expect(seen.current).toBeGreaterThan(5000);
    expect(seen.stale).toBeGreaterThan(5000);
    expect(seen.early).toBeGreaterThan(500);
    expect(seen.compared).toBeGreaterThan(1000);
    const kinds = [
      "caching-disabled",
      "code-changed",
      "forced",
      "issue-retried",
      "never-run",
      "options-changed",
    ];
    for (const kind of [...kinds, "output-changed", "output-missing", "sample-changed"])
      expect([kind, (seen.kinds.get(kind) ?? 0) > 20]).toEqual([kind, true]);
  }, 60_000);

  test("chains whose blocks write over each other's files, and remove them", () => {
    const seen = nothingSeen();
    for (let seed = 10_000; seed < 10_400; seed++) history(seed, "in-place", seen);
    expect(seen.current).toBeGreaterThan(3000);
    expect(seen.compared).toBeGreaterThan(500);
  }, 60_000);
});
