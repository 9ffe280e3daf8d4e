// Whether a pilot still lives, over hours of silence, doubt and trouble.
import { describe, expect, test } from "bun:test";
import type { JobEnd } from "../../../../src/executors/slurm/client/states.ts";
import { type Lease, leaseOf, type SlurmWord } from "../../../../src/executors/slurm/pilots/lease.ts";

const ended = (how: JobEnd, since: number): SlurmWord => ({ kind: "ended", how, since });
const unlisted = (since: number): SlurmWord => ({ kind: "unlisted", since });
const alive: SlurmWord = { kind: "alive" };
const unknown: SlurmWord = { kind: "unknown" };

describe("what silence is", () => {
  const cases: readonly [string, number, SlurmWord, Lease["kind"]][] = [
    ["a word a moment ago", 0, alive, "fresh"],
    ["a beat that is late by little", 59, unknown, "fresh"],
    ["a minute", 60, alive, "late"],
    ["a minute, and Slurm does not answer", 60, unknown, "late"],
    ["three minutes, and Slurm says that it runs", 180, alive, "suspect"],
    ["an hour, and Slurm does not answer", 3600, unknown, "suspect"],
    ["its script has ended and it was heard of since", 1, ended("completed", 100), "fresh"],
    ["its script has ended a moment ago", 100, ended("failed", 2), "late"],
    ["its script has ended, and all that it wrote is there", 4, ended("failed", 4), "lost"],
    ["its memory was too little", 3, ended("out-of-memory", 3), "lost"],
    ["its node is out of reach, and it may go on there", 59, ended("node-fail", 59), "fresh"],
    ["its node is out of reach for a minute, silent", 60, ended("node-fail", 60), "lost"],
    ["its node is out of reach, and it was heard of", 20, ended("node-fail", 600), "fresh"],
    ["it was cancelled, and its last words may be on their way", 30, ended("cancelled", 30), "fresh"],
    ["preempted a minute ago", 61, ended("preempted", 61), "lost"],
    ["forgotten, and heard of", 10, unlisted(1000), "fresh"],
    ["forgotten, and silent for two minutes", 120, unlisted(120), "late"],
    ["forgotten, and silent for four minutes", 240, unlisted(240), "suspect"],
    ["forgotten, and silent for five minutes", 300, unlisted(60), "lost"],
    ["forgotten only now, silent for long", 300, unlisted(59), "suspect"],
  ];
  for (const [name, silent, word, kind] of cases) {
    test(name, () => expect(leaseOf(silent, word, 1).kind).toBe(kind));
  }
});

const words: readonly ((since: number) => SlurmWord)[] = [
  () => unknown,
  () => alive,
  unlisted,
  ...(
    ["completed", "failed", "timeout", "out-of-memory", "node-fail", "cancelled", "preempted"] as const
  ).map((how) => (since: number) => ended(how, since)),
];

test("no silence alone, and no word of Slurm alone, makes a pilot lost", () => {
  for (let silent = 0; silent < 100_000; silent = silent * 1.5 + 1) {
    expect(leaseOf(silent, alive, 1).kind).not.toBe("lost");
    expect(leaseOf(silent, unknown, 1).kind).not.toBe("lost");
    for (const word of words) expect(leaseOf(0, word(silent), 1).kind).toBe("fresh");
  }
});

test("longer silence never makes it look more alive, and patience only stretches time", () => {
  const rank = { fresh: 0, late: 1, suspect: 2, lost: 3 };
  for (const word of words) {
    for (let since = 0; since < 1000; since += 7) {
      let before = 0;
      for (let silent = 0; silent < 1000; silent += 7) {
        const lease = leaseOf(silent, word(since), 1).kind;
        expect(rank[lease]).toBeGreaterThanOrEqual(before);
        before = rank[lease];
        expect(leaseOf(silent * 4, word(since * 4), 4).kind).toBe(lease);
      }
    }
  }
});
