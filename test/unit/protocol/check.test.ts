// Messages from other processes: every kind comes through whole, everything else is refused and never throws.
import { describe, expect, test } from "bun:test";
import { checkFromWorker, checkToWorker } from "../../../src/protocol/check.ts";
import { seeded } from "../../support/seeded.ts";

const assignment = {
  ...{ task: 3, attempt: 2, block: "Simulate_0" },
  key: { version: 1, options: "a", code: "b", before: "c" },
  environment: { GREETING: "hello" },
  target: {
    kind: "sample",
    sample: {
      id: 7,
      config: { A_0: { x: [1, null] } },
      statistics: {},
      issue: { block: "A_0", message: "m" },
    },
  },
  needs: { cpus: 2, memory: 1024, gpus: 0, time: null },
};
const toWorker: readonly unknown[] = [
  { kind: "run", assignments: [assignment, { ...assignment, target: { kind: "dataset", valid: [1, 2] } }] },
  { kind: "cancel", task: 4, grace: 0.5 },
  { kind: "finish" },
];

const failures: readonly unknown[] = [
  { kind: "exception", name: "TypeError", message: "m", stack: ["at f"] },
  { kind: "exited", status: 3 },
  { kind: "killed", signal: "SIGSEGV" },
  { kind: "command-status", program: "p", status: 1 },
  { kind: "command-signal", program: "p", signal: "SIGKILL" },
  { kind: "cannot-start", program: "p", why: "not-found", code: "ENOENT" },
  { kind: "timeout", limit: 3 },
  { kind: "out-of-memory", limit: null, peak: 5 },
  { kind: "bad-result", problem: "p", excerpt: "e" },
  { kind: "persistent-died", program: "p", status: null, signal: "SIGTERM" },
  { kind: "bad-answer", program: "p", problem: "p", excerpt: "e" },
  { kind: "no-such-value", placeholder: "{a}", known: [] },
  { kind: "input-missing", patterns: ["a"] },
  { kind: "output-missing", patterns: ["a"] },
  { kind: "bad-value", path: "a", problem: "p" },
  { kind: "cannot-write", path: "a", code: "ENOSPC" },
  { kind: "cannot-load", message: "m" },
  { kind: "worker-lost", worker: "w", why: "y" },
  { kind: "cancelled" },
];
const result = (outcome: unknown) => ({
  ...{ task: 3, attempt: 1, outcome, changes: { config: { a: 1 }, statistics: {} } },
  manifest: {
    files: [{ path: "a/b", size: 3, modified: 1.5, sha256: null }],
    removed: ["c"],
    found: ["a/b"],
  },
  usage: { seconds: 1, cpuSeconds: null, peakMemory: 7 },
  ...{ started: 1, ended: 2, log: null, tail: ["x"] },
});
const fromWorker: readonly unknown[] = [
  { kind: "hello", protocol: 1, version: "0.1.0", pid: 4, host: "h" },
  { kind: "started", task: 1, attempt: 1, at: 17 },
  {
    kind: "results",
    results: [
      { kind: "succeeded" },
      { kind: "issue", message: "m" },
      ...failures.map((failure) => ({ kind: "failed", failure })),
    ].map(result),
  },
  { kind: "ending", task: 4 },
  { kind: "leaving" },
  { kind: "unfit", message: "m" },
];

describe("every message", () => {
  test("to a worker comes through as it is", () => {
    for (const message of toWorker)
      expect(checkToWorker(message)).toEqual({ kind: "good", message } as never);
  });
  test("from a worker comes through as it is", () => {
    for (const message of fromWorker)
      expect(checkFromWorker(message)).toEqual({ kind: "good", message } as never);
  });
});

test("a message that lost or changed one thing is refused or still whole, and nothing is ever thrown", () => {
  const random = seeded(9);
  let refused = 0;
  for (let round = 0; round < 20_000; round++) {
    const [messages, check] = random.chance(0.5)
      ? ([toWorker, checkToWorker] as const)
      : ([fromWorker, checkFromWorker] as const);
    const message = structuredClone(random.pick(messages));
    damage(message, random);
    const checked = check(message);
    if (checked.kind === "bad") {
      refused++;
      expect(checked.diagnostic.message).toContain("cannot be understood");
    }
  }
  expect(refused).toBeGreaterThan(10_000);
});

test("what is no message at all is refused", () => {
  for (const value of [
    null,
    undefined,
    3,
    "run",
    [],
    {},
    { kind: "run" },
    { kind: "toString" },
    { kind: "cancel", task: -1, grace: 0 },
  ]) {
    expect(checkToWorker(value).kind).toBe("bad");
    expect(checkFromWorker(value).kind).toBe("bad");
  }
});

function damage(value: unknown, random: ReturnType<typeof seeded>): void {
  if (typeof value !== "object" || value === null) return;
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const key = random.pick(keys);
  const inner: unknown = Reflect.get(value, key);
  if (typeof inner === "object" && inner !== null && random.chance(0.7)) damage(inner, random);
  else if (random.chance(0.5)) Reflect.deleteProperty(value, key);
  else Reflect.set(value, key, random.pick([null, -1, 0.5, "x", [], {}, true, Number.NaN]));
}
